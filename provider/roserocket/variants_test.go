package roserocket_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/roserocket-variants.md")

// answers say what rolecall does about each variant, whatever its value.
var answers = map[string]string{
	"unknown-key":     "Takes 404, 400, a 403 beside answers that are none, and a document without fields and boards for a key that is not known (`roserocket/unknown-permission`).",
	"permissions-get": "Finds out with the first plan, asking for two objects that everybody has. Then it compares with what it wrote last, marks changes as unverified, and wants the whole permission in the file where its journal knows nothing (`roserocket/unseen-permission`).",
	"literals":        "Knows `noAccess`. The others are learned from the permissions that the files declare, where their fields leave no doubt, or are said in `literals`; without either, a change to such a word is refused (`roserocket/unknown-literal`).",
	"option":          "Sends option and fields that agree with each other, and compares both. A custom permission whose fields are all alike may come back under another word; that is told as diverged, and the file should use the word.",
	"write":           "Sends the whole document as it was read a moment before, with the changes in it.",
	"hidden":          "Takes all three for hidden. What it hides it writes as viewer and disabled; rows that it does not change go back as they came.",
	"derived":         "Refuses a derived field that is named for editing (`roserocket/derived-field`), leaves those out of patterns with a warning (`roserocket/derived-skipped`), and takes editor on one for reading.",
	"extra-keys":      "Sends them back as they came.",
	"boards-follow":   "Does not hold boards that no block names against a change of data. One that a block names is set right by the next plan.",
	"members-key":     "Reads both, with objects and with ids.",
	"unknown-member":  "Reads the members back: whoever is not there is told as diverged.",
	"group-name-case": "Compares names exactly, and warns of those that differ in case only (`plan/look-alike`).",
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
