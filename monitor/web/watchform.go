package web

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/monitor/trial"
)

// editPages are the pages on which the configuration is changed.
type editPages struct{ *Server }

// routes are all of them.
func (s editPages) routes() []api.Route {
	return []api.Route{
		route("GET", "/watches/edit", s.showWatch),
		route("POST", "/watches/edit", s.postWatch),
		route("POST", "/watches/try", s.postTry),
		route("GET", "/feeds/add", s.showAdd),
		route("POST", "/feeds/add", editing(s.Server, s.postAdd)),
		route("GET", "/feeds/one", s.showFeed),
		route("POST", "/feeds/one", editing(s.Server, s.postFeed)),
	}
}

// A watchForm is a watch as it is typed.
type watchForm struct {
	Was            string // the name of the watch to be changed, "" for a new one
	Name, Match    string
	Feeds, Notify  []string
	Priority, Weak string
	Base           string // of the configuration that the editor saw
	Text           string // pasted, to be tried instead of the archive
}

// A choice is one of several that can be ticked.
type choice struct {
	Name string
	On   bool
}

type watchPage struct {
	watchForm
	Reads, Tells []choice
	Denied       string // why the configuration cannot be changed, "" if it can
	Saved        bool
	Failed       failure
	Now          *monitor.Watch // what somebody else has made of the watch meanwhile; nil if nobody has
	Trial        *trialView
}

// A difference is a key of a watch that two editors give different values.
type difference struct{ Key, There, Here string }

// Differences are what saving would replace of what somebody else has made of the
// watch meanwhile.
func (p watchPage) Differences() (out []difference) {
	list := func(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }
	there := formOf(p.Now)
	for _, d := range [...]difference{{"Query", there.Match, p.Match}, {"Tell at once", list(there.Notify), list(p.Notify)}, {"Feeds", list(there.Feeds), list(p.Feeds)},
		{"Priority", there.Priority, p.Priority}, {"Doubtful matches", there.Weak, p.Weak}} {
		if strings.TrimSpace(d.There) != strings.TrimSpace(d.Here) {
			out = append(out, d)
		}
	}
	return out
}

// A failure is why a change was not made, and what can be done about it.
type failure struct {
	Message  string
	Problems []string
	Hand     *api.ByHand
	Path     string // of the configuration
}

// A trialView is a query as the page shows it: how it is read, and what it would
// have told.
type trialView struct {
	trial.Reading
	Query string
	Tried func() (*triedView, error) // reads the past; nil if it is only read
}

// A triedView is a preview as the page shows it.
type triedView struct {
	api.Preview
	Daily            []int
	Top              int
	Strong, Possible []trialStory
	Gone             []trialStory
	Pasted           []pastedItem
	Back             int // days
}

type trialStory struct {
	trial.Story
	Pieces []piece
	Words  []string // that can be excluded
}

type pastedItem struct {
	Title, Verdict string
	Pieces         []piece
	Why            []string
}

// denied says why the configuration cannot be changed by who asks, "" if it can.
func denied(s *Server, r *api.Request) string {
	if _, err := s.permit(r.Request); err != nil {
		return err.Error()
	}
	if !(api.Editor{Server: s.Server}).Can() {
		return "no daemon runs that could change it"
	}
	return ""
}

// file is the hash of the configuration as it is now, "" if it cannot be read:
// then a change says why.
func (s editPages) file() string {
	if s.ConfigFile == nil {
		return ""
	}
	f, err := s.ConfigFile()
	if err != nil {
		return ""
	}
	return f.Hash
}

func (s editPages) watch(name string) *monitor.Watch {
	list := s.Rules().Watches
	if i := slices.IndexFunc(list, func(w monitor.Watch) bool { return w.Name == name }); i >= 0 && name != "" {
		return &list[i]
	}
	return nil
}

// showWatch shows a watch to be changed, or an empty form.
func (s editPages) showWatch(r *api.Request) error {
	f := watchForm{Was: r.FormValue("name"), Match: r.FormValue("match"), Priority: string(monitor.Normal), Weak: string(monitor.WeakDigest)}
	if w := s.watch(f.Was); w != nil {
		f.Name, f.Match, f.Feeds, f.Notify = w.Name, cmp.Or(f.Match, w.Match), w.Feeds, w.Notify
		f.Priority, f.Weak = string(cmp.Or(w.Priority, monitor.Normal)), string(cmp.Or(w.Weak, monitor.WeakDigest))
	} else if f.Was != "" {
		return api.NotFound("no watch is named “" + f.Was + "”")
	}
	f.Base = s.file()
	p := watchPage{watchForm: f, Saved: r.FormValue("saved") != ""}
	if f.Match != "" {
		// The past is read when somebody asks, or by the script of the page.
		p.Trial = &trialView{Query: f.Match, Reading: api.Editor{Server: s.Server.Server}.Read(f.Match)}
	}
	return s.showForm(r, http.StatusOK, p)
}

