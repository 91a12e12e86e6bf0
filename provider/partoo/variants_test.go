package partoo_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/partoo-variants.md")

// answers say what rolecall does about each variant, whatever its value.
var answers = map[string]string{
	"role-path":            "Requests `/custom_role` first and, on 404 or 405, the address below the organization. `role_path` in the provider block chooses one.",
	"role-update":          "Sends POST, and PUT after a 405; it remembers which.",
	"group-update":         "As for roles. If neither is allowed, the change fails and nothing else changes.",
	"errors":               "Reads both keys.",
	"error-text":           "Reads texts, and messages by field at any depth.",
	"retry-after":          "Waits as long as the header says, in seconds or until the date, and a minute without the header. All other requests of the run wait too.",
	"depends-on":           "Reads both, and follows them to any depth.",
	"disabled-for-roles":   "Compares with user roles and with api_ids, and warns (`partoo/disabled-permission`).",
	"builtin-rows":         "Takes the organization's own row if there are two.",
	"builtin-ids":          "Finds built-in roles by `is_builtin`, accepts the api_id or the name in files, and lists the existing ones if neither fits (`plan/not-found`).",
	"assign-before-switch": "Assigns roles before the switch, so that nobody gains anything meanwhile. If Partoo refuses, the switch is not made, and the message names the setting `assign_roles = \"after_switch\"`; a plan with it says who has more until when.",
	"switch-builtins":      "Plans what is documented. A plan after the switch shows the built-in roles as they are.",
	"set-update":           "Sends the whole list and reads it back. If members that were removed are still there, the change is reported as diverged, and changes that would give users more through it wait.",
	"role-name":            "Warns about equal names (`partoo/role-conflict`). A role that gets another api_id then needs another name, too.",
	"user-search":          "Reads each managed user separately if the search lacks something.",
	"search-status":        "Searches for invited users if the first search showed none, and before it creates a user who may exist.",
	"search-disabled":      "Searches for disabled users if the first search showed none.",
	"disabled-filter":      "Reads on only if the first page shows users that the first search did not. With search-disabled=hidden, a declared user whom the search hides would be created: Partoo refuses, because the address is taken, and the message says where to look. A role or group that only such users have looks unused.",
	"me-permissions":       "Reads names. With objects, it does not know the rights of the key, and does not report them.",
	"org-manager":          "Shows the rights of a custom role; without one, a description. `custom_role = \"\"` means the third built-in role if there is one.",
	"delete-used-group":    "Rewrites accesses before it deletes their group, and refuses to delete a group that an access names (`partoo/group-in-use`, `plan/still-referenced`).",
	"search-closed":        "Accepts an id that the search does not find, with a warning. A store code that it does not find is an error that says why.",
	"business-id":          "Reads both names.",
}

// The page holds the table of variants, the answers and the limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/partoo-variants.md",
		Product:          "Partoo",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: limitations,
		Update:           *update,
	}
	page.Check(t)
}
