package cmd_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// newPipelineRun returns a run in a private repository, on a machine that has this rolecall.
func newPipelineRun(t *testing.T, env ...string) *pipelineRun {
	t.Helper()
	return &pipelineRun{
		t: t,
		github: map[string]any{
			"token": "token-of-the-job", "repository": "zoo/access", "run_id": "1", "run_attempt": "1", "ref_name": "main",
			"event_name": "push", "repository_visibility": "private",
			"event.repository.private": true, "event.repository.default_branch": "main",
			"event.pull_request.head.repo.full_name": "zoo/access", "action_path": "action-path",
		},
		env:       append([]string{"NO_PROXY=*", "XDG_STATE_HOME=" + t.TempDir(), withoutWaiting + "=1"}, env...),
		cache:     &pipelineCache{files: map[string][]byte{}},
		artifacts: map[string][]byte{},
		installed: true,
	}
}

// use runs our action alone, in a directory.
func (p *pipelineRun) use(dir string, env map[string]string, with ...string) *stepResult {
	p.t.Helper()
	p.log, p.summary = "", ""
	inputs := map[string]string{}
	for _, w := range with {
		name, value, _ := strings.Cut(w, "=")
		inputs[name] = value
	}
	p.steps = map[string]*stepResult{}
	r := newJobRun(p, &workflowJob{}, nil)
	r.workspace = dir
	result := &stepResult{outcome: "success", outputs: map[string]string{}}
	if !r.action(inputs, env, result) {
		result.outcome = "failure"
	}
	result.log = p.log
	return result
}

func (s *stepResult) check(t *testing.T, what string, want map[string]string) {
	t.Helper()
	for name, w := range want {
		got := s.outputs[name]
		if name == "outcome" {
			got = s.outcome
		}
		if !regexp.MustCompile("^(" + w + ")$").MatchString(got) {
			t.Errorf("%s: %s is %q, want %q\n%s", what, name, got, w, s.log)
		}
	}
}

const actionTenant = `provider "partoo" {
  org_id   = 42
  endpoint = "emulator"
}

role "keeper" {
  name        = "Keeper & Co"
  permissions = ["business_edit"]
}

user "ben@zoo.example" {
  role = "ORG_ADMIN"
}
`

const actionSeed = `{
  "org": {"id": 42, "name": "Zoo"},
  "users": [
    {"email": "director@zoo.example", "role": "ORG_ADMIN"},
    {"email": "ben@zoo.example", "role": "PUBLISHER", "first_name": "Ben"}
  ],
  "api_keys": [{"key": "zoo", "user": "director@zoo.example"}]
}`

// The action's steps run as GitHub runs them. Values of inputs reach the shell only as variables.
func TestAction(t *testing.T) {
	dir := t.TempDir()
	access := filepath.Join(dir, "access's $(files)")
	if err := os.Mkdir(access, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(access, "main.hcl"), actionTenant)
	put(t, filepath.Join(access, "partoo.seed.json"), actionSeed)
	p := newPipelineRun(t)
	directory := "directory=" + filepath.Base(access)

	r := p.use(dir, nil, "command=validate", directory)
	r.check(t, "validate", map[string]string{"outcome": "success", "exit-code": "0", "changes": "", "digest": ""})
	if _, err := os.Stat(filepath.Join(r.outputs["files"], "log.txt")); err != nil {
		t.Error(err)
	}

	r = p.use(dir, nil, "command=plan", directory, "flags=--verbose\n--max-deletes=3\n")
	r.check(t, "plan", map[string]string{"outcome": "success", "exit-code": "0", "changes": "2", "deletes": "0", "people-affected": "1", "digest": "sha256:[0-9a-f]{64}"})
	digest := r.outputs["digest"]
	for _, want := range []string{"Plan: 1 to create, 1 to update", "Digest: " + digest, "::add-matcher::action-path/.github/problem-matcher.json"} {
		if !strings.Contains(p.log, want) {
			t.Errorf("%q is not in the log:\n%s", want, p.log)
		}
	}
	if page, err := os.ReadFile(filepath.Join(r.outputs["files"], "plan.html")); err != nil || !strings.HasPrefix(string(page), "<!doctype html>") {
		t.Errorf("page: %v %.100s", err, page)
	}
	if !strings.Contains(p.summary, "### rolecall plan\n") || strings.Contains(p.summary, "<pre>") {
		t.Errorf("summary of a plan:\n%s", p.summary)
	}

	// What is not approved is not applied, and what to approve is said.
	r = p.use(dir, nil, "command=apply", directory)
	r.check(t, "apply without a digest", map[string]string{"outcome": "failure", "exit-code": "1", "changes": "", "digest": ""})
	r = p.use(dir, nil, "command=apply", directory, "digest=sha256:"+strings.Repeat("0", 64))
	r.check(t, "apply of another digest", map[string]string{"outcome": "failure", "exit-code": "5", "changes": "0", "digest": digest})
	if !strings.Contains(p.summary, "run the workflow by hand with this digest:\n\n    "+digest) || !strings.Contains(p.summary, "Keeper &amp; Co") {
		t.Errorf("summary of a refused apply:\n%s", p.summary)
	}
	r = p.use(dir, nil, "command=apply", directory, "digest="+digest)
	r.check(t, "apply", map[string]string{"outcome": "success", "exit-code": "0", "changes": "2", "digest": ""})

	r = p.use(dir, nil, "command=drift", directory)
	r.check(t, "drift", map[string]string{"outcome": "failure", "exit-code": "2", "changes": "1"}) // the director is undeclared
	r = p.use(dir, nil, "command=drift", directory, "flags=--exit-zero")
	r.check(t, "drift without a failure", map[string]string{"outcome": "success", "exit-code": "0", "changes": "1"})

	// A plan that is refused, and one with errors, are documents too; a plan that fails is none.
	r = p.use(dir, nil, "command=plan", directory, "flags=--assert=no-access-change")
	r.check(t, "nothing to change", map[string]string{"outcome": "success", "changes": "0", "digest": ""})
	put(t, filepath.Join(access, "main.hcl"), strings.Replace(actionTenant, "business_edit", "fly", 1))
	r = p.use(dir, nil, "command=plan", directory)
	r.check(t, "a plan with errors", map[string]string{"outcome": "failure", "exit-code": "1", "digest": ""})
	if _, err := os.Stat(filepath.Join(r.outputs["files"], "plan.json")); err != nil {
		t.Error(err)
	}
	r = p.use(dir, nil, "command=plan", "directory=missing")
	r.check(t, "no configuration", map[string]string{"outcome": "failure", "exit-code": "1", "digest": "", "changes": ""})

	for _, wrong := range []string{"command=destroy", "command=plan --out x"} {
		p.use(dir, nil, wrong, directory).check(t, wrong, map[string]string{"outcome": "failure", "exit-code": ""})
	}
	p.use(dir, nil, "command=install").check(t, "install", map[string]string{"outcome": "success", "exit-code": ""})
}

