package urls

import "strings"

// tracking reports whether a query parameter, in lower case, says nothing of
// what an address names: it is listed by name, belongs to a family of names,
// is such on this host only, or is a general word whose value gives it away.
func tracking(name, value, host string) bool {
	if trackingName[name] || tracksOn(host, name) {
		return true
	}
	for _, family := range trackingFamily {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	switch name {
	case "rss", "feed", "atom", "xml":
		return value == "" || value == "1" || value == "true" || origin[value]
	case "amp", "isamp", "mobile", "print", "printable", "nomobile":
		return value == "" || value == "0" || value == "1" || value == "true" || value == "yes" || value == "amp"
	case "output", "outputtype", "format", "view", "mode":
		return value == "amp" || value == "mobile"
	case "ref", "referer", "referrer", "referral", "source", "src", "from", "via", "cid", "mod", "link",
		"medium", "partner", "share", "shared", "type", "campaign", "channel", "ocid", "cmp", "app", "wt":
		return origin[value] || strings.HasPrefix(value, "rss") || strings.HasSuffix(value, "rss")
	}
	return false
}

// tracksOn reports names that are tracking on one site but may name articles
// on another.
func tracksOn(host, name string) bool {
	for domain, list := range siteTracking {
		if rest, ok := strings.CutSuffix(host, domain); ok && (rest == "" || rest[len(rest)-1] == '.') {
			return strings.Contains(list, " "+name+" ")
		}
	}
	return strings.Contains(host, ".blogspot.") && name == "m"
}

// set makes the lookup of a list of words.
func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// The tables are read only. Names are in lower case.
var (
	// trackingName are names that no site is known to use for anything else.
	trackingName = set(`
		fbclid gclid dclid gbraid wbraid gclsrc msclkid twclid ttclid yclid ysclid li_fat_id igshid igsh
		mc_cid mc_eid mkt_tok cmpid cmp_id ncid icid intcid intcmp int_source ito smid smtyp emc
		_hsenc _hsmi hsctatracking vero_id vero_conv wickedid oly_enc_id oly_anon_id rb_clickid s_cid s_kwcid
		ef_id epik dicbo iclid irclickid irgwc ref_src ref_url reflink refsrc referringsource
		xtor ftag ftcamp sref srnd spm share_source share_medium sharetype sr_share sharetoken
		soc_src soc_trk guccounter guce_referrer guce_referrer_sig tsrc taid __twitter_impression
		amp_js_v amp_gsa amp_lite usqp _amp _ga _gl _gid _gac gaa_at gaa_n gaa_ts gaa_sig
		trk trkcampaign trkemail mbid bxid cndid esrc hasha hashb hashc emci emdi ceid
		fb_action_ids fb_action_types fb_source fb_ref fb_comment_id action_object_map action_type_map action_ref_map
		feedtype feedname virtualbrandchannel spref dlvrit wt_mc wt.mc_id wt.mc_ev wt.tsrc wt.rss wtmc
		feature_name nocache cachebust cb_rand rss_source rssfeed source_rss is_from_rss fromrss from_rss
		sc_campaign sc_channel sc_content sc_medium sc_outcome sc_geo sc_country sc_src
		jsessionid phpsessid aspsessionid cfid cftoken zenid sessid
		traffic_source ns_mchannel ns_source ns_campaign ns_linkname ns_fee cvid ocid_src
		mkevt mkcid mkrid campid toolid customid pgtype gift unlocked_article_code`)

	trackingFamily = []string{"utm_", "utm-", "utm.", "at_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "stm_", "itm_",
		"ga_", "asc_", "oft_", "trk_", "__hs", "_bta_", "_ke", "fb_xd_", "mkt_", "elq", "nr_email_", "wt_zmc", "aff_"}

	// origin are values that name a way by which readers come.
	origin = set(`rss rss1 rss2 rssfeed rss_feed rss-feed feed feeds feedburner atom syndication
		twitter tw facebook fb linkedin reddit email mail newsletter nl social socialmedia sharing share
		whatsapp telegram pinterest instagram tumblr hn hackernews googlenews google_news google-news gnews
		applenews apple_news flipboard smartnews newsbreak pocket slashdot copy_link copylink copy-link
		homepage home hp front frontpage nav navigation sidebar footer header related recirc trending
		mobile app amp web desktop ios android rsslink allrss xml partner rss_topstories`)

	// siteTracking holds lists with a blank on either side of each name.
	siteTracking = map[string]string{
		"nytimes.com":         " _r hp action module region wt.nav pagewanted partner rss ref src nl te campaign_id instance_id segment_id user_id regi_id smprod ",
		"washingtonpost.com":  " tid hpid wpisrc wpmm wprss itid nid pwapi_token ",
		"forbes.com":          " sh ss ctpv ",
		"wsj.com":             " mod st reflink page ",
		"theguardian.com":     " cmp ",
		"reuters.com":         " rpc il taid ",
		"bloomberg.com":       " cmpid leadsource in_source embedded-checkout ",
		"cnbc.com":            " __source ",
		"cnn.com":             " iref eref iid cid dkdate ",
		"bbc.com":             " ocid post_type pinned_post_type ",
		"abcnews.go.com":      " cid ",
		"news.google.com":     " oc hl gl ceid gaa ",
		"youtube.com":         " feature si ab_channel pp ",
		"twitter.com":         " s t ref_src ",
		"x.com":               " s t ref_src ",
		"medium.com":          " source sk ",
		"yahoo.com":           " src ",
		"msn.com":             " ocid pc cvid ei ",
		"independent.co.uk":   " r ",
		"telegraph.co.uk":     " li_source li_medium ",
		"npr.org":             " ft f sc ",
		"latimes.com":         " track ",
		"chicagotribune.com":  " track ",
		"economist.com":       " fsrc ",
		"aljazeera.com":       " traffic_source ",
		"spiegel.de":          " sara_ref sara_ecid ",
		"politico.com":        " nname nid nrid nlid lid ",
		"apnews.com":          " user mediumid ",
		"businessinsider.com": " op r ir ",
	}

	// sameSite are hosts that serve the articles of another under equal paths.
	sameSite = map[string]string{
		"edition.cnn.com": "cnn.com", "us.cnn.com": "cnn.com", "bbc.co.uk": "bbc.com", "news.bbc.co.uk": "news.bbc.com",
		"old.reddit.com": "reddit.com", "np.reddit.com": "reddit.com", "new.reddit.com": "reddit.com",
	}

	indexPage = set(`index.html index.htm index.php index.shtml index.xhtml index.asp index.aspx index.jsp index.cfm
		default.asp default.aspx default.htm default.html`)

	sessionKey = set(`jsessionid phpsessid sid sessionid cfid cftoken`)
)
