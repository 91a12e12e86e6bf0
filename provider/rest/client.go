// Package rest speaks JSON over HTTP for every product: one budget for all
// requests, retries that never repeat a write blindly, errors that say what to
// try, lists that notice when they changed under the reader, and a transport
// that cannot write.
package rest

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/secret"
)

// Config says how one tenant of one product is spoken to. The zero value of
// every field but Base is usable.
type Config struct {
	Product string      // as the vendor writes it, for advice: "Partoo"
	Base    string      // base URL; a slash at its end is dropped
	Setting string      // attribute of the provider block that Base comes from, for advice; "" where Base is the product's default address
	Header  http.Header // sent with every request and secret: the credential
	// PublicHeader is sent with every request too. It holds no secret, so that messages
	// may show its values.
	PublicHeader http.Header
	// Secrets are what no message may show beside Header and the tokens of Login,
	// such as a secret in the body of a request. New adds those; nil means none yet.
	Secrets *secret.Set

	Transport     http.RoundTripper
	Budget        int                 // requests in any minute, retries included; 0 means as many as wanted
	Requests      provider.RequestLog // of all runs on this machine; nil means that only this one is known
	RateClasses   []RateClass         // requests with a budget of their own; the first class that matches applies
	MaxConcurrent int                 // requests under way at a time; 0 means any number
	Window        time.Duration       // the least pause after a 429 that does not say how long; 0 means growing pauses
	Timeout       time.Duration       // of one request with its whole answer; 0 means 60 seconds
	UserAgent     string

	// Reads, where it is set, puts ReadOnly around the transport.
	Reads func(method, path string) bool
	// Observe is called once for every request sent, from several goroutines.
	Observe func(provider.Traffic)
	// Wait pauses for d or until ctx ends, whose error it then returns. Nil means
	// by the clock. Now is the clock; nil means time.Now.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time

	// Status says what an answer's status means, for products that answer 200 and
	// tell of a failure in the body. Nil means as answered.
	Status func(status int, body []byte) int
	// Warnings finds what the product remarks in the body of a success, which Observe is
	// told. Nil means nothing.
	Warnings func(body []byte) []string
	// Reason finds the product's own words in the body of a failure. Where it is
	// nil or returns "", the first line of the body is taken.
	Reason func(status int, body []byte) string
	// Hint advises on a failure, in full sentences; status is 0 where no answer
	// came. Where it is nil or returns "", the advice that fits every product is
	// given.
	Hint func(status int, method, path string) string

	// Login gets a token before the first request, and once more for a request that is
	// answered 401. Nil means that Header holds the credential.
	Login *Login
}

// A RateClass is a group of requests that the product counts apart from the others. They
// take nothing from the Client's budget.
//
// A 429 stops the requests of every class: a count was wrong, and the limit that was hit is
// not always the documented one.
type RateClass struct {
	Name   string                         // what the RequestLog counts it under
	Budget int                            // requests in any Per, retries included; 0 means as many as wanted
	Per    time.Duration                  // 0 means a minute
	Match  func(method, path string) bool // path is Call.Path
}

// A Client sends requests to one tenant of one product. Its methods may be called
// by several goroutines, which then share the budget.
type Client struct {
	config  Config
	http    http.Client
	general *budget // nil without one
	classes []*budget
	slots   chan struct{} // one for every request under way; nil for any number
	sent    atomic.Int64
	turns   turns

	hold  sync.Mutex
	until time.Time // nobody sends before; from a 429
}

// New makes a Client. It sends nothing.
func New(c Config) *Client {
	c.Base = strings.TrimRight(c.Base, "/")
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Wait == nil {
		c.Wait = provider.Sleep
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Reads != nil {
		c.Transport = ReadOnly(c.Transport, c.Reads)
	}
	if c.Secrets == nil {
		c.Secrets = &secret.Set{}
	}
	c.keep()
	classes := make([]*budget, len(c.RateClasses))
	for i, l := range c.RateClasses {
		classes[i] = newBudget(l.Budget, cmp.Or(l.Per, time.Minute), l.Name, c.Requests, c.Now())
	}
	var slots chan struct{}
	if c.MaxConcurrent > 0 {
		slots = make(chan struct{}, c.MaxConcurrent)
	}
	made := &Client{
		config:  c,
		general: newBudget(c.Budget, time.Minute, "", c.Requests, c.Now()),
		classes: classes,
		slots:   slots,
		http: http.Client{
			Transport: c.Transport,
			// A redirect is told, not followed: the address in the files would be
			// wrong, and the credential would go wherever the answer says.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	made.turns.free.L = &made.turns.mu
	return made
}

// Sent counts the requests sent so far, retries included.
func (c *Client) Sent() int { return int(c.sent.Load()) }

// NewTransport returns a transport for many requests to one host at a time. Who
// makes one closes its idle connections.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}
