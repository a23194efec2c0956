package plain

import "strings"

// ShortError returns err with a text of at most 200 bytes in valid UTF-8: the
// error of a library may repeat a whole header or certificate of a stranger's.
func ShortError(err error) error { return shortError{err} }

type shortError struct{ error }

func (e shortError) Error() string {
	return Shorten(strings.ToValidUTF8(e.error.Error(), "\uFFFD"), 200)
}

func (e shortError) Unwrap() error { return e.error }
