package match

import (
	"fmt"
	"maps"
	"slices"
)

// RunExamples tries the examples of entities and rules, which must be those
// the Set was compiled from, and returns a Problem for each that is not as it
// claims: one under match that does not match, even weakly, or one under not
// that does.
func (s *Set) RunExamples(entities map[string]Entity, rules []Rule) []Problem {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(entities)), func(n string) bool {
		return len(entities[n].Examples.Match)+len(entities[n].Examples.Not) == 0
	})
	if len(names) == 0 {
		return s.ruleExamples(rules)
	}
	queries := make([]Rule, len(names))
	for i, n := range names {
		queries[i] = Rule{Name: n, Match: "{" + n + "}"}
	}
	var out []Problem
	alone, problems := Compile(entities, queries)
	broken := slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
	for i, n := range names {
		if !broken {
			out = append(out, alone.examples(i, "entities."+n, entities[n].Examples)...)
		}
	}
	return append(out, s.ruleExamples(rules)...)
}

func (s *Set) ruleExamples(rules []Rule) []Problem {
	var out []Problem
	for i, r := range rules[:min(len(rules), len(s.rules))] {
		if len(r.Examples.Match)+len(r.Examples.Not) > 0 {
			out = append(out, s.examples(i, fmt.Sprintf("watches[%d]", i), r.Examples)...)
		}
	}
	return out
}

// examples tries the examples of one rule, whatever feeds it reads.
func (s *Set) examples(rule int, path string, ex Examples) []Problem {
	var out []Problem
	try := func(list string, i int, title string, want bool) {
		x := s.Explain(rule, &Doc{Title: title})
		if (x.Root.Verdict != None) == want {
			return
		}
		p := Problem{Path: fmt.Sprintf("%s.examples.%s[%d]", path, list, i), Offset: -1}
		p.Message = fmt.Sprintf("example does not match: %s", title)
		if !want {
			p.Message = fmt.Sprintf("example matches (%s) and should not: %s", x.Root.Verdict, title)
		}
		p.Hint = x.Root.reason()
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
func (c *Clause) reason() string {
	if len(c.Evidence) > 0 {
		return fmt.Sprintf("%s %q: %s, %s", c.Text, c.Evidence[0].Text, c.Evidence[0].Strength, c.Evidence[0].Why)
	}
	for i := range c.Clauses {
		if r := c.Clauses[i].reason(); r != "" {
			return r
		}
	}
	if c.Note != "" {
		return c.Text + ": " + c.Note
	}
	return ""
}