func (s editPages) showForm(r *api.Request, status int, p watchPage) error {
	p.Denied = denied(s.Server, r)
	rules := s.Rules()
	tags := map[string]bool{}
	for _, f := range rules.Feeds {
		for _, t := range f.Tags {
			tags[t] = true
		}
	}
	p.Reads = choices(slices.Sorted(maps.Keys(tags)), p.Feeds)
	p.Tells = choices(slices.Sorted(maps.Keys(rules.Expand)), p.Notify)
	title := "New watch"
	if p.Was != "" {
		title = p.Was
	}
	return s.show(r, status, "watch", view{Title: title, Nav: "/watches", Page: p})
}

// choices lists what there is and what is chosen.
func choices(all, chosen []string) (out []choice) {
	for _, name := range all {
		out = append(out, choice{name, slices.Contains(chosen, name)})
	}
	for _, name := range chosen {
		if !slices.Contains(all, name) {
			out = append(out, choice{name, true})
		}
	}
	return out
}

// readWatch reads the form.
func readWatch(r *api.Request) (watchForm, error) {
	if err := form(r); err != nil {
		return watchForm{}, err
	}
	return watchForm{Was: r.PostFormValue("was"), Name: clip(r.PostFormValue("name"), 100), Match: strings.ReplaceAll(r.PostFormValue("match"), "\r\n", "\n"),
		Feeds: r.PostForm["feeds"], Notify: r.PostForm["notify"], Priority: r.PostFormValue("priority"), Weak: r.PostFormValue("weak"),
		Base: r.PostFormValue("base"), Text: r.PostFormValue("text")}, nil
}

// postTry answers with the part of the page that says what a query would have
// told.
func (s editPages) postTry(r *api.Request) error {
	f, err := readWatch(r)
	if err != nil {
		return err
	}
	f.exclude(r.PostFormValue("exclude"))
	return s.try(r, f, func(t *trialView) error {
		return s.fragment(r, "watch", "trial", view{Page: watchPage{watchForm: f, Trial: t}})
	})
}

func (f *watchForm) exclude(word string) {
	if word != "" {
		f.Match = trial.Without(f.Match, clip(word, 60))
	}
}

// postWatch tries, saves or removes a watch.
func (s editPages) postWatch(r *api.Request) error {
	f, err := readWatch(r)
	if err != nil {
		return err
	}
	word := r.PostFormValue("exclude")
	f.exclude(word)
	p := watchPage{watchForm: f}
	do := r.PostFormValue("do")
	if word != "" || do != "save" && do != "remove" {
		return s.tryForm(r, http.StatusOK, p)
	}
	return editing(s.Server, func(r *api.Request) error { return s.saveWatch(r, p, do) })(r)
}

// saveWatch writes the watch into the configuration, or takes it out.
func (s editPages) saveWatch(r *api.Request, p watchPage, do string) error {
	f := p.watchForm
	e := api.Edit{Section: api.WatchSection, Do: api.EditSet, Name: f.Was, Base: f.Base, By: r.By}
	switch {
	case do == "remove":
		e.Do = api.EditRemove
	case f.Was == "":
		e.Do, e.Fields = api.EditAdd, f.fields(watchForm{})
	default:
		e.Fields = f.fields(formOf(s.watch(f.Was)))
	}
	if failed, ok := s.carryOut(r, e); !ok {
		p.Failed = failed
		if p.Now = s.changed(f, failed); p.Now != nil || failed.Message == api.ErrEditConflict.Error() {
			p.Base = s.file()
		}
		return s.tryForm(r, http.StatusConflict, p)
	}
	to := s.Server.base() + "/watches"
	if e.Do != api.EditRemove {
		to = s.Server.base() + "/watches/edit?" + url.Values{"name": {f.Name}, "saved": {"1"}}.Encode()
	}
	r.Writer.Header().Set("Location", to)
	return r.Send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}

// formOf is a watch as the form would send it.
func formOf(w *monitor.Watch) watchForm {
	if w == nil {
		return watchForm{}
	}
	return watchForm{Name: w.Name, Match: w.Match, Feeds: w.Feeds, Notify: w.Notify, Priority: string(cmp.Or(w.Priority, monitor.Normal)),
		Weak: string(cmp.Or(w.Weak, monitor.WeakDigest))}
}

// fields are the keys that differ from what was, the usual left out.
func (f watchForm) fields(was watchForm) (out []api.EditField) {
	text := func(key, now, was, usual string) {
		if now = strings.TrimSpace(now); now == was {
			return
		} else if now == usual {
			now = ""
		}
		out = append(out, api.EditField{Key: key, Value: now})
	}
	list := func(key string, now, was []string) {
		if !slices.Equal(slices.Sorted(slices.Values(now)), slices.Sorted(slices.Values(was))) {
			out = append(out, api.EditField{Key: key, Value: now})
		}
	}
	text("name", f.Name, was.Name, "")
	text("match", f.Match, strings.TrimSpace(was.Match), "")
	list("feeds", f.Feeds, was.Feeds)
	list("notify", f.Notify, was.Notify)
	text("priority", f.Priority, was.Priority, string(monitor.Normal))
	text("weak", f.Weak, was.Weak, string(monitor.WeakDigest))
	return out
}

