package tines_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/tines-variants.md")

// answers says what rolecall does about each variant, whatever its value.
var answers = map[string]string{
	"errors":             "Reads all of these forms. Any other body is shown unchanged.",
	"retry-after":        "Waits as long as the header says, and a minute without it.",
	"team-admin":         "Reads both. No role can be based on one that shows ALLOW_ALL instead of a list (`tines/endless-base`).",
	"role-name":          "Finds the new role by the id in the answer and reports the name as diverged. The next plan names both (`tines/role-name`).",
	"creator-member":     "Never changes the memberships of the key's own user. They are deleted with the team.",
	"group-members":      "Never changes a case group. Before a role is deleted, it reads their members, and warns where it cannot (`tines/unseen-holders`).",
	"member-role":        "Finds the role by its id and by its name.",
	"role-write":         "Invites with the name of the role, and with its id if that is refused.",
	"reinvite":           "Invites the member again with the new role, and reads it back. If the role is still the old one, `allow_rejoin` decides whether the member may be removed and invited again.",
	"owners-listed":      "Counts an owner in the list of a team as a member only if the memberships of users show it.",
	"service-users":      "Cannot tell a service account from a person. If users are authoritative, `ignore` has to name the accounts.",
	"include-key":        "Reads both names. Without either, only the lists of teams are used; they do not show whether an owner has a membership of a team, so rolecall does not change owners there (`plan/frozen`).",
	"include-pending":    "The list of the team decides who is in it.",
	"user-attributes":    "Leaves attributes unset that are not shown, and never writes them. Files that set them are refused (`tines/unshown-attribute`), because rolecall could not check them.",
	"user-by-email":      "Tries it once, with a user who exists. If the address does not find that user, rolecall reads all users to look one up.",
	"user-put":           "Always sends the whole user, so that no user is demoted or activated because a member is missing.",
	"tenant-permissions": "Sends the whole list and reads it back. A permission that was removed and is still there is reported as diverged.",
	"delete-user":        "A user who was active and is inactive after the deletion counts as deleted.",
	"scim":               "With `provisioning` in the provider block, rolecall compares what the identity provider manages and never writes it. Without it, such a write fails with the message of Tines.",
	"mapping-read":       "Reads both.",
	"mapping-rows":       "Reads both, and writes the newer names.",
	"owners-group":       "Reads both, and writes back what it read. If the group is not shown, `scim_owners_group` has to name it (`tines/owners-group`).",
}

// The page about variants holds the table, the answers and the limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/tines-variants.md",
		Product:          "Tines",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: limitations,
		Update:           *update,
	}
	page.Check(t)
}
