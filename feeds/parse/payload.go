package parse

import (
	"bytes"
	"encoding/xml"
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"newswatch/feeds"
	"newswatch/feeds/plain"
)

// A payload is XML of another vocabulary that an entry carries as its content
// (RFC 4287, section 4.1.3.3): a record, not a text.
type payload struct{ leaves []payloadLeaf }

// A payloadLeaf is an element in which stands text, or nothing but what its
// attributes say in words.
type payloadLeaf struct {
	path string // names of the elements around it and its own, each after a slash
	text string
	said map[string]string // attributes in words, by name
}

// maxLeaves bounds a payload: a contract has some two hundred.
const maxLeaves = 5000

// wordy are the attributes that say in words what an element says in a code.
var wordy = map[string]bool{"name": true, "description": true, "departmentName": true, "label": true, "title": true}

// payload returns what the content of an Atom entry holds if that is XML of
// another vocabulary, nil if it is not.
func (ps parts) payload() *payload {
	for _, p := range ps {
		if p.foreign || !p.is("content") || p.leaf {
			continue
		}
		kind := strings.ToLower(p.attr("type"))
		if kind != "application/xml" && kind != "text/xml" && !strings.HasSuffix(kind, "+xml") || strings.Contains(kind, "xhtml") {
			continue
		}
		if read := readPayload(p.tag, p.inner); len(read.leaves) > 0 {
			return read
		}
	}
	return nil
}

// readPayload reads the elements within an element. Of names it takes no prefix:
// what that stands for may be declared anywhere around.
func readPayload(tag, inner []byte) *payload {
	out := &payload{}
	d := xml.NewDecoder(bytes.NewReader(append(bytes.Clone(tag), inner...)))
	d.Strict = false
	var open []payloadLeaf
	for len(out.leaves) < maxLeaves {
		t, err := d.Token()
		if err != nil {
			return out
		}
		switch t := t.(type) {
		case xml.StartElement:
			e := payloadLeaf{path: "/" + t.Name.Local}
			if n := len(open); n > 0 {
				e.path = open[n-1].path + e.path
			}
			for _, a := range t.Attr {
				if wordy[a.Name.Local] && strings.TrimSpace(a.Value) != "" {
					if e.said == nil {
						e.said = map[string]string{}
					}
					e.said[a.Name.Local] = strings.TrimSpace(a.Value)
				}
			}
			open = append(open, e)
		case xml.CharData:
			if n := len(open); n > 0 {
				open[n-1].text += string(t)
			}
		case xml.EndElement:
			n := len(open)
			if n == 0 {
				return out
			}
			e := open[n-1]
			open = open[:n-1]
			if e.text = strings.TrimSpace(e.text); n > 1 && (e.text != "" || e.said != nil) {
				out.leaves = append(out.leaves, e)
			}
		}
	}
	return out
}

// text says in HTML what the payload says: each element of some a paragraph.
func (x *payload) text(some func(payloadLeaf) bool) string {
	var b strings.Builder
	for _, e := range x.leaves {
		if !some(e) {
			continue
		}
		b.WriteString("<p>" + html.EscapeString(e.text))
		for _, name := range [...]string{"name", "description", "departmentName", "label", "title"} {
			if s := e.said[name]; s != "" {
				b.WriteString(" " + html.EscapeString(s))
			}
		}
		b.WriteString("</p>")
	}
	return b.String()
}

// at returns the first element whose path ends so; the zero leaf if there is none.
func (x *payload) at(end string) payloadLeaf {
	for _, e := range x.leaves {
		if strings.HasSuffix(e.path, end) {
			return e
		}
	}
	return payloadLeaf{}
}

// apply has an entry say what its payload says, in place of the markup.
func (x *payload) apply(d *rawEntry) {
	d.contents = []string{x.text(func(payloadLeaf) bool { return true })}
	x.contract(d)
}

// contract reads an action of the Federal Procurement Data System, which is known
// by its elements: a contract, an order, or a change of one. Its feed gives entries no ID, and all actions on an
// award one address. It dates an entry by when it was changed there, which may be
// weeks after it was signed: that is no date of publication.
func (x *payload) contract(d *rawEntry) {
	id, under := "/awardContractID", x.at("/referencedIDVID/PIID").text
	if x.at(id+"/PIID").text == "" {
		id = "/IDVID"
	}
	piid, mod := x.at(id+"/PIID").text, x.at(id+"/modNumber").text
	if piid == "" {
		return
	}
	short := func(s string) string { return plain.Text(html.EscapeString(s), maxName) }
	agency := x.at("/contractingOfficeAgencyID").said
	f := &feeds.Fields{Vendor: short(x.at("/vendorHeader/vendorName").text), Agency: short(agency["name"]), Office: short(x.at("/contractingOfficeID").said["name"]),
		NAICS: short(x.at("/principalNAICSCode").text), PSC: short(x.at("/productOrServiceCode").text), Place: short(x.at("/principalPlaceOfPerformance/stateCode").said["name"]),
		AwardID: short(piid), Action: "modification"}
	if dept := short(agency["departmentName"]); dept != f.Agency {
		f.Agency = strings.Trim(f.Agency+", "+dept, ", ")
	}
	if strings.Trim(mod, "0") == "" {
		f.Action = "new"
	}
	if shortOrder.MatchString(piid) && under != "" {
		f.AwardID = short(under + " " + piid) // of the contract that it is an order under
	}
	if n, err := strconv.ParseFloat(x.at("/dollarValues/obligatedAmount").text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		f.Amount, f.Currency = &n, "USD"
	}
	d.fields = f
	if d.guid == "" {
		d.guid = strings.Join([]string{"fpds", x.at(id + "/agencyID").text, under, piid, mod, x.at(id + "/transactionNumber").text}, ":")
	}
	d.summaries = append(d.summaries, html.EscapeString(x.at("/descriptionOfContractRequirement").text))
	d.contents = []string{x.text(func(e payloadLeaf) bool { return e.said != nil || strings.ContainsFunc(e.text, unicode.IsLetter) })}
}

// shortOrder are the numbers of orders that are told apart only below their
// contract.
var shortOrder = regexp.MustCompile(`^[A-Z0-9]{1,6}$`)
