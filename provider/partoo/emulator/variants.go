package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists what Partoo's documentation leaves open and the client acts on, with the
// possible behaviors, the default first. To add one, add a row here and ask for it with
// Server.is.
func Variants() []emulator.Variant {
	return []emulator.Variant{
		// Requests and answers.
		{Name: "role-path", Values: []string{"flat", "org", "both"},
			Doc: "Which address custom roles have: /custom_role as in the reference, /org/{org_id}/custom_role as in the guide, or both."},
		{Name: "role-update", Values: []string{"post", "put", "both"},
			Doc: "Which method updates a custom role; the other one is answered 405."},
		{Name: "group-update", Values: []string{"post", "put", "both"},
			Doc: "Which method updates a group, whose page is missing from the documentation; the other one is answered 405."},
		{Name: "errors", Values: []string{"error", "errors"},
			Doc: "The key of error bodies; both are documented. 415 always says errors."},
		{Name: "error-text", Values: []string{"fields", "text"},
			Doc: "Whether a 400 contains an object of field and message, or one text."},
		{Name: "retry-after", Values: []string{"seconds", "date", "absent"},
			Doc: "When a 429 allows the next request: the seconds left, an HTTP date, or nothing."},
		{Name: "depends-on", Values: []string{"string", "array"},
			Doc: "Whether depends_on is a string or a list of strings in GET /permissions."},
		{Name: "disabled-for-roles", Values: []string{"empty", "user-roles", "api-ids"},
			Doc: "What disabled_for_roles contains: nothing, or for review_flag the role BUSINESS_MANAGER, as the name of a user role or as the api_id of the built-in role."},

		// Custom roles.
		{Name: "builtin-rows", Values: []string{"org-copy", "both-rows", "global"},
			Doc: "What the list shows of a built-in role after its first change: the organization's copy, that and the global row, or only the global row."},
		{Name: "builtin-ids", Values: []string{"upper", "lower", "opaque"},
			Doc: "The api_ids of the built-in roles, which are not documented: GROUP_MANAGER, group_manager, or builtin_2."},
		{Name: "role-name", Values: []string{"free", "unique"},
			Doc: "Whether two roles may have the same name."},

		// The switch from the legacy permissions.
		{Name: "assign-before-switch", Values: []string{"accepted", "refused"},
			Doc: "Whether users can be given a custom role while the organization has not switched to custom roles."},
		{Name: "switch-builtins", Values: []string{"rewritten", "kept"},
			Doc: "Whether the switch gives the built-in roles the permissions that the business fields leave them, as documented, or leaves them as they are."},

		// Updates of sets.
		{Name: "set-update", Values: []string{"replace", "merge"},
			Doc: "Whether an update replaces the permissions of a role, the businesses of a group and those of a user, or adds to them."},

		// Users.
		{Name: "user-search", Values: []string{"full", "thin"},
			Doc: "Whether the items of a user search have custom_role and accesses."},
		{Name: "search-status", Values: []string{"all", "active"},
			Doc: "Whether a search without status finds invited users."},
		{Name: "search-disabled", Values: []string{"all", "hidden"},
			Doc: "Whether a search finds disabled users without a filter for them."},
		{Name: "disabled-filter", Values: []string{"disabled", "ignored"},
			Doc: "Whether the filter of a search for disabled users, whose name is not documented, is called disabled as the field is, or that name is ignored."},
		{Name: "me-permissions", Values: []string{"names", "objects"},
			Doc: "What permissions of GET /user/me contains: names, or objects with a name."},
		{Name: "org-manager", Values: []string{"everything", "builtin"},
			Doc: "What an ORG_MANAGER without custom role may do: everything, or what a third built-in role says, which is then assigned."},

		// Sections, groups, businesses.
		{Name: "delete-used-group", Values: []string{"refuse", "dangle"},
			Doc: "What happens if a group that accesses name is deleted: 403, or the accesses keep its id."},
		{Name: "search-closed", Values: []string{"shown", "hidden"},
			Doc: "Whether a business search without status finds closed businesses."},
		{Name: "business-id", Values: []string{"id", "business_id"},
			Doc: "The name of the id in a business search."},
	}
}
