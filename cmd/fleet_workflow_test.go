package cmd_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const fleetWorkflow = "../examples/ci/github/fleet/fleet-plan.yml"

// A matrixWorkflow is what the tests read of a workflow with a matrix.
type matrixWorkflow struct {
	Permissions map[string]string
	Env         map[string]string
	Jobs        map[string]struct {
		If, Environment string
		Needs           any
		Timeout         int `yaml:"timeout-minutes"`
		Permissions     map[string]string
		Steps           []workflowStep
	}
}

// Only the job that plans gets keys, and not for a pull request from a fork.
func TestFleetWorkflowIsSafe(t *testing.T) {
	w := readYAML[matrixWorkflow](t, fleetWorkflow)
	if w.Permissions == nil || len(w.Permissions) > 0 {
		t.Errorf("jobs have the permissions %v unless they say otherwise", w.Permissions)
	}
	for name, j := range w.Jobs {
		if j.Permissions["contents"] != "read" || j.Timeout == 0 {
			t.Errorf("%s: permissions %v, timeout %d", name, j.Permissions, j.Timeout)
		}
		for _, s := range j.Steps {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: an expression in a script", name)
			}
			if m := regexp.MustCompile(`^([\w./-]+)@(\S+)$`).FindStringSubmatch(s.Uses); m != nil && m[1] != "rolecall-dev/rolecall" && len(m[2]) != 40 {
				t.Errorf("%s: %s is not pinned to a commit", name, s.Uses)
			} else if m != nil && m[1] == "rolecall-dev/rolecall" && m[2] != "v"+releaseOf(t) {
				t.Errorf("%s: %s is not at the release", name, s.Uses)
			}
			if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
				t.Errorf("%s: the checkout stores the token", name)
			}
			for _, v := range s.Env {
				if strings.Contains(v, "secrets.") && (name != "plan" || j.Environment != "access-plan" ||
					!strings.HasSuffix(j.If, "&& github.event.pull_request.head.repo.full_name == github.repository")) {
					t.Errorf("%s gets secrets if %q", name, j.If)
				}
			}
		}
	}
}

// The scripts of the workflow list, plan and report what a pull request changes.
func TestFleetWorkflowRuns(t *testing.T) {
	w := readYAML[matrixWorkflow](t, fleetWorkflow)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"access/fleet.hcl":         "tenant \"all\" {\n  for_each  = { for o in csvdecode(file(\"organizations.csv\")) : o.name => o }\n  directory = \"shared\"\n  variables = { id = each.value.id }\n}\n",
		"access/organizations.csv": "name,id\na,1\nb,2\nc,3\n",
		"access/shared/main.hcl":   "variable \"id\" { type = number }\nprovider \"partoo\" {\n  org_id   = var.id\n  endpoint = \"emulator\"\n}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, path, text)
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "start")
	put(t, filepath.Join(dir, "access", "organizations.csv"), "name,id\na,1\nb,4\nc,5\nd,6\n")
	bin := t.TempDir()
	put(t, filepath.Join(bin, "gh"), "#!/bin/sh\ncp -R \"$RESULTS\" \"$7/results-0\"\n")
	if err := os.Chmod(filepath.Join(bin, "gh"), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(job string, env ...string) (temp, output string) {
		t.Helper()
		temp = t.TempDir()
		output = filepath.Join(temp, "output")
		put(t, output, "")
		for _, s := range w.Jobs[job].Steps {
			if s.Run == "" {
				continue
			}
			c := exec.Command("bash", "-e", "-o", "pipefail", "-c", s.Run)
			c.Dir = dir
			c.Env = append(os.Environ(), append(env, "PATH="+bin+":"+os.Getenv("PATH"), "FLEET="+w.Env["FLEET"], "BASE=HEAD", "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+output, "GITHUB_RUN_ID=1", "REPOSITORY=o/r", "PRIVATE=true")...)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", job, err, out)
			}
		}
		return temp, output
	}
	read := func(path string) string {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	_, output := run("list")
	var matrix struct{ Include []struct{ Shard string } }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(read(output), "matrix=")), &matrix); err != nil || len(matrix.Include) == 0 {
		t.Fatalf("%v: %s", err, read(output))
	}
	results := t.TempDir()
	for i, j := range matrix.Include {
		temp, _ := run("plan", "SHARD="+j.Shard, "FLEET_KEYS=b key-of-b\nc key-of-c\nd key-of-d\n")
		if key := read(filepath.Join(temp, "keys", "c")); key != "key-of-c\n" {
			t.Errorf("the key of c is %q", key)
		}
		files, err := filepath.Glob(filepath.Join(temp, "results", "*.jsonl"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		put(t, filepath.Join(results, fmt.Sprintf("%d.jsonl", i)), read(files[0]))
	}
	if _, output = run("report", "RESULTS="+results); read(output) != "## Fleet: 3 tenants, 3 without\n" && !strings.HasPrefix(read(output), "## Fleet: 3 tenants, 3 without\n\nThe runs took ") {
		t.Errorf("the report is\n%s", read(output))
	}
	git(t, dir, "checkout", "-q", ".")
	if _, output = run("list"); read(output) != "" {
		t.Errorf("nothing changed, and the jobs are %s", read(output))
	}
}
