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

// The JSON Schema that editors use and the program agree about a file by itself.
// Some mistakes no schema can see; those are in the last list. It sees one file, so
// it takes the products of that file's provider blocks for all there are.
func TestJSONSchemaAgreesWithValidate(t *testing.T) {
	schema := compiledSchema(t)
	const (
		partoo = `"provider": {"partoo": {"org_id": 42, "manage": {"user": {"mode": "authoritative", "on_removal": "deactivate"}}, "limits": {"max_deletes": 3}}}`
		tines  = `"provider": {"tines": {"tenant": "https://zoo.tines.com"}}`
		rocket = `"provider": {"roserocket": {"endpoint": "emulator", "org_id": "o", "client_id": "c", "user_id": "u"}}`
		two    = `"provider": [{"partoo": {"org_id": 42}}, {"tines": {"endpoint": "emulator"}}]`
		north  = `"provider": {"partoo": [{"org_id": 42}, {"org_id": 43, "alias": "north"}]}`
	)
	tests := []struct {
		text        string
		valid, fits bool // for the program, and for the schema
	}{
		{partoo, true, true},
		{partoo + `, "locals": {"all": ["business_edit"]}, "role": {"keeper": {"name": "Keeper", "permissions": "${local.all}"}}`, true, true},
		{partoo + `, "user": {"people": {"for_each": ["${\"a@zoo.example\"}"], "role": "PUBLISHER"}}`, false, false}, // a list, not a set
		{partoo + `, "user": {"people": {"for_each": "${toset([\"a@zoo.example\"])}", "email": "${each.key}", "role": "PUBLISHER"}}`, true, true},
		{partoo + `, "section": {"Food": {}}, "group": {"Omnivore": {"section": "${section.Food}", "store_codes": ["1"]}}`, true, true},
		{partoo + `, "variable": {"who": {"type": "string", "default": "ana"}}, "user": {"x": {"email": "${var.who}@zoo.example", "role": "PUBLISHER"}}`, true, true},
		{partoo + `, "removed": {"role": {"old": {}}}`, true, true},
		{partoo + `, "removed": {"builtin_role": {"GROUP_MANAGER": {}}}`, false, false},
		{partoo + `, "user": {"ana@zoo.example": {"role": "KING"}}`, false, false},
		{partoo + `, "user": {"ana@zoo.example": {}}`, false, false},
		{partoo + `, "user": {"ana@zoo.example": {"role": "PUBLISHER", "disabled": "no"}}`, false, false},
		{partoo + `, "user": {"ana@zoo.example": {"role": "PUBLISHER", "status": "x"}}`, false, false},
		{partoo + `, "usr": {"ana@zoo.example": {"role": "PUBLISHER"}}`, false, false},
		{`"provider": {"partoo": {}}`, false, false},

		{tines + `, "role": {"analyst": {"based_on": "VIEWER", "enable": ["CASE_CREATE"]}}, "team": {"SOC": {"members": {"ana@zoo.example": "${role.analyst}"}}}`, true, true},
		{tines + `, "user": {"ana@zoo.example": {}}`, true, true},
		{tines + `, "user": {"ana@zoo.example": {"admin": "no"}}`, false, false},
		{tines + `, "user": {"ana@zoo.example": {"role": "PUBLISHER"}}`, false, false}, // a user of Partoo
		{tines + `, "role": {"analyst": {"name": "ANALYST", "permisions": []}}`, false, false},
		{tines + `, "membership": {"SOC": {"ana@zoo.example": {"role": "VIEWER"}}}`, true, true},
		{tines + `, "membership": {"SOC": {"ana@zoo.example": {}}}`, false, false},
		{tines + `, "permission": {"sales": {"order": {}}}`, false, false}, // Rose Rocket's
		{tines + `, "user": {"ana@zoo.example": {"provider": "tines.south"}}`, false, true},
		{rocket + `, "permission": {"sales": {"order": {"data": "read_only", "record": {"create": false}, "fields": {"hide": ["margin"]}}}}`, true, true},
		{rocket + `, "permission": {"sales": {"order": {"data": "everything"}}}`, false, false},
		{rocket + `, "permission": {"sales": {"order": {"record": {"craete": false}}}}`, false, false},
		{rocket + `, "permission": {"sales": {}, "csr": {"order": {"option": "x"}}}`, false, false},

		{two + `, "user": {"ana@zoo.example": {"provider": "partoo", "role": "PUBLISHER"}, "ben@zoo.example": {"provider": "tines", "admin": true}}`, true, true},
		{two + `, "user": {"ana@zoo.example": {"provider": "tines", "role": "PUBLISHER"}}`, false, false},
		{two + `, "user": {"ana@zoo.example": {"provider": "partoo", "role": "KING"}}`, false, false},
		{two + `, "user": {"ana@zoo.example": {"provider": "partu"}}`, false, false},
		{two + `, "team": {"SOC": {"provider": "partoo"}}`, false, false},
		{north + `, "user": {"ana@zoo.example": {"provider": "partoo.north", "role": "PUBLISHER"}}`, true, true},

		// What a schema cannot tell.
		{two + `, "user": {"ana@zoo.example": {"role": "PUBLISHER"}}`, false, true},                                        // whether the provider must be named
		{two + `, "user": {"ana@zoo.example": {}}`, false, true},                                                           // whose user it is, and so what is required
		{partoo + `, "user": {"ana@zoo.example": {"provider": "tines"}}`, false, true},                                     // whether another file declares it
		{`"user": {"ana@zoo.example": {"admin": true}}`, false, true},                                                      // whether another file has the provider block
		{partoo + `, "user": {"ana": {"role": "PUBLISHER"}}`, false, true},                                                 // what an address looks like
		{partoo + `, "group": {"Omnivore": {"section": "${section.Food}"}}`, false, true},                                  // whether there is such a section
		{tines + `, "role": {"12345": {"permissions": []}}`, false, true},                                                  // what a name may be
		{tines + `, "role": {"ANALYST": {"based_on": "VIEWER", "permissions": ["CASE_VIEW"]}}`, false, true},               // which attributes exclude each other
		{rocket + `, "permission": {"sales": {"order": {"fields": {"edit": ["notes"], "hide": ["notes"]}}}}`, false, true}, // what a field may be at once
	}
	for _, tt := range tests {
		text := "{" + tt.text + "}"
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "access.hcl.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var told strings.Builder
		f := cmd.System()
		f.Out, f.Err, f.Environ = &told, &told, nil
		if code := cmd.Main([]string{"validate", dir}, f); (code == 0) != tt.valid {
			t.Errorf("validate: exit code %d, want valid = %v\n%s\n%s", code, tt.valid, text, told.String())
		}
		if err := schema.Validate(doc); (err == nil) != tt.fits {
			t.Errorf("schema: fits = %v, want %v\n%s\n%v", err == nil, tt.fits, text, err)
		}
		if tt.valid && !tt.fits {
			t.Errorf("an editor must not complain about what is right:\n%s", text)
		}
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
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
	return schema
}

// A block's name decides how many labels it has, because a file does not say of
// which product it is before its labels are read.
func TestKindsOfOneNameHaveAsManyLabels(t *testing.T) {
	labels := map[string]int{}
	for _, p := range cmd.System().Products {
		for _, k := range p.Provider.Kinds {
			n := max(1, len(k.Labels()))
			if before, known := labels[k.Name]; known && before != n {
				t.Errorf("%s.%s has %d labels, and another product's %s has %d", p.Provider.Name, k.Name, n, k.Name, before)
			}
			labels[k.Name] = n
		}
	}
}
