package emailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// A Read is a message as a mail program sees it.
type Read struct {
	Header mail.Header
	Text   string            // the text part
	HTML   string            // the HTML part
	Files  map[string][]byte // what goes with the HTML, by Content-ID without brackets
	Types  []string          // of all parts, outermost first
}

// Read takes a message apart.
func (m Message) Read() (Read, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return Read{}, err
	}
	r := Read{Header: msg.Header, Files: map[string][]byte{}}
	return r, r.part(msg.Header.Get, msg.Body)
}

// Subject returns the subject in plain text.
func (r Read) Subject() string {
	var d mime.WordDecoder
	s, err := d.DecodeHeader(r.Header.Get("Subject"))
	if err != nil {
		return r.Header.Get("Subject")
	}
	return s
}

func (r *Read) part(header func(string) string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", header("Content-Type"), err)
	}
	r.Types = append(r.Types, kind)
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := r.part(p.Header.Get, p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(header("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	switch kind {
	case "text/plain":
		r.Text = string(data)
	case "text/html":
		r.HTML = string(data)
	default:
		r.Files[strings.Trim(header("Content-ID"), "<>")] = data
	}
	return nil
}
