package fetch

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"

	"newswatch/feeds"
)

// errEncoding is a body that cannot be decompressed.
var errEncoding = errors.New("unusable body")

// maxWrappings is how often a body may be compressed: once by the program that
// made it and once by the server before it.
const maxWrappings = 2

// decode returns the body behind raw, decompressed into spare, at most limit
// bytes, if it is gzip or deflate.
// What counts is the bytes: servers compress unasked, twice, without saying so,
// and call plain text compressed; no feed begins like a compressed stream. A stream
// that breaks off is an io.ErrUnexpectedEOF beside what came of it.
func (c *Client) decode(raw []byte, encoding string, spare *bytes.Buffer, limit feeds.Size) ([]byte, error) {
	said := strings.FieldsFunc(strings.ToLower(encoding), func(r rune) bool { return r == ',' || r == ' ' })
	body := raw
	var cut error
	for n := 0; ; n++ {
		name, unpack := c.pools.unpacker(body, slices.Contains(said, "deflate"))
		if unpack == nil {
			break
		}
		if n == maxWrappings {
			return nil, fmt.Errorf("%w: compressed more than %d times", errEncoding, maxWrappings)
		}
		if n > 0 {
			body = bytes.Clone(body) // it stands in spare
		}
		spare.Reset()
		err := unpack(spare, body, int64(limit))
		body = spare.Bytes()
		switch {
		case errors.Is(err, errTooLarge):
			return body, err
		case errors.Is(err, io.ErrUnexpectedEOF):
			cut = fmt.Errorf("%w: damaged %s: %w", errEncoding, name, err)
		case err != nil:
			return nil, fmt.Errorf("%w: damaged %s: %w", errEncoding, name, err)
		}
	}
	if other := unreadable(said); other != "" && !(isPlain(body) && isMarkedUp(body)) {
		return nil, fmt.Errorf("%w: compressed with %s, though only gzip was offered", errEncoding, other)
	}
	return body, cut
}

// unreadable returns the first of the encodings said that is none of ours.
func unreadable(said []string) string {
	for _, e := range said {
		if !slices.Contains([]string{"gzip", "x-gzip", "deflate", "identity"}, e) {
			return fmt.Sprintf("%.20q", e)
		}
	}
	return ""
}

// An unpacker decompresses raw into out, at most limit bytes.
type unpacker func(out *bytes.Buffer, raw []byte, limit int64) error

// unpacker returns what decompresses a body, by its first bytes; nil for one that
// is not compressed. Raw deflate has no mark of its own: what is called deflate
// is that if it is no text.
func (p *pools) unpacker(body []byte, deflate bool) (name string, f unpacker) {
	switch {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		return "gzip", p.gunzip
	case len(body) > 2 && body[0] == 0x78 && binary.BigEndian.Uint16(body)%31 == 0: // RFC 1950, 2.2
		return "deflate", inflate(func(r io.Reader) (io.ReadCloser, error) { return zlib.NewReader(r) })
	case deflate && !isPlain(body):
		return "deflate", inflate(func(r io.Reader) (io.ReadCloser, error) { return flate.NewReader(r), nil })
	}
	return "", nil
}

// gunzip is the unpacker of gzip. What follows the stream and is no gzip is left
// alone: servers append text to it, and zeros.
func (p *pools) gunzip(out *bytes.Buffer, raw []byte, limit int64) error {
	z, ok := p.zips.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	defer p.zips.Put(z)
	if err := z.Reset(bytes.NewReader(raw)); err != nil {
		return err
	}
	_, err := out.ReadFrom(&limitReader{r: z, left: limit})
	if errors.Is(err, gzip.ErrHeader) {
		return nil // a second header: the first was sound
	}
	return err
}

// inflate makes an unpacker of a decompressor.
func inflate(open func(io.Reader) (io.ReadCloser, error)) unpacker {
	return func(out *bytes.Buffer, raw []byte, limit int64) error {
		z, err := open(bytes.NewReader(raw))
		if err != nil {
			return err
		}
		defer z.Close()
		_, err = out.ReadFrom(&limitReader{r: z, left: limit})
		return err
	}
}

// isPlain reports whether a body looks like text: its beginning has none of the
// bytes that no text has, or marks UTF-16, which has zeros.
func isPlain(body []byte) bool {
	if bytes.HasPrefix(body, []byte{0xff, 0xfe}) || bytes.HasPrefix(body, []byte{0xfe, 0xff}) {
		return true
	}
	return bytes.IndexFunc(body[:min(len(body), 256)], func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f'
	}) < 0
}

// isMarkedUp reports whether a body begins as documents do.
func isMarkedUp(body []byte) bool {
	body = bytes.TrimLeft(body, " \t\r\n")
	return len(body) > 0 && strings.IndexByte("<{[\xef\xfe\xff", body[0]) >= 0
}

// lastTag is the end of a document, behind which there is nothing but remarks.
var lastTag = regexp.MustCompile(`(?i)</(?:[a-z][\w.-]*:)?(?:rss|feed|rdf)\s*>(?:\s|<!--[^>]*-->)*$`)

// isWhole reports whether a decompressed document is complete, however its transfer
// ended.
func isWhole(body []byte) bool {
	if body = bytes.TrimSpace(body); len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		return json.Valid(body)
	}
	return lastTag.Match(body[max(0, len(body)-1<<10):])
}
