package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func exampleWorkflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../examples/ci/github/*.yml")
	if err != nil || len(files) < 3 {
		t.Fatalf("workflows: %v, %v", files, err)
	}
	return files
}

// The workflows that users copy give no right and no key that a job does not need, whoever opens the
// pull request.
func TestExampleWorkflows(t *testing.T) {
	pinned := regexp.MustCompile(`uses: ([\w./-]+)@(\S+)( # v\d+\.\d+\.\d+)?`)
	for _, file := range exampleWorkflows(t) {
		w := readYAML[workflow](t, file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if w.Permissions == nil || len(w.Permissions) > 0 {
			t.Errorf("%s: jobs have the permissions %v unless they say otherwise", file, w.Permissions)
		}
		if w.Concurrency.Queue != "max" || w.Concurrency.Group == "" || w.Concurrency.Cancel != "" {
			t.Errorf("%s: concurrency %+v: runs wait, and none is cancelled", file, w.Concurrency)
		}
		for _, unsafe := range []string{"pull_request_target", "workflow_run", "issue_comment"} {
			if bytes.Contains(text, []byte(unsafe)) {
				t.Errorf("%s: %s gives secrets to files of strangers", file, unsafe)
			}
		}
		for _, m := range pinned.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "rolecall-dev/rolecall" {
				if want := "v" + releaseOf(t); m[2] != want {
					t.Errorf("%s: %s is not at %s", file, m[0], want)
				}
			} else if len(m[2]) != 40 || m[3] == "" {
				t.Errorf("%s: %s is not pinned to a commit with its release", file, m[0])
			}
		}
		for name, j := range w.Jobs {
			checkExampleJob(t, file+" "+name, j, strings.Contains(w.Name, "plan"))
		}
	}
}

func checkExampleJob(t *testing.T, where string, j *workflowJob, pullRequest bool) {
	t.Helper()
	if j.Permissions == nil || j.Permissions["contents"] != "read" || j.Timeout == 0 {
		t.Errorf("%s: permissions %v, timeout %d", where, j.Permissions, j.Timeout)
	}
	secret := false
	for _, s := range j.Steps {
		action, _, _ := strings.Cut(s.Uses, "@")
		if action == "actions/checkout" && s.With["persist-credentials"] != "false" {
			t.Errorf("%s: the checkout stores the token", where)
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("%s: an expression in a script", where)
		}
		for name, v := range s.Env {
			product := strings.Contains(v, "secrets.PARTOO")
			secret = secret || strings.Contains(v, "secrets.")
			if product && action != "rolecall-dev/rolecall" || name == "GITHUB_TOKEN" && action != "" {
				t.Errorf("%s: step %q gets %s", where, s.Name, name)
			}
		}
		for _, v := range s.With {
			if strings.Contains(v, "secrets.") {
				t.Errorf("%s: a secret is an input", where)
			}
		}
	}
	condition := "github.ref_name == github.event.repository.default_branch"
	if pullRequest {
		condition = "github.event.pull_request.head.repo.full_name == github.repository" // not from a fork
	}
	if strings.HasSuffix(where, "access-drift.yml drift") {
		condition = "github.event_name == 'schedule' || " + condition // which the event of a schedule does not say
	}
	if secret && (j.Environment == "" || j.If != condition || pullRequest && j.Environment == "access") {
		t.Errorf("%s: gets secrets in environment %q if %q", where, j.Environment, j.If)
	}
}

func releaseOf(t *testing.T) string {
	t.Helper()
	_, out := program(nil, "", "version")
	return strings.TrimSuffix(strings.Fields(out)[1], ",")
}

// The action installs the release that it belongs to.
func TestActionRelease(t *testing.T) {
	a := readYAML[compositeAction](t, "../action.yml")
	if got, want := a.Inputs["version"].Default, releaseOf(t); got != want {
		t.Errorf("action.yml installs %s, and this is %s", got, want)
	}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") || s.Shell != "bash" {
			t.Errorf("step %q: an expression in its script, or no shell", s.Name)
		}
	}
}

// shellcheck reads the scripts of the action; actionlint gives it those of the workflows.
func TestActionScripts(t *testing.T) {
	checker, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed")
	}
	for _, s := range readYAML[compositeAction](t, "../action.yml").Runs.Steps {
		c := exec.Command(checker, "--shell=bash", "-")
		c.Stdin = strings.NewReader("set -eo pipefail\n" + s.Run)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("step %q: %v\n%s", s.Name, err, out)
		}
	}
}

// The hooks for pre-commit run commands that exist, and change or refuse what they shall.
func TestPreCommitHooks(t *testing.T) {
	hooks := *readYAML[[]struct {
		ID, Entry, Language string
		Files               string
		Pass                bool `yaml:"pass_filenames"`
	}](t, "../.pre-commit-hooks.yaml")
	dir := t.TempDir()
	t.Chdir(dir)
	var ids []string
	for _, h := range hooks {
		ids = append(ids, h.ID)
		if h.Language != "golang" || h.Pass || !regexp.MustCompile(h.Files).MatchString("access/main.hcl") {
			t.Errorf("%+v", h)
		}
		args := append(strings.Fields(h.Entry)[1:], ".")
		put(t, "main.hcl", "provider \"partoo\" {\n  org_id   = 42\n  endpoint = \"emulator\"\n}\n")
		if code, out := program(nil, "", args...); code != 0 {
			t.Errorf("%s: exit code %d\n%s", h.ID, code, out)
		}
		put(t, "main.hcl", "provider \"partoo\" {\norg_id = nothing\n}\n")
		code, _ := program(nil, "", args...)
		after, err := os.ReadFile("main.hcl")
		if err != nil || code == 0 && !strings.Contains(string(after), "  org_id") {
			t.Errorf("%s: exit code %d, and nothing was changed: %v\n%s", h.ID, code, err, after)
		}
	}
	if !slices.Equal(ids, []string{"rolecall-fmt", "rolecall-validate"}) {
		t.Errorf("hooks %v", ids)
	}
}
