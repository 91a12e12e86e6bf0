package cmd_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/rolecall-dev/rolecall/cmd/forge/forgetest"
)

// A rehearsal is a team that keeps its access in a repository: a remote with git, the workflows of
// examples/ci on runners, GitHub, and an emulated product.
type rehearsal struct {
	*rehearsalProduct
	t      *testing.T
	served serving
	remote string // bare repository
	work   string // clone of a developer
	flows  string // the workflows as the team changed them
	issues *githubServer
	cache  *pipelineCache
	keys   map[string]map[string]string // by environment
	runs   int
}

// A rehearsalProduct is what differs between products.
type rehearsalProduct struct {
	name, seed, keyEnv string
	readKey            string // of the environments that plan; empty for the key that writes
	set                []string
	files              string // instead of an import

	first, second, byHand, widening, harmless edit
	undo                                      edit   // of byHand, if the files do not set what it changes
	danger                                    string // in the comment about widening
	drift                                     string // in the issue about byHand
}

// An edit replaces a text in a file of the configuration.
type edit struct{ file, from, to string }

type githubServer struct {
	*forgetest.Server
	url string
}

func newGitHubServer(t *testing.T) *githubServer {
	t.Helper()
	s, err := forgetest.NewGitHub()
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return &githubServer{s, web.URL + "/api/v3"}
}

func newRehearsal(t *testing.T, p rehearsalProduct) *rehearsal {
	t.Helper()
	seed := filepath.Join(t.TempDir(), "seed.json")
	put(t, seed, p.seed)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsal{
		rehearsalProduct: &p, t: t, served: serveProduct(t, p.name, "--seed", seed, "--rate", "-1"), remote: filepath.Join(t.TempDir(), "remote.git"),
		work: filepath.Join(t.TempDir(), "work"), flows: t.TempDir(), issues: newGitHubServer(t), cache: &pipelineCache{files: map[string][]byte{}},
	}
	t.Cleanup(func() { r.served.stop() })
	read := p.readKey
	if read == "" {
		read = r.served.Key
	}
	journal := identity.String()
	r.keys = map[string]map[string]string{
		"access-plan":  {p.keyEnv: read},
		"access-drift": {p.keyEnv: read, "ROLECALL_JOURNAL_KEY": journal},
		"access":       {p.keyEnv: r.served.Key, "ROLECALL_JOURNAL_KEY": journal},
	}
	r.git(".", "init", "--quiet", "--bare", "--initial-branch=main", r.remote)
	r.git(".", "clone", "--quiet", r.remote, r.work)
	r.git(r.work, "commit", "--quiet", "--allow-empty", "--message=Begin")
	r.git(r.work, "push", "--quiet", "origin", "HEAD:main")
	r.copyWorkflows()
	return r
}

// copyWorkflows copies the workflows as the guide says, and changes the marked lines only.
func (r *rehearsal) copyWorkflows() {
	for _, file := range exampleWorkflows(r.t) {
		text, err := os.ReadFile(file)
		if err != nil {
			r.t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			if strings.Contains(line, "# change: the key") {
				lines[i] = strings.ReplaceAll(line, "PARTOO_API_KEY", r.keyEnv)
			}
		}
		put(r.t, filepath.Join(r.flows, filepath.Base(file)), strings.Join(lines, "\n"))
	}
}

func (r *rehearsal) git(dir string, args ...string) string {
	r.t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@zoo.example",
		"GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@zoo.example", "GIT_ADVICE=0")
	out, err := c.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// rolecall runs the program on a developer's machine.
func (r *rehearsal) rolecall(want int, args ...string) string {
	r.t.Helper()
	code, out := program(nil, r.keyEnv+"="+r.served.Key, args...)
	if code != want {
		r.t.Fatalf("rolecall %q: exit code %d, want %d\n%s", args, code, want, out)
	}
	return out
}

func (e edit) in(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, e.file)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := strings.Replace(string(b), e.from, e.to, 1)
	if after == string(b) {
		t.Fatalf("%s has no %q:\n%s", path, e.from, b)
	}
	put(t, path, after)
}

