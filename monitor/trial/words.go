package trial

import (
	"cmp"
	"fmt"
	"strings"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// Words says in English what n, a part of the query q, looks for.
func Words(entities map[string]match.Entity, q string, n *query.Node) string {
	return speaker{entities, q}.say(n, false)
}

// InWords says what a watch does: what it looks for, where, and whom it tells.
func InWords(w monitor.Watch, how Reading) string {
	if !how.OK {
		return "The query has mistakes."
	}
	from, to := "all feeds", "in the digest"
	if len(w.Feeds) > 0 {
		from = "the feeds of " + strings.Join(w.Feeds, ", ")
	}
	if len(w.Notify) > 0 {
		to = "at once to " + strings.Join(w.Notify, ", ")
	}
	if w.Priority == monitor.High {
		to += ", in quiet hours too"
	}
	doubt := map[monitor.WeakRoute]string{monitor.WeakNotify: "told like all others", monitor.WeakDrop: "not told"}
	return fmt.Sprintf("Looks in %s for %s, and tells it %s; what is doubtful is %s.", from, how.Sentence, to,
		cmp.Or(doubt[w.Weak], "listed in the digest"))
}

// A speaker puts the parts of one query into words.
type speaker struct {
	entities map[string]match.Entity
	q        string
}

// say puts n into words, within says that it stands among others.
func (s speaker) say(n *query.Node, within bool) string {
	kid := func(i int) string { return s.say(n.Kids[i], true) }
	switch n.Op {
	case query.OpTerm, query.OpEntity:
		return s.name(n) + zoneWords(n.Zone)
	case query.OpAnd:
		return s.all(n)
	case query.OpOr:
		return s.any(n, within)
	case query.OpNot:
		return "no " + kid(0)
	case query.OpNear:
		return fmt.Sprintf("%s within %d words of %s", kid(0), n.N, kid(1))
	case query.OpBefore:
		return fmt.Sprintf("%s at most %d words before %s", kid(0), n.N, kid(1))
	case query.OpSent:
		return kid(0) + " in one sentence with " + kid(1)
	case query.OpCount:
		return fmt.Sprintf("%s %s times", kid(0), relation(n.Rel, fmt.Sprint(n.N)))
	case query.OpOf:
		var parts []string
		for i := range n.Kids {
			parts = append(parts, kid(i))
		}
		return fmt.Sprintf("at least %d of %s", n.N, strings.Join(parts, ", "))
	case query.OpAmount:
		return "a sum of " + relation(n.Rel, s.operand(n))
	case query.OpAge:
		return "published " + relation(n.Rel, s.operand(n)) + " ago"
	case query.OpPublished:
		return "published " + dated(n.Rel) + " " + s.operand(n)
	case query.OpField:
		return fmt.Sprintf("%s %s", fieldWords[n.Field], cmp.Or(n.Value, s.written(n)))
	}
	return s.written(n)
}

// fieldWords introduce the facts that a query may ask for.
var fieldWords = map[string]string{"url": "an address with", "site": "on the site", "author": "by", "tag": "filed under", "feed": "from the feed",
	"class": "from outlets of the class", "lang": "in the language"}

// all joins the parts that must hold together, exclusions last.
func (s speaker) all(n *query.Node) string {
	var have, not []string
	for _, k := range n.Kids {
		if k.Op == query.OpNot {
			not = append(not, s.say(k.Kids[0], true))
		} else {
			have = append(have, s.say(k, true))
		}
	}
	out := strings.Join(have, ", and ")
	if len(not) > 0 {
		out += ", but not " + strings.Join(not, " or ")
	}
	return out
}

// any joins alternatives; many are cut short.
func (s speaker) any(n *query.Node, within bool) string {
	var parts []string
	for _, k := range n.Kids {
		parts = append(parts, s.say(k, true))
	}
	const most = 6
	if len(parts) > most {
		parts = append(parts[:most-1], fmt.Sprintf("%d others", len(parts)-most+1))
	}
	out := strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
	if within && len(parts) > 1 {
		return "either " + out
	}
	return out
}

// name is what a term or an entity is called by people.
func (s speaker) name(n *query.Node) string {
	if n.Op == query.OpEntity {
		return cmp.Or(s.entities[n.Name].Label, "{"+n.Name+"}")
	}
	written := s.written(n)
	if i := strings.IndexByte(written, ':'); n.Zone != text.AnyZone && i >= 0 && i < len("summary:") {
		written = written[i+1:]
	}
	return "“" + strings.Trim(written, `"'`) + "”"
}

func (s speaker) written(n *query.Node) string { return strings.TrimSpace(s.q[n.Pos:n.End]) }

// operand is what stands behind a comparison.
func (s speaker) operand(n *query.Node) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimLeft(s.written(n), "abcdefghijklmnopqrstuvwxyz"), "<>= "))
}

// relation puts a comparison of quantities into words.
func relation(rel query.Relation, than string) string {
	return [...]string{"exactly ", "less than ", "at most ", "more than ", "at least "}[rel] + than
}

// dated puts a comparison of days into words.
func dated(rel query.Relation) string {
	return [...]string{"on", "before", "until", "after", "since"}[rel]
}

// zoneWords says where in a text a part must stand.
func zoneWords(z text.Zone) string {
	switch z {
	case text.InTitle:
		return " in the headline"
	case text.InSummary:
		return " in the summary"
	case text.LeadZone:
		return " in headline or lead"
	case text.BodyZone:
		return " in the text"
	}
	return ""
}
