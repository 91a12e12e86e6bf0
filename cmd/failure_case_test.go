package cmd_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/emulator"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// A failureCase is an organization with the files that change it.
type failureCase struct {
	name  string
	seed  func(t testing.TB) *partooemulator.Seed
	files func(t testing.TB, dir, endpoint string)
	flags []string
	final []string // names of what there is in the end, once it is known
	after userRights
}

func failureCases() []*failureCase {
	return []*failureCase{
		{name: "zoo", seed: func(t testing.TB) *partooemulator.Seed { return readSeed(t, "zoo") },
			files: func(t testing.TB, dir, endpoint string) { copyExample(t, "zoo", dir, endpoint) }},
		{name: "roster", seed: rosterSeed, files: rosterFiles, flags: []string{"--max-deletes", "60"}},
	}
}

func readSeed(t testing.TB, example string) *partooemulator.Seed {
	t.Helper()
	s, err := emulator.ReadSeed[partooemulator.Seed](filepath.Join("..", "examples", example, "partoo.seed.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// copyExample copies the files of an example, with another endpoint.
func copyExample(t testing.TB, example, dir, endpoint string) {
	t.Helper()
	from := filepath.Join("..", "examples", example)
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() || strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, f.Name()), strings.Replace(string(text), `endpoint = "emulator"`,
			fmt.Sprintf("endpoint = %q\n  requests_per_minute = 1000000000", endpoint), 1))
	}
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const rosterPeople = 60

// rosterSeed is the roster's organization half way to its files: some people are
// there as they shall be, some have another role or store, some are still to
// come, and some are to go.
func rosterSeed(t testing.TB) *partooemulator.Seed {
	s := readSeed(t, "roster")
	s.Businesses = s.Businesses[:rosterPeople]
	s.CustomRoles = []partooemulator.SeedRole{{
		APIID: "store_manager", Name: "Store Manager",
		Permissions: []string{"business_edit", "business_edit_open_hours", "business_edit_name", "review_management"},
	}, {
		APIID: "store_lead", Name: "Store Lead",
		Permissions: []string{"business_edit", "business_edit_open_hours", "business_edit_website_url"},
	}}
	people := rosterRows(t)
	if len(s.Users) == 0 {
		s.Users = []partooemulator.SeedUser{{Email: "owner@roster.example", FirstName: "Own", LastName: "Er", Role: "ORG_ADMIN"}}
	}
	for i, row := range people[:rosterPeople*2/3] {
		u := partooemulator.SeedUser{Email: row[0], FirstName: row[1], LastName: row[2], Role: "BUSINESS_MANAGER", Businesses: []string{row[3]}, CustomRole: row[4], Lang: row[5]}
		switch i % 4 {
		case 1:
			u.CustomRole = map[string]string{"store_lead": "store_manager", "store_manager": "store_lead"}[row[4]]
		case 2:
			u.Businesses = []string{people[(i+1)%len(people)][3]}
		case 3:
			u.Businesses, u.CustomRole = []string{people[(i+2)%len(people)][3]}, ""
		}
		s.Users = append(s.Users, u)
	}
	for i := range 6 {
		s.Users = append(s.Users, partooemulator.SeedUser{
			Email: fmt.Sprintf("leaver%d@roster.example", i), FirstName: "Lee", LastName: "Aver", Role: "BUSINESS_MANAGER",
			Businesses: []string{people[i][3]}, CustomRole: []string{"store_lead", "store_manager"}[i%2],
		})
	}
	return s
}

// rosterRows are the people of the example, as many as these tests use.
func rosterRows(t testing.TB) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "roster", "managers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1 : rosterPeople+1]
}

