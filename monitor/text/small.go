package text

// SmallWords are the words that definitions and names leave out at will.
var SmallWords = map[string]bool{
	"and": true, "of": true, "the": true, "for": true, "to": true, "in": true, "on": true, "de": true, "la": true,
	"us": true, "u": true, "s": true, "inc": true, "corp": true, "a": true, "an": true, "at": true, "del": true,
	"des": true, "du": true, "di": true, "und": true, "für": true, "der": true, "et": true, "y": true, "e": true,
}
