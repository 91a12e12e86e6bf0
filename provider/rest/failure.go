package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
)

// failure returns the error of the call after its last attempt.
func (s *activeCall) failure(a answer) error {
	e := &provider.Error{
		Op: s.call.Op, Method: s.call.Method, URL: s.url(),
		Status: a.status, Reason: s.reason(a), Hint: s.hint(a),
	}
	var why error
	if a.err != nil {
		why = &textError{s.clean(a.err.Error()), a.err}
	}
	e.Err = why
	switch {
	case s.isAmbiguous(a):
		e.Err = withSentinel(provider.ErrAmbiguous, why)
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		e.Err = withSentinel(provider.ErrCredentials, why)
	case a.status == http.StatusNotFound && s.call.NotFoundIsGone:
		e.Err = withSentinel(provider.ErrNotFound, why)
	}
	if s.mayHaveTakenEffect && !s.outcomeUnknown(a) && !errors.Is(e.Err, provider.ErrNotFound) {
		e.Err = withSentinel(provider.ErrAmbiguous, e.Err) // the last attempt was refused, but an earlier one was not
	}
	return e
}

// isAmbiguous reports whether it is unknown whether the call took effect. An answer below
// 500 that is not a success is a refusal.
func (s *activeCall) isAmbiguous(a answer) bool { return !s.isIdempotent() && s.outcomeUnknown(a) }

// outcomeUnknown reports whether a write may have taken effect without a usable answer.
func (s *activeCall) outcomeUnknown(a answer) bool {
	if isSafe(s.call.Method) || a.unsent() {
		return false
	}
	return a.status == 0 || a.status == http.StatusRequestTimeout || a.status >= 500 || a.succeeded() && a.err != nil
}

func withSentinel(sentinel, why error) error {
	if why == nil {
		return sentinel
	}
	return fmt.Errorf("%w: %w", sentinel, why)
}

// reason returns the error message of the product, or what is wrong with its answer.
func (s *activeCall) reason(a answer) string {
	switch {
	case a.status == 0:
		return ""
	case a.succeeded():
		return s.clean(a.err.Error())
	case a.status >= 300 && a.status < 400:
		if to := a.header.Get("Location"); to != "" {
			return s.clean("redirects to " + redactURL(to))
		}
		return "it redirects, but does not say where"
	}
	if s.config.Reason != nil {
		if r := s.config.Reason(a.status, a.body); r != "" {
			return s.clean(r)
		}
	}
	text := bytes.TrimSpace(a.body)
	if isHTML(a.header, text) {
		if title := titleOf.FindSubmatch(text); title != nil {
			return s.clean(fmt.Sprintf("a web page with the title %q", bytes.TrimSpace(title[1])))
		}
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return cmp.Or(s.clean(string(line)), http.StatusText(a.status))
}

var titleOf = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// hint returns Config.Hint, or advice that fits every product.
func (s *activeCall) hint(a answer) string {
	if s.config.Hint != nil && !a.succeeded() {
		if h := s.config.Hint(a.status, s.call.Method, s.call.Path); h != "" {
			return h
		}
	}
	if a.status == 0 || a.succeeded() {
		return s.connectionHint(a.err)
	}
	return s.statusHint(a)
}

func (s *activeCall) productName() string {
	if s.config.Product == "" {
		return "the product"
	}
	return s.config.Product
}

func (s *activeCall) statusHint(a answer) string {
	switch status := a.status; {
	case status == http.StatusUnauthorized:
		return "The key was not accepted: it may be mistyped, expired, or made for another environment."
	case status == http.StatusForbidden:
		return "The key is known and has too few rights for this request. Use the key of an administrator, or a less restricted one."
	case status == http.StatusNotFound && !s.call.NotFoundIsGone:
		return "The address does not exist for this key. Check the rights of the key. " + s.checkBase()
	case status == http.StatusTooManyRequests:
		pause := "a few minutes"
		if a.pause > maxPause {
			pause = formatPause(a.pause)
		}
		return s.tooManyHint(pause)
	case status >= 300 && status < 400:
		return "Redirects are not followed, so that the key is sent nowhere else. Write the final address as the endpoint in the provider block."
	case status >= 500:
		return "This is an error of " + s.productName() + ". Wait, then run the same command again; changes that were made are not repeated."
	}
	return ""
}

func (s *activeCall) tooManyHint(pause string) string {
	return "Too many requests were sent to " + s.productName() + ", by rolecall or by others. Wait " + pause + ", then run the same command again."
}

// formatPause rounds a pause up to a whole unit: "3 hours".
func formatPause(d time.Duration) string {
	n, unit := int((d+time.Minute-1)/time.Minute), "minute"
	switch {
	case d > 48*time.Hour:
		n, unit = int((d+24*time.Hour-1)/(24*time.Hour)), "day"
	case d > 2*time.Hour:
		n, unit = int((d+time.Hour-1)/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// checkBase advises to check the address of the product, and says where it comes from.
func (s *activeCall) checkBase() string {
	if s.config.Setting == "" {
		return fmt.Sprintf("This is the default address of %s, because the provider block names no other: check the network and the proxy of this machine.", s.productName())
	}
	return fmt.Sprintf("Check the %s in the provider block.", s.config.Setting)
}

// connectionHint advises on a missing or unreadable answer.
func (s *activeCall) connectionHint(err error) string {
	var host *net.DNSError
	var op *net.OpError
	var slow net.Error
	var odd *unexpectedAnswer
	var other *json.UnmarshalTypeError
	if p, ok := errors.AsType[*ProxyError](err); ok {
		return p.hint()
	}
	switch {
	case errors.Is(err, ErrReadOnly):
		return "This is a fault in rolecall: a read tried to write. Nothing was changed. Please report it."
	case errors.Is(err, ErrHost):
		return "Nothing was sent. If the host is right, allow it on the command line with --allow-host."
	case errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, errHTML):
		return "The answer does not come from the API: a proxy or a sign-in page may be in between. " + s.checkBase()
	case errors.As(err, &host) && host.IsNotFound:
		return fmt.Sprintf("No host has the name %s. %s", host.Name, s.checkBase())
	case errors.As(err, &host):
		return "The name of the host could not be looked up. Check the network and the name server (DNS) of this machine."
	case errors.Is(err, http.ErrSchemeMismatch):
		return "The server uses http, but the address says https. " + s.checkBase()
	case isTLS(err):
		return "The certificate of the host is not trusted here. Behind a proxy that decrypts TLS, install its certificate on this machine (SSL_CERT_FILE). " + s.checkBase()
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout():
		return "No complete answer came in time. Check the network and proxy of this machine, then run the same command again."
	case errors.As(err, &op) && op.Op == "dial":
		return "Nothing accepts connections at that address. " + s.checkBase()
	case errors.As(err, &odd) || errors.As(err, &other):
		return "The answer is not what the documentation of " + s.productName() + " describes. " + s.checkBase() + " If the address is right, please report this."
	}
	return "The connection broke, or the answer is damaged. Run the same command again; changes that were made are not repeated."
}
