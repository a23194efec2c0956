package text

import (
	"iter"
	"maps"
	"strings"
)

// Share estimates in which share of news items a form occurs. It decides only
// which term of a watch is looked up first, never what matches.
func Share(form string) float64 {
	if p, ok := common[form]; ok {
		return p
	}
	switch n := len(form); {
	case n <= 2:
		return 0.03
	case n <= 4:
		return 0.012
	case n <= 6:
		return 0.006
	}
	return 0.003
}

// CommonWords returns the words that Share knows by name, with their shares.
func CommonWords() iter.Seq2[string, float64] { return maps.All(common) }

// common holds the words of news English that are in one item of fifty or more.
var common = func() map[string]float64 {
	m := map[string]float64{}
	for p, words := range map[float64]string{
		0.95: "the a of to and in",
		0.80: "for that is on it said with as at by be was from has an have are its he his not but this they which",
		0.50: "their who were had been will would more than one also after about there out up when or other new can all we last over two year she her into people some if years first time i no could them what so most now only because just make before",
		0.30: "mr us u.s. may made many against should since while our being between through well any where how those these then such three day week down much back still even take him you off under do did say says told get way world government company part work world including government state president told very however our million market business percent month end home set top use us come group police good high number during public make per cent another right long next plan national report news",
		0.15: "states city case law court country office official officials federal department former minister party today yesterday monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december billion dollar dollars american united british america york washington international security military war system service services industry companies shares price prices money chief executive director head general deal contract case members support power help want need show show found called according information technology computer software internet online data network users web game games team players play season win won lost match england europe european china chinese japan iraq bank oil economic economy growth sales profit rate rates tax trade stock foreign political election vote campaign leader leaders school health children women men family life death killed attack local north south east west great britain london research study university report announced expected agreed decision issue issues problem problems change future past second third four five six seven eight nine ten early late big small large major least less own old young man woman night days weeks months times place line area open close late cost costs pay paid firm firms firm's microsoft google apple ibm reuters ap added think know see look give given take taken put keep went going go came left led held run move start began continue far around every",
		0.05: "immigration border agent agents cloud storage customer customers agency agencies contracts award awarded workers worker union strike detention homeland raid enforcement amazon oracle target shell border hospital car cars train trains weather storm summer winter spring film music book art food water energy gas climate fire flight air airline plane airport road street town village county church student students teacher education science space mobile phone phones digital camera video television tv radio show search site sites page email mail virus attack attacks security privacy policy rules rule legal judge trial lawyer lawyers prison crime murder drugs",
	} {
		for w := range strings.FieldsSeq(words) {
			m[w] = max(m[w], p)
		}
	}
	return m
}()
