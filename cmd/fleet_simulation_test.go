package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/provider/emulator"
	partooemulator "github.com/rolecall-dev/rolecall/provider/partoo/emulator"
)

// An affliction is what is wrong with some tenants of a simulated fleet, and the exit code of their runs.
type affliction struct {
	name string
	exit int
}

// afflictions go round: every tenth tenant has the next one.
var afflictions = []affliction{
	{"wrong key", 4}, {"no key", 4}, {"server errors", 1}, {"no connection", 1}, {"cut answers", 1}, {"broken files", 1},
	{"wrong value", 1}, {"limit", 5}, {"other organization", 1}, {"panic", 1},
}

func afflictionOf(i int) affliction {
	if i%10 != 7 {
		return affliction{}
	}
	return afflictions[i/10%len(afflictions)]
}

// A simulatedFleet answers for one small emulated organization for each tenant, which the key names.
type simulatedFleet struct {
	mu    sync.Mutex
	live  map[int]http.RoundTripper
	asked map[string]bool // keys that were sent
	after func(i int)     // called before a request of a tenant is answered; may be nil

	interrupts func(context.Context) (context.Context, context.CancelFunc) // nil means those of the program
}

func (s *simulatedFleet) RoundTrip(r *http.Request) (*http.Response, error) {
	key := r.Header.Get("x-APIKey")
	i, err := strconv.Atoi(strings.TrimPrefix(key, "secret-key-of-tenant-"))
	if err != nil {
		i = -1
	}
	s.mu.Lock()
	s.asked[key] = true
	s.mu.Unlock()
	if s.after != nil {
		s.after(i)
	}
	status, body := 0, ""
	switch afflictionOf(max(i, 0)).name {
	case "server errors":
		status, body = 500, "{}"
	case "no connection":
		return nil, errors.New("connection refused")
	case "cut answers":
		status, body = 200, `{"org_id": `
	case "panic":
		panic("a mistake")
	}
	if i < 0 {
		status, body = 403, "{}"
	}
	if status != 0 {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
	organization, err := s.organization(i)
	if err != nil {
		return nil, err
	}
	return organization.RoundTrip(r)
}

func (s *simulatedFleet) organization(i int) (http.RoundTripper, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[i] == nil {
		seed := `{"users": [{"email": "owner@zoo.example", "first_name": "A", "last_name": "B", "role": "ORG_ADMIN"}`
		for n := range 12 {
			seed += fmt.Sprintf(`, {"email": "u%d@zoo.example", "first_name": "A", "last_name": "B", "role": "PUBLISHER"}`, n)
		}
		parsed, err := emulator.ParseSeed[partooemulator.Seed]([]byte(fmt.Sprintf(`%s], "api_keys": [{"key": "secret-key-of-tenant-%d", "user": "owner@zoo.example"}]}`, seed, i)))
		if err != nil {
			return nil, err
		}
		org := i
		if afflictionOf(i).name == "other organization" {
			org = i - 1
		}
		p, err := partooemulator.New(partooemulator.Options{Seed: parsed, OrgID: 1000 + org, Rate: -1})
		if err != nil {
			return nil, err
		}
		s.live[i] = p.Transport()
	}
	return s.live[i], nil
}

// write writes the files of the fleet and its keys.
func (s *simulatedFleet) write(t *testing.T, dir string, n int) {
	t.Helper()
	file := func(name, content string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rows := "name,org,directory\n"
	for i := range n {
		name, org, directory, key := fmt.Sprintf("tenant-%d", i), strconv.Itoa(1000+i), "shared", fmt.Sprintf("secret-key-of-tenant-%d\n", i)
		switch afflictionOf(i).name {
		case "wrong key":
			key = "wrong"
		case "no key":
			key = ""
		case "broken files":
			directory = "broken"
		case "wrong value":
			org = fmt.Sprintf("x%d", i)
		case "limit":
			directory = "strict"
		}
		rows += fmt.Sprintf("%s,%s,%s\n", name, org, directory)
		if key != "" {
			file("keys/"+name, key)
		}
	}
	file("fleet/organizations.csv", rows)
	file("fleet/fleet.hcl", `
tenant "all" {
  for_each  = { for o in csvdecode(file("organizations.csv")) : o.name => o }
  directory = each.value.directory
  variables = { org = each.value.org }
}`)
	const provider = "variable \"org\" { type = number }\nprovider \"partoo\" {\n org_id = var.org\n %s\n}\nrole \"keeper\" {\n name = \"Keeper\"\n permissions = [\"review_management\"]\n}\n"
	file("fleet/shared/main.hcl", fmt.Sprintf(provider, ""))
	file("fleet/broken/main.hcl", "provider {")
	file("fleet/strict/main.hcl", fmt.Sprintf(provider, "manage \"user\" {\n mode = \"authoritative\"\n on_removal = \"delete\"\n }")+"user \"owner@zoo.example\" { role = \"ORG_ADMIN\" }\n")
}

// run runs the program in a directory with an environment.
func (s *simulatedFleet) run(env []string, args ...string) (code int, out, said string) {
	var o, e bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.Environ, f.Transport = strings.NewReader(""), &o, &e, env, s
	f.InTerminal, f.OutTerminal, f.ErrTerminal, f.Color, f.ErrColor = false, false, false, false, false
	f.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	if s.interrupts != nil {
		f.Interrupts = s.interrupts
	}
	code = cmd.Main(args, f)
	return code, o.String(), e.String()
}

// The report of 2,000 tenants, which shards run, misses none of those that failed, none of a shard that never began, and
// none of one that was killed, and takes no other for one.
func TestFleetOfManyTenants(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	const tenants, shards, never, killed = 2000, 8, 5, 6
	s := &simulatedFleet{live: map[int]http.RoundTripper{}, asked: map[string]bool{}}
	dir := t.TempDir()
	s.write(t, dir, tenants)
	fleet, keys := filepath.Join(dir, "fleet", "fleet.hcl"), filepath.Join(dir, "keys")
	var results, shown strings.Builder
	exits := map[string]int{}
	missing := map[string]bool{}
	for i := range shards {
		shard := fmt.Sprintf("%d/%d", i, shards)
		_, listed, _ := s.run(nil, "fleet", "list", "--shard", shard, fleet)
		names := strings.Fields(listed)
		if i == never {
			for _, name := range names {
				missing[name] = true
			}
			continue
		}
		env := []string{"PARTOO_API_KEY=of-another", "TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
		code, out, said := s.run(env, "plan", "--fleet", fleet, "--keys", keys, "--shard", shard, "--exit-zero")
		if code != 0 {
			t.Fatalf("shard %s: exit code %d: %s", shard, code, said)
		}
		lines := strings.SplitAfter(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != len(names) {
			t.Fatalf("shard %s: %d lines for %d tenants", shard, len(lines), len(names))
		}
		if i == killed {
			half := len(lines) / 2
			for _, name := range names[half:] {
				missing[name] = true
			}
			out = strings.Join(lines[:half], "") + lines[half][:30] + "\n"
		}
		results.WriteString(out)
		shown.WriteString(out + said)
	}
	for i := range tenants {
		exits[fmt.Sprintf("tenant-%d", i)] = afflictionOf(i).exit
	}
	code, out, said := s.report(t, fleet, results.String())
	if code != 1 || !strings.Contains(said, "failures") {
		t.Errorf("exit code %d: %s", code, said)
	}
	checkReport(t, out, exits, missing)
	if text := shown.String(); strings.Contains(text, "secret-key") || strings.Contains(text, "of-another") {
		t.Error("a key is shown")
	}
	if s.asked["of-another"] || len(s.asked) < tenants/2 {
		t.Errorf("%d keys were sent, with that of the environment: %t", len(s.asked), s.asked["of-another"])
	}
}

// Ctrl-C and SIGTERM end the run of a tenant and keep the next from being run. Each has a line that says so, and
// --exit-zero does not say that the run is complete.
func TestFleetIsInterrupted(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	stop, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	s := &simulatedFleet{live: map[int]http.RoundTripper{}, asked: map[string]bool{}, interrupts: func(context.Context) (context.Context, context.CancelFunc) {
		return stop, func() {}
	}}
	s.after = func(i int) {
		if i == 2 {
			interrupt()
		}
	}
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	dir := t.TempDir()
	s.write(t, dir, 5)
	code, out, said := s.run([]string{"TRACEPARENT=" + trace}, "plan", "--fleet", filepath.Join(dir, "fleet"), "--keys", filepath.Join(dir, "keys"), "--exit-zero")
	if code != 1 { // for Kubernetes to start the pod again
		t.Errorf("exit code %d: %s", code, said)
	}
	lines := strings.Split(out, "\n")
	for i, want := range []string{`"exit":0`, `"exit":0`, `"error":"interrupted before the plan was complete"`, `"error":"not run: interrupted"`, `"error":"not run: interrupted"`} {
		if !strings.Contains(lines[i], fmt.Sprintf(`"tenant":"tenant-%d"`, i)) || !strings.Contains(lines[i], want) || !strings.Contains(lines[i], trace) {
			t.Errorf("no %s or no trace context in %s", want, lines[i])
		}
	}
}

func (s *simulatedFleet) report(t *testing.T, fleet, results string) (int, string, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.jsonl")
	if err := os.WriteFile(path, []byte(results), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.run(nil, "fleet", "report", "--fleet", fleet, "--format", "json", path)
}

// checkReport compares a report with what is known of each tenant. A tenant that the product says is another one fails, and
// so does the tenant that it is.
func checkReport(t *testing.T, report string, exits map[string]int, missing map[string]bool) {
	t.Helper()
	var r struct {
		Failures int
		Broken   []any
		Tenants  []struct {
			Tenant, Why     string
			Failed, Missing bool
			Result          struct{ Exit, Errors, Limits int }
		}
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	failed := 0
	var wrong []string
	for _, x := range r.Tenants {
		exit, known := exits[x.Tenant]
		delete(exits, x.Tenant)
		bad := missing[x.Tenant] || exit != 0
		if bad {
			failed++
		}
		if !known || x.Missing != missing[x.Tenant] || x.Failed != bad || !x.Missing && x.Result.Exit != exit || bad && x.Why == "" {
			wrong = append(wrong, fmt.Sprintf("%+v, want exit %d, missing %t", x, exit, missing[x.Tenant]))
		}
	}
	if len(wrong) > 0 || len(exits) > 0 || len(r.Broken) != 1 || r.Failures != failed+1 {
		t.Errorf("%d wrong, such as %s; %d are not in the report; %d failures, want %d; broken: %v", len(wrong), slices.MinFunc(append(wrong, "-"), func(a, b string) int { return len(b) - len(a) }), len(exits), r.Failures, failed+1, r.Broken)
	}
}
