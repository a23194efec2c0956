package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"newswatch/notify"
)

// secretPrefix begins secrets as the Standard Webhooks specification writes
// them; base64 follows.
const secretPrefix = "whsec_"

// keys returns the keys that a secret stands for. Text without the prefix is a
// key as it is. If it also reads as the base64 of a key, that is one more, for
// receivers whose library takes it so: a signature by each is sent, and one
// that fits is enough.
func keys(secret notify.Secret) ([][]byte, error) {
	s := strings.TrimSpace(secret.Reveal())
	if s == "" {
		return nil, nil
	}
	coded, prefixed := strings.CutPrefix(s, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(coded)
	switch {
	case prefixed && (err != nil || len(key) == 0):
		return nil, errors.New("secret: what follows whsec_ is not base64; copy it again")
	case prefixed:
		return [][]byte{key}, nil
	case err == nil && len(key) >= 16:
		return [][]byte{[]byte(s), key}, nil
	}
	return [][]byte{[]byte(s)}, nil
}

// sign returns the webhook-signature header, "" without keys. The
// specification signs id, timestamp and body with HMAC-SHA256.
func sign(keys [][]byte, id string, now time.Time, body []byte) string {
	var out []string
	for _, k := range keys {
		mac := hmac.New(sha256.New, k)
		fmt.Fprintf(mac, "%s.%d.", id, now.Unix())
		mac.Write(body)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(out, " ")
}