// byHandNow changes the product behind the back of the repository.
func (r *rehearsal) byHandNow(e edit) {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "elsewhere")
	r.git(".", "clone", "--quiet", r.remote, dir)
	e.in(r.t, filepath.Join(dir, "access"))
	r.rolecall(0, "apply", "--auto-approve", filepath.Join(dir, "access"))
}

// A pull is a pull request with its page on GitHub.
type pull struct {
	*rehearsal
	branch string
	github *githubServer
	fork   bool
}

// open opens a pull request with the changes.
func (r *rehearsal) open(branch string, change func(access string)) *pull {
	r.t.Helper()
	p := &pull{rehearsal: r, branch: branch, github: newGitHubServer(r.t)}
	r.git(r.work, "fetch", "--quiet", "origin")
	r.git(r.work, "checkout", "--quiet", "-B", branch, "origin/main")
	p.push(change)
	return p
}

func (r *rehearsal) edits(all ...edit) func(string) {
	return func(access string) {
		for _, e := range all {
			e.in(r.t, access)
		}
	}
}

// push commits changes to the branch.
func (p *pull) push(change func(access string)) {
	p.t.Helper()
	p.git(p.work, "checkout", "--quiet", p.branch)
	change(filepath.Join(p.work, "access"))
	p.git(p.work, "add", "--all")
	p.git(p.work, "commit", "--quiet", "--message=Change access")
	p.git(p.work, "push", "--quiet", "--force", "origin", p.branch)
	if err := p.github.Push(p.git(p.work, "rev-parse", "HEAD")); err != nil {
		p.t.Fatal(err)
	}
}

// merge squashes the branch into main, as GitHub does, and returns the commit.
func (p *pull) merge() string {
	p.t.Helper()
	dir := filepath.Join(p.t.TempDir(), "merge")
	p.git(".", "clone", "--quiet", p.remote, dir)
	p.git(dir, "merge", "--quiet", "--squash", "origin/"+p.branch)
	p.git(dir, "commit", "--quiet", "--message=Change access (#7)")
	p.git(dir, "push", "--quiet", "origin", "HEAD:main")
	commit := p.git(dir, "rev-parse", "HEAD")
	if err := p.github.Merge(commit); err != nil {
		p.t.Fatal(err)
	}
	return commit
}

// start returns a run of a workflow for an event.
func (r *rehearsal) start(github *githubServer, event any, checkout func(dir string)) *pipelineRun {
	r.t.Helper()
	r.runs++
	path := filepath.Join(r.t.TempDir(), "event.json")
	b, err := json.Marshal(event)
	if err != nil {
		r.t.Fatal(err)
	}
	put(r.t, path, string(b))
	p := newPipelineRun(r.t, "GITHUB_API_URL="+github.url, "GITHUB_REPOSITORY="+forgetest.Repository, "GITHUB_SERVER_URL=https://github.example",
		"GITHUB_RUN_ID=9", "GITHUB_EVENT_PATH="+path, "GITHUB_REF_NAME=main")
	p.github["token"], p.github["run_id"] = forgetest.Token, fmt.Sprint(r.runs)
	p.secrets, p.cache, p.checkout = r.keys, r.cache, checkout
	return p
}

func (p *pull) plan() *pipelineRun { p.t.Helper(); return p.planWith("access-plan.yml") }

// planWith runs a workflow for the pull request, on its merge into main.
func (p *pull) planWith(file string) *pipelineRun {
	p.t.Helper()
	run := p.start(p.github, map[string]any{"pull_request": map[string]any{"number": forgetest.PullRequest, "head": map[string]string{"sha": p.github.Head}}}, func(dir string) {
		p.git(".", "clone", "--quiet", p.remote, dir)
		p.git(dir, "merge", "--quiet", "--no-ff", "origin/"+p.branch)
	})
	run.github["ref_name"], run.github["event_name"] = "7/merge", "pull_request"
	if p.fork {
		run.github["event.pull_request.head.repo.full_name"] = "stranger/access"
	}
	run.run(filepath.Join(p.flows, file))
	return run
}

