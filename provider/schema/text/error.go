package text

import (
	"errors"
	"strings"
)

// Error returns the message of an error, cleaned, on one line. If the error joins several, as
// errors.Join does, each has its own line.
func Error(err error) string {
	message := err.Error()
	for e := err; e != nil; e = errors.Unwrap(e) {
		joined, ok := e.(interface{ Unwrap() []error })
		if !ok {
			continue
		}
		before, after, ok := strings.Cut(message, e.Error())
		var lines, cleaned []string
		for _, one := range joined.Unwrap() {
			lines = append(lines, one.Error())
			cleaned = append(cleaned, Error(one))
		}
		if ok && strings.Join(lines, "\n") == e.Error() {
			return Clean(before) + strings.Join(cleaned, "\n") + Clean(after)
		}
	}
	return Clean(message)
}
