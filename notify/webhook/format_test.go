package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"newswatch/monitor"
	"newswatch/notify/render"
)

func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range every(hostile) {
		t.Run(name, func(t *testing.T) {
			b, err := encode(standard(n, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(v); err != nil {
				t.Errorf("%v\n%s", err, b)
			}
		})
	}
	if err := s.Validate(map[string]any{"type": "newswatch.alert"}); err == nil {
		t.Error("the schema accepts a body without data")
	}
}

// TestFormats: whatever the title, every format is JSON within the service's
// limits, without what a stranger's text must not do there.
func TestFormats(t *testing.T) {
	to, _ := url.Parse("https://chat.example/topic?chat_id=-100")
	for format, shape := range formats {
		for kind, n := range every(hostile) {
			t.Run(string(format)+"/"+kind, func(t *testing.T) {
				b, err := encode(shape.message(n, to, time.UTC))
				if err != nil {
					t.Fatal(err)
				}
				var v map[string]any
				if err := json.Unmarshal(b, &v); err != nil {
					t.Fatalf("%v\n%s", err, b)
				}
				limits()[format](t, v)
				for _, bad := range []string{"\u202e", "\\u202e", "\\u001b", "javascript:"} {
					if strings.Contains(string(b), bad) {
						t.Errorf("%q got through", bad)
					}
				}
				if !strings.Contains(string(b), "quoted") {
					t.Error("the headline is missing")
				}
			})
		}
	}
}

// TestNoStoryGoesUncounted: what a format for people does not list it counts.
func TestNoStoryGoesUncounted(t *testing.T) {
	to, _ := url.Parse("https://chat.example/topic")
	counted := regexp.MustCompile(`and (\d+) more stor`)
	for format, shape := range formats {
		for name, words := range map[string]string{"short": "", "long": strings.Repeat("many words ", 40)} {
			n := alert("unused")
			n.Kind, n.Content.Cards, n.Content.More = monitor.CatchupKind, nil, 5
			for i := range 30 {
				c := alert(fmt.Sprintf("Mark%02d %s", i, words)).Content.Cards[0]
				n.Content.Cards = append(n.Content.Cards, c)
			}
			b, err := encode(shape.message(n, to, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			listed, rest := 0, 0
			for i := range 30 {
				if bytes.Contains(b, fmt.Appendf(nil, "Mark%02d", i)) {
					listed++
				}
			}
			if m := counted.FindSubmatch(b); m != nil {
				rest, _ = strconv.Atoi(string(m[1]))
			}
			if format == Standard {
				rest = n.Content.More // of its own field
			}
			if listed == 0 || listed+rest != 35 {
				t.Errorf("%s, %s: %d listed and %d counted, want 35 in all", format, name, listed, rest)
			}
		}
	}
}

// limits checks a body against what its service takes.
func limits() map[Format]func(t *testing.T, v map[string]any) {
	return map[Format]func(t *testing.T, v map[string]any){
		Standard: func(t *testing.T, v map[string]any) {},
		Discord: func(t *testing.T, v map[string]any) {
			embeds, _ := v["embeds"].([]any)
			all := length(v["content"])
			for _, e := range embeds {
				m := e.(map[string]any)
				all += length(m["title"]) + length(m["description"]) + length(m["footer"].(map[string]any)["text"])
				if length(m["title"]) > 256 || length(m["description"]) > 4096 {
					t.Errorf("an embed is too long")
				}
			}
			if len(embeds) > 10 || all > 8000 || all-length(v["content"]) > 6000 || length(v["content"]) > 2000 {
				t.Errorf("%d embeds, %d characters", len(embeds), all)
			}
			if got, _ := json.Marshal(v["allowed_mentions"]); string(got) != `{"parse":[]}` {
				t.Errorf("allowed_mentions = %s", got)
			}
		},
		Teams: func(t *testing.T, v map[string]any) {
			if b, _ := json.Marshal(v); len(b) > 28000 {
				t.Errorf("%d bytes", len(b))
			}
		},
		Ntfy: func(t *testing.T, v map[string]any) {
			if m := v["message"].(string); len(m) > 4096 || v["topic"] != "topic" {
				t.Errorf("message of %d bytes to %v", len(m), v["topic"])
			}
		},
		Telegram: func(t *testing.T, v map[string]any) {
			text := v["text"].(string)
			for _, tag := range []string{"<b>", "</b>", "<i>", "</i>", "</a>"} {
				text = strings.ReplaceAll(text, tag, "")
			}
			if strings.Contains(text, "<script") || v["chat_id"] != "-100" {
				t.Errorf("text %q to %v", text, v["chat_id"])
			}
			if n := length(text); n > 6000 {
				t.Errorf("%d units with links", n)
			}
		},
	}
}

func length(v any) int {
	s, _ := v.(string)
	return len(utf16.Encode([]rune(s)))
}

func TestNtfyAddress(t *testing.T) {
	tests := map[string]string{
		"https://ntfy.example/topic":            "https://ntfy.example/",
		"https://ntfy.example/sub/topic?auth=x": "https://ntfy.example/sub/?auth=x",
	}
	for in, want := range tests {
		u, _ := url.Parse(in)
		if got := ntfyAddress(u); got != want {
			t.Errorf("ntfyAddress(%s) = %s, want %s", in, got, want)
		}
	}
}

func FuzzFormats(f *testing.F) {
	f.Add(hostile)
	f.Add("\xff\xfe</a>")
	to, _ := url.Parse("https://chat.example/topic")
	tmpl, err := parseTemplate(`{"t": {{json .Title}}, "x": {{json .Text}}}`, true, time.UTC)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, headline string) {
		for _, n := range []monitor.Notice{alert(headline), digest(headline)} {
			if _, err := tmpl(n); err != nil {
				t.Error(err)
			}
			for format, shape := range formats {
				if b, err := encode(shape.message(n, to, time.UTC)); err != nil || !json.Valid(b) {
					t.Errorf("%s: %v %s", format, err, b)
				}
			}
		}
		if s := render.Sanitize(headline); render.Sanitize(s) != s {
			t.Errorf("Sanitize is not idempotent on %q", headline)
		}
	})
}
