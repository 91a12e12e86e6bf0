package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"go.yaml.in/yaml/v3"
)

// Each block of the guide is a file that tests run, or is checked here.
func TestPipelineGuide(t *testing.T) {
	text, err := os.ReadFile("../docs/guides/pipeline.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, pattern := range []string{"../examples/ci/*/*", "../examples/ci/*/*/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if b, err := os.ReadFile(f); err == nil {
				files[string(b)] = true
			}
		}
	}
	checked := 0
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		checked++
		switch block := m[2]; {
		case files[block]:
		case strings.Contains(block, "gh workflow run"):
			checkDispatch(t, block)
		case strings.HasPrefix(block, "rolecall "):
			checkCommand(t, block, "")
		case strings.Contains(block, "rolecall undo"):
			checkUndo(t, block)
		case strings.Contains(block, "sed "):
			checkCopies(t, block)
		case strings.Contains(block, "component:"):
			checkComponent(t, block)
		case strings.Contains(block, "hooks:"):
			checkHooks(t, block)
		case strings.Contains(block, "flags: "):
			checkInputs(t, block)
		default:
			t.Errorf("nothing checks this block:\n%s", block)
		}
	}
	if checked < 6 {
		t.Errorf("%d blocks", checked)
	}
}

// checkDispatch checks that the command names a workflow and an input that it has.
func checkDispatch(t *testing.T, block string) {
	t.Helper()
	m := regexp.MustCompile(`gh workflow run (\S+) -f (\w+)=`).FindStringSubmatch(block)
	if m == nil {
		t.Fatalf("no command: %s", block)
	}
	w := readYAML[workflow](t, "../examples/ci/github/"+m[1])
	var on struct {
		Dispatch struct{ Inputs map[string]any } `yaml:"workflow_dispatch"`
	}
	if err := w.On.Decode(&on); err != nil || on.Dispatch.Inputs[m[2]] == nil {
		t.Errorf("%s has no input %s: %v", m[1], m[2], err)
	}
}

// checkCommand checks that rolecall has the command and its flags.
func checkCommand(t *testing.T, block, env string) {
	t.Helper()
	line := regexp.MustCompile(`"\$\(.*?\)"`).ReplaceAllString(strings.TrimSpace(block), "HEAD")
	if code, out := program(nil, env, strings.Fields(line)[1:]...); code == 0 || !strings.Contains(out, "access") || strings.Contains(out, "unknown") {
		t.Errorf("%s: exit code %d\n%s", line, code, out) // it has to say that there is no directory access here
	}
}

// checkUndo checks the commands by which a pipeline undoes; the first line sets a variable.
func checkUndo(t *testing.T, block string) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(block), "\n") {
		line, _, _ = strings.Cut(line, " #")
		if name, ok := strings.CutPrefix(line, "export ROLECALL_JOURNAL_KEY="); i == 0 && ok && name != "" {
			continue
		}
		checkCommand(t, strings.Replace(line, "sha256:...", "sha256:"+strings.Repeat("0", 64), 1), "ROLECALL_JOURNAL_KEY="+key.String())
	}
}

// checkCopies checks that copies of the workflows for another configuration share nothing with them.
func checkCopies(t *testing.T, block string) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range exampleWorkflows(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, filepath.Base(file)), string(text))
	}
	c := exec.Command("bash", "-e", "-c", block)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range exampleWorkflows(t) {
		name := strings.Replace(filepath.Base(file), "access", "soc", 1)
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w := readYAML[workflow](t, filepath.Join(dir, name))
		if w.Env["DIRECTORY"] != "soc" || w.Concurrency.Group != strings.TrimSuffix(name, ".yml") || strings.Contains(string(text), "access") || !strings.Contains(string(text), "TINES_API_KEY") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// checkComponent checks that our component has the inputs.
func checkComponent(t *testing.T, block string) {
	t.Helper()
	var c struct {
		Include []struct{ Inputs map[string]string }
	}
	if err := yaml.Unmarshal([]byte(block), &c); err != nil || len(c.Include) != 1 {
		t.Fatalf("%+v: %v", c, err)
	}
	text, err := os.ReadFile("../examples/ci/gitlab/templates/access.yml")
	if err != nil {
		t.Fatal(err)
	}
	for name := range c.Include[0].Inputs {
		if !strings.Contains(string(text), "\n    "+name+":\n      description: ") {
			t.Errorf("the component has no input %s", name)
		}
	}
}

func checkHooks(t *testing.T, block string) {
	t.Helper()
	var c struct {
		Repos []struct {
			Rev   string
			Hooks []struct {
				ID   string
				Args []string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(block), &c); err != nil {
		t.Fatal(err)
	}
	hooks, err := os.ReadFile("../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Repos[0].Rev != "v"+releaseOf(t) || len(c.Repos[0].Hooks) == 0 {
		t.Errorf("%+v", c)
	}
	for _, h := range c.Repos[0].Hooks {
		if !strings.Contains(string(hooks), "- id: "+h.ID+"\n") || !slices.Equal(h.Args, []string{"access"}) {
			t.Errorf("hook %+v", h)
		}
	}
}

// checkInputs checks that our action has the inputs, and plan the flags.
func checkInputs(t *testing.T, block string) {
	t.Helper()
	var c struct{ With map[string]string }
	if err := yaml.Unmarshal([]byte(block), &c); err != nil {
		t.Fatal(err)
	}
	a := readYAML[compositeAction](t, "../action.yml")
	for name := range c.With {
		if _, ok := a.Inputs[name]; !ok {
			t.Errorf("the action has no input %s", name)
		}
	}
	if code, out := program(nil, "", append([]string{c.With["command"]}, append(strings.Fields(c.With["flags"]), "../examples/zoo")...)...); code == 1 {
		t.Errorf("%v: %s", c.With, out)
	}
}

// The units and the CronJob run commands that exist, with flags that they have.
func TestScheduledChecks(t *testing.T) {
	cron, err := os.ReadFile("../examples/ci/cron/rolecall")
	if err != nil {
		t.Fatal(err)
	}
	service, err := os.ReadFile("../examples/ci/systemd/rolecall-drift.service")
	if err != nil {
		t.Fatal(err)
	}
	job := readYAML[struct {
		Spec struct {
			Template struct {
				Spec struct {
					Template struct {
						Spec struct {
							Containers []struct{ Args []string }
						}
					}
				}
			} `yaml:"jobTemplate"`
		}
	}](t, "../examples/ci/kubernetes/drift.yaml")
	commands := [][]string{job.Spec.Template.Spec.Template.Spec.Containers[0].Args}
	for _, line := range []string{string(cron), string(service)} {
		found := regexp.MustCompile(`/usr/local/bin/rolecall ([^>)\n]*)`).FindAllStringSubmatch(line, -1)
		if len(found) == 0 {
			t.Fatalf("no command in\n%s", line)
		}
		for _, m := range found {
			commands = append(commands, strings.Fields(m[1]))
		}
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "main.hcl"), actionTenant)
	put(t, filepath.Join(dir, "partoo.seed.json"), actionSeed)
	for _, args := range commands {
		last := len(args) - 1
		if args[last] != "." && args[last] != "/access" {
			t.Errorf("%q does not end with the directory", args)
		}
		if code, out := program(nil, "", append(slices.Clone(args[:last]), dir)...); code != 0 && code != 2 {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
	}
}
