package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// documents reads the documents of a manifest.
func documents(t *testing.T, file string) (out []map[string]any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for d := yaml.NewDecoder(bytes.NewReader(b)); ; {
		var doc map[string]any
		switch err := d.Decode(&doc); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, doc)
	}
}

func manifests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../examples/ci/kubernetes/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	return files
}

// member follows the names of members.
func member(doc any, path ...string) any {
	for _, name := range path {
		m, _ := doc.(map[string]any)
		doc = m[name]
	}
	return doc
}

// The manifests are what the schema of Kubernetes says, without a member that it does not have.
func TestManifestsFitTheSchema(t *testing.T) {
	b, err := os.ReadFile("testdata/kubernetes/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("kubernetes.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("kubernetes.json")
	if err != nil {
		t.Fatal(err)
	}
	fits := func(doc map[string]any) error {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	for _, file := range manifests(t) {
		for _, doc := range documents(t, file) {
			if err := fits(doc); err != nil {
				t.Errorf("%s: %v", file, err)
			}
			doc["spce"] = 1
			if fits(doc) == nil {
				t.Errorf("%s: the schema allows any member", file)
			}
		}
	}
}

// podsOf returns the specification of a job and of its pods; nil if the document has none.
func podsOf(doc map[string]any) (job, pods any) {
	job = member(doc, "spec")
	if doc["kind"] == "CronJob" {
		job = member(doc, "spec", "jobTemplate", "spec")
	}
	return job, member(job, "template", "spec")
}

// Pods have no rights that they do not need, and what can be tried again is.
func TestManifestsAreSafe(t *testing.T) {
	for _, file := range manifests(t) {
		for _, doc := range documents(t, file) {
			job, pods := podsOf(doc)
			if doc["kind"] == "Role" {
				want := []any{map[string]any{"apiGroups": []any{"coordination.k8s.io"}, "resources": []any{"leases"}, "verbs": []any{"get", "create", "update"}}}
				if diff := cmp.Diff(want, doc["rules"]); diff != "" {
					t.Errorf("%s: %s", file, diff)
				}
			}
			if pods == nil {
				continue
			}
			fleet := strings.Contains(file, "fleet")
			container := member(pods, "containers").([]any)[0]
			safe := member(container, "securityContext")
			if member(pods, "securityContext", "runAsNonRoot") != true || member(safe, "allowPrivilegeEscalation") != false || fleet && member(safe, "readOnlyRootFilesystem") != true {
				t.Errorf("%s: %v %v", file, member(pods, "securityContext"), safe)
			}
			args := fmt.Sprint(member(container, "args"))
			if leases := strings.Contains(args, "--lock"); leases == (member(pods, "automountServiceAccountToken") == false) || leases != (member(pods, "serviceAccountName") != nil) {
				t.Errorf("%s: a token where no lease is taken, or none where one is", file)
			}
			if fleet && fmt.Sprint(member(job, "completions")) != strings.TrimPrefix(args[strings.Index(args, "--shard /"):strings.Index(args, " --keys")], "--shard /") {
				t.Errorf("%s: %v indexes for %s", file, member(job, "completions"), args)
			}
			if strings.Contains(args, "apply") && fmt.Sprint(member(job, "podFailurePolicy", "rules").([]any)[0]) != "map[action:FailIndex onExitCodes:map[containerName:rolecall operator:In values:[4 5]]]" {
				t.Errorf("%s: %v", file, member(job, "podFailurePolicy"))
			}
		}
	}
}

// The pods of the manifests apply to a fleet and check it, and the report of what they leave behind has every tenant.
func TestManifestsRun(t *testing.T) {
	s := &simulatedFleet{live: map[int]http.RoundTripper{}, asked: map[string]bool{}}
	dir := t.TempDir()
	s.write(t, dir, 6)
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fleet-apply.yaml", "fleet-drift.yaml"} {
		_, spec := podsOf(documents(t, "../examples/ci/kubernetes/"+name)[0])
		var args []string
		for _, a := range member(spec, "containers").([]any)[0].(map[string]any)["args"].([]any) {
			args = append(args, strings.NewReplacer("/access", filepath.Join(dir, "fleet"), "/keys", filepath.Join(dir, "keys"), "/data", filepath.Join(dir, "data")).Replace(a.(string)))
		}
		if i := slices.Index(args, "--lock"); i >= 0 {
			args = slices.Delete(args, i, i+2) // there is no cluster
		}
		var items []any
		for i := range 10 {
			message := filepath.Join(t.TempDir(), "message")
			put(t, message, "")
			code, _, said := s.run([]string{fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i), "XDG_STATE_HOME=" + t.TempDir()}, append(args, "--termination-log", message)...)
			if code != 0 {
				t.Errorf("%s, index %d: exit code %d: %s", name, i, code, said)
			}
			b, err := os.ReadFile(message)
			if err != nil {
				t.Fatal(err)
			}
			items = append(items, map[string]any{"metadata": map[string]any{"name": fmt.Sprint("pod-", i)}, "status": map[string]any{
				"containerStatuses": []any{map[string]any{"state": map[string]any{"terminated": map[string]any{"message": string(b)}}}},
			}})
		}
		pods, err := json.Marshal(map[string]any{"kind": "List", "items": items})
		if err != nil {
			t.Fatal(err)
		}
		code, report, said := s.report(t, filepath.Join(dir, "fleet"), string(pods))
		if code != 0 || strings.Count(report, `"failed": false`) != 6 {
			t.Errorf("%s: exit code %d: %s%s", name, code, report, said)
		}
	}
}