// apply runs the workflow for a commit of main.
func (p *pull) apply(commit, digest string) *pipelineRun {
	p.t.Helper()
	return p.attempt("1", commit, digest)
}

// attempt is apply for a run that was started so often.
func (p *pull) attempt(n, commit, digest string) *pipelineRun {
	p.t.Helper()
	if err := p.github.Advance(p.head()); err != nil {
		p.t.Fatal(err)
	}
	run := p.start(p.github, map[string]string{"after": commit}, func(dir string) {
		p.git(".", "clone", "--quiet", p.remote, dir)
		p.git(dir, "checkout", "--quiet", commit)
	})
	run.env = append(run.env, "GITHUB_SHA="+commit, "GITHUB_RUN_ATTEMPT="+n)
	run.github["run_attempt"] = n
	run.inputs = map[string]string{"digest": digest}
	run.run(filepath.Join(p.flows, "access-apply.yml"))
	return run
}

func (r *rehearsal) checkDrift() *pipelineRun {
	r.t.Helper()
	run := r.start(r.issues, map[string]string{"schedule": "17 3 * * *"}, func(dir string) { r.git(".", "clone", "--quiet", r.remote, dir) })
	// The event of a schedule says nothing about the repository.
	run.github["event_name"], run.github["event.repository.private"], run.github["event.repository.default_branch"] = "schedule", nil, nil
	run.run(filepath.Join(r.flows, "access-drift.yml"))
	return run
}

// want checks the results of jobs.
func (p *pipelineRun) want(results map[string]string) *pipelineRun {
	p.t.Helper()
	for job, want := range results {
		if p.results[job] != want {
			p.t.Fatalf("job %s: %s, want %s\n%s\n%s", job, p.results[job], want, p.log, p.summary)
		}
	}
	for _, keys := range p.secrets {
		for _, key := range keys {
			if strings.Contains(p.log+p.summary, key) && len(key) > 8 {
				p.t.Errorf("a secret is in the log or summary")
			}
		}
	}
	return p
}

// comment returns the only comment on the pull request.
func (p *pull) comment() forgetest.Post {
	p.t.Helper()
	all := p.github.Comments(forgetest.PullRequest)
	if len(all) != 1 {
		p.t.Fatalf("%d comments: %+v", len(all), all)
	}
	return all[0]
}

func (p *pull) commented(want ...string) int64 {
	p.t.Helper()
	c := p.comment()
	for _, w := range want {
		if !strings.Contains(c.Body, w) {
			p.t.Errorf("%q is not in the comment:\n%s", w, c.Body)
		}
	}
	return c.ID
}

func (p *pull) digest() string {
	p.t.Helper()
	_, rest, _ := strings.Cut(p.comment().Body, "rolecall approval: ")
	digest, _, _ := strings.Cut(rest, " ")
	return digest
}

func (r *rehearsal) head() string {
	r.t.Helper()
	return r.git(r.remote, "rev-parse", "main")
}

// currentPlan plans what is on main.
func (r *rehearsal) currentPlan() (digest string, changes int) {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "main")
	r.git(".", "clone", "--quiet", r.remote, dir)
	r.git(dir, "config", "advice.detachedHead", "false")
	plan := filepath.Join(dir, "plan.json")
	r.rolecall(0, "plan", "--out", plan, filepath.Join(dir, "access"))
	for line := range strings.Lines(r.rolecall(0, "ci", "outputs", plan)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch name {
		case "digest":
			digest = value
		case "changes":
			fmt.Sscan(value, &changes)
		}
	}
	return digest, changes
}

func (r *rehearsal) currentDigest() string {
	r.t.Helper()
	digest, _ := r.currentPlan()
	return digest
}

// settled checks that the product is as main declares.
func (r *rehearsal) settled() {
	r.t.Helper()
	if _, n := r.currentPlan(); n != 0 {
		r.t.Fatalf("%d changes are left", n)
	}
}
