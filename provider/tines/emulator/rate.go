package emulator

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// rates are the windows of a minute for each class of paths.
func rates(o Options) map[string]*emulator.Window {
	out := map[string]*emulator.Window{}
	for class, limit := range map[string]int{"": 5000, "/admin/users": 500, "/audit_logs": 1000} {
		if o.Rate != 0 {
			limit = o.Rate
		}
		out[class] = &emulator.Window{Limit: limit, Per: time.Minute, Now: o.Clock}
	}
	return out
}

// class is which limit a path falls under.
func class(path string) string {
	for _, prefix := range []string{"/admin/users", "/audit_logs"} {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return prefix
		}
	}
	return ""
}

// take counts a request for the pair of address and key.
func (s *Server) take(c *call) (shut time.Duration, ok bool) {
	return s.rates[class(c.r.URL.Path)].Take(address(c.r) + " " + c.key.Key)
}

// address is where a request comes from.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// tooMany answers a request beyond the rate.
func (s *Server) tooMany(w http.ResponseWriter, shut time.Duration) {
	emulator.TooMany(w, s.choice, shut, s.o.Clock(), "Retry later")
}
