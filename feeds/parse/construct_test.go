package parse

import (
	"fmt"
	"testing"
)

// A text of Atom is what its type says; HTML that was not declared is known by what
// only HTML has.
func TestAtomTextConstructs(t *testing.T) {
	tests := map[string]struct{ title, want string }{
		"declared text":       {`<title type="text">The &lt;details&gt; element &amp;amp; its use</title>`, "The <details> element & its use"},
		"declared, with ends": {`<title type="text">&lt;b&gt;x&lt;/b&gt; is bold</title>`, "<b>x</b> is bold"},
		"text by default":     {`<title>No &lt;col&gt; in &lt;colgroup&gt;, a &lt; b</title>`, "No <col> in <colgroup>, a < b"},
		"HTML, undeclared":    {`<title>Ferry &lt;em&gt;late&lt;/em&gt; again</title>`, "Ferry late again"},
		"a break, undeclared": {`<title>Ferry&lt;br&gt;late</title>`, "Ferry late"},
		"declared HTML":       {`<title type="html">The &lt;details&gt; of it</title>`, "The of it"},
		"in CDATA":            {`<title type="text"><![CDATA[The <meta> tag]]></title>`, "The <meta> tag"},
		"given twice":         {`<title>A &lt;meta&gt; tag</title><title>Another</title>`, "A <meta> tag"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			doc := fmt.Sprintf(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:x</id><entry><id>urn:1</id>%s<link href="http://a.example/1"/></entry></feed>`, tt.title)
			d, err := Document([]byte(doc), Options{})
			if err != nil || len(d.Items) != 1 {
				t.Fatalf("%d items, %v", len(d.Items), err)
			}
			if got := d.Items[0].Title; got != tt.want {
				t.Errorf("the title is %q, want %q", got, tt.want)
			}
		})
	}
}
