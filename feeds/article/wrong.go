package article

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/htmltree"
	"newswatch/feeds/plain"
)

// elsewhere refuses pages to which the site redirects when it does not have, or
// does not show, what was asked for.
func elsewhere(at *url.URL, asked string) error {
	from, err := url.Parse(asked)
	if asked == "" || err != nil || at.Host == "" {
		return nil
	}
	switch {
	case loginPath.MatchString(at.Path) && !loginPath.MatchString(from.Path), loginHost.MatchString(at.Host) && !loginHost.MatchString(from.Host):
		return refuse(Login, "redirected to %s%s", at.Host, at.Path)
	case consentHost.MatchString(at.Host) && !consentHost.MatchString(from.Host):
		return refuse(Consent, "redirected to %s", at.Host)
	case strings.Trim(at.Path, "/") == "" && at.RawQuery == "" && strings.Trim(from.Path, "/") != "":
		return refuse(Elsewhere, "redirected to the home page of %s", at.Host)
	case !sameSite(at, from):
		return refuse(Elsewhere, "redirected to another site, %s", at.Host)
	}
	return nil
}

var (
	loginPath   = regexp.MustCompile(`(?i)(^|/)(log-?in|sign-?in|signon|sso|auth|authorize|accounts?/login|subscribe|register)(\.\w+)?/?$`)
	loginHost   = regexp.MustCompile(`(?i)^(login|signin|accounts?|auth|sso|id)\.`)
	consentHost = regexp.MustCompile(`(?i)^(consent|privacy|gdpr|cmp)\.`)

	// Titles of walls, for one part of a title at a time.
	loginTitle     = regexp.MustCompile(`(?i)^(please )?(log ?in|sign ?in|sign ?on|anmelden|einloggen|connexion|iniciar sesi[oó]n|accedi)( (to|or|required|page)\b.*)?$`)
	consentTitle   = regexp.MustCompile(`(?i)^(before you continue.*|(manage )?your privacy.*|privacy settings|cookie (consent|settings|notice)|we value your privacy|consent|zustimmung.*|vos choix.*)$`)
	challengeTitle = regexp.MustCompile(`(?i)^(just a moment|attention required|are you (a )?(human|robot)|(re)?captcha|checking your browser|one moment, please|pardon our interruption|verify(ing)? (that )?you|human verification|security check|access to this page has been denied)`)
	failureTitle   = regexp.MustCompile(`(?i)^(error( page)?( [45]\d\d)?|([45]\d\d)( error)?|([45]\d\d )?(error )?((sorry, )?(the |this )?(page|story|article|content|file) )?(not found|unavailable|missing|no longer (exists|available)|does ?n.t exist)|([45]\d\d )?(access denied|forbidden|service (temporarily )?unavailable|bad gateway|internal server error|gateway time-?out|too many requests)|oops.*|seite nicht gefunden|page introuvable|p[aá]gina no encontrada|(site |down )?(is )?(under |for )?maintenance)\W*$`)
	titleParts     = regexp.MustCompile(`\s+[|–—:·»-]\s+|\||: `)

	consentText   = regexp.MustCompile(`(?i)(accept (all|cookies)|we (and our|use) (\d+ )?(partners|cookies)|consent to|cookie policy|manage (your )?(choices|preferences)|alle akzeptieren|tout accepter)`)
	challengeText = regexp.MustCompile(`(?i)(enable java ?script|java ?script (is )?(disabled|required|must be enabled)|verify (that )?you are (a )?human|checking your browser|unusual traffic|not a robot|ray id|please turn (on )?java ?script)`)
	loginText     = regexp.MustCompile(`(?i)(log in|sign in|forgot (your )?password|create an account|subscribe to (read|continue))`)
	failureText   = regexp.MustCompile(`(?i)(page (you (requested|are looking for|were looking for)|cannot be found|can.?t be found|could not be found|not found)|no longer (exists|available)|has (been )?(moved|removed|expired)|under maintenance|temporarily unavailable)`)
)

// fewWords is below how many words of text a page that speaks like a wall is
// taken for one; articles about walls are longer.
const fewWords = 120

