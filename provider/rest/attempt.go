package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
)

// Errors of answers.
var (
	errHTML  = errors.New("the answer is a web page, not JSON")
	errEmpty = errors.New("the answer is empty")
	errLarge = errors.New("the answer is larger than 32 MiB")
	errCut   = errors.New("the answer is incomplete")
)

// An unexpectedAnswer is an error of Call.Validate.
type unexpectedAnswer struct{ error }

func (o *unexpectedAnswer) Unwrap() error { return o.error }

const maxAnswer = 32 << 20 // bytes of one answer

// An answer is the result of one request.
type answer struct {
	status int // 0 if there was no answer
	header http.Header
	body   []byte
	err    error         // of the connection or of reading the body
	token  int           // generation of the token that was sent
	pause  time.Duration // before the next attempt
}

func (a answer) succeeded() bool { return a.status >= 200 && a.status < 300 }

// send sends one request and reads the whole answer. It returns an error if the request
// was not sent and must not be sent again; errors after that are in the answer.
func (s *activeCall) send(ctx context.Context) (answer, error) {
	leave, err := s.acquire(ctx)
	if err != nil {
		return answer{}, s.notSent(err)
	}
	defer leave()
	budget := s.budget(&s.call)
	d, err := s.pace(ctx, budget)
	s.waited += d
	if err != nil {
		return answer{}, s.notSent(err)
	}
	token, generation, err := s.token(ctx) // may wait by itself, so it does not count as time of the request
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	r, err := s.request(ctx, token)
	if err != nil {
		return answer{}, err
	}
	a := s.exchange(r)
	a.token = generation
	if a.blocked() {
		return answer{}, s.failure(a)
	}
	if !a.unsent() {
		s.readRateHeaders(budget, a.header)
		s.sent.Add(1)
		if s.config.Observe != nil {
			t := provider.Traffic{Method: r.Method, Path: r.URL.Path, Status: a.status, Waited: s.waited}
			if s.config.Warnings != nil && a.succeeded() && a.err == nil {
				for _, w := range s.config.Warnings(a.body) {
					t.Warnings = append(t.Warnings, s.clean(w))
				}
			}
			s.config.Observe(t)
		}
		s.waited = 0
	}
	return a, nil
}

func (s *activeCall) request(ctx context.Context, token string) (*http.Request, error) {
	var body io.Reader
	if s.body != nil {
		body = bytes.NewReader(s.body)
	}
	r, err := http.NewRequestWithContext(ctx, s.call.Method, s.address, body)
	if err != nil {
		return nil, s.notSent(err)
	}
	r.Header.Set("Accept", "application/json")
	if s.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.config.UserAgent != "" {
		r.Header.Set("User-Agent", s.config.UserAgent)
	}
	for _, h := range []http.Header{s.config.Header, s.config.PublicHeader} {
		for name, values := range h {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	s.authorize(r, token)
	return r, nil
}

// exchange sends the request and reads the answer to its end or to the limit.
func (s *activeCall) exchange(r *http.Request) answer {
	resp, err := s.http.Do(r)
	if err != nil {
		if outer := (*url.Error)(nil); errors.As(err, &outer) {
			err = outer.Err // without the URL, which may contain a secret
		}
		return answer{err: s.describeError(err)}
	}
	defer resp.Body.Close() // the body was read, so an error of Close means nothing
	a := answer{status: resp.StatusCode, header: resp.Header}
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= maxAnswer {
		buf.Grow(int(n) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	a.body = buf.Bytes()
	switch {
	case n > maxAnswer:
		a.err = errLarge
	case err != nil && a.succeeded():
		a.err = fmt.Errorf("%w: %w", errCut, s.describeError(err))
	}
	return a
}

// describeError replaces two errors of net/http whose texts are not helpful.
func (s *activeCall) describeError(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &textError{fmt.Sprintf("no complete answer within %s", s.config.Timeout), err}
	case errors.Is(err, io.EOF):
		return &textError{"the connection was closed before an answer came", err}
	}
	return err
}

// unsent reports whether the request certainly did not reach the product.
func (a answer) unsent() bool {
	var op *net.OpError
	dialing := errors.As(a.err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
	byProxy, _ := a.refusedByProxy()
	return a.status == 0 && (dialing || byProxy || isTLS(a.err) || a.blocked())
}

// blocked reports whether ReadOnly or Hosts refused the request.
func (a answer) blocked() bool { return errors.Is(a.err, ErrReadOnly) || errors.Is(a.err, ErrHost) }

// permanent reports whether a repeated request would fail in the same way.
func (a answer) permanent() bool {
	var host *net.DNSError
	var syntax *json.SyntaxError
	_, always := a.refusedByProxy()
	switch {
	case a.err == nil:
		return false
	case always:
		return true
	case errors.As(a.err, &host):
		return host.IsNotFound
	case a.status == 0:
		return isTLS(a.err)
	}
	// An answer that was truncated on the way may be complete the next time.
	return !(errors.Is(a.err, errCut) || errors.Is(a.err, errEmpty) || errors.As(a.err, &syntax))
}

// isTLS reports whether TLS failed: the certificate was refused, or the server has no TLS.
func isTLS(err error) bool {
	var (
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
		host   x509.HostnameError
		auth   x509.UnknownAuthorityError
	)
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &host) || errors.As(err, &auth)
}

func isHTML(h http.Header, text []byte) bool {
	if kind, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil && kind == "text/html" {
		return true
	}
	return bytes.HasPrefix(text, []byte("<"))
}

// notSent returns the error of a request that was not sent. A *provider.Error stays as it
// is.
func (s *activeCall) notSent(err error) error {
	if known := (*provider.Error)(nil); errors.As(err, &known) {
		return err
	}
	e := &provider.Error{Op: s.call.Op, Method: s.call.Method, URL: s.url()}
	if c, ok := errors.AsType[*pauseTooLongError](err); ok {
		e.Status, e.Reason, e.Hint = http.StatusTooManyRequests, c.Error(), s.tooManyHint(formatPause(c.pause))
		return e
	}
	e.Err = &textError{s.clean(err.Error()), err}
	return e
}

// decode checks the answer and decodes it.
func (s *activeCall) decode(a *answer, out any) {
	if a.err != nil {
		return
	}
	if s.config.Status != nil {
		a.status = s.config.Status(a.status, a.body)
	}
	if !a.succeeded() {
		return
	}
	switch text := bytes.TrimSpace(a.body); {
	case isHTML(a.header, text):
		a.err = errHTML
	case out == nil || len(text) == 0 && s.call.AllowEmpty:
	case len(text) == 0:
		a.err = errEmpty
	default:
		a.err = json.Unmarshal(text, out)
		if a.err == nil && s.call.Raw != nil {
			*s.call.Raw = text
		}
		if a.err == nil && s.call.Validate != nil {
			if err := s.call.Validate(); err != nil {
				a.err = &unexpectedAnswer{err}
			}
		}
	}
}
