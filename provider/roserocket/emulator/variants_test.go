package emulator

import (
	"strings"
	"testing"
)

// What each value of a variant does.
func TestVariants(t *testing.T) {
	const (
		post  = "POST " + sales + " "
		get   = "GET " + sales
		guest = "GET /permissions/roles/guest/objectKey/order"
		admin = "GET /permissions/roles/admin/objectKey/order"
		csr   = "GET /permissions/roles/csr/objectKey/order"
		king  = "/permissions/roles/king/objectKey/order"
	)
	cost, status := bare("cost", "editor", false), bare("status", "viewer", true)
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"unknown-key=400", []step{{"", "GET " + king, `400 ~role and objectKey must be known`}}},
		{"unknown-key=403", []step{{"", "GET " + king, denied}}},
		{"unknown-key=empty", []step{
			{"", "GET " + king, `200 {"boards":[],"record":{"isCreateAllowed":false,"isDeleteAllowed":false},"data":{"option":"noAccess","fields":[]}}`},
			{"", "POST " + strings.Replace(king, "order", "moon", 1) + " " + paper("custom", cost), "200 " + paper("custom", cost)},
			{"", "GET " + strings.Replace(king, "order", "moon", 1), "200 " + paper("custom", cost)}}},
		{"permissions-get=404", []step{{"", get, absent}, {"", post + live(), "200 " + live()}}},
		{"permissions-get=405", []step{{"", get, `405 ~Method not allowed`}, {"", post + live(), "200 "}}},
		{"literals=full", []step{{"", admin, `200 ~"option":"full"`}, {"", csr, `200 ~"option":"readOnly"`}, {"", guest, `200 ~"option":"noAccess"`}}},
		{"literals=fullAccess", []step{{"", admin, `200 ~"option":"fullAccess"`}, {"", csr, `200 ~"option":"readOnlyAccess"`}, {"", get, `200 ~"option":"customAccess"`}, {"", guest, `200 ~"option":"noAccess"`},
			{"", post + paper("custom", cost), `400 ~data.option`}}},
		{"literals=others", []step{{"", admin, `200 ~"option":"everything"`}, {"", csr, `200 ~"option":"viewOnly"`}, {"", get, `200 ~"option":"selected"`}, {"", guest, `200 ~"option":"noAccess"`}}},
		{"option=stored", []step{{"", post + paper("noAccess", cost), "200 " + paper("noAccess", row("cost", "editor", false))}}},
		{"option=recomputes-fields", []step{
			{"", post + paper("noAccess", cost), "200 " + paper("noAccess", row("cost", "viewer", true))},
			{"", post + paper("readOnly", cost), "200 " + paper("readOnly", row("cost", "viewer", false))},
			{"", post + paper("full", status, bare("margin", "viewer", true)), "200 " + paper("full", row("status", "editor", false), row("margin", "viewer", false))},
			{"", post + paper("custom", status), "200 " + paper("custom", row("status", "viewer", true))}}},
		{"option=from-fields", []step{
			{"", post + paper("full", status), "200 " + paper("noAccess", row("status", "viewer", true))},
			{"", post + paper("noAccess", cost, bare("margin", "viewer", false)), "200 " + paper("full", row("cost", "editor", false), row("margin", "viewer", false))},
			{"", post + paper("full", bare("cost", "viewer", false)), "200 " + paper("readOnly", row("cost", "viewer", false))},
			{"", post + paper("full", cost, status), "200 " + paper("custom", row("cost", "editor", false), row("status", "viewer", true))}}},
		{"write=reset", []step{
			{"", post + paper("custom", cost, status), "200 " + paper("custom", row("cost", "editor", false), row("status", "viewer", true),
				row("margin", "viewer", false), row("customer", "editor", false), row("po__c", "editor", false))},
			{"", post + "{}", `200 ~"record":{"isCreateAllowed":true,"isDeleteAllowed":true},"data":{"option":"full","fields":[{"key":"status"`},
			{"", get, `200 ~{"key":"embeddedOrder","isDisabled":false}`}}},
		{"write=merge", []step{
			{"", post + "{}", "200 " + live()},
			{"", post + `{"record":{"isDeleteAllowed":true},"boards":[{"key":"dispatch","isDisabled":true}]}`, `200 ~"boards":[{"key":"dispatch","isDisabled":true},{"key":"embeddedOrder","isDisabled":true}],"record":{"isCreateAllowed":true,"isDeleteAllowed":true}`},
			{"", post + paper("custom", cost), "200 " + paper("custom", row("status", "editor", false), row("cost", "editor", false), row("margin", "viewer", false),
				row("customer", "editor", false), row("po__c", "editor", false))}}},
		{"hidden=none", []step{{"", guest, `200 ~"permissionType":"none","isDerived":false,"isDisabled":true`},
			{"", post + paper("custom", status, bare("cost", "none", false)), "200 " + paper("custom", row("status", "none", true), row("cost", "none", true))}}},
		{"hidden=none-enabled", []step{{"", guest, `200 ~"permissionType":"none","isDerived":false,"isDisabled":false`},
			{"", post + paper("custom", status), "200 " + paper("custom", row("status", "none", false))}}},
		{"derived=lowered", []step{{"", post + paper("custom", bare("margin", "editor", false)), "200 " + paper("custom", row("margin", "viewer", false))}}},
		{"derived=stored", []step{{"", post + paper("custom", bare("margin", "editor", false)), "200 " + paper("custom", row("margin", "editor", false))},
			{"", admin, `200 ~"key":"margin","permissionType":"editor"`}}},
		{"extra-keys=some", []step{{"", admin, "200 !xS"}, {"", get, `200 ~"xSummaries":[{"key":"summary","isDisabled":true}]`}, {"", get, `200 ~"xExportDisabled":true`},
			{"", get, `200 ~"xShareAllowed":false`}, {"", get, `200 ~"xShareDisabled":true`}, {"", post + live(), "200 " + live()}}},
		{"boards-follow=yes", []step{{"", post + paper("noAccess"), `200 ~"boards":[{"key":"dispatch","isDisabled":true},{"key":"embeddedOrder","isDisabled":true}]`},
			{"", post + paper("noAccess"), `200 ~{"key":"dispatch","isDisabled":false}`}, // it can be changed again
			{"", post + paper("full"), `200 ~"boards":[{"key":"dispatch","isDisabled":false},{"key":"embeddedOrder","isDisabled":false}]`}}},
		{"members-key=userIds", []step{{"", "GET /userGroups/g1/members", `200 {"userIds":["ana"]}`}}},
		{"unknown-member=refuse", []step{{"", `POST /userGroups/g1/members {"add":["ben","ghost"]}`, absent}, {"", "GET /userGroups/g1/members", "200 !ben"}}},
		{"unknown-member=store", []step{{"", `POST /userGroups/g1/members {"add":["ghost"]}`, `200 {"added":1,"removed":0}`}, {"", "GET /userGroups/g1/members", "200 ~ghost"}}},
		{"group-name-case=ignored", []step{{"", `POST /userGroups {"name":"dispatch"}`, "409 "}}},
		{"foreign-groups=shown", []step{{"", "GET /userGroups", `200 ~"type":"activeDirectory"`},
			{"", `POST /userGroups/` + uuid("userGroup", "Directory") + `/members {"add":["ana"]}`, denied}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, yard, tt.variant), tt.steps) })
	}
}
