package tines_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/tines-variants.md")

// answers say what rolecall does about each variant, whatever its value.
var answers = map[string]string{
	"errors":             "Reads all of these forms, and tells the text as it came where it is none of them.",
	"invalid-status":     "Fails the one change with Tines' words, whatever the status.",
	"missing-right":      "Takes a list that is answered 404 for a lack of rights, never for an empty list; an object only counts as gone where its list can still be read.",
	"retry-after":        "Waits as long as the header says, in seconds or until the date, and a minute where there is none.",
	"per-page":           "Asks for 500 to a page, and never for fewer than 20.",
	"team-admin":         "Reads both. Nothing can be based on a role that shows ALLOW_ALL in the place of a list (`tines/endless-base`).",
	"unknown-permission": "Warns of a permission that no role of the tenant has (`tines/unknown-permission`), reads the role back, and tells one that was dropped as diverged.",
	"empty-permissions":  "Warns (`tines/empty-role`), and sends an empty list where the files have one; a refusal is told.",
	"allow-all":          "Refuses ALLOW_ALL in a role (`tines/allow-all`).",
	"view-default":       "Reads the role back and tells what was added as diverged.",
	"role-names":         "Refuses a new role whose name differs from another one in case or spaces only (`tines/role-name`).",
	"role-name":          "Finds the new role by the id in the answer, and tells as diverged that it is called otherwise. The next plan names both (`tines/role-name`).",
	"delete-held-role":   "Deletes a role only when no member has it and no group brings it any more (`plan/still-referenced`).",
	"team-names":         "Does not choose between two teams of the same name (`plan/ambiguous`).",
	"creator-member":     "Leaves the user of the key in every team that it is in. The membership goes when the team goes.",
	"delete-team":        "Deletes a team only where `allow_team_deletion` says so (`tines/team-deletion`); a refusal is told.",
	"group-members":      "Never touches a case group.",
	"member-role":        "Finds the role by its id and by its name.",
	"role-write":         "Invites with the name of the role, and with its id where that is refused.",
	"reinvite":           "Invites once more with the new role and reads back. Where that changes nothing, `allow_rejoin` decides whether the member may leave the team for a moment.",
	"owners-listed":      "Takes an owner in the list of a team for a member only where the memberships of users say so.",
	"remove-absent":      "Takes a member who is gone already for removed.",
	"service-users":      "Cannot tell a service account from a person. Where users are authoritative, `ignore` has to name them.",
	"include-key":        "Knows both names. Where there is neither, the lists of teams have to do; what an owner is in a team by membership cannot be told there from what is by right, so it is not touched (`plan/frozen`).",
	"include-pending":    "Lets the list of the team decide who is in it.",
	"include-groups":     "Leaves every team out that is not in the list of teams.",
	"include-personal":   "Leaves every team out that is not in the list of teams.",
	"user-attributes":    "Leaves what is not shown unset, and never writes it. Files that set it are refused (`tines/unshown-attribute`), for nobody could tell whether it is so.",
	"user-by-email":      "Asks once for a user who is known to be there. Where that is not found by the address, reads all users to look one up.",
	"email-case":         "Compares addresses in lower case, and sends them so.",
	"user-put":           "Always sends the whole user, so that nobody is demoted or brought back by an omission.",
	"tenant-permissions": "Sends the whole list and reads it back; what should have gone and is still there is told as diverged.",
	"last-owner":         "Never lets the last owner go (`plan/last-administrator`), nor the key's own user (`plan/self-lockout`).",
	"delete-user":        "Takes a user who is still listed for one who is still there: the next plan deletes once more.",
	"scim":               "With `provisioning` in the provider block, compares what the identity provider owns and never writes it. Without it, such a write fails with Tines' words.",
	"scim-status":        "Tells Tines' words, whatever the status.",
	"mapping-read":       "Reads both.",
	"mapping-rows":       "Reads both, and writes the newer words.",
	"owners-group":       "Reads both, and writes back what it read. Where the group is not shown, `scim_owners_group` has to name it (`tines/owners-group`).",
	"audit-roles":        "Reads the log by time, and takes what speaks of the object for likely.",
	"audit-inputs":       "Looks for ids and names at any depth.",
}

// The page about variants lists the table, the answers and the known limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/tines-variants.md",
		Product:          "Tines",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: obstacles,
		Update:           *update,
	}
	page.Check(t)
}
