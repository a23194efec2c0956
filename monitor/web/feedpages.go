package web

import (
	"cmp"
	"errors"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

type addPage struct {
	Address     string
	Denied      string // why the configuration cannot be changed, "" if it can
	Looked      bool
	Problem     string // why nothing could be read there
	Offers      []offerView
	Failed      failure
	Tags        []string     // there are
	Base        string       // of the configuration that the editor saw
	Bookmarklet template.URL // opens this page with the address of the page it is used on
}

type offerView struct {
	api.Offer
	Name, Typed string // proposed; tags as typed
	Often       string
}

// showAdd shows the form for an address. It looks at none: that is for the
// button, which no other site can press.
func (s editPages) showAdd(r *api.Request) error {
	return s.showOffers(r, http.StatusOK, addPage{Address: clip(r.FormValue("url"), 2000)})
}

func (s editPages) showOffers(r *api.Request, status int, p addPage) error {
	p.Denied, p.Tags = denied(s.Server, r), s.tags()
	p.Base = s.file()
	// The address is this server's own, and escaped: it can end no string.
	p.Bookmarklet = template.URL("javascript:location.href='" + template.JSEscapeString(s.site(r)) + "/feeds/add?url='+encodeURIComponent(location.href)")
	return s.show(r, status, "addfeed", view{Title: "Add a feed", Nav: "/feeds", Page: p})
}

// tags lists the tags of all feeds.
func (s editPages) tags() []string {
	seen := map[string]bool{}
	for _, f := range s.Rules().Feeds {
		for _, t := range f.Tags {
			seen[t] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// postAdd looks at an address, or adds one of the feeds found there.
func (s editPages) postAdd(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	p := addPage{Address: clip(r.PostFormValue("url"), 2000), Base: r.PostFormValue("base")}
	if r.PostFormValue("do") == "add" {
		return s.addFeed(r, p)
	}
	return s.lookAt(r, p, http.StatusOK)
}

// lookAt lists what can be read at the address.
func (s editPages) lookAt(r *api.Request, p addPage, status int) error {
	p.Looked = true
	offers, err := api.Editor{Server: s.Server.Server}.Offers(r.Context(), p.Address)
	if no, ok := errors.AsType[*api.Refusal](err); ok {
		p.Problem, status = no.Message, cmp.Or(no.Status, status)
	} else if err != nil {
		return err
	}
	for _, o := range offers {
		name := cmp.Or(slug(o.Title), hostOf(o.URL))
		p.Offers = append(p.Offers, offerView{Offer: o, Name: name, Often: often(o)})
	}
	return s.showOffers(r, status, p)
}

// often says in words how often a source publishes.
func often(o api.Offer) string {
	switch {
	case o.PerDay <= 0:
		return ""
	case o.PerDay >= 1.5:
		return "about " + count(int(o.PerDay+.5), "item", "items") + " a day"
	case o.PerDay >= .2:
		return "about " + count(int(o.PerDay*7+.5), "item", "items") + " a week"
	}
	return "about " + count(max(1, int(o.PerDay*30+.5)), "item", "items") + " a month"
}

// slug makes a short name of a title.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	return strings.Join(words[:min(len(words), 4)], "-")
}

// addFeed writes a feed into the configuration.
func (s editPages) addFeed(r *api.Request, p addPage) error {
	name := clip(r.PostFormValue("name"), 100)
	e := api.Edit{Section: api.FeedSection, Do: api.EditAdd, By: r.By, Base: p.Base, Fields: []api.EditField{{Key: "name", Value: name},
		{Key: "url", Value: clip(r.PostFormValue("feed"), 2000)}, {Key: "tags", Value: listed(r.PostFormValue("tags"))}}}
	if kind := r.PostFormValue("kind"); kind != "" {
		e.Fields = append(e.Fields, api.EditField{Key: "kind", Value: kind})
	}
	failed, ok := s.carryOut(r, e)
	if !ok {
		p.Failed = failed
		return s.lookAt(r, p, http.StatusConflict)
	}
	return s.to(r, "/feeds/one", url.Values{"name": {name}, "saved": {"1"}})
}

// to leads on to another page of this server.
func (s editPages) to(r *api.Request, path string, q url.Values) error {
	r.Writer.Header().Set("Location", s.Server.base()+path+"?"+q.Encode())
	return r.Send(http.StatusSeeOther, "text/plain; charset=utf-8", nil)
}

// listed reads words separated by commas.
func listed(text string) []string {
	out := []string{}
	for w := range strings.SplitSeq(text, ",") {
		if w = clip(w, 60); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

type feedPage struct {
	api.Feed
	Denied  string
	Saved   bool
	Polling bool
	Poll    bool // it can be polled now
	Base    string
	Tags    []string // there are
	Typed   string
	Failed  failure
	Lists   bool // its documents say what there is: Entries are those of the last one
	Same    int  // entries of that which are others once more, or were left out
	Entries []entryView
	Pager   pager
}

// An entryView is one entry of a feed and what became of it. Of one that is no
// longer archived only its ID and time are known.
type entryView struct {
	api.Item
	Archived bool
	By       string    // the feed that showed it first, "" for this one
	Reworded time.Time // last, zero if never
	Told     []string  // destinations
}

// feedEntries is how many entries a feed's page lists.
const feedEntries = 25

func (s editPages) showFeed(r *api.Request) error {
	return s.feedPage(r, r.FormValue("name"), http.StatusOK, feedPage{Saved: r.FormValue("saved") != "", Polling: r.FormValue("polled") != ""})
}

func (s editPages) feedPage(r *api.Request, name string, status int, p feedPage) error {
	roster, err := s.Roster()
	if err != nil {
		return err
	}
	f, ok := roster.Feed(name)
	if !ok {
		return api.NotFound("no feed is named “" + name + "”")
	}
	whole, err := roster.Whole([]api.FeedState{f}, s.Time())
	if err != nil {
		return err
	}
	p.Feed, p.Denied, p.Tags, p.Poll = whole[0], denied(s.Server, r), s.tags(), s.Poll != nil
	p.Typed = strings.Join(p.Feed.Tags, ", ")
	p.Base = s.file()
	if err := s.entries(r, f, &p); err != nil {
		return err
	}
	return s.show(r, status, "feed", view{Title: name, Nav: "/feeds", Page: p})
}

// entries fills in what the feed's last document listed, or all that a feed has
// shown whose documents hold only what is new, latest first.
func (s editPages) entries(r *api.Request, f api.FeedState, p *feedPage) error {
	lists := s.Rules().Feed(f.Name).Lists()
	seen, err := s.Reader.Seen(f.ID)
	if err != nil {
		return err
	}
	var ids []monitor.ItemID
	for _, k := range seen {
		if k.Listed || !lists {
			ids = append(ids, monitor.ItemID(k.ID))
		}
	}
	if p.Lists = lists; lists {
		p.Same = max(0, p.Size-len(ids))
	}
	slices.SortFunc(ids, func(a, b monitor.ItemID) int { return cmp.Compare(b, a) })
	if ids, p.Pager, err = turnBy(r, slices.Compact(ids), feedEntries); err != nil {
		return err
	}
	_, found, err := s.Reader.Lookup(nil, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		rec, ok := found[id]
		if !ok {
			p.Entries = append(p.Entries, entryView{Item: api.Item{ID: id.String(), Seen: id.Time()}})
			continue
		}
		p.Entries = append(p.Entries, entryOf(rec, f.Name))
	}
	return nil
}

// entryOf tells what became of an entry of a feed.
func entryOf(rec monitor.Record, feed string) entryView {
	e := entryView{Item: api.ItemOf(rec), Archived: true}
	if rec.Feed != feed {
		e.By = rec.Feed
	}
	if n := len(rec.Revisions); n > 0 {
		e.Reworded = rec.Revisions[n-1].At
	}
	for _, d := range rec.Decisions {
		if d.Key != "" && !slices.Contains(e.Told, d.Destination) {
			e.Told = append(e.Told, d.Destination)
		}
	}
	return e
}

// postFeed polls, renames, tags or removes a feed.
func (s editPages) postFeed(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	name := r.PostFormValue("name")
	e := api.Edit{Section: api.FeedSection, Name: name, Base: r.PostFormValue("base"), By: r.By}
	switch r.PostFormValue("do") {
	case "poll":
		if _, err := (api.Editor{Server: s.Server.Server}).PollNow(r.Context(), name); err != nil {
			return err
		}
		return s.to(r, "/feeds/one", url.Values{"name": {name}, "polled": {"1"}})
	case "remove":
		e.Do = api.EditRemove
	default:
		e.Do, e.Fields = api.EditSet, s.feedFields(name, r)
	}
	if failed, ok := s.carryOut(r, e); !ok {
		return s.feedPage(r, name, http.StatusConflict, feedPage{Failed: failed})
	}
	if e.Do == api.EditRemove {
		return s.to(r, "/feeds", url.Values{})
	}
	return s.to(r, "/feeds/one", url.Values{"name": {cmp.Or(clip(r.PostFormValue("newname"), 100), name)}, "saved": {"1"}})
}

// feedFields are the keys of a feed that the form changes.
func (s editPages) feedFields(name string, r *api.Request) (out []api.EditField) {
	if to := clip(r.PostFormValue("newname"), 100); to != "" && to != name {
		out = append(out, api.EditField{Key: "name", Value: to})
	}
	if tags := listed(r.PostFormValue("tags")); !slices.Equal(tags, s.Rules().Feed(name).Tags) {
		out = append(out, api.EditField{Key: "tags", Value: tags})
	}
	return out
}
