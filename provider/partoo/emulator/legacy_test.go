package emulator

import (
	"slices"
	"testing"
)

// legacySeed is an organization with the legacy permissions: the city is closed, and one manager
// has no page but the reviews.
const legacySeed = `{
  "org": {"name": "Zoo", "has_switched": false},
  "businesses": [{"id": "5409c35a97bbc544d8e26731", "code": "A", "name": "Aviary", "closed_fields": ["country"]}],
  "business_fields": [{"name": "address", "fields": [
    {"name": "city", "enabled": true, "enabled_for_subroles": false},
    {"name": "country", "enabled": true, "enabled_for_subroles": true}]}],
  "custom_roles": [{"api_id": "editor", "permissions": ["business_edit", "business_edit_city"]}],
  "users": [
    {"id": "admin", "email": "admin@zoo.example", "first_name": "Ad", "last_name": "Min", "role": "ORG_ADMIN"},
    {"id": "m", "email": "m@zoo.example", "first_name": "Ma", "last_name": "Ry", "role": "BUSINESS_MANAGER", "businesses": ["A"],
     "sidebar_pages": ["review_management"]}],
  "api_keys": [{"key": "admin", "user": "admin@zoo.example"}, {"key": "m", "user": "m@zoo.example"}]
}`

// rights returns what the manager may do at the business.
func rights(s *Server) []string { return s.reach()["m@zoo.example"] }

func TestLegacyPermissions(t *testing.T) {
	for _, variant := range []string{"rewritten", "kept"} {
		s := open(t, Options{Seed: parse(t, legacySeed), Variants: []string{"switch-builtins=" + variant}})
		const at = " at 5409c35a97bbc544d8e26731"
		may := func(want bool, permissions ...string) {
			t.Helper()
			for _, p := range permissions {
				if slices.Contains(rights(s), p+at) != want {
					t.Errorf("%s: %s: %v, want %v", variant, p, !want, want)
				}
			}
		}
		may(true, "business_edit_country", "review_flag")
		may(false, "business_edit_city", "review_booster", "review_analytics")
		play(t, s, []step{
			{"admin", "GET /org/42", `200 ~"name":"Zoo"`},
			{"admin", "GET /org/42/switch_to_custom_roles", `200 {"can_switch":true,"has_switched":false,"org_id":42}`},
			{"admin", "GET /org/42/business_fields", `200 ~"name":"country","enabled":true,"enabled_for_subroles":true`},
			{"m", "GET /org/42/business_fields", "403"},
			{"admin", "GET /business/5409c35a97bbc544d8e26731/business_fields", `200 ~"name":"country","enabled":true,"enabled_for_subroles":false`},
			{"m", "GET /business/5409c35a97bbc544d8e26731/business_fields", `200 ~"name":"city","enabled":false`},
			{"admin", "GET /user/m", `200 ~"sidebar_pages":["review_management"]`},
			{"admin", "GET /user/admin", `200 ~"sidebar_pages":null`},
			{"admin", `POST /user/m {"sidebar_pages": ["all"]}`, "400"},
			{"admin", `POST /user/m {"sidebar_pages": null}`, "200"},
			{"admin", "GET /user/m", `200 ~"sidebar_pages":null`},
			{"admin", `POST /user/m {"sidebar_pages": ["review_management"]}`, "200"},
			{"admin", `POST /user/m {"custom_role": "editor"}`, "200"},
		})
		may(false, "business_edit_city") // the role has no effect yet
		play(t, s, []step{
			{"admin", `POST /user/m {"custom_role": null}`, "200"},
			{"admin", `POST /org/42/switch_to_custom_roles {}`, "400"},
			{"m", `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles": true}`, "403"},
			{"admin", `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles": true}`, "200"},
			{"admin", "GET /org/42/switch_to_custom_roles", `200 {"can_switch":false,"has_switched":true,"org_id":42}`},
		})
		may(true, "review_booster", "review_analytics") // the pages were dropped
		may(variant == "kept", "business_edit_city")
		play(t, s, []step{{"admin", `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles": false}`, "200"}})
		may(false, "review_booster", "business_edit_city")
	}
}

func TestAssignBeforeSwitch(t *testing.T) {
	s := open(t, Options{Seed: parse(t, legacySeed), Variants: []string{"assign-before-switch=refused"}})
	play(t, s, []step{
		{"admin", `POST /user/m {"custom_role": "editor"}`, `400 ~Custom roles are not enabled`},
		{"admin", `POST /user/m {"custom_role": "BUSINESS_MANAGER"}`, "200"},
		{"admin", `POST /org/42/switch_to_custom_roles {"switch_to_custom_roles": true}`, "200"},
		{"admin", `POST /user/m {"custom_role": "editor"}`, "200"},
	})
}
