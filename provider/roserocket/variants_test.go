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
	"base":            "Adds the path to whichever host `endpoint` names. On a host without the API the plan ends with its 404.",
	"org-header":      "Sends `x-org-id` with every request.",
	"token-life":      "Makes nothing of it: whatever is answered 401 gets a new token and is sent once more.",
	"expires-in":      "Does not read it.",
	"refresh-token":   "Does not use it: the client secret is at hand, and gives a token that serves as well.",
	"token-errors":    "Reads both.",
	"messages":        "Reads one text and several.",
	"bad-request":     "Tells Rose Rocket's words and status. A 500 is asked again where nothing is changed by that; a plan that gets one for a key in the files ends.",
	"forbidden":       "Looks at the status only, and says what an account needs: a service account is a Manager when it is made, and has to be an Admin.",
	"too-many":        "Waits after a 429. A 503 is asked again a few times where that changes nothing; see below for the rest.",
	"retry-after":     "Waits as long as the header says, in seconds or until the date, and a minute after a 429 without it.",
	"manager":         "As above. `own_role` says which role the account has, and its permissions are not changed.",
	"group-right":     "Says with a 403 that `userGroupResource` is needed, as viewer or as editor.",
	"roles":           "Takes any key of a role and reads it; where there is nothing, it lists the keys that were seen somewhere (`roserocket/unknown-permission`).",
	"partner-key":     "Names both in that list.",
	"role-keys":       "Takes any text without `/`. `own_role` has to be set where the account's role is not called `admin`.",
	"unknown-key":     "Takes 404, 400, a 403 beside answers that are none, and a document without fields and boards for a key that is not known (`roserocket/unknown-permission`).",
	"permissions-get": "Finds out with the first plan, asking for two objects that everybody has. Then it compares with what it wrote last, marks changes as unverified, and wants the whole permission in the file where its journal knows nothing (`roserocket/unseen-permission`).",
	"literals":        "Knows `noAccess`. The others are learned from the permissions that the files declare, where their fields leave no doubt, or are said in `literals`; without either, a change to such a word is refused (`roserocket/unknown-literal`).",
	"unknown-option":  "Sends no option that it has not seen or been told.",
	"option":          "Sends option and fields that agree with each other, and compares both. A custom permission whose fields are all alike may come back under another word; that is told as diverged, and the file should use the word.",
	"write":           "Sends the whole document as it was read a moment before, with the changes in it.",
	"write-answer":    "Never looks at that answer: every write is read back.",
	"write-status":    "Takes any 2xx for a success.",
	"hidden":          "Takes all three for hidden. What it hides it writes as viewer and disabled; rows that it does not change go back as they came.",
	"derived":         "Refuses a derived field that is named for editing (`roserocket/derived-field`), leaves those out of patterns with a warning (`roserocket/derived-skipped`), and takes editor on one for reading.",
	"metadata":        "Sends everything in a row back as it came, and compares none of it. Of permissions that cannot be read it has none to send.",
	"unknown-field":   "Refuses fields and boards that the document does not show (`roserocket/unknown-field`, `roserocket/unknown-board`).",
	"field-rows":      "Knows the fields that documents show. A name of another one is refused.",
	"extra-keys":      "Sends them back as they came.",
	"boards-follow":   "Does not hold boards that no block names against a change of data. One that a block names is set right by the next plan.",
	"order":           "Compares by key.",
	"members-key":     "Reads both, with objects and with ids.",
	"unknown-member":  "Reads the members back: whoever is not there is told as diverged.",
	"member-counts":   "Does not read them.",
	"group-name-case": "Compares names exactly, and warns of those that differ in case only (`plan/look-alike`).",
	"group-search":    "Lists all groups instead, which come in one answer.",
	"foreign-groups":  "Shows them, and refuses to change their members.",
	"group-edit":      "Never tries: what the reference does not have is refused, with what to do by hand (`plan/frozen`, `config/no-removal`).",
	"nav-filter":      "Does not ask for boards there; the documents show them.",
}

// The page about variants holds the table, the answers and the obstacles.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:      "../../docs/roserocket-variants.md",
		Product:   "Rose Rocket",
		Variants:  emulator.Variants(),
		Answers:   answers,
		Obstacles: obstacles,
		Update:    *update,
	}
	page.Check(t)
}
