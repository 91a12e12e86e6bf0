package emulator

import (
	"strings"
	"testing"
)

// What each value of a variant does. Those of hosts and tokens are in token_test.go.
func TestVariants(t *testing.T) {
	const (
		post  = "POST " + sales + " "
		get   = "GET " + sales
		guest = "GET /permissions/roles/guest/objectKey/order"
		admin = "GET /permissions/roles/admin/objectKey/order"
		csr   = "GET /permissions/roles/csr/objectKey/order"
		king  = "/permissions/roles/king/objectKey/order"
		nav   = "GET /permissions/roles/"
	)
	cost, status := bare("cost", "editor", false), bare("status", "viewer", true)
	for _, tt := range []struct {
		variant string
		steps   []step
	}{
		{"messages=text", []step{{"", `POST /userGroups {"name":1,"description":1}`, `400 {"statusCode":400,"message":"name must be a string; description must be a string","error":"Bad Request"}`}}},
		{"bad-request=500", []step{{"", post + "{", `500 {"statusCode":500,"message":"Internal server error","error":"Internal Server Error"}`}, {"sales", get, denied}}},
		{"forbidden=field", []step{{"sales", get, `403 ~Restricted access for editing a field`}}},
		{"forbidden=widgets", []step{{"sales", get, `403 ~Widgets not allowed for role`}}},

		{"manager=nothing", []step{{"manager", get, denied}, {"manager", post + live(), denied}}},
		{"manager=writes", []step{{"manager", get, "200 "}, {"manager", post + live(), "200 "}}},
		{"group-right=document", []step{
			{"sales", `POST /userGroups {"name":"A"}`, "200 "},
			{"", `POST /permissions/roles/sales/objectKey/userGroup {"data":{"option":"readOnly","fields":[` + bare("name", "viewer", false) + `]}}`, "200 "},
			{"sales", "GET /userGroups", "200 "}, {"sales", `POST /userGroups {"name":"B"}`, denied},
			{"", `POST /permissions/roles/admin/objectKey/userGroup {"data":{"option":"noAccess"}}`, "200 "}, {"", "GET /userGroups", denied}}},

		{"roles=eleven", []step{{"", nav + "super-admin/objectKey/order", "200 "}, {"", nav + "partner/objectKey/order", "200 "}, {"", nav + "csr/objectKey/order", "200 "}}},
		{"roles=guide", []step{{"", nav + "super-admin/objectKey/order", absent}, {"", nav + "partner/objectKey/order", "200 "}, {"", nav + "csr/objectKey/order", absent}}},
		{"roles=help", []step{{"", nav + "super-admin/objectKey/order", absent}, {"", nav + "partner/objectKey/order", absent}, {"", nav + "csr/objectKey/order", "200 "}}},
		{"partner-key=partner-carrier-user", []step{{"", nav + "partner/objectKey/order", absent}, {"", nav + "partner-carrier-user/objectKey/order", "200 "}}},
		{"role-keys=custom", []step{{"", get, absent}, {"", nav + "$custom_sales/objectKey/order", "200 " + live()}}},
		{"role-keys=names", []step{{"", get, absent}, {"", nav + "Sales/objectKey/order", "200 " + live()}, {"", nav + "Partner%20(Guest)/objectKey/order", "200 "}}},
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
		{"unknown-option=store", []step{{"", post + paper("most", cost), "200 " + paper("most", row("cost", "editor", false))}}},

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
		{"write-answer=thin", []step{{"", post + live(), `200 {"success":true}`}}},
		{"write-answer=empty", []step{{"", post + live(), "200 !{"}}},
		{"write-status=201", []step{{"", post + live(), "201 " + live()}}},
		{"write-status=204", []step{{"", post + live(), "204 !{"}}},

		{"hidden=none", []step{{"", guest, `200 ~"permissionType":"none","isDerived":false,"isDisabled":true`},
			{"", post + paper("custom", status, bare("cost", "none", false)), "200 " + paper("custom", row("status", "none", true), row("cost", "none", true))}}},
		{"hidden=none-enabled", []step{{"", guest, `200 ~"permissionType":"none","isDerived":false,"isDisabled":false`},
			{"", post + paper("custom", status), "200 " + paper("custom", row("status", "none", false))}}},
		{"derived=lowered", []step{{"", post + paper("custom", bare("margin", "editor", false)), "200 " + paper("custom", row("margin", "viewer", false))}}},
		{"derived=stored", []step{{"", post + paper("custom", bare("margin", "editor", false)), "200 " + paper("custom", row("margin", "editor", false))},
			{"", admin, `200 ~"key":"margin","permissionType":"editor"`}}},
		{"metadata=optional", []step{{"", post + paper("custom", cost), "200 " + paper("custom", row("cost", "editor", false))},
			{"", post + paper("custom", strings.Replace(row("customer", "editor", false), `"isConnection"`, `"description":"x","isSystemGenerated":true,"isConnection"`, 1)),
				"200 " + paper("custom", row("customer", "editor", false))}}},
		{"metadata=required", []step{{"", post + paper("custom", cost), `400 ~"data.fields.cost.isDerived should not be empty"`}, {"", post + live(), "200 "}}},
		{"metadata=stored", []step{{"", post + paper("custom", cost), "200 " + paper("custom", cost)}}},
		{"unknown-field=ignore", []step{{"", post + strings.Replace(paper("custom", cost, bare("moon", "editor", false)), "embeddedOrder", "moonBoard", 1),
			`200 ~"boards":[{"key":"dispatch","isDisabled":false}],`}, {"", get, "200 !moon"}}},
		{"field-rows=some", []step{{"", get, "200 !po__c"}, {"", post + paper("custom", bare("po__c", "viewer", true)), "200 " + paper("custom", row("po__c", "viewer", true))}}},
		{"extra-keys=some", []step{{"", admin, "200 !xS"}, {"", get, `200 ~"xSummaries":[{"key":"summary","isDisabled":true}]`}, {"", get, `200 ~"xExportDisabled":true`},
			{"", get, `200 ~"xShareAllowed":false`}, {"", get, `200 ~"xShareDisabled":true`}, {"", post + live(), "200 " + live()}}},
		{"boards-follow=yes", []step{{"", post + paper("noAccess"), `200 ~"boards":[{"key":"dispatch","isDisabled":true},{"key":"embeddedOrder","isDisabled":true}]`},
			{"", post + paper("noAccess"), `200 ~{"key":"dispatch","isDisabled":false}`}, // it can be changed again
			{"", post + paper("full"), `200 ~"boards":[{"key":"dispatch","isDisabled":false},{"key":"embeddedOrder","isDisabled":false}]`}}},
		{"order=sorted", []step{{"", get, "200 " + live()}, {"", post + paper("custom", status, cost), `200 ~"fields":[{"key":"cost"`}}},
		{"order=reversed", []step{{"", post + paper("custom", status, cost), `200 ~"fields":[{"key":"cost"`}, {"", post + paper("custom", cost, status), `200 ~"boards":[{"key":"embeddedOrder"`}}},

		{"members-key=userIds", []step{{"", "GET /userGroups/g1/members", `200 {"userIds":["ana"]}`}}},
		{"unknown-member=refuse", []step{{"", `POST /userGroups/g1/members {"add":["ben","ghost"]}`, absent}, {"", "GET /userGroups/g1/members", "200 !ben"}}},
		{"unknown-member=store", []step{{"", `POST /userGroups/g1/members {"add":["ghost"]}`, `200 {"added":1,"removed":0}`}, {"", "GET /userGroups/g1/members", "200 ~ghost"}}},
		{"member-counts=sent", []step{{"", `POST /userGroups/g1/members {"add":["ana","ben"],"remove":["x"]}`, `200 {"added":2,"removed":1}`}}},
		{"group-name-case=ignored", []step{{"", `POST /userGroups {"name":"dispatch"}`, "409 "}}},
		{"group-search=prefix", []step{{"", `POST /userGroups/search {"name":"Dis"}`, `200 ~"total":1`}, {"", `POST /userGroups/search {"name":"dis"}`, `200 ~"total":0`}}},
		{"foreign-groups=shown", []step{{"", "GET /userGroups", `200 ~"type":"activeDirectory"`},
			{"", `POST /userGroups/` + uuid("userGroup", "Directory") + `/members {"add":["ana"]}`, denied}}},
		{"group-edit=present", []step{{"", `POST /userGroups {"name":"Night"}`, "200 "},
			{"", `PUT /userGroups/g1 {"name":"Night"}`, "409 "}, {"", `PUT /userGroups/g1 {"name":""}`, "400 "},
			{"", `PUT /userGroups/g1 {"description":""}`, `200 {"id":"g1","name":"Dispatch","type":"local"}`},
			{"", `PUT /userGroups/g1 {"name":"Day"}`, `200 ~"name":"Day"`}, {"", `POST /userGroups {"name":"Dispatch"}`, "200 "},
			{"sales", "DELETE /userGroups/g1", denied}, {"", "DELETE /userGroups/g1", "204 "}, {"", "DELETE /userGroups/g1", absent},
			{"", `POST /userGroups {"name":"Day"}`, "200 "}}},
	} {
		t.Run(tt.variant, func(t *testing.T) { play(t, seeded(t, yard, tt.variant), tt.steps) })
	}
}
