package text

import "strings"

// A scale is a word or letter that multiplies a number.
type scale struct {
	factor  float64
	foreign bool // numbers before it have a decimal comma and group digits by dots
}

// scales are the words and letters that multiply a number. What two languages
// use differently has its English meaning; mil is a thousand.
var scales = func() map[string]scale {
	m := map[string]scale{}
	for factor, words := range map[float64][2]string{ // English, Indian English; and others
		1e3:  {"k thousand", "tausend tsd mil mille mila duizend tusen тыс тысяч тысячи"},
		1e5:  {"lakh lakhs lac lacs लाख", ""},
		1e6:  {"m mn mln mm million millions", "mio mill millionen millón millones milione milioni milhão milhões miljoen miljoenen miljon miljoner millioner млн миллион миллиона миллионов milyon"},
		1e7:  {"crore crores cr करोड़ करोड़", ""},
		1e9:  {"b bn bln billion billions अरब", "mrd md mds mld mld milliard milliards milliarden miliardo miliardi millardo millardos bilhão bilhões miljard miljarden miljarder milliarder млрд миллиард миллиарда миллиардов milyar"},
		1e12: {"t tn trn trillion trillions", "billionen billón billones bilione bilioni bilião biliões biljoen biljoner billioner trilhão trilhões трлн триллион триллиона триллионов trilyon"},
	} {
		for i, list := range words {
			for w := range strings.FieldsSeq(list) {
				m[w] = scale{factor, i == 1}
			}
		}
	}
	return m
}()

// dotted are the abbreviations among scales of more or fewer than three bytes.
var dotted = []string{"mn", "cr", "mill", "mds", "млн", "млрд", "трлн", "тыс"}

// easternScales are those that are written without a space, the longer ones
// of equal beginnings first.
var easternScales = []struct {
	sign   string
	factor float64
}{
	{"万亿", 1e12}, {"萬億", 1e12}, {"千亿", 1e11}, {"百亿", 1e10}, {"十亿", 1e9}, {"千万", 1e7}, {"千萬", 1e7}, {"百万", 1e6}, {"百萬", 1e6},
	{"十万", 1e5}, {"兆", 1e12}, {"億", 1e8}, {"亿", 1e8}, {"万", 1e4}, {"萬", 1e4}, {"千", 1e3},
	{"조", 1e12}, {"억", 1e8}, {"천만", 1e7}, {"백만", 1e6}, {"만", 1e4}, {"천", 1e3},
}

// currencies are the words and codes that make a number money.
var currencies = setOf(`
	dollar dollars euro euros pound pounds yen yuan renminbi rupee rupees franc francs peso pesos krona kronor kroner won
	real reais rand rubles roubles lira shekels dirhams riyals bucks
	usd eur gbp jpy cny rmb inr chf cad aud nzd mxn brl sek nok dkk krw zar ils aed sgd hkd rs us$
	pfund franken rubel rupien kronen złoty zloty
	livres roupies yens dólar dólares libras rublos rupias reales francos iene ienes dollari dollaro sterline franchi rubli rupie
	евро доллар доллара долларов рубль рубля рублей руб фунтов юаней гривен रुपये रुपए रुपया डॉलर`)

// easternCurrencies are those that are written without a space.
var easternCurrencies = []string{
	"円", "圓", "元", "人民币", "人民幣", "美元", "美金", "欧元", "歐元", "日元", "日圓", "港元", "港币", "英镑", "卢布", "卢比",
	"ドル", "米ドル", "ユーロ", "ポンド", "ウォン", "人民元", "ルピー", "ルーブル",
	"원", "달러", "유로", "엔", "위안",
}

func setOf(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
