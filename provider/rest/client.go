// Package rest sends JSON requests over HTTP for all products. It keeps to rate limits,
// retries what is safe to repeat, returns errors with advice, reads lists completely or
// fails, and has transports that refuse writes and hosts that are not allowed.
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

// A Config holds the settings of a Client. Only Base is required.
type Config struct {
	Product string      // title of the product, for advice: "Partoo"
	Base    string      // base URL; a trailing slash is removed
	Setting string      // attribute of the provider block that Base comes from, for advice; "" if Base is the default of the product
	Header  http.Header // sent with every request; the values are secret
	// PublicHeader is sent with every request. Messages may show its values.
	PublicHeader http.Header
	// Secrets are not shown in messages, such as a secret in the body of a request. New
	// adds the values of Header and the tokens of Login. Nil means an empty set.
	Secrets *secret.Set

	Transport     http.RoundTripper
	Budget        int                 // requests in any minute, retries included; 0 means no limit
	Requests      provider.RequestLog // of all runs on this machine; may be nil
	RateClasses   []RateClass         // requests with another budget; the first that matches applies
	MaxConcurrent int                 // concurrent requests; 0 means no limit
	Window        time.Duration       // minimum pause after a 429 without Retry-After
	Timeout       time.Duration       // of one request with its whole answer; 0 means 60 seconds
	UserAgent     string

	// Reads, if not nil, wraps the transport in ReadOnly.
	Reads func(method, path string) bool
	// Observe is called for every request sent, concurrently.
	Observe func(provider.Traffic)
	// Wait waits for d, or until ctx ends and returns its error. Now returns the time. Nil
	// means the clock of the machine.
	Wait func(ctx context.Context, d time.Duration) error
	Now  func() time.Time

	// Status returns the status that an answer means, for products that answer 200 with an
	// error in the body. Nil means the status of the answer.
	Status func(status int, body []byte) int
	// Warnings returns the warnings in the body of a success, for Observe. Nil means none.
	Warnings func(body []byte) []string
	// Reason returns the error message in the body of a failure. If it is nil or returns
	// "", the first line of the body is the message.
	Reason func(status int, body []byte) string
	// Hint returns advice on a failure, in full sentences; status is 0 if there was no
	// answer. If it is nil or returns "", the advice is the same for all products.
	Hint func(status int, method, path string) string

	// Login gets a token before the first request, and again if a request is answered 401.
	// Nil means that Header contains the credential.
	Login *Login
}

// ConfigOf returns the Config of a connection with the options: its address, transport,
// budget, clock and observer. The caller adds the credential, and what is particular to the
// API. product is the name as the vendor writes it.
func ConfigOf(product string, o provider.Options) Config {
	return Config{
		Product: product, Base: o.Endpoint, Secrets: o.Secrets, Transport: o.Transport, Timeout: o.Timeout,
		Budget: o.Budget, Requests: o.Requests, UserAgent: o.UserAgent, Observe: o.Observe, Wait: o.Wait, Now: o.Now,
	}
}

// A RateClass is a group of requests that the product limits separately. They do not count
// against Config.Budget.
//
// A 429 pauses the requests of all classes, because products do not always say which limit
// was exceeded.
type RateClass struct {
	Name   string                         // in the RequestLog
	Budget int                            // requests in any Per, retries included; 0 means no limit
	Per    time.Duration                  // 0 means a minute
	Match  func(method, path string) bool // path is Call.Path
}

// A Client sends requests to one tenant of one product. It is safe for concurrent use.
type Client struct {
	config       Config
	http         http.Client
	general      *budget // nil without one
	classBudgets []*budget
	slots        chan struct{} // one for each concurrent request; nil means no limit
	sent         atomic.Int64
	listLock     listLock

	pauseMu    sync.Mutex
	pauseUntil time.Time // no request is sent before, because of a 429
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
	c.addSecrets()
	classes := make([]*budget, len(c.RateClasses))
	for i, l := range c.RateClasses {
		classes[i] = newBudget(l.Budget, cmp.Or(l.Per, time.Minute), l.Name, c.Requests, c.Now())
	}
	var slots chan struct{}
	if c.MaxConcurrent > 0 {
		slots = make(chan struct{}, c.MaxConcurrent)
	}
	made := &Client{
		config:       c,
		general:      newBudget(c.Budget, time.Minute, "", c.Requests, c.Now()),
		classBudgets: classes,
		slots:        slots,
		http: http.Client{
			Transport: c.Transport,
			// A redirect is an error and not followed: the credential would be sent to
			// whatever server the answer names.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	made.listLock.idle.L = &made.listLock.mu
	return made
}

// Sent returns the number of requests sent, retries included.
func (c *Client) Sent() int { return int(c.sent.Load()) }

// NewTransport returns a transport for many concurrent requests to one host. The caller
// must close its idle connections.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}
