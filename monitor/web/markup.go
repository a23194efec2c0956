package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"newswatch/monitor/text"
)

// A piece is a part of a sentence, a hit or what stands between hits.
type piece struct {
	Text string
	Hit  bool
}

// pieces cuts a sentence at its hits. Spans that do not fit the sentence are
// passed over.
func pieces(sentence string, hits []text.Range) []piece {
	var out []piece
	at := 0
	for _, h := range hits {
		if h.Start < at || h.End <= h.Start || h.End > len(sentence) || !edge(sentence, h.Start) || !edge(sentence, h.End) {
			continue
		}
		if h.Start > at {
			out = append(out, piece{sentence[at:h.Start], false})
		}
		out = append(out, piece{sentence[h.Start:h.End], true})
		at = h.End
	}
	if at < len(sentence) {
		out = append(out, piece{sentence[at:], false})
	}
	return out
}

func edge(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// external returns an address that a link may lead to, "" for any other.
func external(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

// count writes "1 story", "3 stories".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func newestFirst(list []alertRef) {
	slices.SortStableFunc(list, func(a, b alertRef) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.story, a.story)) })
}
