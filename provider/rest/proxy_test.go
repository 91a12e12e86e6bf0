package rest_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

func TestParseProxy(t *testing.T) {
	for _, good := range []string{"proxy.example.com:3128", "http://u:p@proxy.example.com", "https://[::1]:8443", "socks5://localhost:1080"} {
		if _, err := rest.ParseProxy(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"htp://x:1", "http://", "http://x:99999", "http://x:0", "http://u:open sesame@x", "://x", "http//x:80"} {
		_, err := rest.ParseProxy(bad)
		if err == nil {
			t.Errorf("%s: no error", bad)
		} else if strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: the error shows the password: %v", bad, err)
		}
	}
}

// TestProxyIsNamed holds that an error that comes from a proxy names it, the variable
// and the host, shows no password, and counts as not sent.
func TestProxyIsNamed(t *testing.T) {
	refuses := func(status string) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					_, _ = c.Write([]byte("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"))
				}
				c.Close()
			}
		}()
		return l.Addr().String()
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	closed.Close()
	for _, c := range []struct{ name, proxy, says, hint string }{
		{"407", refuses("407 Proxy Authentication Required"), "refused the connection to api.example.com: 407", "USER:PASSWORD@"},
		{"403", refuses("403 Forbidden"), "refused the connection to api.example.com: 403", "allow api.example.com"},
		{"closed", nobody, "cannot connect to the proxy", "Check the address in HTTPS_PROXY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			transport := rest.NewProxied("HTTPS_PROXY")
			defer transport.CloseIdleConnections()
			transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: c.proxy, User: url.UserPassword("u", "opensesame")})
			client := rest.New(rest.Config{Product: "Example", Base: "https://api.example.com", Transport: transport, Wait: func(context.Context, time.Duration) error { return nil }})
			err := client.Do(context.Background(), rest.Call{Op: "create a thing", Method: http.MethodPost, Path: "/things"}, nil)
			if err == nil {
				t.Fatal("no error")
			}
			text := err.Error() + "\n" + provider.Hint(err)
			for _, part := range []string{c.says, c.hint, "http://" + c.proxy, "HTTPS_PROXY"} {
				if !strings.Contains(text, part) {
					t.Errorf("%q is not in:\n%s", part, text)
				}
			}
			if strings.Contains(text, "opensesame") || strings.Contains(text, "not known whether") || client.Sent() != 0 {
				t.Errorf("sent %d:\n%s", client.Sent(), text)
			}
		})
	}
}
