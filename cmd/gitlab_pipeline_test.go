package cmd_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
)

// A gitLabJob is a job of our component, as far as it uses the syntax.
type gitLabJob struct {
	Extends       string
	Interruptible *bool
	Variables     map[string]string
	Before        []string `yaml:"before_script"`
	Script        []string
	Rules         []struct{ If, When string }
	Needs         []any
	Environment   any
	ResourceGroup string `yaml:"resource_group"`
	Cache         struct {
		Key, Policy, When string
		Paths             []string
	}
	Artifacts struct {
		When   string
		Public *bool
		Paths  []string
	}
}

// environment is the name of the environment.
func (j *gitLabJob) environment() string {
	switch e := j.Environment.(type) {
	case string:
		return e
	case map[string]any:
		return fmt.Sprint(e["name"])
	}
	return ""
}

// readComponent reads our component with the default inputs, except for the name.
func readComponent(t *testing.T, called string) map[string]*gitLabJob {
	t.Helper()
	b, err := os.ReadFile("../examples/ci/gitlab/templates/access.yml")
	if err != nil {
		t.Fatal(err)
	}
	header, body, ok := strings.Cut(string(b), "\n---\n")
	if !ok {
		t.Fatal("the component has no header")
	}
	var spec struct {
		Spec struct {
			Inputs map[string]struct{ Description, Default string }
		}
	}
	if err := yaml.Unmarshal([]byte(header), &spec); err != nil {
		t.Fatal(err)
	}
	for name, in := range spec.Spec.Inputs {
		if name == "name" {
			in.Default = called
		}
		body = strings.ReplaceAll(body, "$[[ inputs."+name+" ]]", in.Default)
	}
	if strings.Contains(body, "$[[") {
		t.Fatalf("an input is not declared:\n%s", body)
	}
	if v := spec.Spec.Inputs["version"].Default; v != releaseOf(t) {
		t.Errorf("the component installs %s", v)
	}
	jobs := map[string]*gitLabJob{}
	if err := yaml.Unmarshal([]byte(body), &jobs); err != nil {
		t.Fatal(err)
	}
	return jobs
}

// What names users is never public, each key is in an environment of its own, and nothing that writes is cancelled.
func TestGitLabComponent(t *testing.T) {
	jobs := readComponent(t, "access")
	if base := jobs[".access"]; base.Interruptible == nil || *base.Interruptible {
		t.Error("a job can be cancelled by a newer pipeline")
	}
	for name, environment := range map[string]string{
		"access-validate": "", "access-plan": "access-plan", "access-comment": "", "access-apply": "access", "access-drift": "access-drift", "access-issue": "",
	} {
		j := jobs[name]
		if j == nil || j.environment() != environment || j.ResourceGroup != environment || j.Extends != ".access" {
			t.Fatalf("%s: %+v", name, j)
		}
		if len(j.Artifacts.Paths) > 0 && (j.Artifacts.Public == nil || *j.Artifacts.Public) {
			t.Errorf("%s: everybody can download %q", name, j.Artifacts.Paths)
		}
		for _, rule := range j.Rules {
			if environment != "access" && environment != "" && !strings.Contains(rule.If, "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID") && !strings.Contains(rule.If, "schedule") {
				t.Errorf("%s: runs if %s", name, rule.If)
			}
			if environment == "access" && !strings.Contains(rule.If, "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH") {
				t.Errorf("%s: runs if %s", name, rule.If)
			}
		}
	}
}

// A project can include the component for each of its configurations.
func TestGitLabComponentTwice(t *testing.T) {
	one, two := readComponent(t, "access"), readComponent(t, "soc")
	for name, j := range two {
		if one[name] != nil {
			t.Errorf("both have a job %s", name)
		}
		if two[j.Extends] == nil && j.Extends != "" {
			t.Errorf("%s extends a job of the other", name)
		}
		for _, own := range append(slices.Concat(j.Artifacts.Paths, []string{j.environment(), j.ResourceGroup, j.Cache.Key}), shown(j.Needs)) {
			if strings.Contains(own, "access") {
				t.Errorf("%s: %q is also of the other", name, own)
			}
		}
	}
}

