package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A ciStep runs rolecall ci as a step of a pipeline: with the token of the forge and nothing else, and with a
// network that reaches only the forge.
type ciStep struct {
	t     *testing.T
	forge *forgetest.Server
	event string // a file
	env   []string
}

const forgeHost = "forge.example"

func newCIStep(t *testing.T) *ciStep {
	t.Helper()
	server, err := forgetest.NewGitHub()
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{"pull_request": map[string]any{"number": forgetest.PullRequest, "head": map[string]string{"sha": server.Head}}})
	if err != nil {
		t.Fatal(err)
	}
	s := &ciStep{t, server, filepath.Join(t.TempDir(), "event.json"), nil}
	if err := os.WriteFile(s.event, event, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// RoundTrip fails if a request goes elsewhere than to the forge.
func (s *ciStep) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != forgeHost || r.URL.Scheme != "https" {
		s.t.Errorf("a request to %s", r.URL)
	}
	return s.forge.Transport().RoundTrip(r)
}

func (s *ciStep) run(want int, args ...string) (out, err string) {
	s.t.Helper()
	var o, e bytes.Buffer
	f := cmd.System()
	f.In, f.Out, f.Err, f.Width, f.Color, f.ErrColor = strings.NewReader(""), &o, &e, 100, false, false
	f.Transport = s
	f.Wait = func(context.Context, time.Duration) error { return nil }
	f.Environ = []string{
		"GITHUB_ACTIONS=true", "GITHUB_API_URL=https://" + forgeHost, "GITHUB_REPOSITORY=" + forgetest.Repository,
		"GITHUB_EVENT_PATH=" + s.event, "GITHUB_TOKEN=" + forgetest.Token,
	}
	f.Environ = append(f.Environ, s.env...)
	if code := cmd.Main(append([]string{"ci"}, args...), f); code != want {
		s.t.Errorf("exit code %d, want %d:\n%s%s", code, want, &o, &e)
	}
	return o.String(), e.String()
}

// TestCIPostsHostileNames posts a plan and drift of a tenant whose names attack readers. The steps have no key of
// a product, and the names can neither be more than text on the forge nor in the log.
func TestCIPostsHostileNames(t *testing.T) {
	out, _ := hostileRun{files: hostileTenant(), args: []string{"drift", "--json", "access"}, code: 2}.run(t, false, nil)
	hostileRun{files: hostileTenant(), args: []string{"plan", "--out", "plan.json", "access"}}.run(t, false, nil)
	if err := os.WriteFile("drift.json", []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newCIStep(t)
	for _, args := range [][]string{{"comment", "plan.json"}, {"issue", "drift.json"}} {
		out, errs := s.run(0, args...)
		harmless(t, "standard output", out, false)
		if errs != "" {
			t.Error(errs)
		}
	}
	posts := append(s.forge.Comments(forgetest.PullRequest), s.forge.Issues()...)
	if len(posts) != 2 {
		t.Fatalf("%d posts, want a comment and an issue", len(posts))
	}
	for _, p := range posts {
		harmless(t, p.Title, p.Body, false)
		if !strings.Contains(p.Body, "EVIL") {
			t.Errorf("the name is not posted:\n%s", p.Body)
		}
	}
}

// TestCIShowsHostileAnswers lets the forge answer with texts that attack the terminal.
func TestCIShowsHostileAnswers(t *testing.T) {
	s := newCIStep(t)
	if err := s.forge.Push(hostile); err != nil {
		t.Fatal(err)
	}
	out, _ := s.run(0, "comment", "--failed", "plan.json")
	harmless(t, "standard output", out, false)
	if !strings.Contains(out, "EVIL") {
		t.Error(out)
	}
}

// TestCIIssueFits posts more differences than a forge takes. The forge refuses what is too long, so the page is cut
// at its end, where the least dangerous is. Up to 500 differences are remembered in the issue, which needs room too.
func TestCIIssueFits(t *testing.T) {
	for _, n := range []int{500, 4000} {
		t.Run(text.Number(n), func(t *testing.T) { issueFits(t, n) })
	}
}

func issueFits(t *testing.T, n int) {
	var list []map[string]any
	for i := range n {
		list = append(list, map[string]any{
			"kind": "user", "address": fmt.Sprintf("user.u%04d@zoo.example", i), "danger": true, "fingerprint": fmt.Sprintf("%012x", i),
			"text": fmt.Sprintf("u%04d@zoo.example became ORG_ADMIN; no file declares this user 🦓%s", i, strings.Repeat("🦓", 90)),
		})
	}
	document, err := json.Marshal(map[string]any{"format_version": 2, "clean": false, "tenants": []any{map[string]any{
		"provider": "partoo", "product": "partoo", "tenant": "42", "clean": false, "differences": list,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	s := newCIStep(t)
	file := filepath.Join(t.TempDir(), "drift.json")
	if err := os.WriteFile(file, document, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(0, "issue", file)
	s.run(0, "issue", file)
	if writes := s.forge.Writes(); writes != 1 {
		t.Errorf("%d requests wrote, want 1", writes)
	}
	body := s.forge.Issues()[0].Body
	for _, want := range []string{fmt.Sprintf("differs from the files in %[1]s objects, %[1]s of them dangerous", text.Number(n)), "`u0000@zoo.example", "**Cut: ", "rolecall updates this issue"} {
		if !strings.Contains(body, want) {
			t.Errorf("the issue does not have %q", want)
		}
	}
}

// TestCIWorkflowCopies runs two copies of a workflow, for two configurations. A check that succeeds does not close
// the issue about one that failed in the other workflow.
func TestCIWorkflowCopies(t *testing.T) {
	s := newCIStep(t)
	file := filepath.Join(t.TempDir(), "drift.json")
	put(t, file, `{"format_version": 2, "clean": true, "tenants": [{"provider": "partoo", "product": "partoo", "tenant": "42", "clean": true, "differences": []}]}`)
	copyOf := func(name string) {
		s.env = []string{"GITHUB_WORKFLOW_REF=" + forgetest.Repository + "/.github/workflows/" + name + "@refs/heads/main", "GITHUB_SERVER_URL=https://github.example"}
	}
	copyOf("shop.yml")
	s.run(0, "issue", "--failed", file)
	if all := s.forge.Issues(); len(all) != 1 || !strings.Contains(all[0].Body, "[these runs](https://github.example/"+forgetest.Repository+"/actions/workflows/shop.yml)") {
		t.Errorf("the issue does not say which check failed: %+v", all)
	}
	copyOf("farm.yml")
	s.run(0, "issue", file)
	if all := s.forge.Issues(); len(all) != 1 || all[0].Closed {
		t.Errorf("issues after another check succeeded: %+v", all)
	}
	copyOf("shop.yml")
	s.run(0, "issue", file)
	if all := s.forge.Issues(); len(all) != 1 || !all[0].Closed {
		t.Errorf("issues after the check succeeded: %+v", all)
	}
}