// In a public repository, everybody could read the log.
func TestActionInPublicRepository(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "main.hcl"), actionTenant)
	put(t, filepath.Join(dir, "partoo.seed.json"), actionSeed)
	for _, private := range []any{false, nil} {
		p := newPipelineRun(t)
		p.github["event.repository.private"], p.github["repository_visibility"] = private, "public"
		for _, command := range []string{"plan", "apply", "drift"} {
			p.use(dir, nil, "command="+command).check(t, command, map[string]string{"outcome": "failure", "exit-code": ""})
			if strings.Contains(p.log+p.summary, "zoo.example") {
				t.Errorf("a name is shown:\n%s", p.log)
			}
		}
		p.use(dir, nil, "command=plan", "allow-public=true").check(t, "plan", map[string]string{"outcome": "success", "changes": "2"})
		put(t, filepath.Join(dir, "main.hcl"), actionTenant)
		p.use(dir, nil, "command=validate").check(t, "validate", map[string]string{"outcome": "success"})
	}
}

// A runner that cancels a job signals the shell of the step only. rolecall finishes what is in flight, and
// the outputs are written.
func TestActionIsCancelled(t *testing.T) {
	s := newPause(t)
	s.holdUp(4)
	p := newPipelineRun(t, "PARTOO_API_KEY=zoo")
	r := newJobRun(p, &workflowJob{}, nil)
	a := readYAML[compositeAction](t, "../action.yml")
	script := filepath.Join(r.temp, "run.sh")
	put(t, script, a.Runs.Steps[1].Run)
	plan := exec.Command(s.program, "plan", "--json")
	plan.Dir = s.dir
	plan.Env = append(os.Environ(), "PARTOO_API_KEY=zoo", "NO_PROXY=*")
	doc, err := plan.Output()
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Digest string }
	if err := json.Unmarshal(doc, &document); err != nil {
		t.Fatal(err)
	}

	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	c.Dir = s.dir
	output := filepath.Join(r.temp, "output")
	c.Env = append(os.Environ(), append(p.env, "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+filepath.Join(r.temp, "summary"),
		"COMMAND=apply", "DIRECTORY=.", "DIGEST="+document.Digest, "FLAGS=--parallelism=1", "PRIVATE=true", "ALLOW_PUBLIC=false")...)
	log := &watched{}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	<-s.arrived
	told := log.await("Finishing the requests in flight and starting no more.")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-told
	s.goOn()
	_ = c.Wait() // the exit code says it better
	if got := c.ProcessState.ExitCode(); got != 3 {
		t.Errorf("exit code %d\n%s", got, log.String())
	}
	written, err := os.ReadFile(output)
	if err != nil || !strings.Contains(string(written), "exit_code=3\n") || !strings.Contains(string(written), "changes=4\n") {
		t.Errorf("outputs: %v\n%s", err, written)
	}
	s.journalIsWhole()
}

