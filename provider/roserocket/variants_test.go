package roserocket_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/roserocket-variants.md")

// answers describe how rolecall handles each variant, whatever its value.
var answers = map[string]string{
	"unknown-key":     "Treats 404, 400, a 403 beside unusable answers, and a document without fields and boards as an unknown key (`roserocket/unknown-permission`).",
	"permissions-get": "Tries to read two objects that every organization has in the first plan. If they cannot be read, it compares with what it wrote last, marks changes as unverified, and requires the whole permission in the file if the journal does not have it (`roserocket/unseen-permission`).",
	"literals":        "Knows `noAccess`. It learns the others from the permissions that the files declare, if their fields are unambiguous, or takes them from `literals`; otherwise it refuses a change to such a word (`roserocket/unknown-literal`).",
	"option":          "Sends option and fields that agree with each other, and compares both. A custom permission whose fields all have the same right may be read back with another word; that is reported as diverged, and the file should use that word.",
	"write":           "Sends the whole document that it read right before, with the changes.",
	"hidden":          "Treats all three as hidden. It writes hidden fields as viewer and disabled; rows that it does not change are sent back unchanged.",
	"derived":         "Refuses a derived field in `edit` (`roserocket/derived-field`), omits those that a pattern matches with a warning (`roserocket/derived-skipped`), and treats editor on one as reading.",
	"extra-keys":      "Sends them back unchanged.",
	"boards-follow":   "Ignores boards that no block names when data changes. The next plan corrects a board that a block names.",
	"members-key":     "Reads both, with objects or with ids.",
	"unknown-member":  "Reads the members back: a missing member is reported as diverged.",
	"group-name-case": "Compares names exactly, and warns of those that differ only in case (`plan/look-alike`).",
	"foreign-groups":  "Shows them, and refuses to change their members.",
}

// The page about variants lists the table, the answers and the known limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/roserocket-variants.md",
		Product:          "Rose Rocket",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: limitations,
		Update:           *update,
	}
	page.Check(t)
}
