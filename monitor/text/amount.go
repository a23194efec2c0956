package text

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Amount is a sum of money named in a text.
type Amount struct {
	Value      float64
	bare       float64 // without its scale
	Start, End int     // bytes
}

// ReadAmount reads the amount a query compares with: 1M, $30M, 900,000.
func ReadAmount(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	s = strings.TrimLeft(s, "$€£¥₹ ")
	v, n := readNumber(s)
	if n == 0 {
		return 0, false
	}
	rest := strings.ToLower(strings.TrimSpace(s[n:]))
	scale, rest, _ := strings.Cut(rest, " ")
	if scale == "" || currencies[scale] && rest == "" {
		return v, true
	}
	f := scales[scale].factor
	return v * f, f != 0 && (rest == "" || currencies[rest])
}

// maxNumber is the length of the longest number that is read as one.
const maxNumber = 40

// readNumber reads digits with separators at the start of s and returns the
// value and the length, 0 if there is none. One comma or dot with other than
// three digits behind it is a decimal point; those with three group digits.
func readNumber(s string) (float64, int) {
	n := digits(s)
	if n == 0 || n > maxNumber {
		return 0, 0
	}
	v, err := strconv.ParseFloat(pointed(s[:n]), 64)
	if err != nil {
		return 0, 0
	}
	return v, n
}

// digits returns the length of the digits with commas and dots among them at
// the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && n <= maxNumber && (IsDigit(s[n]) || (s[n] == ',' || s[n] == '.') && n > 0 && IsDigit(s[n-1]) && n+1 < len(s) && IsDigit(s[n+1])) {
		n++
	}
	return n
}

// spaced returns the length of a number at the start of s whose thousands are
// parted by spaces, 1 500 000 or 12 500,50, or by apostrophes, 0 if it is none.
// It is sure if the separators say so: two of them, or one that does not break.
func spaced(s string) (n int, sure bool) {
	for n < len(s) && n < 3 && IsDigit(s[n]) {
		n++
	}
	groups := 0
	for n > 0 && n < maxNumber {
		gap := ""
		for _, g := range []string{" ", "\u00a0", "\u202f", "\u2009", "'", "’"} {
			if strings.HasPrefix(s[n:], g) {
				gap = g
			}
		}
		if gap == "" || !ThreeDigits(s[n+len(gap):]) {
			break
		}
		n += len(gap) + 3
		groups++
		sure = sure || gap != " " || groups > 1
	}
	if groups == 0 {
		return 0, false
	}
	if n+1 < len(s) && (s[n] == ',' || s[n] == '.') && IsDigit(s[n+1]) {
		for n++; n < len(s) && IsDigit(s[n]); n++ {
		}
	}
	return n, sure
}

// ungrouped is the value of a number that spaced has found.
func ungrouped(s string) float64 {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r == ',':
			return '.'
		case r == '.' || r < utf8.RuneSelf && IsDigit(byte(r)):
			return r
		}
		return -1
	}, s)
	v, _ := strconv.ParseFloat(digits, 64) // digits with one point at most
	return v
}

// continental is the value of a number where a comma is the decimal point and
// dots group digits, whatever stands behind them: 1,234 and 30.000.
func continental(s string) float64 {
	digits := s
	if comma := strings.LastIndexByte(s, ','); comma >= 0 && strings.Count(s, ",") == 1 && comma > strings.LastIndexByte(s, '.') {
		digits = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	} else if dot := strings.IndexByte(s, '.'); comma < 0 && dot > 0 && dot <= 3 && s[0] != '0' && len(s)-strings.LastIndexByte(s, '.') == 4 {
		digits = strings.ReplaceAll(s, ".", "")
	} else {
		digits = pointed(s)
	}
	v, _ := strconv.ParseFloat(digits, 64) // digits with one point at most
	return v
}

// pointed writes a number as Go reads it: 1,400 and 1.200.000 lose their
// separators, 1,2 gets a point.
func pointed(s string) string {
	comma, dot := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	switch {
	case comma < 0 && strings.Count(s, ".") > 1:
		return strings.ReplaceAll(s, ".", "")
	case comma < 0:
		return s
	case dot > comma:
		return strings.ReplaceAll(s, ",", "")
	case dot >= 0: // 1.200,50
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case strings.Count(s, ",") > 1 || len(s)-comma == 4:
		return strings.ReplaceAll(s, ",", "")
	}
	return strings.ReplaceAll(s, ",", ".")
}

// A figure is a number in a text that may be money.
type figure struct {
	Amount
	scaled bool // million or the like stands behind it
	money  bool // a currency stands beside it
	behind bool // and that behind it
}

