package feeds

import "time"

// Fields are what an entry says in a form that can be compared. Every one may
// be missing.
type Fields struct {
	Amount   *float64  `json:"amount,omitempty"` // may be zero or negative
	Currency string    `json:"currency,omitempty"`
	Agency   string    `json:"agency,omitempty"`
	Office   string    `json:"office,omitempty"`
	Vendor   string    `json:"vendor,omitempty"`
	AwardID  string    `json:"award_id,omitempty"`
	Action   string    `json:"action,omitempty"` // "new" or "modification" where the row has a number of it, else its own word
	NAICS    string    `json:"naics,omitempty"`
	PSC      string    `json:"psc,omitempty"`
	Deadline time.Time `json:"deadline,omitzero"` // UTC
	Place    string    `json:"place,omitempty"`
}