// wrong says what the page is if it is not the article with the title wanted.
func wrong(m *meta, a Article, titles []string, wanted string) error {
	n := a.Words()
	if err := byTitle(m, n); err != nil {
		return err
	}
	if n < fewWords {
		if err := byText(m, a.Text); err != nil {
			return err
		}
	}
	if isListing(m, a) {
		return refuse(Listing, "most of the text is links to other pages")
	}
	if n < minWords {
		return refuse(Short, "%d words of text, fewer than %d", n, minWords)
	}
	if wanted != "" && !sharedWithAny(wanted, titles) {
		return refuse(Other, "its title is %q", plain.Shorten(a.Title, 80))
	}
	return nil
}

// byTitle trusts titles of walls where the page has no long text beside.
func byTitle(m *meta, n int) error {
	const long = 400
	if n >= long {
		return nil
	}
	for _, title := range append([]string{m.heading}, m.h1...) {
		for _, part := range titleParts.Split(title, 8) {
			if kind, ok := wallTitled(part); ok && (n < fewWords || !m.declaresArticle()) {
				return refuse(kind, "the page is titled %q", plain.Shorten(title, 80))
			}
		}
	}
	return nil
}

func wallTitled(part string) (Kind, bool) {
	part = strings.TrimSpace(part)
	switch {
	case challengeTitle.MatchString(part):
		return Challenge, true
	case failureTitle.MatchString(part):
		return Failure, true
	case loginTitle.MatchString(part):
		return Login, true
	case consentTitle.MatchString(part):
		return Consent, true
	}
	return "", false
}

// byText looks at everything a page of few words says, noscript included.
func byText(m *meta, text string) error {
	shown := m.noscript + " " + m.shown
	switch {
	case m.passwords > 0 && loginText.MatchString(shown):
		return refuse(Login, "the page asks for a password")
	case htmltree.Words(text) >= minWords && m.declaresArticle():
		return nil
	case challengeText.MatchString(shown):
		return refuse(Challenge, "the page asks for a script or a proof of being human")
	case consentText.MatchString(text):
		return refuse(Consent, "the page asks for consent")
	case failureText.MatchString(text):
		return refuse(Failure, "the page says %q", plain.Shorten(failureText.FindString(text), 80))
	}
	return nil
}

// declaresArticle reports whether the page says by its markup that it is one.
func (m *meta) declaresArticle() bool {
	return strings.EqualFold(m.named["og:type"], "article") || m.named["article:published_time"] != "" || m.hasArticle
}

// isListing tells pages of links: their paragraphs are few against the texts of
// their links.
func isListing(m *meta, a Article) bool {
	if m.declaresArticle() {
		return false
	}
	sentences := 0 // words in paragraphs long enough to be prose
	for p := range strings.SplitSeq(a.Text, "\n\n") {
		if n := htmltree.Words(p); n >= 15 {
			sentences += n
		}
	}
	return m.headlines >= 8 && sentences < 12*m.headlines
}

// shared reports whether two titles are of one article: the shorter has half of
// its words in the other.
func shared(a, b string) bool {
	x, y := titleWords(a), titleWords(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	hits := 0
	for w := range x {
		if y[w] {
			hits++
		}
	}
	return len(x) > 0 && 2*hits >= len(x)
}

func sharedWithAny(wanted string, titles []string) bool {
	for _, title := range titles {
		if shared(wanted, title) {
			return true
		}
	}
	return len(titles) == 0
}

func titleWords(s string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		words[w] = true
	}
	return words
}

// headlineLength is how many words make the text of a link a headline.
const headlineLength = 5

// countHeadlines counts links with different addresses and the texts of
// headlines.
func countHeadlines(doc *html.Node) int {
	seen := map[string]bool{}
	htmltree.Each(doc, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Aside:
			return false
		case atom.A:
			if href := htmltree.Attribute(n, "href"); href != "" && words(htmltree.Paragraphs(n)) >= headlineLength {
				seen[href] = true
			}
			return false
		}
		return true
	})
	return len(seen)
}
