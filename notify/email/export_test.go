package email

import "newswatch/monitor"

// Compose gives tests a message without a server.
func Compose(nt monitor.Notice, parent monitor.Receipt) ([]byte, error) {
	n, err := New(Config{Host: "mail.example", From: "a@b.example", To: []string{"c@d.example"}}, Options{})
	if err != nil {
		return nil, err
	}
	m, err := n.compose(nt, parent)
	return m.bytes, err
}