// The jobs install only an archive with the right checksum.
func TestGitLabInstalls(t *testing.T) {
	dir := t.TempDir()
	archive := releaseArchive(t)
	put(t, filepath.Join(dir, "rolecall_0.1.0_linux_amd64.tar.gz"), string(archive))
	// wget -q -O FILE URL
	put(t, filepath.Join(dir, "wget"), "#!/bin/sh\ncp \"$RELEASE/${4##*/}\" \"$3\"\n")
	if err := os.Chmod(filepath.Join(dir, "wget"), 0o755); err != nil {
		t.Fatal(err)
	}
	before := strings.Join(readComponent(t, "access")[".access"].Before, "\n")
	right, wrong := fmt.Sprintf("%x", sha256.Sum256(archive)), strings.Repeat("0", 64)
	for _, c := range []struct {
		name, sums, checksum string
		ok                   bool
	}{{"checksums of the release", right, "", true}, {"own checksum", wrong, right, true}, {"wrong archive", wrong, "", false}, {"wrong own checksum", right, wrong, false}, {"no checksum", "", "", false}} {
		put(t, filepath.Join(dir, "checksums.txt"), c.sums+"  rolecall_0.1.0_linux_amd64.tar.gz\n")
		run := exec.Command("sh", "-ec", before+"\nrolecall")
		run.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "RELEASE="+dir, "VERSION=0.1.0", "DOWNLOAD_URL=https://x", "CHECKSUM="+c.checksum)
		out, err := run.CombinedOutput()
		if (err == nil) != c.ok || c.ok && !strings.Contains(string(out), "the released rolecall") {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
	}
}

// A gitLabRun runs jobs of the component.
type gitLabRun struct {
	*rehearsal
	gitlab    *forgetest.Server
	url       string
	jobs      map[string]*gitLabJob
	cache     map[string][]byte
	artifacts map[string][]byte
	log       string
}

// run runs a job in a checkout of a commit, and reports whether it succeeded.
func (g *gitLabRun) run(name, commit string, variables ...string) bool {
	g.t.Helper()
	j := g.jobs[name]
	if err := g.gitlab.Advance(g.head()); err != nil {
		g.t.Fatal(err)
	}
	dir := filepath.Join(g.t.TempDir(), "checkout")
	g.git(".", "clone", "--quiet", g.remote, dir)
	g.git(dir, "checkout", "--quiet", commit)
	for file, content := range g.artifacts {
		if len(j.Needs) > 0 {
			put(g.t, filepath.Join(dir, file), string(content))
		}
	}
	for _, file := range j.Cache.Paths {
		if content, ok := g.cache[j.Cache.Key]; ok {
			put(g.t, filepath.Join(dir, file), string(content))
		}
	}
	c := exec.Command("sh", "-ec", strings.Join(j.Script, "\n"))
	c.Dir = dir
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.t.TempDir(), "CI=true", "GITLAB_CI=true", "NO_PROXY=*", withoutWaiting + "=1", "GORACE=" + os.Getenv("GORACE"),
		"CI_DEFAULT_BRANCH=main", "CI_COMMIT_BRANCH=main", "CI_JOB_URL=https://gitlab.example/zoo/access/-/jobs/9",
		"CI_API_V4_URL=" + g.url, fmt.Sprint("CI_PROJECT_ID=", forgetest.Project), "CI_COMMIT_SHA=" + commit, "GITLAB_TOKEN=" + forgetest.Token,
	}, variables...)
	for k, v := range g.jobs[j.Extends].Variables {
		c.Env = append(c.Env, k+"="+v)
	}
	for k, v := range g.keys[j.environment()] {
		c.Env = append(c.Env, k+"="+v)
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	g.log = out.String()
	for _, file := range j.Artifacts.Paths {
		delete(g.artifacts, file) // of an earlier pipeline
		if b, err := os.ReadFile(filepath.Join(dir, file)); err == nil {
			g.artifacts[file] = b
		}
	}
	for _, file := range j.Cache.Paths {
		if b, err := os.ReadFile(filepath.Join(dir, file)); err == nil && j.Cache.Policy != "pull" {
			g.cache[j.Cache.Key] = b
		}
	}
	return err == nil
}