func rosterFiles(t testing.TB, dir, endpoint string) {
	copyExample(t, "roster", dir, endpoint)
	var b strings.Builder
	b.WriteString("email,first_name,last_name,store,role,lang\n")
	for _, row := range rosterRows(t) {
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	put(t, filepath.Join(dir, "managers.csv"), b.String())
}

// A failureRun is a scene that is being played: an emulator behind a proxy, and a
// directory with files.
type failureRun struct {
	*failureCase
	*proxy
	t       testing.TB
	dir     string
	key     string
	timeout time.Duration
	waited  []time.Duration // pauses between tries, which take no time here
}

func (s *failureCase) start(t testing.TB) *failureRun {
	t.Helper()
	p := newProxy(t, s.seed(t))
	st := &failureRun{failureCase: s, proxy: p, t: t, dir: t.TempDir(), key: p.Key()}
	s.files(t, st.dir, p.Endpoint)
	if s.after == nil { // find out how it ends when nothing goes wrong
		st.watch = &rightsWatch{before: p.reach(), after: p.reach()}
		if code, out := st.run(st.applyArgs()...); code != 0 {
			t.Fatalf("the scene itself goes wrong with %d:\n%s", code, end(out))
		}
		s.final, s.after = p.state().names(), p.reach()
		st.again()
	}
	st.watch = &rightsWatch{before: p.reach(), after: s.after}
	return st
}

// again puts everything back to the beginning.
func (s *failureRun) again() {
	s.t.Helper()
	s.begin(nil)
	if err := s.Reset(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, ".rolecall")); err != nil {
		s.t.Fatal(err)
	}
	s.watch = &rightsWatch{before: s.reach(), after: s.after}
}

func (s *failureRun) applyArgs(more ...string) []string {
	return append(append([]string{"apply", "--auto-approve"}, append(s.flags, more...)...), s.dir)
}

// run runs rolecall in this process, without waiting between tries.
func (s *failureRun) run(args ...string) (code int, output string) { return s.runAt(s.dir, args...) }

// runAt runs rolecall as run does, for a user with another home: on another machine,
// since runs on one machine see each other there.
func (s *failureRun) runAt(home string, args ...string) (code int, output string) {
	var out bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.InTerminal, f.ErrTerminal = strings.NewReader(""), &out, &out, false, false
	f.Color, f.ErrColor, f.Width = false, false, 100
	f.Environ = []string{"PARTOO_API_KEY=" + s.key, "HOME=" + home, "LOCALAPPDATA=" + home}
	f.Timeout = s.timeout
	f.Wait = func(ctx context.Context, d time.Duration) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waited = append(s.waited, d)
		return ctx.Err()
	}
	return cmd.Main(args, f), out.String()
}

// countRequests counts the requests of an undisturbed apply.
func (s *failureRun) countRequests() int {
	s.t.Helper()
	s.begin(nil)
	if code, out := s.run(s.applyArgs()...); code != 0 {
		s.t.Fatalf("%d: %s", code, out)
	}
	return len(s.requests())
}

// converge plans and applies once more with nothing in the way, and holds the
// outcome against what it is when nothing goes wrong.
func (s *failureRun) converge() {
	s.t.Helper()
	s.begin(nil)
	if code, out := s.run(s.applyArgs()...); code != 0 {
		s.t.Errorf("the next apply ends with %d:\n%s", code, end(out))
	}
	s.checkConverged()
}

// checkConverged checks that everything is as it shall be, nothing twice, nothing lost,
// and that nobody had more on the way.
func (s *failureRun) checkConverged() {
	s.t.Helper()
	if diff := cmp.Diff(s.final, s.state().names()); diff != "" {
		s.t.Errorf("in the end (-want +got):\n%s", diff)
	}
	if code, out := s.run(append([]string{"plan", "--detailed-exitcode"}, append(s.flags, s.dir)...)...); code != 0 {
		s.t.Errorf("the last plan ends with %d:\n%s", code, end(out))
	}
	s.checkRights()
}

func (s *failureRun) checkRights() {
	s.t.Helper()
	if wider := s.watch.violations(); len(wider) > 0 {
		s.t.Errorf("more than before and after: %s", strings.Join(wider[:min(5, len(wider))], "; "))
	}
}

// flat is a text without its line breaks.
func flat(out string) string { return strings.Join(strings.Fields(out), " ") }

// end is what a run said after the plan, for messages.
func end(out string) string {
	if at := strings.LastIndex(out, "requests used to plan"); at >= 0 {
		out = out[at:]
	}
	return out
}
