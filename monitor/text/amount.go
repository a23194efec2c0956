package text

import (
	"strconv"
	"strings"
)

// An Amount is a sum of money named in a text.
type Amount struct {
	Value      float64
	bare       float64 // without its scale
	Start, End int     // bytes
}

// scales are the words and letters that multiply a number.
var scales = map[string]float64{
	"k": 1e3, "thousand": 1e3, "lakh": 1e5,
	"m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "mm": 1e6, "million": 1e6, "millions": 1e6,
	"crore": 1e7,
	"b":     1e9, "bn": 1e9, "bln": 1e9, "mrd": 1e9, "billion": 1e9, "billions": 1e9, "milliard": 1e9, "milliarden": 1e9,
	"t": 1e12, "tn": 1e12, "trn": 1e12, "trillion": 1e12, "trillions": 1e12,
}

// currencies are the words and codes that make a number money.
var currencies = map[string]bool{
	"dollar": true, "dollars": true, "euro": true, "euros": true, "pound": true, "pounds": true, "yen": true,
	"yuan": true, "renminbi": true, "rupee": true, "rupees": true, "franc": true, "francs": true, "peso": true,
	"pesos": true, "krona": true, "kronor": true, "kroner": true, "won": true, "real": true, "reais": true,
	"rand": true, "rubles": true, "roubles": true, "lira": true, "shekels": true, "dirhams": true, "riyals": true,
	"usd": true, "eur": true, "gbp": true, "jpy": true, "cny": true, "rmb": true, "inr": true, "chf": true,
	"cad": true, "aud": true, "nzd": true, "mxn": true, "brl": true, "sek": true, "nok": true, "dkk": true,
	"krw": true, "zar": true, "ils": true, "aed": true, "sgd": true, "hkd": true, "rs": true, "bucks": true,
	"us$": true,
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
	f := scales[scale]
	return v * f, f != 0 && (rest == "" || currencies[rest])
}

// maxNumber is the length of the longest number that is read as one.
const maxNumber = 40

// readNumber reads digits with separators at the start of s and returns the
// value and the length, 0 if there is none. One comma or dot with other than
// three digits behind it is a decimal point; those with three group digits.
func readNumber(s string) (float64, int) {
	n := 0
	for n < len(s) && n <= maxNumber && (IsDigit(s[n]) || (s[n] == ',' || s[n] == '.') && n > 0 && IsDigit(s[n-1]) && n+1 < len(s) && IsDigit(s[n+1])) {
		n++
	}
	if n == 0 || n > maxNumber {
		return 0, 0
	}
	v, err := strconv.ParseFloat(pointed(s[:n]), 64)
	if err != nil {
		return 0, 0
	}
	return v, n
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
	f := figure{Amount: Amount{Value: v, bare: v, End: i + n}}
	f.Start, f.money = CurrencyBefore(text[from:], i-from)
	f.Start += from
	factor, k := scaleBehind(text, f.End)
	f.Value, f.scaled, f.End = v*factor, k > 0, f.End+k
	if k := currencyBehind(text, f.End); k > 0 && !spokenFor(text, f, k) {
		f.money, f.End = true, f.End+k
	}
	return f, n
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

// letters returns the run of ASCII letters at the start of s.
func letters(s string) string {
	n := 0
	for n < len(s) && n < 12 && IsLetter(s[n]) {
		n++
	}
	if n < len(s) && IsDigit(s[n]) {
		return ""
	}
	return s[:n]
}

// scaleBehind reads k, million, bn at i, after at most one space or hyphen,
// and returns the factor and the length, 1 and 0 if there is none.
func scaleBehind(text string, i int) (float64, int) {
	g := gapBehind(text[i:])
	w := letters(text[i+g:])
	if f := scales[strings.ToLower(w)]; f != 0 && (g == 0 || len(w) > 1) {
		n := g + len(w)
		if strings.HasPrefix(text[i+n:], ". ") && len(w) == 3 { // Mrd. Euro
			n++
		}
		return f, n
	}
	return 1, 0
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
	if strings.HasPrefix(rest, "U.S. dollars") {
		return g + len("U.S. dollars")
	}
	if s, ok := strings.CutPrefix(rest, "US dollars"); ok {
		return len(text) - i - len(s)
	}
	if w := letters(rest); w != "" && currencies[strings.ToLower(w)] && w != "real" {
		return g + len(w)
	}
	return 0
}
