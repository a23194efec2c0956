package plain

import (
	"bytes"
)

// LooksHTML reports whether page, in lower case, begins as an HTML document
// does.
func LooksHTML(page []byte) bool {
	page = bytes.TrimPrefix(page, []byte("\xef\xbb\xbf"))
	for {
		page = bytes.TrimSpace(page)
		rest, comment := bytes.CutPrefix(page, []byte("<!--"))
		if !comment {
			break
		}
		_, page, _ = bytes.Cut(rest, []byte("-->"))
	}
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<title", "<meta"} {
		if bytes.HasPrefix(page, []byte(start)) {
			return true
		}
	}
	return false
}
