package emulator

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// NetworkOptions say how an emulator is served to other processes.
type NetworkOptions struct {
	// Token is required by the control routes, as "Authorization: Bearer TOKEN". If it is empty,
	// they refuse all requests.
	Token string
	// Hosts are names in the Host header that are served besides loopback and the
	// address that a connection was accepted on.
	Hosts []string
	// HeaderTimeout and BodyTimeout bound how long reading the header, and the whole
	// request, may take; 0 means 10 and 30 seconds.
	HeaderTimeout, BodyTimeout time.Duration
}

// maxHeader bounds the header of a request in bytes, and with it paths and queries.
const maxHeader = 64 << 10

// NetworkServer returns an HTTP server for the handler that a web page in a browser
// on the same machine cannot use: it checks Host and Origin, and asks for a token
// on the control routes. It cuts requests that are sent too slowly. A handler that
// is called in the same process, as through Transport, needs none of this.
func NetworkServer(h http.Handler, o NetworkOptions) *http.Server {
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = 10 * time.Second
	}
	if o.BodyTimeout == 0 {
		o.BodyTimeout = 30 * time.Second
	}
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if refusal := o.refusal(r); refusal != nil {
				if refusal.status == http.StatusUnauthorized {
					w.Header().Set("WWW-Authenticate", "Bearer")
				}
				http.Error(w, refusal.text, refusal.status)
				return
			}
			h.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: o.HeaderTimeout,
		ReadTimeout:       o.BodyTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
	}
}

type refusal struct {
	status int
	text   string
}

// refusal returns why the request is not served, or nil.
func (o NetworkOptions) refusal(r *http.Request) *refusal {
	host := hostname(r.Host)
	switch {
	case !o.serves(host, r):
		return &refusal{http.StatusForbidden, fmt.Sprintf("This emulator does not serve the host %q. Use a loopback address, or start the emulator with --host NAME.", host)}
	case crossOrigin(r):
		return &refusal{http.StatusForbidden, "This emulator does not serve web pages of another origin."}
	case isControl(r.URL.Path) && !o.authorized(r):
		return &refusal{http.StatusUnauthorized, "The control routes need the token that the emulator printed when it started: Authorization: Bearer TOKEN."}
	}
	return nil
}

// serves reports whether the emulator answers for a name in the Host header. Any
// other name may be one that an attacker lets point at this machine (DNS rebinding).
func (o NetworkOptions) serves(host string, r *http.Request) bool {
	if host == "localhost" {
		return true
	}
	if slices.ContainsFunc(o.Hosts, func(name string) bool { return hostname(name) == host }) {
		return host != ""
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	if ip.IsLoopback() {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && local.AddrPort().Addr().Unmap() == ip.Unmap()
}

// crossOrigin reports whether a browser sends the request for a page that did not
// come from this emulator. Other clients send neither header.
func crossOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return true
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return true
		}
	}
	return false
}

// authorized reports whether the request carries the token.
func (o NetworkOptions) authorized(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return o.Token != "" && strings.EqualFold(scheme, "Bearer") &&
		subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(o.Token)) == 1
}

// isControl reports whether a path leads to the control routes, below any of the
// product's prefixes.
func isControl(path string) bool {
	return slices.Contains(strings.Split(path, "/"), strings.TrimPrefix(ControlRoot, "/"))
}

// hostname is the name or address in a Host header, without port, in lower case.
func hostname(host string) string {
	u := url.URL{Host: host}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}
