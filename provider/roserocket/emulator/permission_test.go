package emulator

import (
	"os"
	"strings"
	"testing"
)

// The document of guest on contact is the documented example, letter for letter.
func TestDocumentedExample(t *testing.T) {
	want, err := os.ReadFile("testdata/contact.json")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{})
	res, got := ask(t, s, tokenOf(t, s, DefaultLogin().UserID), "GET", BaseURL+"/permissions/roles/guest/objectKey/contact", "")
	if res.StatusCode != 200 || got != strings.TrimSpace(string(want)) {
		t.Errorf("%d\n%s", res.StatusCode, got)
	}
	before := s.Entries(0)
	_, answer := ask(t, s, tokenOf(t, s, DefaultLogin().UserID), "POST", BaseURL+"/permissions/roles/guest/objectKey/contact", got)
	last := s.Entries(len(before))
	if answer != got || last[len(last)-1].Effect {
		t.Errorf("echoing a document changes it to\n%s", answer)
	}
}

func TestPermissions(t *testing.T) {
	play(t, seeded(t, yard), []step{
		{"", "GET " + sales, "200 " + live()},
		{"manager", "GET " + sales, "200 " + live()}, {"sales", "GET " + sales, denied},
		{"manager", "POST " + sales + " " + live(), denied}, {"sales", "POST " + sales + " {}", denied},
		{"", "GET /permissions/roles/king/objectKey/order", absent}, {"", "GET /permissions/roles/sales/objectKey/moon", absent},
		{"", "POST /permissions/roles/king/objectKey/order {}", absent},
		{"", "PUT " + sales + " {}", absent}, {"", "DELETE " + sales, absent}, {"", "GET /permissions/roles/sales", absent},
		{"", "GET /permissions/roles//objectKey/order", absent},
		{"", "POST " + sales + " " + paper("custom", row("cost", "editor", false), row("status", "viewer", true)),
			"200 " + paper("custom", row("cost", "editor", false), row("status", "viewer", true))}, // the rest is gone
		{"", "GET " + sales, `200 ~"fields":[{"key":"cost","permissionType":"editor","isDisabled":false,`},
		{"", "POST " + sales + ` {"data":{"option":"readOnly"}}`,
			`200 {"boards":[],"record":{"isCreateAllowed":false,"isDeleteAllowed":false},"data":{"option":"readOnly","fields":[]}}`},
	})
}

func TestWrongDocuments(t *testing.T) {
	s := seeded(t, yard)
	for body, want := range map[string]string{
		``:                                     "the body must be an object",
		`[]`:                                   "the body must be an object",
		`{} {}`:                                "the body must be an object",
		`{"boards":{}}`:                        "boards must be an array",
		`{"boards":[1,{},{"key":"dispatch"}]}`: "boards.0 must be an object; boards.1.key must be a string; boards.dispatch.isDisabled must be a boolean",
		`{"boards":[{"key":"moon","isDisabled":true}]}`: "boards.moon is not a board of order",
		`{"record":null}`:                  "record must be an object",
		`{"record":{"isCreateAllowed":1}}`: "record.isCreateAllowed must be a boolean",
		`{"data":{}}`:                      "data.option must be a string",
		`{"data":{"option":"most"}}`:       "data.option must be one of the known values",
		`{"data":{"option":"custom","fields":[{"key":"cost"}]}}`:                                      "data.fields.cost.isDisabled must be a boolean; data.fields.cost.permissionType must be a string",
		paper("custom", bare("cost", "viewer", true), bare("cost", "viewer", false)):                  "data.fields has cost more than once",
		paper("custom", bare("cost", "owner", false)):                                                 "data.fields.cost.permissionType must be one of the known values",
		paper("custom", bare("cost", "none", true)):                                                   "data.fields.cost.permissionType must be one of the known values",
		paper("custom", bare("moon", "viewer", true)):                                                 "data.fields.moon is not a field of order",
		paper("custom", bare("margin", "editor", false)):                                              "data.fields.margin: derived field cannot be written",
		strings.Replace(paper("custom", bare("cost", "viewer", true)), `"key":"cost"`, `"key":""`, 1): "data.fields.0.key must be a string",
	} {
		list := `["` + strings.ReplaceAll(want, "; ", `","`) + `"]`
		play(t, s, []step{{"", "POST " + sales + " " + body, `400 {"statusCode":400,"message":` + list + `,"error":"Bad Request"}`}})
	}
	play(t, s, []step{{"", "GET " + sales, "200 " + live()}})
}

// What nobody knows stays where it is, and in its order.
func TestUnknownMembersAreKept(t *testing.T) {
	s := seeded(t, yard)
	body := `{"z":1,"boards":[{"new":[2],"key":"dispatch","isDisabled":true}],"record":{"isCreateAllowed":true,"isDeleteAllowed":true,"y":null},` +
		`"data":{"option":"custom","x":{},"fields":[{"key":"cost","w":"w","permissionType":"viewer","isDisabled":true,"isDerived":false,"isConnection":false,"isSystemGenerated":true}]}}`
	_, got := ask(t, s, tokenOf(t, s, "admin"), "POST", BaseURL+sales, body)
	if got != body {
		t.Errorf("%s\nbecame\n%s", body, got)
	}
}

func TestAddField(t *testing.T) {
	told := 0
	s := open(t, Options{Seed: parse(t, yard), Watch: func(map[string][]string) { told++ }})
	for _, f := range []Field{{Key: "late__c"}, {Key: "sum", Derived: true}} {
		if err := s.AddField("order", f); err != nil {
			t.Fatal(err)
		}
	}
	if told != 3 {
		t.Errorf("the watcher was told %d times", told)
	}
	play(t, s, []step{
		{"", "GET " + sales, `200 ~{"key":"late__c","permissionType":"editor","isDerived":false,"isDisabled":false,"isSystemGenerated":false,"isConnection":false},` +
			`{"key":"sum","permissionType":"viewer","isDerived":true,"isDisabled":false`},
		{"", "GET /permissions/roles/csr/objectKey/order", `200 ~{"key":"late__c","permissionType":"viewer","isDerived":false,"isDisabled":false`},
		{"", "GET /permissions/roles/guest/objectKey/order", `200 ~{"key":"late__c","permissionType":"viewer","isDerived":false,"isDisabled":true`},
		{"", "GET /permissions/roles/sales/objectKey/userGroup", `200 !late__c`},
	})
	for _, err := range []error{s.AddField("moon", Field{Key: "a"}), s.AddField("order", Field{Key: "cost"})} {
		if err == nil {
			t.Error("a field that cannot be added is no error")
		}
	}
}
