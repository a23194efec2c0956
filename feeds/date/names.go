package date

// zones are the abbreviations that feeds use, in seconds east of Greenwich.
// Where one stands for several, the one whose countries publish most is meant:
// BST is British, IST Indian, CST and EST American.
var zones = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "uct": 0, "zulu": 0,
	"est": -5 * hour, "edt": -4 * hour, "et": -5 * hour, "cst": -6 * hour, "cdt": -5 * hour, "ct": -6 * hour,
	"mst": -7 * hour, "mdt": -6 * hour, "mt": -7 * hour, "pst": -8 * hour, "pdt": -7 * hour, "pt": -8 * hour,
	"akst": -9 * hour, "akdt": -8 * hour, "hst": -10 * hour, "hast": -10 * hour, "hadt": -9 * hour,
	"at": -4 * hour, "ast": -4 * hour, "adt": -3 * hour, "nst": -3*hour - 1800, "ndt": -2*hour - 1800,
	"art": -3 * hour, "brt": -3 * hour, "brst": -2 * hour, "clt": -4 * hour, "clst": -3 * hour, "cot": -5 * hour,
	"pet": -5 * hour, "uyt": -3 * hour, "vet": -4 * hour,
	"bst": hour, "ist": 5*hour + 1800, "west": hour, "met": hour, "mez": hour, "mest": 2 * hour, "mesz": 2 * hour,
	"cet": hour, "cest": 2 * hour, "eet": 2 * hour, "eest": 3 * hour, "msk": 3 * hour, "msd": 4 * hour, "trt": 3 * hour,
	"sast": 2 * hour, "cat": 2 * hour, "eat": 3 * hour, "wat": hour, "idt": 3 * hour, "irst": 3*hour + 1800, "gst": 4 * hour,
	"pkt": 5 * hour, "npt": 5*hour + 2700, "bdt": 6 * hour, "ict": 7 * hour, "wib": 7 * hour, "wita": 8 * hour, "wit": 9 * hour,
	"sgt": 8 * hour, "hkt": 8 * hour, "myt": 8 * hour, "pht": 8 * hour, "awst": 8 * hour, "jst": 9 * hour, "kst": 9 * hour,
	"acst": 9*hour + 1800, "acdt": 10*hour + 1800, "aest": 10 * hour, "aedt": 11 * hour, "nzst": 12 * hour, "nzdt": 13 * hour,
	// The letters of RFC 822 as mail systems meant them (RFC 1123, section 5.2.14, takes none of them at their word).
	"a": -hour, "m": -12 * hour, "n": hour, "y": 12 * hour,
}

const hour = 3600

// months are the names of months, lower case: three letters in English, and
// what other languages write otherwise, short and long.
var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	// German, Dutch, Scandinavian
	"januar": 1, "jän": 1, "jänner": 1, "jaen": 1, "februar": 2, "mär": 3, "mrz": 3, "märz": 3, "maerz": 3, "mai": 5, "juni": 6,
	"juli": 7, "okt": 10, "oktober": 10, "dez": 12, "dezember": 12, "januari": 1, "februari": 2, "mrt": 3, "maart": 3, "mei": 5,
	"augustus": 8, "maj": 5, "des": 12, "desember": 12, "marts": 3, "mars": 3, "augusti": 8,
	// French
	"janv": 1, "janvier": 1, "févr": 2, "fév": 2, "février": 2, "fevr": 2, "avr": 4, "avril": 4, "juin": 6, "juil": 7, "juillet": 7,
	"août": 8, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "déc": 12, "décembre": 12,
	// Spanish, Portuguese, Italian
	"ene": 1, "enero": 1, "febrero": 2, "marzo": 3, "abr": 4, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "ago": 8, "agosto": 8,
	"septiembre": 9, "octubre": 10, "noviembre": 11, "dic": 12, "diciembre": 12, "janeiro": 1, "fev": 2, "fevereiro": 2, "março": 3,
	"maio": 5, "junho": 6, "julho": 7, "set": 9, "setembro": 9, "out": 10, "outubro": 10, "novembro": 11, "dezembro": 12,
	"gen": 1, "gennaio": 1, "febbraio": 2, "aprile": 4, "mag": 5, "maggio": 5, "giu": 6, "giugno": 6, "lug": 7, "luglio": 7,
	"settembre": 9, "ott": 10, "ottobre": 10, "dicembre": 12,
	// Greek
	"ιαν": 1, "φεβ": 2, "μάρ": 3, "μαρ": 3, "μάώ": 3, "απρ": 4, "μάι": 5, "μαϊ": 5, "μαι": 5, "μαΐ": 5, "ιούν": 6, "ιουν": 6, "ιον": 6,
	"ιούλ": 7, "ιουλ": 7, "ιολ": 7, "αύγ": 8, "αυγ": 8, "σεπ": 9, "οκτ": 10, "νοέ": 11, "νοε": 11, "δεκ": 12,
	// Hungarian
	"január": 1, "február": 2, "március": 3, "máj": 5, "május": 5, "jún": 6, "június": 6, "júl": 7, "július": 7, "szept": 9,
	"szeptember": 9, "december": 12, "márc": 3, "ápr": 4, "április": 4, "febr": 2, "január ": 1, "augusztus": 8, "október": 10,
	// Polish, Czech
	"sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
	"led": 1, "úno": 2, "bře": 3, "dub": 4, "kvě": 5, "čvn": 6, "čvc": 7, "srp": 8, "zář": 9, "říj": 10, "pro": 12,
	// Russian, Turkish
	"янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
	"января": 1, "февраля": 2, "марта": 3, "апреля": 4, "июня": 6, "июля": 7, "августа": 8, "сентября": 9, "октября": 10,
	"ноября": 11, "декабря": 12,
	"oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12,
}
