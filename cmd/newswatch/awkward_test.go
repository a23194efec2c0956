package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// awkward are the hostile and awkward pages, lists, sitemaps and answers that
// reading beyond feeds must stand, by the tests that hold them: a file, and the
// name of a test or of a row in its table.
var awkward = map[string][]string{
	"feeds/article/hostile_test.go": {"11 MB", "nested blocks", "nested links and fonts", "unclosed b", "480 deep with much text", "a million attributes",
		"tags with ten attributes", "a million paragraphs", "line breaks", "JSON-LD nested", "broken tables"},
	"feeds/article/article_test.go": {"UTF-16", "charset lies", "no charset, bytes of windows-1252", "canonical of a stranger", "hidden text", "loaded twice", "TestPaged",
		"live blog", "headline and pictures", "PDF behind .html", "declared body of another article", "declared body in a graph, with HTML", "declared body of a teaser",
		"broken JSON-LD", "soft 404", "error page with status 200", "consent by its words", "scripts wanted", "redirected to login", "redirected to the home page"},
	"feeds/reading/reading_test.go": {"a byte at a time", "without end", "a bomb", "to the home page", "to a login", "in a circle", "to a private network", "base elsewhere",
		"a lie about the charset", "in UTF-16", "no content type", "an error page with 200", "a consent wall", "drawn by scripts", "bait", "a gallery"},
	"monitor/read_test.go":            {"TestNewWordingIsReadAgain"}, // a live blog that changes hourly is read three times
	"feeds/fetch/kinds_test.go":       {"TestFetchEndsInATarpit", "TestFetchReadsTheSitemapsOfAnIndex", "TestFetchKeepsItsBudget"},
	"feeds/discover/discover_test.go": {"TestDiscoverEndsInATarpit", "after junk", "two bases", "paths that answer with pages", "robots obeyed"},
	"feeds/robots/robots_test.go":     {"beyond what is read", "a page", "server failed", "no answer"},
	"feeds/listing/list_test.go": {"picture and title are one link", "the same item twice", "relative time", "TestParseDay", "a sticky item, above and in its place",
		"an old item pinned above the new", "https://other.example/3", "javascript:go(1)", "boxes around items", "now drawn by a script", "maintenance", "rebuilt"},
	"feeds/sitemap/sitemap_test.go": {"index of very many", "no titles", "future and nonsense", "empty", "breaks off"},
	"feeds/jsonapi/jsonapi_test.go": {"second name of the key, base award", "TestDecodeCountsWhatItLeavesOut", "everything", "negative, as a number", "$1e12", "(1,250.00)", "too deep",
		"broken at the end", "next is itself", "next on another host", "not full", "over quota with 200", "a page"},
	"feeds/fetch/etiquette_test.go": {"429 with seconds", "429 with rubbish"},
	"monitor/kinds_test.go":         {"a window that slid past everything"},
}

// TestAwkwardCasesAreHeld keeps the list above true.
func TestAwkwardCasesAreHeld(t *testing.T) {
	for file, rows := range awkward {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Error(err)
		}
		for _, row := range rows {
			if !strings.Contains(string(text), row) {
				t.Errorf("%s has no test or row %q", file, row)
			}
		}
	}
}
