package parse

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
	"newswatch/feeds/charset"
)

// both reads a document as the parser is given it and as it is. ok is false
// for one that is not sound.
func both(doc []byte) (short, whole feeds.Document, stood int, ok bool) {
	text, _, _ := charset.ToUTF8(doc, "")
	o, err := scan(text)
	if err != nil || o.kind == "" {
		return short, whole, 0, false
	}
	if o.flawed || o.cut {
		text = repair(text, o)
		if o, err = scan(text); err != nil || o.flawed || o.kind == "" {
			return short, whole, 0, false
		}
	}
	spans := make([]uint64, len(o.entries))
	a := shortenTexts(text, o)
	p, q := reader{}, reader{}
	short, m, err := p.read(a, text, o, spans)
	whole, n, e := q.read(&abridgement{doc: text[o.root:o.end], kind: o.kind}, text, o, spans)
	if e != nil {
		return short, whole, 0, false
	}
	if err != nil || m != n || a.misplaced(short.Items) {
		short = feeds.Document{Title: fmt.Sprint("misplaced ", err)}
	}
	return short, whole, len(a.texts), true
}

// TestAbridgedReadsTheSame is the property that abridging rests on.
func TestAbridgedReadsTheSame(t *testing.T) {
	read, stood := 0, 0
	for name, doc := range everyFeed(t) {
		short, whole, n, ok := both(doc)
		if !ok {
			continue
		}
		read++
		stood += n
		if diff := cmp.Diff(whole, short); diff != "" {
			t.Errorf("%s: -whole +abridged\n%s", name, diff)
		}
	}
	if read < 10 || stood < 20 {
		t.Errorf("%d documents read, %d texts abridged: too few to prove anything", read, stood)
	}
}

// TestAbridgedOddsAndEnds does the same with entries put together at random
// from what real ones have, and from what they should not have.
func TestAbridgedOddsAndEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	read, stood := 0, 0
	for range 4000 {
		doc := oddFeed(r)
		short, whole, n, ok := both([]byte(doc))
		stood += n
		if !ok {
			continue
		}
		read++
		if diff := cmp.Diff(whole, short); diff != "" && short.Title != "misplaced <nil>" {
			t.Fatalf("-whole +abridged\n%s\n%s", diff, doc)
		}
	}
	if read < 2000 || stood < 400 {
		t.Errorf("%d documents read, %d texts abridged: too few to prove anything", read, stood)
	}
}

// oddFeed makes one.
func oddFeed(r *rand.Rand) string {
	one := func(of []string) string { return of[r.IntN(len(of))] }
	atom := r.IntN(2) == 0
	names := []string{"title", "description", "description", "content:encoded", "description", "content:encoded", "encoded", "link", "guid", "author", "category", "comments", "dc:creator", "pubDate",
		"media:thumbnail", "media:description", "dc:description", "atom:summary", "slash:comments", "content", "source", "x:y", "Description"}
	frame := [2]string{"<rss version='2.0'" + declarations(r) + "><channel><title>t</title> <link>http://e.org/</link>", "</channel></rss>"}
	tag, attributes := "item", []string{"", "", "", ` type="html"`, ` xmlns="http://e.org/x"`, ` isPermaLink="false"`, ` url='u'`}
	if atom {
		names = []string{"title", "summary", "content", "content", "summary", "content", "id", "link", "updated", "author", "category", "atom:summary", "a:content", "dc:creator", "media:title", "source"}
		frame = [2]string{"<feed" + one([]string{"", ` xmlns="http://www.w3.org/2005/Atom"`, ` xmlns="http://purl.org/atom/ns#"`}) + declarations(r) + "><title>t</title>", "</feed>"}
		tag = "entry"
		attributes = []string{"", ` type="html"`, ` type="html"`, ` type="text"`, ` type="xhtml"`, ` type="text/plain"`, ` type="image/png"`, ` mode="base64"`,
			` mode="escaped" type="text/html"`, ` type="HTML"`, ` xml:lang="de"`, ` href="/l"`, ` xmlns="http://www.w3.org/1999/xhtml"`}
	}
	texts := []string{"word ", "&amp;lt;p&amp;gt;", "&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;", "<![CDATA[<p>x &amp; y</p>]]>", "<![CDATA[]]>", "\n\t", "&#8217;", "&nbsp;", "&copy=2;",
		"&hellip;", "& ", "<b>bold</b>", "<div>in <i>it</i></div>", "<!-- no -->", "é", strings.Repeat("long text ", 9), "http://e.org/a?b=1&amp;c=2", "UEhQIGlzIG5vdA==", "</", "<br/>"}
	var b strings.Builder
	b.WriteString(frame[0])
	for range 1 + r.IntN(3) {
		fmt.Fprintf(&b, "\n<%s>", tag)
		for range r.IntN(7) {
			name := one(names)
			fmt.Fprintf(&b, "%s<%s%s>", one([]string{"", " ", "\n\t", "loose"}), name, one(attributes))
			for range r.IntN(5) {
				b.WriteString(one(texts))
			}
			fmt.Fprintf(&b, "</%s>", name)
		}
		fmt.Fprintf(&b, "%s</%s>", one([]string{"", "\n", "<!-- c -->"}), tag)
	}
	b.WriteString(frame[1])
	return b.String()
}

// declarations are namespaces of a root: as they should be, and not.
func declarations(r *rand.Rand) string {
	var b strings.Builder
	for name, uri := range usualNamespaces {
		switch r.IntN(6) {
		case 0:
		case 1:
			fmt.Fprintf(&b, " %s='http://e.org/else'", name)
		default:
			fmt.Fprintf(&b, "\n%s=%q", name, uri)
		}
	}
	if r.IntN(3) == 0 {
		b.WriteString(` xmlns:a="http://www.w3.org/2005/Atom"`)
	}
	return b.String()
}
