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

// failure tells what came of the call after its last try.
func (s *sending) failure(a answer) error {
	e := &provider.Error{
		Op: s.call.Op, Method: s.call.Method, URL: s.url(),
		Status: a.status, Reason: s.reason(a), Hint: s.hint(a),
	}
	var why error
	if a.err != nil {
		why = &cause{s.clean(a.err.Error()), a.err}
	}
	e.Err = why
	switch {
	case s.ambiguous(a):
		e.Err = join(provider.ErrAmbiguous, why)
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		e.Err = join(provider.ErrCredentials, why)
	case a.status == http.StatusNotFound && s.call.NotFoundIsGone:
		e.Err = join(provider.ErrNotFound, why)
	}
	if s.lost && !s.unclear(a) && !errors.Is(e.Err, provider.ErrNotFound) {
		e.Err = join(provider.ErrAmbiguous, e.Err) // the last try was refused, and an earlier one was not
	}
	return e
}

// ambiguous reports whether the call may have taken effect without our knowing.
// An answer below 500 that is not a success is a refusal.
func (s *sending) ambiguous(a answer) bool { return !s.repeatable() && s.unclear(a) }

// unclear reports whether a write may have taken effect without a usable answer.
func (s *sending) unclear(a answer) bool {
	if safe(s.call.Method) || a.unsent() {
		return false
	}
	return a.status == 0 || a.status == http.StatusRequestTimeout || a.status >= 500 || a.good() && a.err != nil
}

func join(sentinel, why error) error {
	if why == nil {
		return sentinel
	}
	return fmt.Errorf("%w: %w", sentinel, why)
}

// reason is the product's own words, or what is wrong with its answer.
func (s *sending) reason(a answer) string {
	switch {
	case a.status == 0:
		return ""
	case a.good():
		return s.clean(a.err.Error())
	case a.status >= 300 && a.status < 400:
		if to := a.header.Get("Location"); to != "" {
			return s.clean("redirects to " + redactURL(to))
		}
		return "redirects, and does not say where to"
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

// hint is the product's advice, or the advice that fits every product.
func (s *sending) hint(a answer) string {
	if s.config.Hint != nil && !a.good() {
		if h := s.config.Hint(a.status, s.call.Method, s.call.Path); h != "" {
			return h
		}
	}
	if a.status == 0 || a.good() {
		return s.connectionHint(a.err)
	}
	return s.statusHint(a)
}

func (s *sending) name() string {
	if s.config.Product == "" {
		return "the product"
	}
	return s.config.Product
}

func (s *sending) statusHint(a answer) string {
	switch status := a.status; {
	case status == http.StatusUnauthorized:
		return "The key was not accepted: it may be mistyped, expired, or made for another environment."
	case status == http.StatusForbidden:
		return "The key is known and has too few rights for this request. Use the key of an administrator, or a less restricted one."
	case status == http.StatusNotFound && !s.call.NotFoundIsGone:
		return "The address does not exist for this key. Check the rights of the key. " + s.checkBase()
	case status == http.StatusTooManyRequests:
		pause := "a few minutes"
		if a.pause > longest {
			pause = about(a.pause)
		}
		return s.tooMany(pause)
	case status >= 300 && status < 400:
		return "Redirects are not followed, so that the key goes nowhere else. Write the final address as the endpoint in the provider block."
	case status >= 500:
		return "The fault is on the side of " + s.name() + ". Wait, then run the same command again; what was done is found there and not repeated."
	}
	return ""
}

func (s *sending) tooMany(pause string) string {
	return "Too many requests were sent to " + s.name() + ", by rolecall or by others. Wait " + pause + ", then run the same command again."
}

// about tells a pause as people do: "3 hours". It is never less than d.
func about(d time.Duration) string {
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

// checkBase says where the address of the product comes from, and what to check.
func (s *sending) checkBase() string {
	if s.config.Setting == "" {
		return fmt.Sprintf("This is the default address of %s, because the provider block names no other: check the network and the proxy of this machine.", s.name())
	}
	return fmt.Sprintf("Check the %s in the provider block.", s.config.Setting)
}

// connectionHint advises where no answer came, or none that can be read.
func (s *sending) connectionHint(err error) string {
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
		return "Nothing was sent. Where the host is right, allow it on the command line with --allow-host."
	case errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, errHTML):
		return "The answer does not come from the API: a proxy or a sign-in page may be in between. " + s.checkBase()
	case errors.As(err, &host) && host.IsNotFound:
		return fmt.Sprintf("No host has the name %s. %s", host.Name, s.checkBase())
	case errors.As(err, &host):
		return "The name of the host could not be looked up. Check the network and the name server (DNS) of this machine."
	case errors.Is(err, http.ErrSchemeMismatch):
		return "The server speaks http there, and the address says https. " + s.checkBase()
	case isTLS(err):
		return "The certificate of the host is not trusted here. Behind a proxy that opens TLS, install its certificate on this machine (SSL_CERT_FILE). " + s.checkBase()
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &slow) && slow.Timeout():
		return "No complete answer came in time. Check the network and proxy of this machine, then run the same command again."
	case errors.As(err, &op) && op.Op == "dial":
		return "Nothing accepts connections at that address. " + s.checkBase()
	case errors.As(err, &odd) || errors.As(err, &other):
		return "The answer is not what the documentation of " + s.name() + " describes. " + s.checkBase() + " If the address is right, please report this."
	}
	return "The connection or the answer broke. Run the same command again; what was done is found there and not repeated."
}
