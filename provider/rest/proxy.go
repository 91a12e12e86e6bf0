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

// ProxyVariables lists the environment variables that name the proxy for requests over
// https, in the order in which package net/http looks at them.
func ProxyVariables() []string { return []string{"HTTPS_PROXY", "https_proxy"} }

// ParseProxy reads the address of a proxy as an environment variable holds it, such as
// http://proxy.example.com:8080, with or without http://. It returns an error where
// net/http would ignore the address, and send requests past the proxy. The error does
// not show a user or a password in it.
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

// A ProxyError says that the proxy let no connection to a host through, or could not be
// reached. The request was not sent.
type ProxyError struct {
	Variable string // environment variable that names the proxy
	Proxy    string // its address, without user and password
	Host     string // that was asked for
	Status   int    // of the answer of the proxy; 0 where none came
	Err      error  // why no answer came; nil where one did
}

func (e *ProxyError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("cannot connect to the proxy %s (environment variable %s): %s", e.Proxy, e.Variable, e.Err)
	}
	return fmt.Sprintf("the proxy %s (environment variable %s) refused the connection to %s: %d %s",
		e.Proxy, e.Variable, e.Host, e.Status, http.StatusText(e.Status))
}

func (e *ProxyError) Unwrap() error { return e.Err }

// hint says what to do about the proxy.
func (e *ProxyError) hint() string {
	switch {
	case e.Status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("Nothing was sent. The proxy asks for a user and a password: set %s to http://USER:PASSWORD@%s.", e.Variable, hostOf(e.Proxy))
	case e.Status != 0:
		return fmt.Sprintf("Nothing was sent. Ask the administrator of the proxy to allow %s, or add the host to NO_PROXY if this machine can reach it directly.", e.Host)
	}
	return fmt.Sprintf("Nothing was sent. Check the address in %s, or add the host to NO_PROXY if this machine can reach it directly.", e.Variable)
}

func hostOf(address string) string {
	_, host, _ := strings.Cut(address, "://")
	return host
}

// refusedByProxy reports whether the request did not pass a proxy, and whether the proxy
// would always refuse it.
func (a answer) refusedByProxy() (refused, always bool) {
	p, ok := errors.AsType[*ProxyError](a.err)
	return ok, ok && p.Status >= 400 && p.Status < 500
}

// A Proxied is a transport whose errors name the proxy that they come from.
type Proxied struct {
	*http.Transport
	variable string // environment variable with the address of the proxy
}

// NewProxied returns a transport as NewTransport does. Variable is the environment
// variable that holds the address of the proxy, for errors; it is empty where there is
// no proxy. Who makes a transport closes its idle connections.
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

// RoundTrip is that of http.Transport. It returns a *ProxyError where the proxy is why no
// answer came.
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
