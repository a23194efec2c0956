package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"newswatch/monitor"
	"newswatch/notify/chart"
	"newswatch/notify/render"
)

// A composed is one message, ready to go.
type composed struct {
	id      string // Message-ID with its brackets
	subject string
	bytes   []byte
}

const maxSubject = 180 // runes

// compose writes the whole message. Nothing in it depends on when that is
// done, so a second time gives the same bytes.
func (n *Notifier) compose(nt monitor.Notice, parent monitor.Receipt) (composed, error) {
	boundary := hash(nt.Key, n.to.Address, "boundary")
	body, kind, err := n.body(nt, boundary)
	if err != nil {
		return composed{}, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(n.from)
	m.ToMailAddress(n.to)
	about := subject(nt, parent)
	m.Subject(about)
	m.SetDateWithValue(nt.Created.In(zone(n.options, nt)))
	id := n.messageID(nt.Key)
	m.SetMessageIDWithValue(strings.Trim(id, "<>"))
	domain := domainOf(n.from.Address)
	for key, value := range map[gomail.Header]string{
		"X-Newswatch-Key":          render.Truncate(render.Sanitize(nt.Key), 900), // no line may have more
		"X-Newswatch-Kind":         string(nt.Kind),
		"List-Id":                  "newswatch <newswatch." + domain + ">",
		"Auto-Submitted":           "auto-generated",
		"X-Auto-Response-Suppress": "All",
	} {
		m.SetGenHeader(key, value)
	}
	if w := render.Truncate(render.Sanitize(strings.Join(monitor.AllWatches(nt), ", ")), 200); w != "" {
		m.SetGenHeader("X-Newswatch-Watch", w)
	}
	m.SetListUnsubscribe("mailto:" + n.from.Address + "?subject=unsubscribe")
	if ref := n.thread(nt, parent); ref != "" {
		m.SetGenHeader(gomail.HeaderInReplyTo, ref)
		m.SetGenHeader(gomail.HeaderReferences, ref)
	}
	if nt.Priority == monitor.High {
		m.SetImportance(gomail.ImportanceHigh)
	}
	// The library would give both levels of the body one boundary.
	m.SetBodyWriter(gomail.ContentType(kind), func(w io.Writer) (int64, error) {
		k, err := w.Write(body)
		return int64(k), err
	}, gomail.WithPartEncoding(gomail.NoEncoding))
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return composed{}, err
	}
	return composed{id, about, b.Bytes()}, nil
}

// messageID is the same for one notice and recipient, for ever.
func (n *Notifier) messageID(key string) string {
	return "<" + hash(key, n.to.Address, "") + "@" + domainOf(n.from.Address) + ">"
}

// thread returns the Message-ID that a notice answers, "" if it stands alone.
func (n *Notifier) thread(nt monitor.Notice, parent monitor.Receipt) string {
	if a, err := mail.ParseAddress(parent.ID); err == nil { // an ID has the form of an address
		return "<" + a.Address + ">"
	}
	if nt.Parent != "" {
		return n.messageID(nt.Parent)
	}
	return ""
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func domainOf(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 && i < len(address)-1 {
		return address[i+1:]
	}
	return "localhost"
}

// subject is the line in the inbox: whose news it is, then what. A reply keeps
// the subject of what it answers, by which many mail programs thread.
func subject(nt monitor.Notice, parent monitor.Receipt) string {
	if nt.Kind == monitor.ReplyKind && parent.Subject != "" {
		return "Re: " + strings.TrimPrefix(parent.Subject, "Re: ")
	}
	c := nt.Content
	if thread := render.Sanitize(c.Thread); nt.Kind == monitor.ReplyKind && thread != "" {
		return "Re: " + render.Truncate(thread, maxSubject)
	}
	head, tag := render.Sanitize(c.Headline), render.Tag(nt)
	if head == "" && len(c.Cards) > 0 {
		head = render.Sanitize(c.Cards[0].Headline)
	}
	if tag == "" {
		tag = "newswatch"
	}
	if c.Digest != nil {
		head += ": " + c.Digest.Found()
	}
	line := render.Truncate("["+tag+"] "+head, maxSubject)
	if nt.Kind == monitor.ReplyKind {
		return "Re: " + line
	}
	return line
}

// body writes the parts of a message: text and HTML and, beside a digest, its
// chart. It returns the type that goes with it.
func (n *Notifier) body(nt monitor.Notice, boundary string) ([]byte, string, error) {
	text := render.Text(nt, render.Options{Width: 72, Stars: true, Zone: n.options.Zone})
	if len(nt.Content.Cards) == 1 {
		if story := storyPage(render.Link(n.options.Page), nt.Content.Cards[0]); story != "" {
			text += "\nRelevant or not? " + story + "\n"
		}
	}
	page, err := HTML(nt, n.options)
	if err != nil {
		return nil, "", err
	}
	picture, err := chart.PNG(nt.Content.Digest)
	if err != nil {
		return nil, "", err
	}
	var alt bytes.Buffer
	w, err := parts(&alt, boundary)
	if err != nil {
		return nil, "", err
	}
	err = w.quoted("text/plain", []byte(text))
	if err == nil {
		err = w.quoted("text/html", page)
	}
	if err == nil {
		err = w.Close()
	}
	kind := "multipart/alternative; boundary=" + boundary
	if err != nil || picture == nil {
		return alt.Bytes(), kind, err
	}
	return related(alt.Bytes(), kind, picture, boundary+"r")
}

// related wraps text and HTML together with the picture that the HTML shows.
func related(alt []byte, kind string, picture []byte, boundary string) ([]byte, string, error) {
	var b bytes.Buffer
	w, err := parts(&b, boundary)
	if err != nil {
		return nil, "", err
	}
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {kind}})
	if err == nil {
		_, err = part.Write(alt)
	}
	if err == nil {
		err = w.picture(picture)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), `multipart/related; type="multipart/alternative"; boundary=` + boundary, err
}

type partWriter struct{ *multipart.Writer }

func parts(to io.Writer, boundary string) (partWriter, error) {
	w := multipart.NewWriter(to)
	return partWriter{w}, w.SetBoundary(boundary)
}

func (w partWriter) quoted(kind string, text []byte) error {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type": {kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(part)
	if _, err := q.Write(text); err != nil {
		return err
	}
	return q.Close()
}

// chartID names the picture within its message.
const chartID = "chart@newswatch"

func (w partWriter) picture(png []byte) error {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type": {`image/png; name="stories.png"`}, "Content-Transfer-Encoding": {"base64"},
		"Content-ID": {"<" + chartID + ">"}, "Content-Disposition": {`inline; filename="stories.png"`},
	})
	if err != nil {
		return err
	}
	text := base64.StdEncoding.EncodeToString(png)
	const width = 76
	for len(text) > 0 {
		k := min(width, len(text))
		if _, err := fmt.Fprintf(part, "%s\r\n", text[:k]); err != nil {
			return err
		}
		text = text[k:]
	}
	return nil
}
