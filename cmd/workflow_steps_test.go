package cmd_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

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
		"PATH=" + r.path + os.Getenv("PATH"), "HOME=" + r.temp, "CI=true", "GITHUB_ACTIONS=true", "GORACE=" + os.Getenv("GORACE"), "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
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
