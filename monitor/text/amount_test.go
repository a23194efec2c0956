package text

import (
	"math"
	"testing"
)

// Sums as the press of other languages writes them, with all of the text that
// belongs to them.
func TestAmountsOfOtherLanguages(t *testing.T) {
	for _, tt := range []struct {
		text  string
		value float64 // 0 for no sum
		whole string  // the sum as written
	}{
		{"Bund vergibt 30 Millionen Euro", 30e6, "30 Millionen Euro"},
		{"2,5-Millionen-Euro-Auftrag vergeben", 2.5e6, "2,5-Millionen-Euro"},
		{"kostet 1.500 Millionen Euro", 1500e6, "1.500 Millionen Euro"},
		{"kostet 1,234 Milliarden Euro", 1.234e9, "1,234 Milliarden Euro"},
		{"rund 30 Mio. Euro teuer", 30e6, "30 Mio. Euro"},
		{"Etat von 1,3 Billionen US-Dollar", 1.3e12, "1,3 Billionen US-Dollar"},
		{"für 900.000 Euro verkauft", 900e3, "900.000 Euro"},
		{"Strafe: 1.250.000,50 Euro", 1250000.5, "1.250.000,50 Euro"},
		{"CHF 1'500'000 bezahlt", 1.5e6, "CHF 1'500'000"},
		{"un contrat de 30 millions d'euros", 30e6, "30 millions d'euros"},
		{"1,5 milliard d’euros", 1.5e9, "1,5 milliard d’euros"},
		{"budget de 12 M€ voté", 12e6, "12 M€"},
		{"dette de 3 000 Mds € atteinte", 3000e9, "3 000 Mds €"},
		{"coût : 1 500 000 € par an", 1.5e6, "1 500 000 €"},
		{"coût : 12 500 euros", 12500, "12 500 euros"},
		{"coût : 12\u202f500,50\u00a0€", 12500.5, "12\u202f500,50\u00a0€"},
		{"1.200 millones de dólares", 1200e6, "1.200 millones de dólares"},
		{"ayuda de 30 mil millones de pesos", 30e9, "30 mil millones de pesos"},
		{"multa de 300 mil euros", 300e3, "300 mil euros"},
		{"un billón de euros y 2 billones de euros", 2e12, "2 billones de euros"},
		{"gara da 3 milioni di euro", 3e6, "3 milioni di euro"},
		{"multa da 500mila euro", 500e3, "500mila euro"},
		{"R$ 30 milhões em contrato", 30e6, "R$ 30 milhões"},
		{"R$ 1.500,00 por mês", 1500, "R$ 1.500,00"},
		{"2 bilhões de reais", 2e9, "2 bilhões de reais"},
		{"3 mil milhões de euros", 3e9, "3 mil milhões de euros"},
		{"30 miljoen euro voor", 30e6, "30 miljoen euro"},
		{"30 млн рублей", 30e6, "30 млн рублей"},
		{"1,5 млрд. долларов", 1.5e9, "1,5 млрд. долларов"},
		{"3億円の契約", 3e8, "3億円"},
		{"総額1億5000万円を", 1.5e8, "1億5000万円"},
		{"1兆2000億円規模", 1.2e12, "1兆2000億円"},
		{"500万ドルの支援", 5e6, "500万ドル"},
		{"签署30亿美元合同", 3e9, "30亿美元"},
		{"投资1.5万亿元", 1.5e12, "1.5万亿元"},
		{"罚款200万元人民币", 2e6, "200万元"},
		{"￥3億の契約", 3e8, "￥3億"},
		{"30억 원 계약", 3e9, "30억 원"},
		{"1억 5000만 달러 규모", 1.5e8, "1억 5000만 달러"},
		{"Rs 500 crore project", 5e9, "Rs 500 crore"},
		{"₹1,50,000 fine", 150e3, "₹1,50,000"},
		{"Rs 2.5 lakh crore budget", 2.5e12, "Rs 2.5 lakh crore"},
		{"15 lakh rupees seized", 1.5e6, "15 lakh rupees"},
		{"500 करोड़ रुपये", 5e9, "500 करोड़ रुपये"},

		{"$3.599 a gallon", 3.599, "$3.599"},
		{"$1.234 billion deal", 1.234e9, "$1.234 billion"},
		{"$1,234 million deal", 1234e6, "$1,234 million"},
		{"gave $5 300 times", 5, "$5"},
		{"in 2008 500 euros", 500, "500 euros"},
		{"30 Millionen Menschen", 0, ""},
		{"30 millions de personnes", 0, ""},
		{"3億人が", 0, ""},
		{"30 mil personas", 0, ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got := AppendAmounts(nil, tt.text)
			if tt.value == 0 {
				if len(got) != 0 {
					t.Errorf("found %q = %v, want none", tt.text[got[0].Start:got[0].End], got[0].Value)
				}
				return
			}
			if len(got) != 1 || math.Abs(got[0].Value/tt.value-1) > 1e-9 || tt.text[got[0].Start:got[0].End] != tt.whole {
				for _, a := range got {
					t.Errorf("found %q = %v", tt.text[a.Start:a.End], a.Value)
				}
				t.Errorf("want %q = %v", tt.whole, tt.value)
			}
		})
	}
}
