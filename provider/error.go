package provider

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers distinguish.
var (
	// ErrNotFound: the object does not exist (any more).
	ErrNotFound = errors.New("not found")
	// ErrAmbiguous: the request was sent and no answer came, so it may have taken
	// effect or not. It must be looked up, never repeated blindly.
	ErrAmbiguous = errors.New("no answer came, so it is not known whether it took effect")
	// ErrUnread: the product accepted a new object, which was not read back, as
	// Request.Unread asked for.
	ErrUnread = errors.New("accepted, and not read back")
	// ErrCredentials: the key is missing, wrong, expired or has too few rights.
	ErrCredentials = errors.New("credentials")
	// ErrTenant: the key belongs to another tenant than the files.
	ErrTenant = errors.New("wrong tenant")
)

// An Error is the failure of one operation with the product, with what a person needs to act:
// what was tried, where, what the product answered, and what to try.
type Error struct {
	Op     string // what was being done: "list users"
	Method string
	URL    string // without secrets; "" if it is not about one request
	Status int    // 0 if there was no answer
	Reason string // the error message of the product, or the first line of the body
	Hint   string // what to try, a full sentence; may be empty
	Err    error  // cause, or one of the errors above
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 && e.URL != "" {
		fmt.Fprintf(&b, ": %s %s answered %d", e.Method, e.URL, e.Status)
	} else if e.URL != "" {
		fmt.Fprintf(&b, ": %s %s", e.Method, e.URL)
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	} else if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Hint returns the advice that an error carries, or "".
func Hint(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

// Status returns the status that the product answered with, or 0.
func Status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}
