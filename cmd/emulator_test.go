package cmd_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/cmd"
)

// serving is an emulator command that runs until stop.
type serving struct {
	Endpoint, Key string
	stop          func() int
}

// serve starts rolecall emulator partoo --json with more arguments.
func serve(t *testing.T, args ...string) serving {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	read, write := io.Pipe()
	f := cmd.System()
	f.In, f.Out, f.Err = strings.NewReader(""), write, io.Discard
	f.Interrupts = func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
	ended := make(chan int, 1)
	go func() {
		code := cmd.Main(append([]string{"emulator", "partoo", "--listen", "127.0.0.1:0", "--json"}, args...), f)
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
	f.Out, f.Err, f.ErrColour, f.Width = &out, &out, false, 80
	address := strings.TrimSuffix(strings.TrimPrefix(s.Endpoint, "http://"), "/v2")
	if code := cmd.Main([]string{"emulator", "partoo", "--listen", address}, f); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if got := out.String(); !strings.HasPrefix(got, "Error: cannot listen on "+address) || !strings.Contains(got, "127.0.0.1:0 takes any free port") {
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
