package query

// A zone is a set of parts of a document, as the nibbles of a token's mask.
type zone uint8

const (
	inTitle zone = 1 << iota
	inSummary
	inBody
	inHead   // the first words of a body without a summary: body and lead
	anyZone  = inTitle | inSummary | inBody | inHead
	leadZone = inTitle | inSummary | inHead
	bodyZone = inBody | inHead
)