// changed returns the watch as somebody else left it, nil if that is not why a
// change failed.
func (s editPages) changed(f watchForm, failed failure) *monitor.Watch {
	if failed.Message != api.ErrEditConflict.Error() {
		return nil
	}
	return s.watch(f.Was)
}

// shownTried is how many stories of a preview are open to read.
const shownTried = 8

// First are the stories to read at once, Rest those behind a fold.
func (v *triedView) First() []trialStory { return v.Strong[:min(len(v.Strong), shownTried)] }

func (v *triedView) Rest() []trialStory { return v.Strong[len(v.First()):] }

// Day is when the story began, in words.
func (t trialStory) Day() string { return t.At.Format("Mon 2 Jan") }

// Others is how many outlets there are beside the one named.
func (t trialStory) Others() int { return t.Outlets - 1 }

// carryOut changes the configuration. If it could not, it says why.
func (s editPages) carryOut(r *api.Request, e api.Edit) (f failure, ok bool) {
	if !(api.Editor{Server: s.Server.Server}).Can() {
		return failure{Message: "no daemon runs that could change the configuration"}, false
	}
	if file, err := s.ConfigFile(); err == nil {
		f.Path = file.Path
	}
	_, err := s.Edit(r.Context(), e)
	if err == nil {
		return f, true
	}
	f.Message = err.Error()
	if bad, is := errors.AsType[*api.BadEdit](err); is {
		f.Problems = bad.Problems
	}
	if f.Hand, _ = errors.AsType[*api.ByHand](err); f.Hand != nil {
		f.Message = f.Hand.Reason
	}
	return f, false
}

// tryForm shows the form with what its query would have told.
func (s editPages) tryForm(r *api.Request, status int, p watchPage) error {
	return s.try(r, p.watchForm, func(t *trialView) error {
		p.Trial = t
		return s.showForm(r, status, p)
	})
}

// try has show show how the query of a watch is read, and then what it would
// have told of the archive, or of the text pasted.
func (s editPages) try(r *api.Request, f watchForm, show func(*trialView) error) error {
	o := api.PreviewOrder{Query: f.Match, Feeds: f.Feeds, Watch: f.Was, Items: pasted(f.Text)}
	return api.Editor{Server: s.Server.Server}.Try(r.Context(), o, func(how trial.Reading, ask func() (api.Preview, error)) error {
		return show(&trialView{Reading: how, Query: f.Match, Tried: func() (*triedView, error) {
			r.Flush()
			p, err := ask()
			return triedOf(p, o), err
		}})
	})
}

// triedOf is what became of an order, as the page shows it.
func triedOf(p api.Preview, o api.PreviewOrder) *triedView {
	v := &triedView{Preview: p, Back: max(1, len(p.PerDay)-1)}
	for _, d := range p.PerDay {
		v.Daily = append(v.Daily, d.Strong)
		v.Top = max(v.Top, d.Strong)
	}
	for _, st := range p.Stories {
		t := trialStoryOf(st, o.Query)
		if st.Verdict == match.Strong.String() {
			v.Strong = append(v.Strong, t)
		} else {
			v.Possible = append(v.Possible, t)
		}
	}
	for _, st := range p.Lost {
		v.Gone = append(v.Gone, trialStoryOf(st, o.Query))
	}
	for i, m := range p.Matches {
		it := pastedItem{Title: o.Items[i].Title, Verdict: m.Verdict.String(), Pieces: pieces(m.Sentence, m.Hits)}
		for _, ev := range m.Evidence {
			it.Why = append(it.Why, ev.Text+": "+ev.Strength+", "+ev.Why)
		}
		v.Pasted = append(v.Pasted, it)
	}
	return v
}

func trialStoryOf(st trial.Story, q string) trialStory {
	var hits []text.Range
	for _, h := range st.Hits {
		hits = append(hits, text.Range{Start: h[0], End: h[1]})
	}
	return trialStory{st, pieces(st.Sentence, hits), trial.Telling(st.Headline+" "+st.Sentence, q)}
}

// pasted reads items from a text: JSON Lines as match takes them, else blocks
// with blank lines between them, the title first in each.
func pasted(s string) (out []api.Doc) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if strings.HasPrefix(s, "{") {
		for line := range strings.Lines(s) {
			if doc, err := api.ReadDoc(line); err == nil {
				out = append(out, doc)
			}
		}
		return out
	}
	for block := range strings.SplitSeq(s, "\n\n") {
		title, rest, _ := strings.Cut(strings.TrimSpace(block), "\n")
		if title != "" {
			out = append(out, api.Doc{Title: title, Summary: rest})
		}
	}
	return out
}
