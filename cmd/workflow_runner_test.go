package cmd_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A workflow is a workflow of GitHub Actions, as far as ours use the syntax.
type workflow struct {
	Name        string
	On          yaml.Node
	Permissions map[string]string
	Env         map[string]string
	Concurrency struct {
		Group  string
		Queue  string
		Cancel string `yaml:"cancel-in-progress"`
	}
	Jobs map[string]*workflowJob
}

type workflowJob struct {
	If          string
	Needs       string
	Timeout     int    `yaml:"timeout-minutes"`
	RunsOn      string `yaml:"runs-on"`
	Environment string
	Permissions map[string]string
	Steps       []workflowStep
}

type workflowStep struct {
	ID, Name, If, Uses, Run, Shell string
	With, Env                      map[string]string
}

// A compositeAction is an action that consists of steps.
type compositeAction struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []workflowStep
	}
}

func readYAML[T any](t testing.TB, path string) *T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v := new(T)
	if err := yaml.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// A pipelineRun runs workflows as a runner of GitHub does: real steps in bash, and our action from
// action.yml. Actions of others are replaced by what they do, without a network.
type pipelineRun struct {
	t        *testing.T
	github   map[string]any               // the github context, with dots in names
	secrets  map[string]map[string]string // by environment; "" is the repository
	inputs   map[string]string            // of workflow_dispatch
	env      []string                     // of the machine that runs the jobs
	cache    *pipelineCache
	checkout func(dir string)
	// installed: the machine has this rolecall, so that the action downloads none.
	installed bool

	log       string
	summary   string
	artifacts map[string][]byte
	steps     map[string]*stepResult // of the last job
	results   map[string]string      // of jobs
}

type stepResult struct {
	outcome string // success, failure or skipped
	outputs map[string]string
	log     string
}

// A pipelineCache keeps files by key and branch, the newest last.
type pipelineCache struct {
	keys  []string
	files map[string][]byte
}

// A jobRun is the machine of one job.
type jobRun struct {
	*pipelineRun
	job       *workflowJob
	env       map[string]string // of the workflow
	workspace string
	temp      string
	path      string
	failed    bool
}

// run runs the jobs of a workflow in the order of their needs.
func (p *pipelineRun) run(file string) {
	p.t.Helper()
	w := readYAML[workflow](p.t, file)
	p.results, p.artifacts, p.log, p.summary = map[string]string{}, map[string][]byte{}, "", ""
	for len(p.results) < len(w.Jobs) {
		before := len(p.results)
		for _, name := range slices.Sorted(maps.Keys(w.Jobs)) {
			j := w.Jobs[name]
			if _, done := p.results[name]; done || j.Needs != "" && p.results[j.Needs] == "" {
				continue
			}
			p.results[name] = p.runJob(w, j)
		}
		if len(p.results) == before {
			p.t.Fatalf("%s: the needs of its jobs are a cycle", file)
		}
	}
}

func (p *pipelineRun) runJob(w *workflow, j *workflowJob) string {
	p.t.Helper()
	ready := j.Needs == "" || p.results[j.Needs] == "success"
	r := newJobRun(p, j, w.Env)
	if !r.holds(j.If, !ready, nil) {
		return "skipped"
	}
	p.steps = map[string]*stepResult{}
	for i := range j.Steps {
		r.step(&j.Steps[i], p.steps, nil, nil)
	}
	if r.failed {
		return "failure"
	}
	return "success"
}

// newJobRun returns a new machine.
func newJobRun(p *pipelineRun, j *workflowJob, env map[string]string) *jobRun {
	r := &jobRun{pipelineRun: p, job: j, env: env, workspace: p.t.TempDir(), temp: p.t.TempDir()}
	if p.installed {
		program, err := exec.LookPath("rolecall") // TestMain puts it there
		if err != nil {
			p.t.Fatal(err)
		}
		bin := filepath.Join(r.temp, "rolecall-0.1.0", "bin")
		if err := os.MkdirAll(bin, 0o700); err != nil {
			p.t.Fatal(err)
		}
		if err := os.Symlink(program, filepath.Join(bin, "rolecall")); err != nil {
			p.t.Fatal(err)
		}
	}
	return r
}

