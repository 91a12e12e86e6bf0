//go:build unix

package cmd_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// A pause is an emulated Partoo in front of which a test stands: it holds one
// write up, so that the program is certainly in the middle of it.
type pause struct {
	t       *testing.T
	server  *partooemulator.Server
	web     *httptest.Server
	program string // the test binary under the name of the program
	dir     string // of the configuration

	mu      sync.Mutex
	writes  int
	hold    int                 // the write to hold up, from 1; 0 holds none
	arrived chan struct{}       // closed when it is there
	release chan struct{}       // closed to let it go on
	front   func(*http.Request) // where it is set, every request passes it first
}

// roles is how many of them the configuration declares, beside two users.
const roles = 12

func newPause(t *testing.T) *pause {
	t.Helper()
	seed, err := emulator.ParseSeed[partooemulator.Seed]([]byte(`{
		"org": {"id": 42}, "businesses": [{"code": "A01", "name": "Owl"}],
		"users": [{"email": "director@zoo.example", "first_name": "Dora", "last_name": "Lindt", "role": "ORG_ADMIN"}],
		"api_keys": [{"key": "zoo", "user": "director@zoo.example"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	s := newPauseBefore(t, seed)
	s.write(fmt.Sprintf(`
provider "partoo" {
  org_id   = 42
  endpoint = %q
  requests_per_minute = 6000
}

role "role" {
  for_each    = toset([for i in range(%d) : format("role%%02d", i)])
  api_id      = each.key
  name        = each.key
  permissions = ["business_edit"]
}

user "person" {
  for_each    = toset(["ana@zoo.example", "ben@zoo.example"])
  first_name  = "Some"
  last_name   = "Body"
  role        = "BUSINESS_MANAGER"
  custom_role = role.role["role00"]
  store_codes = ["A01"]
}
`, s.web.URL+"/v2", roles))
	return s
}

// newPauseBefore is a pause before an organization, without a configuration. Its key is "zoo".
func newPauseBefore(t *testing.T, seed *partooemulator.Seed) *pause {
	t.Helper()
	s := &pause{t: t, dir: t.TempDir(), program: filepath.Join(t.TempDir(), "rolecall")}
	var err error
	if s.server, err = partooemulator.New(partooemulator.Options{Seed: seed, Rate: -1}); err != nil {
		t.Fatal(err)
	}
	s.web = httptest.NewServer(s)
	t.Cleanup(func() {
		s.goOn()
		s.web.Close()
		if err := s.server.Close(); err != nil {
			t.Error(err)
		}
	})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, s.program); err != nil {
		t.Fatal(err)
	}
	return s
}

// write writes the configuration.
func (s *pause) write(files string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, "site.hcl"), []byte(files), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// holdUp arms the pause anew: the n-th write from now on is held up.
func (s *pause) holdUp(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes, s.hold = 0, n
	s.arrived, s.release = make(chan struct{}), make(chan struct{})
}

// goOn lets what is held up go on.
func (s *pause) goOn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.release != nil {
		close(s.release)
		s.release = nil
	}
}

func (s *pause) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	front := s.front
	s.mu.Unlock()
	if front != nil {
		front(r)
	}
	held := false
	s.mu.Lock()
	release := s.release
	if r.Method != http.MethodGet {
		s.writes++
		held = s.writes == s.hold
	}
	s.mu.Unlock()
	if held {
		close(s.arrived)
		<-release
	}
	s.server.ServeHTTP(w, r)
}

// A process is the program at work.
type process struct {
	*exec.Cmd
	out    bytes.Buffer
	errors *watched
}

// start starts the program in the directory of the configuration.
func (s *pause) start(args ...string) *process {
	s.t.Helper()
	return s.startWith(nil, args...)
}

// startWith starts the program with a standard output of its own, unless that is nil.
func (s *pause) startWith(out *os.File, args ...string) *process {
	s.t.Helper()
	r := &process{Cmd: exec.Command(s.program, args...), errors: &watched{}}
	s.t.Cleanup(func() { _ = r.Process.Kill() }) // if the test ended before it
	r.Dir = s.dir
	r.Env = append(os.Environ(), "PARTOO_API_KEY=zoo", "NO_PROXY=*", "XDG_STATE_HOME="+s.dir)
	r.Stdout, r.Stderr = &r.out, r.errors
	if out != nil {
		r.Stdout = out
	}
	if err := r.Start(); err != nil {
		s.t.Fatal(err)
	}
	return r
}

// end waits for the program's end and wants that exit code; -1 is a death by signal.
func (s *pause) end(r *process, want int) {
	s.t.Helper()
	_ = r.Wait() // the exit code says it better
	if got := r.ProcessState.ExitCode(); got != want {
		s.t.Fatalf("exit code %d, want %d\n%s%s", got, want, r.out.String(), r.errors.String())
	}
	if strings.Contains(r.errors.String(), "goroutine ") {
		s.t.Errorf("a stack trace:\n%s", r.errors.String())
	}
}

// converges plans and applies until there is nothing left, which has to be so
// after one apply, and wants each object to be there once.
func (s *pause) converges() {
	s.t.Helper()
	s.holdUp(0)
	s.end(s.start("apply", "--auto-approve"), 0)
	s.end(s.start("plan", "--detailed-exitcode"), 0)
	state := s.state()
	if len(state.Roles) != roles || len(state.Users) != 3 {
		s.t.Errorf("%d roles and %d users, want %d and 3: %v %v", len(state.Roles), len(state.Users), roles, state.Roles, state.Users)
	}
}

type held struct{ Roles, Users []string }

// state lists the custom roles and the users in the emulator.
func (s *pause) state() held {
	s.t.Helper()
	var h held
	var list struct {
		CustomRoles []struct {
			APIID   string `json:"api_id"`
			Builtin bool   `json:"is_builtin"`
		} `json:"custom_roles"`
	}
	s.read("/custom_role?per_page=100", &list)
	for _, r := range list.CustomRoles {
		if !r.Builtin {
			h.Roles = append(h.Roles, r.APIID)
		}
	}
	var users struct{ Users []struct{ Email string } }
	s.read("/user/search?per_page=100", &users)
	for _, u := range users.Users {
		h.Users = append(h.Users, u.Email)
	}
	return h
}

func (s *pause) read(path string, into any) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/v2"+path, nil)
	r.Header.Set("x-APIKey", "zoo")
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		s.t.Fatal(err)
	}
}

// A watched is a stream in which a test waits for words.
type watched struct {
	mu      sync.Mutex
	text    strings.Builder
	waiting string
	found   chan struct{}
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	w.look()
	return len(p), nil
}

func (w *watched) look() {
	if w.found != nil && strings.Contains(w.text.String(), w.waiting) {
		close(w.found)
		w.found = nil
	}
}

// await returns a channel that is closed when the words have been written.
func (w *watched) await(words string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(chan struct{})
	w.waiting, w.found = words, found
	w.look()
	return found
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Ctrl-C in the middle of apply finishes what is in flight, starts nothing more,
// and says so; the next apply goes on where it stopped.
func TestInterruptApply(t *testing.T) {
	s := newPause(t)
	s.holdUp(4)
	r := s.start("apply", "--auto-approve", "--parallelism", "1")
	<-s.arrived
	told := r.errors.await("Finishing the requests in flight and starting no more.")
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-told
	s.goOn()
	s.end(r, 3)
	for _, want := range []string{"Applied 4 of 14 changes: 10 not started.", "Run plan to see what is left"} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("%q is not said:\n%s", want, r.out.String())
		}
	}
	if n := len(s.state().Roles); n != 4 {
		t.Errorf("%d roles after the interrupt, want 4", n)
	}
	s.journalIsWhole()
	s.converges()
}

// A terminal that is closed interrupts apply as Ctrl-C does.
func TestTerminalClosesDuringApply(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("SIGHUP is ignored, as under nohup")
	}
	s := newPause(t)
	s.holdUp(4)
	r := s.start("apply", "--auto-approve", "--parallelism", "1")
	<-s.arrived
	told := r.errors.await("Finishing the requests in flight and starting no more.")
	if err := r.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-told
	if err := r.Process.Signal(syscall.SIGHUP); err != nil { // shells send it again
		t.Fatal(err)
	}
	s.goOn()
	s.end(r, 3)
	s.journalIsWhole()
	s.converges()
}

// Whoever reads the output, as "head" does, goes away in the middle of apply. It goes on,
// and the report is on the error stream.
func TestReaderLeavesDuringApply(t *testing.T) {
	s := newPause(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	s.holdUp(4)
	r := s.startWith(write, "apply", "--auto-approve")
	<-s.arrived
	if err := read.Close(); err != nil {
		t.Fatal(err)
	}
	s.goOn()
	s.end(r, 1)
	for _, want := range []string{"Applied 14 changes.", "cannot write the output"} {
		if !strings.Contains(r.errors.String(), want) {
			t.Errorf("%q is not said:\n%s", want, r.errors.String())
		}
	}
	s.journalIsWhole()
	s.converges()
}

// journalIsWhole wants a result for every write that the only journal begins, and
// an end.
func (s *pause) journalIsWhole() {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, ".rolecall", "journal", "*.jsonl"))
	if err != nil || len(files) != 1 {
		s.t.Fatalf("journals: %v %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		s.t.Fatal(err)
	}
	begun, ended := strings.Count(string(text), `{"begin":`), strings.Count(string(text), `"status":"done"`)
	if begun != ended || !strings.Contains(string(text), `{"end":`) {
		s.t.Errorf("%d writes begun, %d done:\n%s", begun, ended, text)
	}
}

// A second Ctrl-C ends at once.
func TestInterruptTwice(t *testing.T) {
	s := newPause(t)
	s.holdUp(2)
	r := s.start("apply", "--auto-approve", "--parallelism", "1")
	<-s.arrived
	told := r.errors.await("Press Ctrl-C again")
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-told
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.end(r, -1)
	s.goOn()
	s.converges()
}

// Two applies of one directory: the second one says who is at work, and does nothing.
func TestTwoApplies(t *testing.T) {
	s := newPause(t)
	s.holdUp(1)
	first := s.start("apply", "--auto-approve", "--parallelism", "1")
	<-s.arrived
	second := s.start("apply", "--auto-approve")
	s.end(second, 1)
	want := fmt.Sprintf("another apply is running for Partoo 42 (process %d on ", first.Process.Pid)
	if got := second.errors.String(); !strings.Contains(got, want) || !strings.Contains(got, "Wait for it to end") {
		t.Errorf("message: %s", got)
	}
	s.goOn()
	s.end(first, 0)
	s.converges()
}

// A baseline is not written down while an apply changes what it would hold.
func TestUpdateBaselineDuringApply(t *testing.T) {
	s := newPause(t)
	s.holdUp(1)
	first := s.start("apply", "--auto-approve", "--parallelism", "1")
	<-s.arrived
	second := s.start("drift", "--update-baseline")
	s.end(second, 1)
	if got := second.errors.String(); !strings.Contains(got, "another apply is running for Partoo 42") {
		t.Errorf("message: %s", got)
	}
	s.goOn()
	s.end(first, 0)
	s.converges()
}

// Ctrl-C while reading ends the program with a word, and without a plan.
func TestInterruptPlan(t *testing.T) {
	s := newPause(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	let := sync.OnceFunc(func() { close(release) })
	t.Cleanup(let) // before the server is closed
	var once sync.Once
	s.mu.Lock()
	s.front = func(r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v2/user/search") {
			once.Do(func() { close(arrived) })
			<-release
		}
	}
	s.mu.Unlock()
	r := s.start("plan")
	<-arrived
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.end(r, 1)
	let()
	if got := r.errors.String(); !strings.HasPrefix(got, "Error: interrupted before the plan was complete") || r.out.Len() > 0 {
		t.Errorf("message: %s\noutput: %s", got, r.out.String())
	}
}
