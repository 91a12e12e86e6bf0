package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ProxyVariables returns the environment variables that name the proxy for requests over
// https, in the order of package net/http.
func ProxyVariables() []string { return []string{"HTTPS_PROXY", "https_proxy"} }

// ParseProxy parses the address of a proxy in an environment variable, such as
// http://proxy.example.com:8080, with or without http://. It returns an error if net/http
// would ignore the address and bypass the proxy. The error shows neither user nor password.
func ParseProxy(value string) (*url.URL, error) {
	address := value
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err != nil, strings.HasPrefix(u.Path, "//"): // as in http//proxy.example.com
		return nil, errors.New("it is not the address of a proxy")
	case !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme):
		return nil, fmt.Errorf("%s:// is not a proxy that rolecall can use", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("it names no host")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("%s is not a port", port)
		}
	}
	return u, nil
}

// A ProxyError says that the proxy refused the connection to a host or could not be
// reached. The request was not sent.
type ProxyError struct {
	Variable string // environment variable that names the proxy
	Proxy    string // its address, without user and password
	Host     string // to which the request was
	Status   int    // of the answer of the proxy; 0 if there was none
	Err      error  // why there was no answer; nil if there was one
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("cannot connect to the proxy %s (environment variable %s): %s", e.Proxy, e.Variable, e.Err)
	}
	return fmt.Sprintf("the proxy %s (environment variable %s) refused the connection to %s: %d %s",
		e.Proxy, e.Variable, e.Host, e.Status, http.StatusText(e.Status))
}

func (e *ProxyError) Unwrap() error { return e.Err }

// hint returns advice.
func (e *ProxyError) hint() string {
	switch {
	case e.Status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("Nothing was sent. The proxy asks for a user and a password: set %s to http://USER:PASSWORD@%s.", e.Variable, withoutScheme(e.Proxy))
	case e.Status != 0:
		return fmt.Sprintf("Nothing was sent. Ask the administrator of the proxy to allow %s, or add the host to NO_PROXY if this machine can reach it directly.", e.Host)
	}
	return fmt.Sprintf("Nothing was sent. Check the address in %s, or add the host to NO_PROXY if this machine can reach it directly.", e.Variable)
}

func withoutScheme(address string) string {
	_, host, _ := strings.Cut(address, "://")
	return host
}

// refusedByProxy reports whether a proxy refused the request, and whether it always would.
func (a answer) refusedByProxy() (refused, always bool) {
	p, ok := errors.AsType[*ProxyError](a.err)
	return ok, ok && p.Status >= 400 && p.Status < 500
}

// A Proxied is a transport that returns a *ProxyError for errors of the proxy.
type Proxied struct {
	*http.Transport
	variable string // environment variable with the address of the proxy
}

// NewProxied returns a transport as NewTransport does. variable is the environment variable
// with the address of the proxy, for errors, or "" without a proxy. The caller must close
// its idle connections.
func NewProxied(variable string) *Proxied {
	t := &Proxied{NewTransport(), variable}
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, q *http.Request, a *http.Response) error {
		if a.StatusCode == http.StatusOK {
			return nil
		}
		return &ProxyError{Variable: variable, Proxy: shownProxy(proxy), Host: withoutPort(q.Host), Status: a.StatusCode}
	}
	return t
}

// RoundTrip implements http.RoundTripper.
func (t *Proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := t.Transport.RoundTrip(r)
	var op *net.OpError
	if err == nil || !errors.As(err, &op) || op.Op != "proxyconnect" && !strings.HasPrefix(op.Op, "socks") {
		return a, err
	}
	if proxy, e := t.Proxy(r); e == nil && proxy != nil {
		return a, &ProxyError{Variable: t.variable, Proxy: shownProxy(proxy), Host: r.URL.Hostname(), Err: op.Err}
	}
	return a, err
}

func shownProxy(u *url.URL) string { return u.Scheme + "://" + u.Host }

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}
