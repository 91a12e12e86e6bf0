package rest

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrHost is the error of a request to a server to which the credential may not be sent.
// The request was not sent.
var ErrHost = errors.New("the key may not be sent there")

// Hosts are the servers to which a credential may be sent. Servers on this machine are
// always among them; the zero value contains no others.
type Hosts struct{ names []string }

// NewHosts reads names of servers as ParseHost does.
func NewHosts(names ...string) (Hosts, error) {
	var h Hosts
	for _, name := range names {
		canonical, err := ParseHost(name)
		if err != nil {
			return Hosts{}, err
		}
		h.names = append(h.names, canonical)
	}
	return h, nil
}

// With returns the hosts and one more, named as ParseHost reads it.
func (h Hosts) With(name string) (Hosts, error) {
	canonical, err := ParseHost(name)
	if err != nil {
		return Hosts{}, err
	}
	return Hosts{append(slices.Clone(h.names), canonical)}, nil
}

// ParseHost parses "host", with the port of https, or "host:port", and returns it in the
// form of Server.Name.
func ParseHost(name string) (string, error) {
	u, err := url.Parse("https://" + name)
	if err == nil && u.Host == name {
		var s Server
		if s, err = ServerOf(u); err == nil {
			return s.Name, nil
		}
	}
	return "", fmt.Errorf("%s is not a host such as api.example.com or api.example.com:8443", strconv.QuoteToASCII(name))
}

// A Server is the destination of a request.
type Server struct {
	Name  string // host in lower case; with the port if it is not that of https
	Local bool   // it is on this machine
}

// ID returns the same text for all spellings of the address of a server. All loopback
// addresses are one server, because most servers listen on all of them.
func (s Server) ID() string {
	if !s.Local {
		return s.Name
	}
	_, port, found := strings.Cut(s.Name[strings.LastIndexByte(s.Name, ']')+1:], ":")
	if !found {
		return "127.0.0.1"
	}
	return "127.0.0.1:" + port
}

// hostName is a name in DNS in its plain form: ASCII, lower case, no dot at the end.
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// ServerOf returns the server of a URL. It returns an error if no credential may be sent
// there whatever is allowed: the URL contains a user or password, the host is written in a
// form that can be mistaken for another one, or the connection to another machine is not
// encrypted.
func ServerOf(u *url.URL) (Server, error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if u.Opaque != "" || host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.HasSuffix(u.Host, ":") {
		return Server{}, errors.New("it is not an address such as https://api.example.com")
	}
	if u.User != nil {
		return Server{}, errors.New("it has a user or password in front of the host")
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Zone() != "":
		return Server{}, fmt.Errorf("the host %s names a network interface", strconv.QuoteToASCII(host))
	case err == nil && ip.Is6():
		host = "[" + ip.String() + "]"
	case err != nil && !hostName.MatchString(host):
		return Server{}, fmt.Errorf("the host %s is not written in plain letters, digits, dots and hyphens", strconv.QuoteToASCII(host))
	}
	s := Server{Name: host, Local: host == "localhost" || err == nil && ip.IsLoopback()}
	if u.Scheme == "http" && !s.Local {
		return Server{}, fmt.Errorf("%s is reached over plain http, which is not encrypted", host)
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Server{}, fmt.Errorf("%q is not a port", port)
		}
		if port = strconv.FormatUint(n, 10); port != "443" {
			s.Name += ":" + port
		}
	}
	return s, nil
}

// Allows reports whether the credential may be sent to a server.
func (h Hosts) Allows(s Server) bool { return s.Local || slices.Contains(h.names, s.Name) }

// Transport returns a transport that sends requests only to these hosts, wherever the URL
// comes from: the files, an answer or a redirect.
func (h Hosts) Transport(next http.RoundTripper) http.RoundTripper { return onlyHosts{next, h} }

type onlyHosts struct {
	next  http.RoundTripper
	hosts Hosts
}

func (t onlyHosts) RoundTrip(r *http.Request) (*http.Response, error) {
	s, err := ServerOf(r.URL)
	if err == nil && t.hosts.Allows(s) {
		return t.next.RoundTrip(r)
	}
	if r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHost, err)
	}
	return nil, fmt.Errorf("%w: %s is neither a host of the product nor allowed", ErrHost, s.Name)
}

// CheckAddress checks a setting that contains the address of a server: a scheme, a host
// and one of the paths, with or without a trailing slash. like describes such an address.
// The error continues a sentence about the setting.
func CheckAddress(address, like string, paths ...string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("must be %s; this is %q", like, address)
	}
	if _, err := ServerOf(u); err != nil {
		return fmt.Errorf("cannot be %q: %w; write %s", address, err, like)
	}
	server := u.Scheme + "://" + u.Host
	path, ok := strings.CutPrefix(u.Scheme+address[len(u.Scheme):], server)
	if !ok || !slices.Contains(paths, strings.TrimSuffix(path, "/")) {
		return fmt.Errorf("must be %q, because the product fixes the path of its API; this is %q", strings.ToLower(server)+paths[0], address)
	}
	return nil
}
