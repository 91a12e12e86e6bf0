package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists the questions that Rose Rocket's documentation leaves open, each with the
// behaviours of the emulator, the default first. To add one, add a row here and check it with
// Server.is.
func Variants() []emulator.Variant {
	return []emulator.Variant{

		// Documents of roles on objects.
		{Name: "unknown-key", Values: []string{"404", "400", "403", "empty"},
			Doc: "The answer for an unknown role or object key: a refusal, or an empty document, which a write then stores."},
		{Name: "permissions-get", Values: []string{"yes", "404", "405"},
			Doc: "Whether permissions can be read at all: only the write is documented."},
		{Name: "literals", Values: []string{"full", "fullAccess", "others"},
			Doc: "The values of data.option besides noAccess: full, readOnly, custom; fullAccess, readOnlyAccess, customAccess; everything, viewOnly, selected."},
		{Name: "option", Values: []string{"stored", "recomputes-fields", "from-fields"},
			Doc: "How option and fields depend on each other: both are stored, and the fields count only with the custom option; the option overwrites the fields; or the option is computed from the fields."},
		{Name: "write", Values: []string{"replace", "reset", "merge"},
			Doc: "What happens to sections, boards and fields that a write leaves out: they are removed, the role gets all rights on them, or they stay as they were."},
		{Name: "hidden", Values: []string{"viewer", "none", "none-enabled"},
			Doc: "How a hidden field is read: viewer and disabled as in the example, and none is refused; none and disabled; or none and not disabled. The last two accept both."},
		{Name: "derived", Values: []string{"refused", "lowered", "stored"},
			Doc: "What happens to editor on a derived field: 400, it becomes viewer, or it is stored, as it is then in documents with full access."},
		{Name: "extra-keys", Values: []string{"none", "some"},
			Doc: "Whether documents have undocumented members, at every level, which a write that leaves them out removes. Here each of them revokes a right."},
		{Name: "boards-follow", Values: []string{"no", "yes"},
			Doc: "Whether Rose Rocket disables the boards of an object when the data becomes noAccess, and enables them when it no longer is."},

		// User groups.
		{Name: "members-key", Values: []string{"members", "userIds"},
			Doc: "The key of the members of a group: members, which the schema defines, or userIds, which it requires and which holds ids only."},
		{Name: "unknown-member", Values: []string{"ignore", "refuse", "store"},
			Doc: "What happens if an id that is no user's is added: nothing, 404, or it becomes a member."},
		{Name: "group-name-case", Values: []string{"exact", "ignored"},
			Doc: "Whether names of groups that differ only in letter case are different."},
		{Name: "foreign-groups", Values: []string{"none", "shown"},
			Doc: "Whether there is a group of another type than local, which the text of the enum mentions. Its members cannot be changed (403)."},
	}
}