// AppendAmounts finds the sums of money in text: numbers with a currency sign
// or code before them, or a currency behind them. Which currency is ignored.
// In a range (30 to 40 million dollars) both ends are sums.
func AppendAmounts(out []Amount, text string) []Amount {
	var last figure
	for i := 0; i < len(text); i++ {
		if !IsDigit(text[i]) {
			continue
		}
		f, n := figureAt(text, i, last.End)
		i += max(n, 1) - 1
		if n == 0 {
			for i+1 < len(text) && (IsDigit(text[i+1]) || text[i+1] == ',' || text[i+1] == '.') {
				i++ // too long for a number
			}
			continue
		}
		i = max(i, f.End-1) // behind all its digits: 1億5000万
		if last.End > 0 && ranged(text[last.End:f.Start]) {
			if f.money && !last.money {
				last.money = true
				if f.scaled && !last.scaled {
					last.Value *= f.scale()
				}
				out = append(out, last.Amount)
			} else if last.money {
				f.money = true
				if f.scaled && !last.scaled && last.Value < 1000 {
					out[len(out)-1].Value *= f.scale()
				}
			}
		}
		if f.money {
			out = append(out, f.Amount)
		}
		last = f
	}
	return out
}

// figureAt reads the number that begins at i with what belongs to it, and
// returns the length of its digits, 0 if it is no number. Before from all
// belongs to other numbers.
func figureAt(text string, i, from int) (figure, int) {
	v, n := readNumber(text[i:])
	if n == 0 {
		return figure{}, 0
	}
	if k, sure := spaced(text[i:]); k > n {
		f := figureOf(text, i, k, from, ungrouped(text[i:i+k]))
		if sure || f.behind {
			return f, k
		}
	}
	return figureOf(text, i, n, from, v), n
}

// figureOf completes the number v that is written in n bytes at i.
func figureOf(text string, i, n, from int, v float64) figure {
	f := figure{Amount: Amount{Value: v, bare: v, End: i + n}}
	f.Start, f.money = CurrencyBefore(text[from:], i-from)
	f.Start += from
	sc, k := scaleBehind(text, f.End)
	f.scaled, f.End = k > 0, f.End+k
	joined := 0
	if f.scaled {
		joined = joinerBehind(text[f.End:])
	}
	c := currencyBehind(text, f.End+joined)
	if c > 0 && !spokenFor(text, f, joined+c) {
		f.money, f.behind, f.End = true, true, f.End+joined+c
	}
	written := text[i : i+n]
	if whole := digits(written) == n; whole &&
		(sc.foreign || joined > 0 && f.behind || !f.scaled && (f.behind || groupsByDot(text[f.Start:i])) && !strings.ContainsRune(written, ',')) {
		f.bare = continental(written)
	}
	f.Value = f.bare*sc.factor + sc.more
	return f
}

// groupsByDot reports whether amounts behind a currency group their digits by
// dots: € 900.000, but not $3.599.
func groupsByDot(currency string) bool {
	switch strings.TrimRight(currency, " \u00a0\u202f") {
	case "€", "EUR", "R$", "CHF", "BRL", "DKK", "₺":
		return true
	}
	return false
}

// spokenFor reports whether the currency of k bytes behind f belongs to the
// number behind it: in "by 2008 £60bn" and "in 2008 EUR 60m".
func spokenFor(text string, f figure, k int) bool {
	if gapBehind(text[f.End:]) == 0 {
		return false
	}
	behind := text[f.End+k:]
	if year := !f.scaled && f.bare >= 1900 && f.bare < 2100; year {
		behind = strings.TrimPrefix(behind, ".") // Rs. 500
		behind = behind[gapBehind(behind):]
	}
	return behind != "" && IsDigit(behind[0])
}

// scale returns what the words behind the number multiply it by.
func (f *figure) scale() float64 {
	if f.bare == 0 {
		return 1
	}
	return f.Value / f.bare
}

// ranged reports whether s joins the ends of a range.
func ranged(s string) bool {
	switch s {
	case "-", "–", "—", " - ", " – ", " to ", " bis ", " or ":
		return true
	}
	return false
}

// signs stand before or behind a number.
var signs = []string{"$", "€", "£", "¥", "₹", "₩", "₽", "₪", "₺", "₴", "₦", "₱", "฿", "＄", "￥", "￡"}

// CurrencyBefore reports whether a sign or code stands before the number at
// i, and where the amount begins.
func CurrencyBefore(text string, i int) (start int, ok bool) {
	j := spaceBefore(text, i)
	for _, s := range signs {
		if strings.HasSuffix(text[:j], s) {
			j -= len(s)
			for j > 0 && i-j < 12 && IsUpper(text[j-1]) { // US$, A$, HK$
				j--
			}
			return j, true
		}
	}
	k := j
	if k > 0 && text[k-1] == '.' { // Rs. 500
		k--
	}
	w := k
	for w > 0 && IsLetter(text[w-1]) && k-w < 4 {
		w--
	}
	code := text[w:k]
	if len(code) >= 2 && len(code) <= 3 && IsUpper(code[0]) && currencies[strings.ToLower(code)] && (w == 0 || !isAlnum(text[w-1])) {
		return w, true
	}
	return i, false
}

