package urls

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// unwrap returns the address that a carries within, "" if it carries none.
func unwrap(a address) string {
	if target := unwrapAMP(a); target != "" {
		return target
	}
	switch {
	case a.host == "news.google.com":
		if target := googleArticle(a.path); target != "" {
			return target
		}
	case a.host == "youtu.be" || a.host == "youtube.com" || a.host == "gdata.youtube.com":
		return video(a)
	case a.host == "medium.com" || strings.HasSuffix(a.host, ".medium.com"):
		return post(a.path)
	}
	names, ok := redirector(a)
	if !ok {
		return ""
	}
	for _, name := range names {
		for p := range strings.SplitSeq(a.query, "&") {
			key, value, _ := strings.Cut(strings.TrimPrefix(p, "amp%3B"), "=")
			if !strings.EqualFold(key, name) {
				continue
			}
			if target := unescape(value); isWhole(target) {
				return target
			}
		}
	}
	return ""
}

// isWhole reports whether a redirector's parameter holds a whole address.
func isWhole(s string) bool {
	_, ok := splitAddress(s)
	return ok && !strings.HasPrefix(s, "//")
}

// redirector returns the parameters in which a page of this host and path
// carries its target.
func redirector(a address) (names []string, ok bool) {
	google := a.host == "google.com" || strings.HasPrefix(a.host, "google.")
	path := strings.TrimRight(a.path, "/")
	switch {
	case google && path == "/url", a.host == "news.google.com" && (path == "/news/url" || path == "/url"):
		return []string{"url", "q"}, true
	case a.host == "bing.com" && path == "/news/apiclick.aspx":
		return []string{"url"}, true
	case strings.HasSuffix(a.host, "facebook.com") && path == "/l.php":
		return []string{"u"}, true
	case a.host == "duckduckgo.com" && path == "/l":
		return []string{"uddg"}, true
	case a.host == "t.umblr.com" && path == "/redirect":
		return []string{"z"}, true
	case strings.HasSuffix(a.host, ".safelinks.protection.outlook.com"):
		return []string{"url"}, true
	}
	names, ok = redirectors[a.host+path]
	return names, ok
}

// redirectors are further ones, by host and path.
var redirectors = map[string][]string{
	"out.reddit.com":                 {"url"},
	"getpocket.com/redirect":         {"url"},
	"flipboard.com/redirect":         {"url"},
	"slack-redir.net/link":           {"url"},
	"medium.com/r":                   {"url"},
	"linkedin.com/redir":             {"url"},
	"l.instagram.com":                {"u"},
	"exit.sc":                        {"url"},
	"steamcommunity.com/linkfilter":  {"url"},
	"feedly.com/i/entry":             {"url"},
	"inoreader.com/article":          {"url"},
	"translate.google.com/translate": {"u"},
}

// unwrapAMP reads the two forms of AMP caches: the publisher's address in the
// path, after "s/" for https.
func unwrapAMP(a address) string {
	var rest string
	var ok bool
	switch {
	case a.host == "google.com" || strings.HasPrefix(a.host, "google."):
		rest, ok = strings.CutPrefix(a.path, "/amp/")
	case a.host == "cdn.ampproject.org" || strings.HasSuffix(a.host, ".cdn.ampproject.org") || strings.HasSuffix(a.host, ".bing-amp.com"):
		// c is a document, v one for the viewer; the other kinds are images and scripts.
		if rest, ok = strings.CutPrefix(a.path, "/c/"); !ok {
			rest, ok = strings.CutPrefix(a.path, "/v/")
		}
	}
	if !ok {
		return ""
	}
	target := "https://" + strings.TrimPrefix(rest, "s/")
	if t, ok := splitAddress(target); !ok || !strings.Contains(t.host, ".") {
		return ""
	}
	if a.query != "" {
		target += "?" + a.query
	}
	return target
}

// googleArticle decodes the older article ids of Google News: base64 of a
// protobuf message whose field 4 is the publisher's address. The newer ids
// are handles without meaning.
func googleArticle(path string) string {
	i := strings.LastIndex(path, "/articles/")
	if i < 0 {
		return ""
	}
	id, _, _ := strings.Cut(path[i+len("/articles/"):], "/")
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	if err != nil {
		return ""
	}
	body, ok := strings.CutPrefix(string(data), "\x08\x13\x22")
	if !ok {
		return ""
	}
	n, used := binary.Uvarint([]byte(body))
	if used <= 0 || n > uint64(len(body)-used) {
		return ""
	}
	if target := body[used : used+int(n)]; isWhole(target) {
		return target
	}
	return ""
}

// video gives the address of the page that shows what other pages of YouTube
// embed, shorten or list.
func video(a address) string {
	dir, id := "", strings.TrimRight(a.path, "/")
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		dir, id = id[:i], id[i+1:]
	}
	switch a.host + dir {
	case "youtu.be", "youtube.com/embed", "youtube.com/shorts", "youtube.com/live", "youtube.com/v",
		"gdata.youtube.com/feeds/api/videos", "gdata.youtube.com/feeds/videos":
		if len(id) == 11 {
			return "https://youtube.com/watch?v=" + id
		}
	}
	return ""
}

// post gives the short address of a post on Medium, whose long ones end in the
// same number and change with author, publication and title.
func post(path string) string {
	i := strings.LastIndexByte(path, '-')
	id := strings.TrimRight(path[i+1:], "/")
	if i < 0 || len(id) < 9 || len(id) > 12 || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return "https://medium.com/p/" + id
}
