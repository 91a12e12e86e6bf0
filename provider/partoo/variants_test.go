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
	"role-path":                 "Asks at `/custom_role` first and, on 404 or 405, below the organization; `role_path` in the provider block settles it.",
	"role-update":               "Sends POST, and PUT after a 405; it remembers which.",
	"group-update":              "As for roles. Where neither is allowed the change fails, and nothing else changes.",
	"errors":                    "Reads both keys.",
	"error-text":                "Reads texts, and messages by field at any depth.",
	"conflict-status":           "Fails the one change with Partoo's words, whatever the status.",
	"retry-after":               "Waits as long as the header says, in seconds or until the date, and a minute where there is none. So does every other request of the run.",
	"max-page-empty":            "Stops after an empty page.",
	"unknown-fields":            "Sends documented fields only.",
	"set-order":                 "Compares as sets.",
	"depends-on":                "Reads both, and follows them to any depth.",
	"disabled-for-roles":        "Compares with user roles and with api_ids, and warns (`partoo/disabled-permission`).",
	"builtin-rows":              "Takes the organization's own row where there are two.",
	"builtin-ids":               "Finds built-in roles by `is_builtin`, takes the api_id or the name in files, and names those that exist where neither fits (`plan/not-found`).",
	"builtin-fields":            "Sends only permissions.",
	"role-update-body":          "Always sends the whole role.",
	"role-permissions":          "Sends the whole list and reads it back. What should have gone and is still there is told as diverged, and whoever would come to the role waits.",
	"role-dot":                  "Refuses a dot in a new api_id (`partoo/role-api-id`); elsewhere Partoo's refusal is told.",
	"role-org":                  "Names the organization in the query. Where that is not enough the role is not made, and nothing else happens to it.",
	"role-name":                 "Warns of equal names (`partoo/role-conflict`). A role that gets another api_id needs another name then, too.",
	"role-id-case":              "Warns of api_ids that differ in case only (`partoo/role-conflict`).",
	"description-characters":    "Warns of such characters in a description; whether it is taken is Partoo's word.",
	"unknown-permission":        "Refuses one that the catalogue does not have (`partoo/unknown-permission`), so none is dropped.",
	"lapsed-permission":         "Keeps what a role already has and warns. Where Partoo refuses or drops it, the change fails or is told as diverged.",
	"custom-fields":             "Knows no names in advance; what a role has and files do not is shown in the plan before it goes.",
	"dependencies":              "Refuses a permission without the one it depends on (`partoo/missing-dependency`).",
	"rename-held-role":          "Never changes an api_id in place: the new role is made, its holders move, the old one goes.",
	"delete-held-role":          "Deletes a role only when nobody holds it any more (`plan/still-referred-to`).",
	"custom-role-before-switch": "Says that the organization has not switched (`partoo/not-switched`). A role that is refused fails; a custom_role that Partoo ignores is told as diverged.",
	"user-search":               "Reads each managed user by itself where the list lacks something.",
	"search-status":             "Searches once more for invited users where none came, and before a user who may exist is created.",
	"search-disabled":           "Where no disabled user came with the others, asks for them.",
	"disabled-filter":           "Reads on only where the first page shows users who had not come before. With search-disabled=hidden, would create a declared user whom the search hides; Partoo refuses, because the address is taken, and the message says where to look. A role or group that only such users have counts as free.",
	"me-permissions":            "Reads names; of anything else nothing is said about the rights of the key.",
	"grant-admin":               "Warns (`partoo/key-rights`); where it is refused, that user fails alone.",
	"last-admin":                "Never lets the last administrator go (`plan/last-administrator`), nor the key's own user (`plan/self-lockout`).",
	"org-manager":               "Shows the rights of a custom role, and of none in words. `custom_role = \"\"` means the third built-in role where there is one.",
	"email-scope":               "Tells Partoo's refusal, and that another organization may have the address.",
	"admin-custom-role":         "Refuses a custom role for ORG_ADMIN and PUBLISHER (`partoo/role-scope`) and takes none for theirs.",
	"scope-mismatch":            "Sends accesses to group managers and businesses to business managers only; on a change of role the other one is emptied.",
	"role-change":               "Sends role, custom role and both scopes in one request.",
	"business-ids":              "Sends the whole list and reads it back; what should have gone and is still there is told as diverged.",
	"accesses-empty":            "Refuses a new group manager without an access, and warns where the last access is taken away (`partoo/no-access`).",
	"empty-access":              "Never writes an access without a group (`partoo/empty-access`).",
	"restricted-key":            "Warns before the first write (`partoo/restricted-key`, `partoo/grants-beyond-key`); a refused write fails alone.",
	"group-name":                "Names groups by section and name; a refusal is told.",
	"group-businesses":          "Sends the whole list and reads it back; whoever would see through a group that diverged waits.",
	"group-update-omitted":      "Always sends the whole list, also where it is empty.",
	"delete-used-group":         "Rewrites accesses before their group goes, and refuses to delete one that an access names (`partoo/group-in-use`, `plan/still-referred-to`).",
	"delete-full-section":       "Deletes empty sections only (`partoo/section-in-use`).",
	"search-closed":             "Takes an id that the search does not find, with a warning; a store code that it does not find is an error that says why.",
	"business-id":               "Reads both names.",
	"delete-section":            "Fails that change; the groups are gone by then, and the section stays empty.",
}

// The page about variants lists the table, the answers and the known limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/partoo-variants.md",
		Product:          "Partoo",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: obstacles,
		Update:           *update,
	}
	page.Check(t)
}
