//go:build unix

package match

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/coregx/ahocorasick"

	"newswatch/monitor/text"
)

// BenchmarkMatch prints the cost of a document as the number of watches grows,
// for articles and for headlines with a summary, with evidence; beside it the
// cost of evaluating every watch with the same evaluator, and that of a library
// that finds the literals of the watches and nothing else: no edges of words,
// no case, no operators, no evidence.
func BenchmarkMatch(b *testing.B) {
	c := newCorpus()
	texts := map[string][]*Doc{"article": c.articles(200), "headline": c.headlines(400)}
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		s := compiled(b, newCorpus(), n)
		literals := ahoCorasick(b, s)
		for _, kind := range []string{"article", "headline"} {
			docs := texts[kind]
			benchSet(b, fmt.Sprintf("%s/%d", kind, n), docs, s.Match)
			benchSet(b, fmt.Sprintf("%s/%d/every-watch", kind, n), docs[:20], s.matchNaively)
			benchSet(b, fmt.Sprintf("%s/%d/aho-corasick", kind, n), lowered(docs), literals)
		}
	}
}

// ahoCorasick returns a search for the literals that matching looks up.
func ahoCorasick(b *testing.B, s *Set) func(*Doc) []Match {
	b.Helper()
	builder := ahocorasick.NewBuilder()
	for i := range s.atoms {
		if a := &s.atoms[i]; a.forwarded && a.kind <= atomPhrase {
			builder.AddPattern([]byte(strings.ToLower(strings.TrimSuffix(s.text(a.label), "*"))))
		}
	}
	found, err := builder.Build()
	if err != nil {
		b.Fatal(err)
	}
	return func(d *Doc) []Match {
		found.FindAllOverlapping([]byte(d.Body))
		return nil
	}
}

// lowered returns the documents as one lower-case text each.
func lowered(docs []*Doc) []*Doc {
	out := make([]*Doc, len(docs))
	for i, d := range docs {
		out[i] = &Doc{Body: strings.ToLower(d.Title + " " + d.Summary + " " + d.Body)}
	}
	return out
}

// benchSet matches all documents again and again and reports what the cheapest
// round took per document: other work on the machine makes a round dearer,
// nothing makes it cheaper.
func benchSet(b *testing.B, name string, docs []*Doc, match func(*Doc) []Match) {
	b.Run(name, func(b *testing.B) {
		matches, least := 0, int64(math.MaxInt64)
		for _, d := range docs {
			matches += len(match(d))
		}
		b.ReportAllocs()
		for b.Loop() {
			before := cpuTime(b)
			for _, d := range docs {
				match(d)
			}
			least = min(least, cpuTime(b)-before)
		}
		n := float64(len(docs))
		b.ReportMetric(float64(least)/n/1000, "cpu-us/doc")
		b.ReportMetric(float64(matches)/n, "matches/doc")
	})
}

// cpuTime returns the time in nanoseconds that the process has been computing,
// which a busy machine does not stretch as it does the time of day.
func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkCompile(b *testing.B) {
	entities, rules := newCorpus().watches(100_000)
	b.ReportAllocs()
	for b.Loop() {
		Compile(entities, rules)
	}
}

func BenchmarkScan(b *testing.B) {
	d := newCorpus().articles(1)[0]
	b.SetBytes(int64(len(d.Body)))
	var sc text.Scanner
	n := 0
	for b.Loop() {
		sc.Reset(d.Body)
		for sc.Next() {
			n++
		}
	}
}

// BenchmarkMatchReal is BenchmarkMatch on recorded news, whose folder the
// variable NEWSWATCH_SHARED names, with watches of words that occur in it.
func BenchmarkMatchReal(b *testing.B) {
	root := os.Getenv("NEWSWATCH_SHARED")
	if root == "" {
		b.Skip("NEWSWATCH_SHARED is not set")
	}
	for kind, file := range map[string]string{"bbc": "bbc_news_2004.jsonl.gz", "ag": "ag_news_test.jsonl.gz"} {
		docs := readCorpus(b, filepath.Join(root, "data", "corpora", file))
		for _, n := range []int{100, 1000, 10_000, 100_000} {
			c := newCorpus()
			c.learn(docs)
			benchSet(b, fmt.Sprintf("%s/%d", kind, n), docs, compiled(b, c, n).Match)
		}
	}
}

// BenchmarkJudgeUnread prints what the search for near rules costs on top of
// matching, for headlines with a summary.
func BenchmarkJudgeUnread(b *testing.B) {
	docs := newCorpus().headlines(400)
	for _, n := range []int{100, 10_000} {
		s := compiled(b, newCorpus(), n)
		benchSet(b, fmt.Sprintf("match/%d", n), docs, func(d *Doc) []Match { out, _ := s.Judge(d); return out })
		near := 0
		benchSet(b, fmt.Sprintf("unread/%d", n), docs, func(d *Doc) []Match {
			out, _, at := s.JudgeUnread(d)
			if at >= 0 {
				near++
			}
			return out
		})
		b.Logf("%d rules: %d near", n, near)
	}
}
