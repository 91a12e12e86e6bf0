package cmd_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A screen keeps what is written to it, and tells when some words have appeared.
type screen struct {
	mu    sync.Mutex
	text  strings.Builder
	until string
	seen  func()
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.text.Write(p)
	if s.seen != nil && strings.Contains(s.text.String(), s.until) {
		s.seen()
		s.seen = nil
	}
	return n, err
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// desk is a directory with one role behind an emulator, and a person at a terminal.
func desk(t *testing.T) (dir string, f *cmd.Factory) {
	t.Helper()
	dir = t.TempDir()
	seed := filepath.Join(dir, "seed.json")
	if err := os.WriteFile(seed, []byte(`{"org": {"id": 42}, "users": [{"email": "ana@zoo.example", "role": "ORG_ADMIN"}],
		"api_keys": [{"key": "ana-key", "user": "ana@zoo.example"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "--seed", seed)
	t.Cleanup(func() { s.stop() })
	transport := rest.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	f = cmd.System()
	f.In, f.Out = strings.NewReader(""), io.Discard
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = true, true, true, false, false
	f.Environ = []string{"PARTOO_API_KEY=" + s.Key, "XDG_STATE_HOME=" + dir}
	f.Transport = transport
	return oneRoleConfiguration(t, s.Endpoint), f
}

// Progress is shown to a person who watches, and to nobody else.
func TestProgressIsForPeople(t *testing.T) {
	for _, watched := range []bool{true, false} {
		dir, f := desk(t)
		var out screen
		f.Err, f.ErrTerminal = &out, watched
		if code := cmd.Main([]string{"apply", "--auto-approve", dir}, f); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, out.String())
		}
		for _, words := range []string{"Reading", "Applying"} {
			if strings.Contains(out.String(), words) != watched {
				t.Errorf("watched %v, and %s is in what is shown: %q", watched, words, out.String())
			}
		}
	}
}

// How long applying takes is said in words, by the clock of the factory.
func TestProgressSaysHowLong(t *testing.T) {
	dir, f := desk(t)
	var out screen
	f.Err = &out
	now, mu := time.Now(), sync.Mutex{}
	f.Now = func() time.Time { // every look at the clock takes two minutes
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(2 * time.Minute)
		return now
	}
	if code := cmd.Main([]string{"apply", "--auto-approve", dir}, f); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out.String())
	}
	shown := regexp.MustCompile(`Applying roles, \d+m of about \d+m`)
	if !shown.MatchString(out.String()) {
		t.Errorf("%q is not shown: %q", shown, out.String())
	}
	if old := regexp.MustCompile(`\[\d+s:`); old.MatchString(out.String()) {
		t.Errorf("a bare pair of times is shown: %q", out.String())
	}
}

// Ctrl-C is an answer to the question whether to apply: no.
func TestInterruptedQuestion(t *testing.T) {
	dir, f := desk(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	silence, end := io.Pipe() // the person does not type anything
	defer end.Close()
	out := &screen{until: "Type \"yes\" to confirm: ", seen: interrupt}
	f.In, f.Err = silence, out
	f.Interrupts = func(context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
	if code := cmd.Main([]string{"apply", dir}, f); code != 1 {
		t.Errorf("exit code %d", code)
	}
	for _, words := range []string{"interrupted before anything was applied", "Nothing was changed."} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is not said:\n%s", words, out.String())
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".rolecall", "journal")); !os.IsNotExist(err) {
		t.Errorf("a journal was begun: %v", err)
	}
}

// A plan file permits changes; at a terminal the person is asked all the same.
func TestPlanFileAsks(t *testing.T) {
	for answer, want := range map[string]int{"yes\n": 0, "no\n": 1} {
		dir, f := desk(t)
		file := filepath.Join(t.TempDir(), "plan.json")
		var out screen
		f.Err = &out
		if code := cmd.Main([]string{"plan", "--out", file, dir}, f); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, out.String())
		}
		f.In = strings.NewReader(answer)
		if code := cmd.Main([]string{"apply", "--dir", dir, file}, f); code != want {
			t.Errorf("answer %q: exit code %d:\n%s", answer, code, out.String())
		}
		if !strings.Contains(out.String(), "Apply this change? Type \"yes\" to confirm: ") {
			t.Errorf("nothing is asked:\n%s", out.String())
		}
	}
}
