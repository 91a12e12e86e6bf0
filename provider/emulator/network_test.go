package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// network serves the notes on a loopback port and returns the address.
func network(t *testing.T, s *Server, o NetworkOptions) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, ended := NetworkServer(s, o), make(chan error)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-ended })
	return l.Addr().String()
}

// send asks for a path with header fields as "Name: value"; Host is one of them.
func send(t *testing.T, address, request string, body io.Reader, fields ...string) (int, string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// A web page whose name an attacker lets point at this machine, or of any other
// origin, reaches neither the product nor the control routes.
func TestNetworkRefusesOtherHostsAndOrigins(t *testing.T) {
	s := noted(t, Options{})
	address := network(t, s, NetworkOptions{Token: "sesame", Hosts: []string{"Notes.zoo.example"}})
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		fields []string
		status int
	}{
		{nil, 201},
		{[]string{"Host: localhost:" + port}, 201},
		{[]string{"Host: LOCALHOST."}, 201},
		{[]string{"Host: [::1]:" + port}, 201},
		{[]string{"Host: 127.9.9.9"}, 201},
		{[]string{"Host: notes.zoo.example:443"}, 201},
		{[]string{"Host: evil.example:" + port}, 403},
		{[]string{"Host: localhost.evil.example"}, 403},
		{[]string{"Host: 127.0.0.1.evil.example:" + port}, 403},
		{[]string{"Host: sub.notes.zoo.example"}, 403},
		{[]string{"Host: 192.0.2.1:" + port}, 403},
		{[]string{"Origin: http://" + address}, 201},
		{[]string{"Origin: http://" + address, "Sec-Fetch-Site: same-origin"}, 201},
		{[]string{"Origin: https://evil.example"}, 403},
		{[]string{"Origin: null"}, 403},
		{[]string{"Origin: http://127.0.0.1:1"}, 403},
		{[]string{"Origin: http://" + address, "Origin: https://evil.example"}, 403},
		{[]string{"Host: evil.example", "Origin: http://evil.example"}, 403},
		{[]string{"Sec-Fetch-Site: cross-site"}, 403},
		{[]string{"Sec-Fetch-Site: same-site"}, 403},
	} {
		before := len(s.Entries(0))
		status, text := send(t, address, "POST /api/v1/notes", strings.NewReader("a"), c.fields...)
		if status != c.status {
			t.Errorf("%q: %d %s", c.fields, status, text)
		}
		if reached := len(s.Entries(0)) > before; reached != (c.status == 201) {
			t.Errorf("%q: the request reached the product: %v", c.fields, reached)
		}
		if status, _ := send(t, address, "GET /_emulator/state", nil, append(c.fields, "Authorization: Bearer sesame")...); (status == 200) != (c.status == 201) {
			t.Errorf("%q: the state is answered %d", c.fields, status)
		}
	}
}

// An address that the connection was accepted on is served, whatever it is.
func TestNetworkServesTheAddressItListensOn(t *testing.T) {
	for host, want := range map[string]int{"192.0.2.7:8042": 200, "192.0.2.8:8042": 403, "[::ffff:192.0.2.7]:8042": 200} {
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 8042}), "GET", "http://"+host+"/api/v1/notes", nil)
		w := httptest.NewRecorder()
		NetworkServer(noted(t, Options{}), NetworkOptions{}).Handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d %s", host, w.Code, w.Body)
		}
	}
}

func TestNetworkControlNeedsTheToken(t *testing.T) {
	for _, token := range []string{"sesame", ""} {
		s := noted(t, Options{})
		address := network(t, s, NetworkOptions{Token: token})
		for _, path := range []string{"/_emulator", "/_emulator/state", "/api/v1/_emulator/state", "/_emulator/log", "/%5femulator/state", "/_emulator/none"} {
			for _, field := range []string{"X-Token: sesame", "Authorization: Bearer wrong", "Authorization: Bearer ", "Authorization: sesame", "Authorization: Basic sesame"} {
				if status, text := send(t, address, "GET "+path, nil, field); status != 401 || strings.Contains(text, "notes") {
					t.Errorf("token %q: GET %s with %q: %d %s", token, path, field, status, text)
				}
			}
		}
		if status, _ := send(t, address, "POST /_emulator/faults", strings.NewReader("* /** status=500")); status != 401 || len(s.faults.list()) != 0 {
			t.Errorf("token %q: a fault is armed without it: %d", token, status)
		}
	}
	address := network(t, noted(t, Options{}), NetworkOptions{Token: "sesame"})
	for _, path := range []string{"/_emulator", "/_emulator/state", "/api/v1/_emulator/log"} {
		if status, text := send(t, address, "GET "+path, nil, "Authorization: bearer sesame"); status != 200 {
			t.Errorf("%s with the token: %d %s", path, status, text)
		}
	}
	// In the same process nobody is kept out.
	if status, _, err := ask(t, Transport(noted(t, Options{})), "GET", "http://notes.emulator/_emulator/state", ""); status != 200 || err != nil {
		t.Errorf("in the process: %d %v", status, err)
	}
}

