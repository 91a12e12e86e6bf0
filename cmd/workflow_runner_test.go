package cmd_test

import (
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