// spaceBefore steps over one space, plain or unbreakable, before i.
func spaceBefore(text string, i int) int {
	for _, s := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasSuffix(text[:i], s) {
			return i - len(s)
		}
	}
	return i
}

// gapBehind returns the length of one space or hyphen at the start of s.
func gapBehind(s string) int {
	for _, g := range []string{" ", "\u00a0", "\u202f", "-", "‑"} {
		if strings.HasPrefix(s, g) {
			return len(g)
		}
	}
	return 0
}

// letters returns the run of letters at the start of s, with their marks; ""
// if a digit follows or it is too long to be a word of money.
func letters(s string) string {
	for n := 0; n < len(s); {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch {
		case r < utf8.RuneSelf && IsDigit(byte(r)), n > 40:
			return ""
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			return s[:n]
		}
		n += size
	}
	return s
}

// A scaling is what stands behind a number and makes it larger.
type scaling struct {
	scale
	more float64 // what further digits add: 5000万 of 1億5000万
}

// scaleBehind reads k, million, mil millones or 億 at i, after at most one space
// or hyphen, and returns what it means and its length, a factor of 1 and 0 if
// there is none.
func scaleBehind(text string, i int) (scaling, int) {
	g := gapBehind(text[i:])
	if i+g < len(text) && text[i+g] >= utf8.RuneSelf {
		if sc, n := eastern(text[i+g:], math.Inf(1)); n > 0 {
			return sc, g + n
		}
	}
	first, n := scaleWord(text[i:])
	if n == 0 {
		return scaling{scale: scale{factor: 1}}, 0
	}
	if first.factor < 1e6 { // mil millones, lakh crore
		if second, k := scaleWord(text[i+n:]); k > 0 && second.factor >= 1e6 && gapBehind(text[i+n:]) > 0 {
			first = scale{first.factor * second.factor, first.foreign || second.foreign}
			n += k
		}
	}
	return scaling{scale: first}, n
}

// scaleWord reads one word of scales, after at most one space or hyphen.
func scaleWord(s string) (scale, int) {
	g := gapBehind(s)
	w := letters(s[g:])
	f, ok := scales[strings.ToLower(w)]
	n := g + len(w)
	if !ok || g > 0 && len(w) == 1 && !strings.HasPrefix(s[n:], "€") { // 30 M€
		return scale{}, 0
	}
	if strings.HasPrefix(s[n:], ". ") && abbreviated(w) { // Mrd. Euro
		n++
	}
	return f, n
}

// abbreviated reports whether a word of scales is written with a dot.
func abbreviated(w string) bool { return len(w) == 3 || slices.Contains(dotted, strings.ToLower(w)) }

// eastern reads 万, 億, 万亿 and the like, which are below a bound, and the
// digits behind them that belong to the same sum.
func eastern(s string, below float64) (scaling, int) {
	for _, e := range easternScales {
		if !strings.HasPrefix(s, e.sign) || e.factor >= below {
			continue
		}
		sc, n := scaling{scale: scale{factor: e.factor}}, len(e.sign)
		g := gapBehind(s[n:])
		if v, k := readNumber(s[n+g:]); k > 0 {
			if rest, m := eastern(s[n+g+k:], e.factor); m > 0 {
				sc.more = v*rest.factor + rest.more
				n += g + k + m
			}
		}
		return sc, n
	}
	return scaling{}, 0
}

// joinerBehind returns the length of the word that joins a scale and its
// currency in Romance languages: millions d'euros, millones de pesos.
func joinerBehind(s string) int {
	for _, j := range []string{" de", " di", " d'", " d’", "\u00a0de", "\u00a0d’", "\u00a0d'"} {
		if strings.HasPrefix(s, j) && (j[len(j)-1] != 'e' && j[len(j)-1] != 'i' || gapBehind(s[len(j):]) > 0) {
			return len(j)
		}
	}
	return 0
}

// currencyBehind returns the length of a currency at i, after at most one
// space or hyphen, 0 if there is none.
func currencyBehind(text string, i int) int {
	g := gapBehind(text[i:])
	rest := text[i+g:]
	for _, s := range signs {
		if strings.HasPrefix(rest, s) && s != "$" {
			return g + len(s)
		}
	}
	if rest != "" && rest[0] >= utf8.RuneSelf {
		for _, s := range easternCurrencies {
			if strings.HasPrefix(rest, s) {
				return g + len(s)
			}
		}
	}
	for _, s := range []string{"U.S. ", "US ", "US-", "U.S.-"} { // dollars
		if behind, ok := strings.CutPrefix(rest, s); ok {
			if w := letters(behind); strings.HasPrefix(strings.ToLower(w), "doll") {
				return g + len(s) + len(w)
			}
		}
	}
	if w := letters(rest); w != "" && currencies[strings.ToLower(w)] && w != "real" {
		return g + len(w)
	}
	return 0
}