// release is a release that the action downloads.
func releaseArchive(t *testing.T) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range []struct{ name, text string }{{"LICENSE", "license\n"}, {"rolecall", "#!/bin/sh\necho the released rolecall\n"}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o755}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The action installs only an archive with the right checksum.
func TestActionInstalls(t *testing.T) {
	archive := releaseArchive(t)
	sum := sha256.Sum256(archive)
	right, wrong := hex.EncodeToString(sum[:]), strings.Repeat("0", 64)
	sums := right
	gets := 0
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gets++
		switch r.URL.Path {
		case "/mirror/v0.1.0/rolecall_0.1.0_linux_amd64.tar.gz":
			w.Write(archive)
		case "/mirror/v0.1.0/checksums.txt":
			fmt.Fprintf(w, "%s  rolecall_0.1.0_linux_amd64.tar.gz.sbom\n%s  rolecall_0.1.0_linux_amd64.tar.gz\n%s  rolecall_0.1.0_linux_arm64.tar.gz\n", wrong, sums, wrong)
		default:
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	put(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})))
	mirror := "download-url=" + web.URL + "/mirror"
	for _, c := range []struct {
		name, sums string
		with       []string
		ok         bool
	}{
		{"checksums of the release", right, []string{mirror}, true},
		{"own checksum", wrong, []string{mirror, "checksum=" + right}, true},
		{"wrong archive", wrong, []string{mirror}, false},
		{"wrong own checksum", right, []string{mirror, "checksum=" + wrong}, false},
		{"no checksum", "", []string{mirror}, false},
		{"no such release", right, []string{mirror, "version=9.9.9"}, false},
		{"a path as version", right, []string{mirror, "version=../../evil/v0.1.0"}, false},
		{"without TLS", right, []string{"download-url=http://127.0.0.1:1"}, false},
	} {
		sums = c.sums
		p := newPipelineRun(t, "CURL_CA_BUNDLE="+ca)
		p.installed = false
		result := p.use(t.TempDir(), nil, append(c.with, "command=install")...)
		if (result.outcome == "success") != c.ok || !c.ok && !strings.Contains(p.log, "::error::") {
			t.Errorf("%s: %s\n%s", c.name, result.outcome, p.log)
		}
	}
	// The next steps find it, and it is downloaded once in a job.
	sums, gets = right, 0
	p := newPipelineRun(t, "CURL_CA_BUNDLE="+ca)
	p.installed = false
	file := filepath.Join(t.TempDir(), "workflow.yml")
	use := "      - uses: rolecall-dev/rolecall@v0.1.0\n        with: {command: install, download-url: \"" + web.URL + "/mirror\"}\n"
	put(t, file, "name: x\njobs:\n  a:\n    steps:\n"+use+use+"      - run: rolecall\n")
	p.run(file)
	if p.results["a"] != "success" || !strings.Contains(p.log, "the released rolecall") || gets != 2 {
		t.Errorf("%s after %d downloads:\n%s", p.results["a"], gets, p.log)
	}
}

// The matcher marks the lines of files that messages name.
func TestProblemMatcher(t *testing.T) {
	b, err := os.ReadFile("../.github/problem-matcher.json")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		ProblemMatcher []struct {
			Pattern []struct {
				Regexp                        string
				Severity, Message, File, Line int
			}
		}
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("access", 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, "access/main.hcl", "role \"a\" {\n  name = missing.x\n}\nprovider \"partoo\" {\n  org_id = 1\n}\n")
	var out bytes.Buffer
	f := cmd.System()
	f.Out, f.Err, f.Environ = &out, &out, nil
	if code := cmd.Main([]string{"validate", "access"}, f); code != 1 {
		t.Fatalf("exit code %d:\n%s", code, &out)
	}
	found := map[string]string{}
	lines := strings.Split(out.String(), "\n")
	for i := range lines {
		matches := map[string]string{}
		for n, p := range m.ProblemMatcher[0].Pattern {
			if i+n >= len(lines) {
				break
			}
			at := regexp.MustCompile(p.Regexp).FindStringSubmatch(lines[i+n])
			if at == nil {
				break
			}
			for name, group := range map[string]int{"severity": p.Severity, "message": p.Message, "file": p.File, "line": p.Line} {
				if group > 0 {
					matches[name] = at[group]
				}
			}
			if n == len(m.ProblemMatcher[0].Pattern)-1 {
				found = matches
			}
		}
	}
	if found["file"] != filepath.Join("access", "main.hcl") || found["line"] != "2" || found["severity"] != "Error" || found["message"] == "" {
		t.Errorf("%v in:\n%s", found, &out)
	}
}
