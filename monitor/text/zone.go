package text

// A Zone is a set of parts of a document, as the nibbles of a token's mask.
type Zone uint8

const (
	InTitle Zone = 1 << iota
	InSummary
	InBody
	InHead   // the first words of a body without a summary: body and lead
	AnyZone  = InTitle | InSummary | InBody | InHead
	LeadZone = InTitle | InSummary | InHead
	BodyZone = InBody | InHead
)
