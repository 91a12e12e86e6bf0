package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists every question that Rose Rocket's documentation leaves open and
// how the emulator can answer it, the default first. To add one, add a row here
// and ask for it with Server.is where it matters.
func Variants() []emulator.Variant {
	return []emulator.Variant{

		// Documents of roles on objects.
		{Name: "unknown-key", Values: []string{"404", "400", "403", "empty"},
			Doc: "What an unknown role or object key is answered: a refusal, or an empty document, which a write then makes."},
		{Name: "permissions-get", Values: []string{"yes", "404", "405"},
			Doc: "Whether permissions can be read at all: only the write is documented."},
		{Name: "literals", Values: []string{"full", "fullAccess", "others"},
			Doc: "How data.option spells what is not noAccess: full, readOnly, custom; fullAccess, readOnlyAccess, customAccess; everything, viewOnly, selected."},
		{Name: "option", Values: []string{"stored", "recomputes-fields", "from-fields"},
			Doc: "How option and fields go together: both are stored and the option counts, unless it is the custom one; the option overwrites the fields; or it is computed from them."},
		{Name: "write", Values: []string{"replace", "reset", "merge"},
			Doc: "What happens to sections, boards and fields that a write leaves out: they are gone, they are open to the role, or they stay as they were."},
		{Name: "hidden", Values: []string{"viewer", "none", "none-enabled"},
			Doc: "How a hidden field comes back: viewer and disabled as in the example, where none is refused; none and disabled; or none and not disabled. The latter two take either."},
		{Name: "derived", Values: []string{"refused", "lowered", "stored"},
			Doc: "What editor on a derived field does: 400, it becomes viewer, or it is stored, as it then is in documents with full access."},
		{Name: "extra-keys", Values: []string{"none", "some"},
			Doc: "Whether documents hold more than the documentation shows, at every level, which is lost where a write leaves it out. Here each of them takes a right away."},
		{Name: "boards-follow", Values: []string{"no", "yes"},
			Doc: "Whether the boards of an object are disabled by themselves when the data becomes noAccess, and enabled when it no longer is."},

		// User groups.
		{Name: "members-key", Values: []string{"members", "userIds"},
			Doc: "Under which key the members of a group are: members, which is defined, or userIds, which is required and would hold ids only."},
		{Name: "unknown-member", Values: []string{"ignore", "refuse", "store"},
			Doc: "What adding somebody who is no user does: nothing, 404, or it is done."},
		{Name: "group-name-case", Values: []string{"exact", "ignored"},
			Doc: "Whether names of groups that differ in case only are different."},
		{Name: "foreign-groups", Values: []string{"none", "shown"},
			Doc: "Whether there is a group of another type than local, which the text of the enum mentions. Its members cannot be changed (403)."},
	}
}
