package cmd_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider"
)

// serving is an emulator command that runs until stop.
type serving struct {
	Endpoint, Key string
	Token         string `json:"control_token"`
	Settings      map[string]any
	stop          func() int
}

// serve starts rolecall emulator partoo --json with more arguments.
func serve(t *testing.T, args ...string) serving { return serveProduct(t, "partoo", args...) }

// serveProduct starts rolecall emulator PRODUCT --json with more arguments.
func serveProduct(t *testing.T, product string, args ...string) serving {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), write, io.Discard
	f.Interrupts = func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
	ended := make(chan int, 1)
	go func() {
		code := cmd.Main(append([]string{"emulator", product, "--listen", "127.0.0.1:0", "--json"}, args...), f)
		write.Close()
		ended <- code
	}()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("the emulator ended with %d before it served: %v", <-ended, err)
	}
	s := serving{stop: func() int { interrupt(); return <-ended }}
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// tenant writes a configuration for the emulator into a new directory.
func (s serving) tenant(t *testing.T, product, blocks string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "provider %q {\n  endpoint = %q\n", product, s.Endpoint)
	for _, name := range slices.Sorted(maps.Keys(s.Settings)) {
		fmt.Fprintf(&b, "  %s = %#v\n", name, s.Settings[name])
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "access.hcl"), []byte(b.String()+"}\n"+blocks), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// me asks who the key is, and returns the status and the body.
func (s serving) me(t *testing.T, key string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Endpoint+"/user/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("x-APIKey", key)
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// The emulator serves any client, logs, keeps its state, and stops at Ctrl-C
// without leaving anything behind.
func TestEmulatorServes(t *testing.T) {
	defer goleak.VerifyNone(t)
	dir := t.TempDir()
	seed, state, log := filepath.Join(dir, "seed.json"), filepath.Join(dir, "state.json"), filepath.Join(dir, "log.jsonl")
	err := os.WriteFile(seed, []byte(`{"org": {"id": 7}, "users": [{"email": "ana@zoo.example", "role": "ORG_ADMIN"}],
		"api_keys": [{"key": "ana-key", "user": "ana@zoo.example"}]}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--seed", seed, "--state", state, "--log", log)
	if s.Key != "ana-key" {
		t.Errorf("the key that works is %q", s.Key)
	}
	status, body := s.me(t, s.Key)
	if status != http.StatusOK || !strings.Contains(body, `"ana@zoo.example"`) || !strings.Contains(body, `"org_id":7`) {
		t.Errorf("answer %d: %s", status, body)
	}
	if status, _ := s.me(t, "wrong"); status == http.StatusOK {
		t.Error("a wrong key is let in")
	}
	if code := s.stop(); code != 0 {
		t.Errorf("Ctrl-C ends with %d", code)
	}
	lines, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(lines), `"path":"/user/me"`); n != 2 {
		t.Errorf("the log has %d requests, want 2:\n%s", n, lines)
	}

	// The state is enough the second time: the seed and its key live on in it.
	s = serve(t, "--state", state, "--rate", "1")
	defer s.stop()
	if status, _ := s.me(t, "ana-key"); s.Key != "ana-key" || status != http.StatusOK {
		t.Errorf("from the state: key %q, answer %d", s.Key, status)
	}
	if status, _ := s.me(t, "ana-key"); status != http.StatusTooManyRequests {
		t.Errorf("the second request of a minute is answered %d", status)
	}
}

func TestEmulatorBusyAddress(t *testing.T) {
	s := serve(t)
	defer s.stop()
	f := cmd.System()
	var out strings.Builder
	f.Out, f.Err, f.ErrColor, f.Width = &out, &out, false, 80
	address := strings.TrimSuffix(strings.TrimPrefix(s.Endpoint, "http://"), "/v2")
	if code := cmd.Main([]string{"emulator", "partoo", "--listen", address}, f); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if got := out.String(); !strings.HasPrefix(got, "Error: cannot listen on "+address) || !strings.Contains(got, "127.0.0.1:0 selects a free port") {
		t.Errorf("message: %s", got)
	}
}

// Latency and faults reach the server.
func TestEmulatorFault(t *testing.T) {
	s := serve(t, "--latency", time.Millisecond.String(), "--fault", "GET /user/me status=503 body=away")
	defer s.stop()
	if status, body := s.me(t, s.Key); status != http.StatusServiceUnavailable || body != "away" {
		t.Errorf("answer %d: %s", status, body)
	}
	if status, _ := s.me(t, s.Key); status != http.StatusOK {
		t.Errorf("after the fault: %d", status)
	}
}

// What the emulator says of itself is all that a provider block for it needs, for
// every product.
func TestEmulatorIsPlannedAgainst(t *testing.T) {
	for product, blocks := range map[string]string{
		"partoo":     "section \"Food\" {}\n",
		"roserocket": "permission \"guest\" \"contact\" {\n  record = { create = false }\n}\n",
		"uberall":    "location_group \"Harbor\" {\n  locations = [\"N003\"]\n}\n",
		"tines":      "role \"READER\" {\n  based_on = \"VIEWER\"\n}\n",
	} {
		t.Run(product, func(t *testing.T) {
			p := providerOf(t, product)
			s := serveProduct(t, product)
			defer s.stop()
			dir := s.tenant(t, product, blocks)
			for _, step := range []struct {
				args []string
				code int
				want string
			}{
				{[]string{"plan", "--detailed-exitcode", dir}, 2, "Plan: 1 to "},
				{[]string{"apply", "--auto-approve", dir}, 0, "Applied 1 change."},
				{[]string{"plan", "--detailed-exitcode", dir}, 0, "No changes"},
			} {
				f := cmd.System()
				var out strings.Builder
				f.Out, f.Err, f.Environ = &out, &out, []string{p.KeyEnv + "=" + s.Key, "XDG_STATE_HOME=" + dir}
				if code := cmd.Main(step.args, f); code != step.code || !strings.Contains(out.String(), step.want) {
					t.Fatalf("rolecall %s: exit code %d, want %d and %q\n%s", step.args[0], code, step.code, step.want, out.String())
				}
			}
			f := cmd.System()
			var out strings.Builder
			f.Out, f.Err, f.Environ = &out, &out, []string{p.KeyEnv + "=another"}
			if code := cmd.Main([]string{"plan", dir}, f); code != 4 {
				t.Errorf("a wrong key: exit code %d\n%s", code, out.String())
			}
		})
	}
}

func providerOf(t testing.TB, name string) *provider.Provider {
	t.Helper()
	for _, p := range cmd.System().Products {
		if p.Provider.Name == name {
			return p.Provider
		}
	}
	t.Fatalf("no product %s", name)
	return nil
}

// What the emulator prints to try it out works as it stands.
func TestEmulatorTryItOut(t *testing.T) {
	for _, p := range cmd.System().Products {
		t.Run(p.Provider.Name, func(t *testing.T) {
			e, err := p.Emulate(cmd.EmulatorOptions{Now: time.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			server := httptest.NewServer(e)
			defer server.Close()
			values := strings.NewReplacer()
			for _, line := range e.Try(server.URL + e.Path) {
				if strings.HasPrefix(line, "TOKEN=") {
					continue // a person copies it from the answer before
				}
				status, body := curl(t, values.Replace(line))
				if status != http.StatusOK {
					t.Fatalf("%s\nis answered %d: %s", line, status, body)
				}
				var token struct {
					AccessToken string `json:"access_token"`
				}
				if json.Unmarshal(body, &token) == nil && token.AccessToken != "" {
					values = strings.NewReplacer("$TOKEN", token.AccessToken)
				}
			}
		})
	}
}

// curl sends what a shell would let curl send: options -H and -d, and an address.
func curl(t *testing.T, line string) (int, []byte) {
	t.Helper()
	words := shellWords(line)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, words[len(words)-1], nil)
	if err != nil {
		t.Fatal(err)
	}
	if words[0] != "curl" {
		t.Fatalf("not curl: %s", line)
	}
	for i := 1; i+1 < len(words); i += 2 {
		switch value := words[i+1]; words[i] {
		case "-H":
			name, text, _ := strings.Cut(value, ": ")
			r.Header.Set(name, text)
		case "-d":
			r.Method, r.Body = http.MethodPost, io.NopCloser(strings.NewReader(value))
		default:
			t.Fatalf("what is %s?", words[i])
		}
	}
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// shellWords splits a line as a shell does, as far as quotes go.
func shellWords(line string) []string {
	var words []string
	quote, word, begun := rune(0), "", false
	for _, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && r == ' ':
			if begun {
				words = append(words, word)
			}
			word, begun = "", false
		default:
			word, begun = word+string(r), true
		}
	}
	if begun {
		words = append(words, word)
	}
	return words
}

// A page in a browser on the same machine gets nothing from a served emulator, and
// its control routes need the token that it prints.
func TestEmulatorKeepsWebPagesOut(t *testing.T) {
	s := serve(t, "--host", "partoo.zoo.example")
	defer s.stop()
	address := strings.TrimSuffix(strings.TrimPrefix(s.Endpoint, "http://"), "/v2")
	get := func(path, host string, header ...string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("x-APIKey", s.Key)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	for _, c := range []struct {
		path, host string
		header     []string
		want       int
	}{
		{"/v2/user/me", address, nil, 200},
		{"/v2/user/me", "partoo.zoo.example", nil, 200},
		{"/v2/user/me", "evil.example", nil, 403},
		{"/v2/user/me", address, []string{"Origin", "https://evil.example"}, 403},
		{"/_emulator/state", address, nil, 401},
		{"/v2/_emulator/state", address, nil, 401},
		{"/_emulator/state", address, []string{"Authorization", "Bearer " + s.Token}, 200},
		{"/_emulator/state", "evil.example", []string{"Authorization", "Bearer " + s.Token}, 403},
	} {
		if got := get(c.path, c.host, c.header...); got != c.want {
			t.Errorf("%s on %s with %q: %d, want %d", c.path, c.host, c.header, got, c.want)
		}
	}
	if other := serve(t); other.Token == s.Token || len(other.Token) < 20 || other.stop() != 0 {
		t.Errorf("two emulators have the tokens %q and %q", s.Token, other.Token)
	}
}

// Whoever lets an emulator listen for other machines is told.
func TestEmulatorWarnsThatItCanBeReached(t *testing.T) {
	for listen, want := range map[string]bool{"0.0.0.0:0": true, "127.0.0.1:0": false, "localhost:0": false} {
		ctx, interrupt := context.WithCancel(t.Context())
		interrupt() // it ends as soon as it serves
		f := cmd.System()
		var out, errs strings.Builder
		f.Out, f.Err, f.Color = &out, &errs, false
		f.Interrupts = func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
		if code := cmd.Main([]string{"emulator", "partoo", "--listen", listen}, f); code != 0 {
			t.Errorf("%s: exit code %d\n%s", listen, code, errs.String())
		}
		if got := strings.HasPrefix(errs.String(), "Warning: other machines can reach this emulator on "); got != want {
			t.Errorf("%s: warned %v\n%s", listen, got, errs.String())
		}
		if !strings.Contains(out.String(), "curl -H 'Authorization: Bearer ") || !strings.Contains(out.String(), "/_emulator\n") {
			t.Errorf("the token is not printed:\n%s", out.String())
		}
	}
}
