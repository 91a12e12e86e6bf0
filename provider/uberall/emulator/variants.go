package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists the questions that uberall's documentation leaves open, or answers twice,
// and whose answers decide what a client does, the default first. To add one, add a row
// here and ask for it with Server.is where it matters.
func Variants() []emulator.Variant {
	return []emulator.Variant{
		{Name: "ids", Values: []string{"numbers", "objects"},
			Doc: "What the lists managedLocations and managedBusinesses of a user, and locations and users of a location group, contain when they are read: ids, or objects with an id. Writes have ids."},
		{Name: "sets", Values: []string{"replace", "merge"},
			Doc: "Whether features, managed locations, businesses and e-mail settings of a user, and the locations and users of a location group, replace the stored ones when they are written, or add to them."},
		{Name: "ungrantable", Values: []string{"dropped", "warned", "refused"},
			Doc: "What happens if a feature is written that the caller lacks: it is silently dropped, dropped with a warning, or 403."},
		{Name: "email", Values: []string{"shown", "absent"},
			Doc: "Whether a user has an e-mail address when it is read, which is missing from the schema."},
		{Name: "missing-user", Values: []string{"404", "400-not-found", "400"},
			Doc: "The answer for an unknown user, for which the description declares no 404: 404, 400 with the status NOT_FOUND, or 400 with the status BAD_REQUEST, as for any invalid request."},
		{Name: "me", Values: []string{"shown", "missing"},
			Doc: "Whether GET /users/me, which is not in uberall's description and which other clients use, shows the user of the credential, or answers as for an unknown user."},
		{Name: "deleted", Values: []string{"gone", "listed", "taken"},
			Doc: "What happens to a deleted user: the user is gone; is still shown, with the status DELETED; or is still shown, and the address and identifier stay taken."},
		{Name: "group-answer", Values: []string{"wrapped", "bare"},
			Doc: "Whether a single location group is below locationGroup in its answer, as a user is below user, or is the answer itself."},
		{Name: "throttle", Values: []string{"429", "400", "200"},
			Doc: "The code of an answer with the status QUOTA_LIMIT_EXCEED: 429 with Retry-After, 400, or 200."},
		{Name: "bad-credential", Values: []string{"401", "403"},
			Doc: "The code of the statuses BAD_PRIVATE_KEY and BAD_ACCESS_TOKEN, of which only 403 is declared for most calls."},
		{Name: "errors", Values: []string{"envelope", "text"},
			Doc: "The body of a refusal, which has no schema: the envelope of every other answer, or a text. Refusals about credentials and limits always have the envelope, because the documentation describes their statuses."},
	}
}
