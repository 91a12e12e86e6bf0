package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists what Tines' documentation leaves open and the client acts on, with the
// answers that the emulator can give, the default first. To add one, add a row here and ask
// for it with Server.is where it matters.
func Variants() []emulator.Variant {
	return []emulator.Variant{
		// The wire.
		{Name: "errors", Values: []string{"object", "array", "error", "message", "strings", "fields", "text", "empty", "mixed"},
			Doc: "The body of a refusal: an object with a list of errors, that list alone, an object with error or message, with errors as strings or by field, plain text, no body, or a different one of these for each group of paths."},
		{Name: "retry-after", Values: []string{"seconds", "date", "absent"},
			Doc: "The header Retry-After of a 429: the seconds left, an HTTP date, or no header."},

		// Roles.
		{Name: "team-admin", Values: []string{"sentinel", "list"},
			Doc: "Whether TEAM_ADMIN shows ALLOW_ALL or each permission."},
		{Name: "role-name", Values: []string{"kept", "upper"},
			Doc: "Whether the name of a new role is kept, or changed to upper case with underscores."},

		// Teams.
		{Name: "creator-member", Values: []string{"no", "yes"},
			Doc: "Whether the user of the key becomes the first member of a new team, as TEAM_ADMIN."},
		{Name: "group-members", Values: []string{"open", "closed"},
			Doc: "Whether the calls for members and the update of a team accept the id of a case group, or answer 404."},

		// Members.
		{Name: "member-role", Values: []string{"name", "id"},
			Doc: "Whether the list of members shows a custom role by its name or its id."},
		{Name: "role-write", Values: []string{"both", "name", "id"},
			Doc: "How an invitation names a custom role."},
		{Name: "reinvite", Values: []string{"update", "ignore", "error"},
			Doc: "What happens if a member is invited with another role: the member gets the new role, keeps the old one, or the invitation is refused."},
		{Name: "owners-listed", Values: []string{"no", "yes"},
			Doc: "Whether tenant owners without a membership are in the list of a team's members. They are in that of a case group."},

		// Users.
		{Name: "service-users", Values: []string{"hidden", "listed"},
			Doc: "Whether the lists of users and members show the users behind service, tenant owner and team keys."},
		{Name: "include-key", Values: []string{"team_memberships", "memberships", "absent"},
			Doc: "The name under which include=team_memberships shows memberships, or that it shows none."},
		{Name: "include-pending", Values: []string{"yes", "no"},
			Doc: "Whether these memberships include invitations that are not accepted yet."},
		{Name: "user-attributes", Values: []string{"all", "no-permissions", "oldest"},
			Doc: "Which attributes of a user an answer has: all, all but tenant_permissions as on older self-hosted versions, or neither tenant_permissions nor is_active as on the oldest."},
		{Name: "user-by-email", Values: []string{"yes", "no"},
			Doc: "Whether the e-mail address finds a user in place of the id, as documented since 2026."},
		{Name: "user-put", Values: []string{"partial", "defaults"},
			Doc: "Whether an update of a user that does not send admin and is_active keeps them, or sets them to their defaults, false and true."},
		{Name: "tenant-permissions", Values: []string{"replace", "merge"},
			Doc: "Whether the tenant_permissions of an update replace those of the user or are added to them."},
		{Name: "delete-user", Values: []string{"at-once", "queued"},
			Doc: "Whether a deleted user is gone at once, or listed as inactive for a minute."},

		// Single sign-on.
		{Name: "scim", Values: []string{"off", "on", "enhanced-jit"},
			Doc: "What manages users and members, which no call shows: the API; SCIM, under which users can be deleted but not created or changed, and members cannot be changed; or enhanced JIT, under which members cannot be changed."},
		{Name: "mapping-read", Values: []string{"bare", "wrapped"},
			Doc: "Whether the SCIM mapping is answered as it is, or inside user_group_mapping."},
		{Name: "mapping-rows", Values: []string{"new", "old"},
			Doc: "How rows of the SCIM mapping are shown: with group_name and TEAM_ADMIN, or with sso_group and team_admin."},
		{Name: "owners-group", Values: []string{"string", "array", "hidden"},
			Doc: "How the group of tenant owners is shown: as the text tenant_owners_group, as the list tenant_owners_groups, or not at all. Both are accepted."},
	}
}
