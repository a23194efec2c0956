package labels

import (
	"fmt"
	"maps"
	"slices"

	"newswatch/monitor/match"
)

// RunExamples tries the examples of entities and rules, which must be those
// that s was compiled from without an error, and returns a Problem for each that is not as it
// claims: one under match that does not match, even weakly, or one under not
// that does.
func RunExamples(s *match.Set, entities map[string]match.Entity, rules []match.Rule) []match.Problem {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(entities)), func(n string) bool {
		return len(entities[n].Examples.Match)+len(entities[n].Examples.Not) == 0
	})
	if len(names) == 0 {
		return ruleExamples(s, rules)
	}
	queries := make([]match.Rule, len(names))
	for i, n := range names {
		queries[i] = match.Rule{Name: n, Match: "{" + n + "}"}
	}
	var out []match.Problem
	alone, problems := match.Compile(entities, queries)
	broken := slices.ContainsFunc(problems, func(p match.Problem) bool { return !p.Warning })
	for i, n := range names {
		if !broken {
			out = append(out, examples(alone, i, "entities."+n, entities[n].Examples)...)
		}
	}
	return append(out, ruleExamples(s, rules)...)
}

func ruleExamples(s *match.Set, rules []match.Rule) []match.Problem {
	var out []match.Problem
	for i, r := range rules {
		if len(r.Examples.Match)+len(r.Examples.Not) > 0 {
			out = append(out, examples(s, i, fmt.Sprintf("watches[%d]", i), r.Examples)...)
		}
	}
	return out
}

// examples tries the examples of one rule, whatever feeds it reads.
func examples(s *match.Set, rule int, path string, ex match.Examples) []match.Problem {
	var out []match.Problem
	try := func(list string, i int, title string, want bool) {
		x := s.Explain(rule, &match.Doc{Title: title})
		if (x.Root.Verdict != match.None) == want {
			return
		}
		p := match.Problem{Path: fmt.Sprintf("%s.examples.%s[%d]", path, list, i), Offset: -1}
		p.Message = fmt.Sprintf("example does not match: %s", title)
		if !want {
			p.Message = fmt.Sprintf("example matches (%s) and should not: %s", x.Root.Verdict, title)
		}
		p.Hint = reason(&x.Root)
		out = append(out, p)
	}
	for i, t := range ex.Match {
		try("match", i, t, true)
	}
	for i, t := range ex.Not {
		try("not", i, t, false)
	}
	return out
}

// reason returns the first explanation found in a clause or its parts.
func reason(c *match.Clause) string {
	if len(c.Evidence) > 0 {
		return fmt.Sprintf("%s %q: %s, %s", c.Text, c.Evidence[0].Text, c.Evidence[0].Strength, c.Evidence[0].Why)
	}
	for i := range c.Clauses {
		if r := reason(&c.Clauses[i]); r != "" {
			return r
		}
	}
	if c.Note != "" {
		return c.Text + ": " + c.Note
	}
	return ""
}
