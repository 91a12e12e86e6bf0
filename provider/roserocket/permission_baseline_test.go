package roserocket

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// payload is a permission as Rose Rocket sends it, with members that rolecall does not know.
const payload = `{"boards":[{"key":"order","isDisabled":false,"id":"b1"}],"record":{"isCreateAllowed":true,"isDeleteAllowed":true},` +
	`"data":{"option":"full","fields":[` +
	`{"key":"status","description":"State","permissionType":"editor","isDerived":false,"isDisabled":false,"isSystemGenerated":true,"isConnection":false},` +
	`{"key":"notes","permissionType":"editor","isDerived":false,"isDisabled":false,"isConnection":false},` +
	`{"key":"cost","permissionType":"editor","isDerived":false,"isDisabled":false,"isConnection":false},` +
	`{"key":"margin","permissionType":"viewer","isDerived":true,"isDisabled":false,"isConnection":false}]}}`

// Where permissions can be written and not read, the declared rights are written into the
// document of the block, which is sent whole.
func TestBaseline(t *testing.T) {
	p := open(t, "permissions-get=404")
	block := declared("guest", "order", Permission{
		Document: payload, Data: dataCustom, Record: map[string]bool{recordDelete: false}, Fields: map[string][]string{hide: {"cost"}, others: {keep}},
	})
	p.client.literals.said = map[string]string{dataCustom: "custom"}
	blocks, findings := p.resolved(block)
	if diff := cmp.Diff([]string{"warning roserocket/unseen"}, codes(findings)); diff != "" {
		t.Fatal(diff, findings)
	}
	p.reset()
	p.change(p.live(keyOnly(blocks[0])), blocks[0])
	entries := p.emulator.Entries(0)[p.mark:]
	if len(entries) != 1 || entries[0].Method != "POST" {
		t.Fatalf("%v", entries)
	}
	var want, sent map[string]any
	if err := json.Unmarshal([]byte(payload), &want); err != nil {
		t.Fatal(err)
	}
	want["record"].(map[string]any)["isDeleteAllowed"] = false
	data := want["data"].(map[string]any)
	data["option"] = "custom"
	cost := data["fields"].([]any)[2].(map[string]any)
	cost["permissionType"], cost["isDisabled"] = viewer, true
	if err := json.Unmarshal(entries[0].Body, &sent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

// Where permissions can be read, what is live counts, and the document is needless.
func TestBaselineWherePermissionsAreRead(t *testing.T) {
	p := open(t)
	_, findings := p.resolved(declared("guest", "order", Permission{Document: payload, Record: map[string]bool{recordDelete: false}}))
	if !slices.Contains(codes(findings), "warning roserocket/needless-document") {
		t.Errorf("%v", findings)
	}
}

func TestBaselineIsChecked(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", "null", "<html>", `{"boards":[],"data":{"fields":{}}}`, `{"data":{"option":"full","fields":[]}}`, `{"boards":null,"data":{"fields":[]}}`} {
		o := declared("guest", "order", Permission{Document: text})
		o.Set = o.Set.With(permissionKind.Index("document"))
		if found := codes(validatePermission(&o)); !slices.Contains(found, "error roserocket/document") {
			t.Errorf("%s: %v", text, found)
		}
	}
}
