package text

import "testing"

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"no markup":                             "no markup",
		"AT&amp;T &lt;3 you":                    "AT&T <3 you",
		"<p>ICE</p><p>DHS</p>":                  "ICE\nDHS",
		"<b>I</b>CE <script>var x</script>raid": "ICE raid",
		"&lt;p&gt;ICE &amp;amp; DHS&lt;/p&gt;":  "ICE & DHS",
		"a < b and c > d":                       "a < b and c > d",
		`<a target="_blank">shop</a>`:           "shop",
		"x<!-- target -->y":                     "xy",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}
