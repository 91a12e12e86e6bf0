package uberall_test

import (
	"flag"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

var update = flag.Bool("update", false, "rewrite the generated part of docs/uberall-variants.md")

// answers say what rolecall does about each variant, whatever its value.
var answers = map[string]string{
	"ids":            "Reads both, and writes ids.",
	"sets":           "Sends every set whole and reads the user or group back. Members that were removed and are still there are reported as diverged.",
	"ungrantable":    "Reads the features of the key before anything is written, and lists those that it lacks (`uberall/escalation`), so that no such write is sent.",
	"email":          "Recognizes users by their identifier. A new user without one is refused (`uberall/hidden-address`), and a user who cannot be recognized is never changed.",
	"missing-user":   "Treats 404 and the status NOT_FOUND as a user who is gone. After any other 400, the list of users decides.",
	"me":             "If it is shown, never changes the user of the key. The user in `email` or `UBERALL_EMAIL` and API accounts are never changed either way.",
	"deleted":        "A user with the status DELETED counts as absent. If the address stays taken, creating the user again fails with uberall's message.",
	"group-answer":   "Reads both. A new group whose id is not in the answer is found by its name.",
	"throttle":       "Recognizes the status, whatever the code, waits as long as Retry-After says or a minute, and sends the request again.",
	"bad-credential": "Signs in again once if the status says that the token expired, whatever the code.",
	"errors":         "Prints the message of the envelope, or the first line of any other body.",
}

// The page about variants lists the table, the answers and the known limitations.
func TestVariantsPage(t *testing.T) {
	page := providertest.VariantsPage{
		Path:             "../../docs/uberall-variants.md",
		Product:          "uberall",
		Variants:         emulator.Variants(),
		Answers:          answers,
		KnownLimitations: limitations,
		Update:           *update,
	}
	page.Check(t)
}
