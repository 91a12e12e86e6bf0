package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rolecall-dev/rolecall/cmd"
)

// The pages of docs/reference are made by go generate ./cmd and checked in.
func TestReferenceIsCurrent(t *testing.T) {
	dir := t.TempDir()
	f := cmd.System()
	var out strings.Builder
	f.Out, f.Err = &out, &out
	if code := cmd.Main([]string{"docs", dir}, f); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	want, have := pages(t, dir), pages(t, "../docs/reference")
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("docs/reference is stale; run go generate ./cmd and commit the result\n%s", diff)
	}
	if len(want) < 3 {
		t.Errorf("only %d pages were made", len(want))
	}
}

func pages(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(text)
	}
	return out
}

// The JSON Schema that editors use and the program agree about a file.
func TestJSONSchemaAgreesWithValidate(t *testing.T) {
	f := cmd.System()
	var text strings.Builder
	f.Out = &text
	if code := cmd.Main([]string{"schema", "--json-schema"}, f); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("rolecall.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("rolecall.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	const provider = `"provider": {"partoo": {"org_id": 42, "manage": {"user": {"mode": "authoritative", "on_removal": "disable"}}, "limits": {"max_deletes": 3}}}`
	tests := map[string]bool{
		`{` + provider + `}`: true,
		`{` + provider + `, "locals": {"all": ["business_edit"]}, "role": {"keeper": {"name": "Keeper", "permissions": "${local.all}"}}}`:                        true,
		`{` + provider + `, "user": {"people": {"for_each": ["${\"a@zoo.example\"}"], "role": "PUBLISHER"}}}`:                                                    false, // a list, not a set
		`{` + provider + `, "user": {"people": {"for_each": "${toset([\"a@zoo.example\"])}", "email": "${each.key}", "role": "PUBLISHER"}}}`:                     true,
		`{` + provider + `, "section": {"Food": {}}, "group": {"Omnivore": {"section": "${section.Food}", "store_codes": ["1"]}}}`:                               true,
		`{` + provider + `, "variable": {"who": {"type": "string", "default": "ana"}}, "user": {"x": {"email": "${var.who}@zoo.example", "role": "PUBLISHER"}}}`: true,
		`{` + provider + `, "removed": {"role": {"old": {}}}}`:                                                                                                   true,
		`{` + provider + `, "removed": {"builtin_role": {"GROUP_MANAGER": {}}}}`:                                                                                 false,
		`{` + provider + `, "user": {"ana@zoo.example": {"role": "KING"}}}`:                                                                                      false,
		`{` + provider + `, "user": {"ana@zoo.example": {}}}`:                                                                                                    false,
		`{` + provider + `, "user": {"ana@zoo.example": {"role": "PUBLISHER", "disabled": "no"}}}`:                                                               false,
		`{` + provider + `, "user": {"ana@zoo.example": {"role": "PUBLISHER", "status": "x"}}}`:                                                                  false,
		`{` + provider + `, "usr": {"ana@zoo.example": {"role": "PUBLISHER"}}}`:                                                                                  false,
		`{"provider": {"partoo": {}}}`: false,
	}
	for text, good := range tests {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "access.hcl.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var told strings.Builder
		f := cmd.System()
		f.Out, f.Err, f.Environ = &told, &told, nil
		if code := cmd.Main([]string{"validate", dir}, f); (code == 0) != good {
			t.Errorf("validate: exit code %d, want good = %v\n%s\n%s", code, good, text, told.String())
		}
		if err := schema.Validate(doc); (err == nil) != good {
			t.Errorf("schema: good = %v, want %v\n%s\n%v", err == nil, good, text, err)
		}
	}
}
