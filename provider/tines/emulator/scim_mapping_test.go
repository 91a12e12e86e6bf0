package emulator

import "testing"

func TestMapping(t *testing.T) {
	play(t, soc(t), []step{
		{"", "GET /admin/scim_user_group_mapping", `200 {"mappings":[{"group_name":"soc-analysts","team_name":"Response","role_name":"ANALYST"}],"tenant_owners_group":"soc-owners"}`},
		{"", `POST /admin/scim_user_group_mapping {"user_group_mapping":{"mappings":[{"group_name":"Managers","team_name":"Analytics","role_name":"TEAM_ADMIN"}]}}`,
			`200 {"mappings":[{"group_name":"Managers","team_name":"Analytics","role_name":"TEAM_ADMIN"}],"tenant_owners_group":null}`},
		{"", "GET /admin/scim_user_group_mapping", `200 !ANALYST`},
		{"", `POST /admin/scim_user_group_mapping {"mappings":[]}`, "422 ~user_group_mapping is missing"},
		{"", `POST /admin/scim_user_group_mapping {"user_group_mapping":{"mappings":[{"group_name":"g"}]}}`, "422 ~mappings[0] needs"},
		{"", `POST /admin/scim_user_group_mapping {"user_group_mapping":{"tenant_owners_groups":["a"]}}`, `200 {"mappings":[],"tenant_owners_group":"a"}`},
		{"", "GET /audit_logs?operation_name=TenantConfigChange", `200 ~"inputs":{"inputs":{"mappings":[],"tenantOwnersGroup":"a"}}`},
	})
}