// holds reports whether an if holds. Without a function of the status, nothing may have failed before.
func (r *jobRun) holds(condition string, failed bool, inputs map[string]string) bool {
	condition = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(condition), "${{"), "}}")
	if condition == "" {
		return !failed
	}
	status := map[string]bool{"always": true, "cancelled": false, "failure": failed, "success": !failed}
	v, asked, err := evaluate(condition, status, r.lookup(inputs, r.steps))
	if err != nil {
		r.t.Fatal(err)
	}
	return truthy(v) && (asked || !failed)
}

// lookup finds names of contexts. Unknown names are errors, because on GitHub they are empty.
func (r *jobRun) lookup(inputs map[string]string, steps map[string]*stepResult) func(string) (any, error) {
	return func(name string) (any, error) {
		context, rest, _ := strings.Cut(name, ".")
		switch context {
		case "github":
			if v, ok := r.github[rest]; ok {
				return v, nil
			}
		case "env":
			if v, ok := r.env[rest]; ok {
				return v, nil
			}
		case "inputs":
			if inputs != nil {
				if v, ok := inputs[rest]; ok {
					return v, nil
				}
				return nil, fmt.Errorf("the action has no input %q", rest)
			}
			return r.inputs[rest], nil
		case "secrets":
			for _, environment := range []string{r.job.Environment, ""} {
				if v, ok := r.secrets[environment][rest]; ok {
					return v, nil
				}
			}
			return "", nil // of another environment
		case "steps":
			id, member, _ := strings.Cut(rest, ".")
			s := steps[id]
			if s == nil {
				return nil, fmt.Errorf("there is no step %q before", id)
			}
			if member == "outcome" {
				return s.outcome, nil
			}
			if output, ok := strings.CutPrefix(member, "outputs."); ok {
				return s.outputs[output], nil
			}
		}
		return nil, fmt.Errorf("nothing is named %q", name)
	}
}

var embeddedExpression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)

// expand replaces the expressions in a text.
func (r *jobRun) expand(text string, inputs map[string]string, steps map[string]*stepResult) string {
	return embeddedExpression.ReplaceAllStringFunc(text, func(m string) string {
		v, _, err := evaluate(m[3:len(m)-2], nil, r.lookup(inputs, steps))
		if err != nil {
			r.t.Fatal(err)
		}
		return shown(v)
	})
}

// step runs one step of a job or of an action, which has inputs and the environment of its caller.
func (r *jobRun) step(s *workflowStep, steps map[string]*stepResult, inputs, outer map[string]string) {
	r.t.Helper()
	result := &stepResult{outcome: "skipped", outputs: map[string]string{}}
	if s.ID != "" {
		steps[s.ID] = result
	}
	if !r.holdsIn(s.If, inputs, steps) {
		return
	}
	env, with := maps.Clone(outer), map[string]string{}
	if env == nil {
		env = map[string]string{}
	}
	for k, v := range s.Env {
		env[k] = r.expand(v, inputs, steps)
	}
	for k, v := range s.With {
		with[k] = r.expand(v, inputs, steps)
	}
	ok := true
	switch name, _, _ := strings.Cut(s.Uses, "@"); name {
	case "":
		ok = r.bash(s, env, result)
	case "actions/checkout":
		r.checkout(r.workspace)
	case "actions/cache/restore":
		r.restore(with, result)
	case "actions/cache/save":
		r.save(with)
	case "actions/upload-artifact":
		r.artifacts[with["name"]] = r.read(with["path"])
	case "rolecall-dev/rolecall":
		ok = r.action(with, env, result)
	default:
		r.t.Fatalf("no action %s", s.Uses)
	}
	result.outcome = "success"
	if !ok {
		result.outcome = "failure"
		r.failed = true
	}
}