func (g *gitLabRun) want(ok bool, name, commit string, variables ...string) {
	g.t.Helper()
	if g.run(name, commit, variables...) != ok {
		g.t.Fatalf("job %s:\n%s", name, g.log)
	}
}

// TestRehearsalOnGitLab is TestRehearsal with the component for GitLab.
func TestRehearsalOnGitLab(t *testing.T) {
	product := rehearsalProducts()[0]
	r := newRehearsal(t, product)
	server, err := forgetest.NewGitLab()
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	g := &gitLabRun{r, server, web.URL + "/api/v4", readComponent(t, "access"), map[string][]byte{}, map[string][]byte{}, ""}
	r.open("import", func(access string) {
		r.rolecall(0, append([]string{"import", product.name, access, "--set", "endpoint=" + r.served.Endpoint}, product.set...)...)
	}).merge()
	g.want(false, "access-apply", r.head()) // nobody approved it
	if !strings.Contains(g.log, "run a pipeline for main with its digest in the variable ROLECALL_DIGEST") {
		t.Errorf("it does not say how to approve:\n%s", g.log)
	}
	g.want(true, "access-apply", r.head(), "ROLECALL_DIGEST=sha256:"+strings.Repeat("0", 64))
	g.want(true, "access-drift", r.head())
	g.want(true, "access-issue", r.head())

	p := r.open("first", r.edits(product.first))
	if err := server.Push(p.github.Head); err != nil {
		t.Fatal(err)
	}
	request := []string{fmt.Sprint("CI_MERGE_REQUEST_IID=", forgetest.PullRequest), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" + p.github.Head}
	for _, job := range []string{"access-validate", "access-plan", "access-comment"} {
		g.want(true, job, "origin/first", request...)
	}
	if all := server.Comments(forgetest.PullRequest); len(all) != 1 || !strings.Contains(all[0].Body, "1 to update") {
		t.Fatalf("comments: %+v", all)
	}
	commit := p.merge()
	if err := server.Merge(commit); err != nil {
		t.Fatal(err)
	}
	g.want(true, "access-apply", commit)
	r.settled()
	if journal := g.artifacts["journal.age"]; !bytes.HasPrefix(journal, []byte("age-encryption.org/v1")) {
		t.Errorf("the journal is kept as %q", journal)
	}

	r.byHandNow(product.byHand)
	g.want(true, "access-drift", r.head())
	g.want(true, "access-issue", r.head())
	issues := server.Issues()
	if len(issues) != 1 || issues[0].Closed || !strings.Contains(issues[0].Body, product.drift) {
		t.Fatalf("issues: %+v", issues)
	}
	g.want(true, "access-apply", r.head(), "ROLECALL_DIGEST="+r.currentDigest())
	g.want(true, "access-drift", r.head())
	g.want(true, "access-issue", r.head())
	if issues = server.Issues(); !issues[0].Closed {
		t.Errorf("issues: %+v", issues)
	}

	// A check that fails is an open issue, too.
	r.keys["access-drift"][product.keyEnv] = "a-key-that-was-revoked"
	g.want(false, "access-drift", r.head())
	g.want(true, "access-issue", r.head())
	if issues = server.Issues(); len(issues) != 2 || issues[1].Closed || !strings.Contains(issues[1].Body, "[these runs](https://gitlab.example/zoo/access/-/pipelines)") {
		t.Errorf("issues: %+v", issues)
	}
}
