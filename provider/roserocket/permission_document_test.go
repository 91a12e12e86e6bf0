package roserocket

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is cut from the documented one, with members that nobody documents.
const example = `{
  "version": 12345678901234567890,
  "boards": [{"key": "contact", "isDisabled": false, "order": 1.50}],
  "record": {"isCreateAllowed": true, "isDeleteAllowed": false, "isArchiveAllowed": null},
  "data": {"fields": [
    {"key": "email", "description": "Email <of> the contact", "permissionType": "viewer", "isDerived": false, "isDisabled": true},
    {"key": "name", "permissionType": "editor", "isDerived": true, "isDisabled": false, "isConnection": false},
    {"permissionType": "none", "key": "customer", "isConnection": true}
  ], "option": "noAccess", "note": {"z": 1, "a": [2]}}
}`

func opened(t testing.TB, text string) *document {
	t.Helper()
	d := &document{}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		t.Fatal(err)
	}
	if err := d.check(); err != nil {
		t.Fatal(err)
	}
	return d
}

func compact(t testing.TB, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out)
}

func TestEdited(t *testing.T) {
	whole := &Permission{}
	opened(t, example).fill(whole)
	for _, c := range []struct {
		name    string
		want    *Permission
		replace []string // old and new of what changes in the text
	}{
		{"as it is", whole, nil},
		{"nothing said", &Permission{}, nil},
		{"a field", &Permission{Access: map[string]string{"email": edit}}, []string{
			`"permissionType":"viewer","isDerived":false,"isDisabled":true`, `"permissionType":"editor","isDerived":false,"isDisabled":false`,
		}},
		{"what is hidden stays as it is written", &Permission{Access: map[string]string{"customer": hide, "name": read}}, nil},
		{"a member that was not there", &Permission{Access: map[string]string{"customer": read}}, []string{
			`"permissionType":"none","key":"customer","isConnection":true`, `"permissionType":"viewer","key":"customer","isConnection":true,"isDisabled":false`,
		}},
		{"a board", &Permission{Boards: map[string]bool{"contact": false}}, []string{`"isDisabled":false,"order"`, `"isDisabled":true,"order"`}},
		{"a record", &Permission{Record: map[string]bool{recordCreate: false, recordDelete: false}}, []string{`"isCreateAllowed":true`, `"isCreateAllowed":false`}},
		{"the option", &Permission{Option: "custom"}, []string{`"noAccess"`, `"custom"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := opened(t, example).edited(c.want)
			if err != nil {
				t.Fatal(err)
			}
			want := compact(t, []byte(example))
			if c.replace != nil {
				want = strings.Replace(want, c.replace[0], c.replace[1], 1)
			}
			if diff := cmp.Diff(want, compact(t, got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEditedRefuses(t *testing.T) {
	for name, want := range map[string]*Permission{
		"an unknown field": {Access: map[string]string{"margin": hide}},
		"an unknown board": {Boards: map[string]bool{"order": true}},
		"a word":           {Access: map[string]string{"email": "approver"}},
		"a derived field":  {Access: map[string]string{"name": edit}},
	} {
		if text, err := opened(t, example).edited(want); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestNoPermission(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"data": {}}`, `{"data": {"fields": null}}`, `{"data": {"fields": [{}]}}`, `{"data": {"fields": [{"key": "a"}, {"key": "a"}]}}`,
		`{"data": {"fields": []}, "boards": [{"key": "b"}, {"key": "b"}]}`, `{"data": {"fields": []}, "boards": [{}]}`,
	} {
		d := &document{}
		if err := json.Unmarshal([]byte(text), d); err != nil {
			t.Fatal(err)
		}
		if d.check() == nil {
			t.Errorf("%s is taken for a permission", text)
		}
	}
}

// FuzzEdited: whatever a document holds, writing what it says changes nothing, and
// writing something else changes that and nothing besides, or is refused.
func FuzzEdited(f *testing.F) {
	f.Add(example, "email", uint8(0), true)
	f.Add(`{"data":{"option":"","fields":[]},"record":null,"boards":null}`, "", uint8(1), false)
	f.Add(`{"data":{"fields":[{"key":"a","KEY":"b"}],"Option":"x"}}`, "a", uint8(2), true)
	f.Fuzz(func(t *testing.T, text, field string, right uint8, create bool) {
		d := &document{}
		if json.Unmarshal([]byte(text), d) != nil || d.check() != nil {
			return
		}
		have := &Permission{}
		d.fill(have)
		same, err := d.edited(have)
		if err == nil && canonical(t, same) != canonical(t, []byte(text)) {
			t.Fatalf("%s became %s", text, same)
		}
		if _, there := have.Access[field]; !there {
			return
		}
		want := &Permission{Access: map[string]string{field: []string{edit, read, hide}[right%3]}, Record: map[string]bool{recordCreate: create}}
		written, err := d.edited(want)
		if err != nil {
			return
		}
		got := &Permission{}
		opened(t, string(written)).fill(got)
		have.Access[field], have.Record[recordCreate] = want.Access[field], create
		if diff := cmp.Diff(have, got); diff != "" {
			t.Fatalf("%s became %s\n%s", text, written, diff)
		}
	})
}

// canonical is JSON without white space, and with texts in one form.
func canonical(t testing.TB, text []byte) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
