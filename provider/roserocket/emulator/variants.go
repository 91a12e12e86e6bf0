package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists every question that Rose Rocket's documentation leaves open and
// how the emulator can answer it, the default first. To add one, add a row here
// and ask for it with Server.is where it matters.
func Variants() []emulator.Variant {
	return []emulator.Variant{
		// Hosts, tokens, errors.
		{Name: "base", Values: []string{"both", "org", "network"},
			Doc: "Which hosts have the API: the organization's own as in the reference and network. as in the worked examples, or one of them; the other answers 404."},
		{Name: "org-header", Values: []string{"needed", "optional"},
			Doc: "Whether network. needs x-org-id, without which it answers 403, or takes the organization of the token."},
		{Name: "token-life", Values: []string{"24h", "30m", "1m"},
			Doc: "How long a token lives, of which three sources say three things."},
		{Name: "expires-in", Values: []string{"given", "absent", "wrong"},
			Doc: "Whether a token comes with expires_in, without, or with 24 hours whatever its life is."},
		{Name: "refresh-token", Values: []string{"none", "given"},
			Doc: "Whether the machine's token comes with a refresh token."},
		{Name: "token-errors", Values: []string{"oauth", "envelope"},
			Doc: "Whether the token endpoint refuses as OAuth does or in the envelope of the API."},
		{Name: "messages", Values: []string{"list", "text"},
			Doc: "Whether message of a 400 is a list of texts, as in the example, or one text, as in all other errors."},
		{Name: "bad-request", Values: []string{"400", "500"},
			Doc: "The status of a request that is wrong; some are said to be answered with 500, which tells nothing."},
		{Name: "forbidden", Values: []string{"plain", "field", "widgets"},
			Doc: "The text of a 403: that of the reference, or one of the two of the guide, which are about something else."},
		{Name: "too-many", Values: []string{"429", "503"},
			Doc: "The status of a request beyond the rate. No limit is published, and there is none unless the emulator is started with one."},
		{Name: "retry-after", Values: []string{"seconds", "date", "absent"},
			Doc: "What such an answer says about when to come back: the seconds left, an HTTP date, or nothing."},

		// Who may do what.
		{Name: "manager", Values: []string{"reads", "nothing", "writes"},
			Doc: "What a Manager, who has no organization settings, may do with permissions: read, neither, or both."},
		{Name: "group-right", Values: []string{"role", "document"},
			Doc: "Where the right on user groups comes from: Admin and Manager have it, or it is that of the role's document on userGroup, with one editable field to write."},

		// Roles and objects.
		{Name: "roles", Values: []string{"eleven", "guide", "help"},
			Doc: "Which roles there are: all that were seen, the nine of the guide (no super-admin, no csr) or the nine of the help pages (no super-admin, no partner)."},
		{Name: "partner-key", Values: []string{"partner", "partner-carrier-user"},
			Doc: "The key of Partner (Guest), of which there are two."},
		{Name: "role-keys", Values: []string{"plain", "custom", "names"},
			Doc: "What a URL has as role: the keys that were seen elsewhere, these as recipes have them ($custom_sales), or the display names."},
		{Name: "unknown-key", Values: []string{"404", "400", "403", "empty"},
			Doc: "What an unknown role or object key is answered: a refusal, or an empty document, which a write then makes."},

		// Documents.
		{Name: "permissions-get", Values: []string{"yes", "404", "405"},
			Doc: "Whether permissions can be read at all: only the write is documented."},
		{Name: "literals", Values: []string{"full", "fullAccess", "others"},
			Doc: "How data.option spells what is not noAccess: full, readOnly, custom; fullAccess, readOnlyAccess, customAccess; everything, viewOnly, selected."},
		{Name: "unknown-option", Values: []string{"refuse", "store"},
			Doc: "Whether an option that is no literal is refused or stored, in which case the fields decide."},
		{Name: "option", Values: []string{"stored", "recomputes-fields", "from-fields"},
			Doc: "How option and fields go together: both are stored and the option counts, unless it is the custom one; the option overwrites the fields; or it is computed from them."},
		{Name: "write", Values: []string{"replace", "reset", "merge"},
			Doc: "What happens to sections, boards and fields that a write leaves out: they are gone, they are open to the role, or they stay as they were."},
		{Name: "write-answer", Values: []string{"document", "thin", "empty"},
			Doc: "What a write answers: the document, {\"success\":true}, or nothing."},
		{Name: "write-status", Values: []string{"200", "201", "204"},
			Doc: "The status of a successful write; 204 has no body."},
		{Name: "hidden", Values: []string{"viewer", "none", "none-enabled"},
			Doc: "How a hidden field comes back: viewer and disabled as in the example, where none is refused; none and disabled; or none and not disabled. The latter two take either."},
		{Name: "derived", Values: []string{"refused", "lowered", "stored"},
			Doc: "What editor on a derived field does: 400, it becomes viewer, or it is stored, as it then is in documents with full access."},
		{Name: "metadata", Values: []string{"optional", "required", "stored"},
			Doc: "Whether a write needs description, isDerived, isSystemGenerated and isConnection: the organization knows them, it refuses a field without, or it stores what is sent and shows no more than that."},
		{Name: "unknown-field", Values: []string{"refuse", "ignore"},
			Doc: "What fields and boards that the object does not have do: 400 or nothing."},
		{Name: "field-rows", Values: []string{"all", "some"},
			Doc: "Whether every field has a row in the documents, or custom fields, as if pushed by code, have none until a write names them."},
		{Name: "extra-keys", Values: []string{"none", "some"},
			Doc: "Whether documents hold more than the documentation shows, at every level, which is lost where a write leaves it out. Here each of them takes a right away."},
		{Name: "boards-follow", Values: []string{"no", "yes"},
			Doc: "Whether the boards of an object are disabled by themselves when the data becomes noAccess, and enabled when it no longer is."},
		{Name: "order", Values: []string{"sent", "sorted", "reversed"},
			Doc: "In which order boards and fields come back after a write."},

		// User groups.
		{Name: "members-key", Values: []string{"members", "userIds"},
			Doc: "Under which key the members of a group are: members, which is defined, or userIds, which is required and would hold ids only."},
		{Name: "unknown-member", Values: []string{"ignore", "refuse", "store"},
			Doc: "What adding somebody who is no user does: nothing, 404, or it is done."},
		{Name: "member-counts", Values: []string{"changed", "sent"},
			Doc: "What added and removed count: who came and went, or the ids that were sent."},
		{Name: "group-name-case", Values: []string{"exact", "ignored"},
			Doc: "Whether names of groups that differ in case only are different."},
		{Name: "group-search", Values: []string{"exact", "prefix"},
			Doc: "Whether a search by name wants the whole name or its beginning."},
		{Name: "foreign-groups", Values: []string{"none", "shown"},
			Doc: "Whether there is a group of another type than local, which the text of the enum mentions. Its members cannot be changed (403)."},
		{Name: "group-edit", Values: []string{"missing", "present"},
			Doc: "Whether PUT and DELETE of a group exist, of which two descriptions of a status speak and no page."},
		{Name: "nav-filter", Values: []string{"body", "query"},
			Doc: "Where GET /boards/nav has its filter: in the body, as the reference has it, or in the query."},
	}
}