// repeat yields n bytes without holding them.
func repeat(n int64) io.Reader { return io.LimitReader(letters{}, n) }

type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestLargeBodies(t *testing.T) {
	s := noted(t, Options{})
	post := func(path string, n int64) int {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", path, repeat(n)))
		return w.Code
	}
	if got := post("/api/v1/notes", maxBody); got != 201 {
		t.Errorf("the largest body is answered %d", got)
	}
	if got := post("/api/v1/notes", maxBody+1); got != 413 {
		t.Errorf("a body that is too large is answered %d", got)
	}
	if got := post("/_emulator/faults", 1<<20+1); got != 413 {
		t.Errorf("a list of faults that is too large is answered %d", got)
	}
	log := s.Entries(0)
	if len(log) != 1 || len(log[0].Body) > maxLoggedBody+100 || !strings.HasSuffix(string(log[0].Body), `a... (10485760 bytes)"`) {
		t.Errorf("%d entries, the body %d bytes", len(log), len(log[0].Body))
	}
}

// Secrets are starred out of a body before it is cut.
func TestLargeBodyIsLoggedWithoutSecrets(t *testing.T) {
	s := noted(t, Options{Secrets: []string{"private_key"}})
	body := `{"a": "` + strings.Repeat("é", maxLoggedBody) + `", "private_key": "xyzzy-` + strings.Repeat("k", maxLoggedBody) + `"}`
	for _, text := range []string{body, strings.Replace(body, `"a"`, `"z"`, 1), "private_key=xyzzy&a=" + body} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/notes", strings.NewReader(text)))
	}
	for _, e := range s.Entries(0) {
		if strings.Contains(string(e.Body), "xyzzy") || strings.Contains(string(e.Body), "kkk") || len(e.Body) > 2*maxLoggedBody {
			t.Errorf("logged: %.100s", e.Body)
		}
	}
}

func TestLogIsBoundedInBytes(t *testing.T) {
	var l requestLog
	body := []byte(strings.Repeat("a", maxLoggedBody))
	for range maxBytes/maxLoggedBody + 100 {
		if err := l.add(Entry{Path: "/notes"}, body); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for _, e := range l.entries {
		held += e.bytes()
	}
	if held != l.bytes || held > maxBytes || len(l.entries) < 1000 {
		t.Errorf("%d entries of %d bytes, counted %d", len(l.entries), held, l.bytes)
	}
}

// Whoever sends a header or a body too slowly is cut off, and the next is served.
func TestNetworkCutsWhatIsSentTooSlowly(t *testing.T) {
	for name, text := range map[string]string{
		"header": "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
		"body":   "POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc",
	} {
		t.Run(name, func(t *testing.T) {
			s := noted(t, Options{})
			address := network(t, s, NetworkOptions{HeaderTimeout: 50 * time.Millisecond, BodyTimeout: 50 * time.Millisecond})
			c, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := fmt.Fprint(c, text); err != nil {
				t.Fatal(err)
			}
			// This returns when the server ends the connection. The deadline is for a
			// server that never does.
			if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c)
			if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(answer), "201") {
				t.Fatalf("half a request is answered %q, %v", answer, err)
			}
			if len(s.Entries(0)) > 0 {
				t.Error("half a request reached the product")
			}
			if status, text := send(t, address, "GET /api/v1/notes", nil); status != 200 || !strings.HasPrefix(text, "0 notes") {
				t.Errorf("the next request: %d %s", status, text)
			}
		})
	}
	defaults := NetworkServer(nil, NetworkOptions{})
	if defaults.ReadHeaderTimeout <= 0 || defaults.ReadTimeout <= 0 || defaults.IdleTimeout <= 0 {
		t.Error("no limit without options")
	}
}

func TestNetworkLimitsTheHeader(t *testing.T) {
	address := network(t, noted(t, Options{}), NetworkOptions{})
	if status, _ := send(t, address, "GET /api/v1/notes", nil, "X-Large: "+strings.Repeat("a", 2*maxHeader)); status != 431 {
		t.Errorf("a large header is answered %d", status)
	}
}