func (r *jobRun) holdsIn(condition string, inputs map[string]string, steps map[string]*stepResult) bool {
	outer := r.steps
	r.steps = steps
	defer func() { r.steps = outer }()
	return r.holds(condition, r.failed, inputs)
}

// action runs our action.
func (r *jobRun) action(with, env map[string]string, result *stepResult) bool {
	a := readYAML[compositeAction](r.t, "../action.yml")
	inputs := map[string]string{}
	for name, in := range a.Inputs {
		v, given := with[name]
		if !given {
			v = in.Default
		}
		if in.Required && v == "" {
			r.t.Fatalf("the input %s is missing", name)
		}
		inputs[name] = v
		delete(with, name)
	}
	for name := range with {
		r.t.Fatalf("the action has no input %s", name)
	}
	before, steps := r.failed, map[string]*stepResult{}
	r.failed = false
	for i := range a.Runs.Steps {
		r.step(&a.Runs.Steps[i], steps, inputs, env)
	}
	ok := !r.failed
	r.failed = r.failed || before
	for name, out := range a.Outputs {
		result.outputs[name] = r.expand(out.Value, inputs, steps)
	}
	return ok
}

// bash runs the script of a step as GitHub does.
func (r *jobRun) bash(s *workflowStep, env map[string]string, result *stepResult) bool {
	r.t.Helper()
	if strings.Contains(s.Run, "${{") {
		r.t.Fatalf("an expression in a script: %s", s.Run)
	}
	script := filepath.Join(r.temp, "script.sh")
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} {
		files[name] = filepath.Join(r.temp, strings.ToLower(name))
		if err := os.WriteFile(files[name], nil, 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := os.WriteFile(script, []byte(s.Run), 0o600); err != nil {
		r.t.Fatal(err)
	}
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	if s.Shell == "" {
		c.Args = []string{"bash", "-e", script}
	}
	c.Dir = r.workspace
	c.Env = append([]string{
		"PATH=" + r.path + os.Getenv("PATH"), "HOME=" + r.temp, "CI=true", "GITHUB_ACTIONS=true", "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
		"RUNNER_TEMP=" + r.temp, "GITHUB_WORKSPACE=" + r.workspace,
	}, r.pipelineRun.env...)
	for _, vars := range []map[string]string{files, r.env, env} {
		for k, v := range vars {
			c.Env = append(c.Env, k+"="+v)
		}
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	r.log += out.String()
	r.summary += string(r.read(files["GITHUB_STEP_SUMMARY"]))
	for line := range strings.Lines(string(r.read(files["GITHUB_OUTPUT"]))) {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			result.outputs[name] = value
		}
	}
	for line := range strings.Lines(string(r.read(files["GITHUB_PATH"]))) {
		r.path = strings.TrimSuffix(line, "\n") + ":" + r.path
	}
	return err == nil
}

func (r *jobRun) read(path string) []byte {
	r.t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.workspace, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

func (r *jobRun) restore(with map[string]string, result *stepResult) {
	for _, prefix := range []string{with["key"], with["restore-keys"]} {
		for _, key := range slices.Backward(r.cache.keys) {
			if prefix != "" && strings.HasPrefix(key, prefix) {
				result.outputs["cache-matched-key"] = key
				path := filepath.Join(r.workspace, with["path"])
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					r.t.Fatal(err)
				}
				put(r.t, path, string(r.cache.files[key]))
				return
			}
		}
	}
}

func (r *jobRun) save(with map[string]string) {
	key := with["key"]
	if _, taken := r.cache.files[key]; taken {
		r.t.Fatalf("the key %s of the cache is taken", key)
	}
	if _, err := os.Stat(filepath.Join(r.workspace, with["path"])); err != nil {
		return // only a warning
	}
	r.cache.files[key] = r.read(with["path"])
	r.cache.keys = append(r.cache.keys, key)
}
