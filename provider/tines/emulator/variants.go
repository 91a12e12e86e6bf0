package emulator

import "github.com/rolecall-dev/rolecall/provider/emulator"

// Variants lists every question that Tines' documentation leaves open and how the
// emulator can answer it, the default first. To add one, add a row here and ask for
// it with Server.is where it matters.
func Variants() []emulator.Variant {
	return []emulator.Variant{
		// The wire.
		{Name: "errors", Values: []string{"object", "array", "error", "message", "strings", "fields", "text", "empty", "mixed"},
			Doc: "The body of a refusal: an object with a list of errors, that list alone, an object with error or message, with errors as strings or by field, a text, nothing, or another one of these for each kind of path."},
		{Name: "invalid-status", Values: []string{"422", "400"},
			Doc: "The status where a field is wrong."},
		{Name: "missing-right", Values: []string{"404", "403"},
			Doc: "The status where the key lacks a right."},
		{Name: "retry-after", Values: []string{"seconds", "date", "absent"},
			Doc: "What a 429 says about when to come back: the seconds left, an HTTP date, or nothing."},
		{Name: "per-page", Values: []string{"any", "clamp", "refuse"},
			Doc: "What a per_page below 20 does: it is honoured, raised to 20, or refused. Above 500 it is lowered to 500, or refused."},

		// Roles.
		{Name: "team-admin", Values: []string{"sentinel", "list"},
			Doc: "Whether TEAM_ADMIN shows ALLOW_ALL or each permission."},
		{Name: "unknown-permission", Values: []string{"drop", "refuse", "keep"},
			Doc: "What a permission that is not in the catalogue does: it is silently dropped, refused, or stored."},
		{Name: "empty-permissions", Values: []string{"allow", "refuse"},
			Doc: "Whether a custom role can be without any permission."},
		{Name: "allow-all", Values: []string{"refuse", "keep"},
			Doc: "Whether a custom role can hold ALLOW_ALL."},
		{Name: "view-default", Values: []string{"none", "added"},
			Doc: "Whether a custom role is given the permissions to view that it was not given, since disabled features are said to default to view-only."},
		{Name: "role-names", Values: []string{"folded", "exact", "free"},
			Doc: "Which names of roles are taken: those that differ in case at most, the same ones, or none. Ids of default roles are names, too."},
		{Name: "role-name", Values: []string{"kept", "upper"},
			Doc: "Whether the name of a new role is kept or made upper case with underscores."},
		{Name: "delete-held-role", Values: []string{"refuse", "fallback", "dangle"},
			Doc: "What deleting a role that members or the mapping name does: it is refused, members become VIEWER, or they keep its id. The mapping is never changed."},

		// Teams.
		{Name: "team-names", Values: []string{"free", "unique"},
			Doc: "Whether two teams may have the same name."},
		{Name: "creator-member", Values: []string{"no", "yes"},
			Doc: "Whether the user of the key becomes the first member of a new team, as TEAM_ADMIN."},
		{Name: "delete-team", Values: []string{"cascade", "refuse"},
			Doc: "What deleting a team that owns stories does: they go with it, or it is refused."},
		{Name: "group-members", Values: []string{"open", "closed"},
			Doc: "Whether the calls for members and the update of a team take the id of a case group, or answer 404."},

		// Members.
		{Name: "member-role", Values: []string{"name", "id"},
			Doc: "How the custom role of a member is shown."},
		{Name: "role-write", Values: []string{"both", "name", "id"},
			Doc: "How a custom role is named in an invitation."},
		{Name: "reinvite", Values: []string{"update", "ignore", "error"},
			Doc: "What inviting a member with another role does: it has the new role, keeps the old one, or the invitation is refused."},
		{Name: "owners-listed", Values: []string{"no", "yes"},
			Doc: "Whether tenant owners without membership are in the list of members. In that of a case group they are."},
		{Name: "remove-absent", Values: []string{"404", "422", "200"},
			Doc: "The status where somebody is removed who is no member."},

		// Users.
		{Name: "service-users", Values: []string{"hidden", "listed"},
			Doc: "Whether the users behind service, tenant owner and team keys are among users and members."},
		{Name: "include-key", Values: []string{"team_memberships", "memberships", "absent"},
			Doc: "Under which key include=team_memberships shows memberships, or that it shows none."},
		{Name: "include-pending", Values: []string{"yes", "no"},
			Doc: "Whether memberships whose invitation is not accepted yet are among those."},
		{Name: "include-groups", Values: []string{"no", "yes"},
			Doc: "Whether memberships in case groups are among those."},
		{Name: "include-personal", Values: []string{"yes", "no"},
			Doc: "Whether the personal team is among those."},
		{Name: "user-attributes", Values: []string{"all", "no-permissions", "oldest"},
			Doc: "What an answer shows of a user: everything; all but tenant_permissions, as older self-hosted versions do; or is_active neither, as the oldest do."},
		{Name: "user-by-email", Values: []string{"yes", "no"},
			Doc: "Whether a user is found by the e-mail address in place of the id, which is documented since 2026."},
		{Name: "email-case", Values: []string{"fold", "lower", "exact"},
			Doc: "What case is in e-mail addresses: kept and without meaning, lost, or a difference."},
		{Name: "user-put", Values: []string{"partial", "defaults"},
			Doc: "Whether an update of a user keeps admin and is_active where they are not sent, or takes their defaults false and true."},
		{Name: "tenant-permissions", Values: []string{"replace", "merge"},
			Doc: "Whether tenant_permissions of a user replace what was there or add to it."},
		{Name: "last-owner", Values: []string{"allow", "refuse"},
			Doc: "Whether the last active tenant owner can be deleted, deactivated or demoted."},
		{Name: "delete-user", Values: []string{"at-once", "queued"},
			Doc: "Whether a deleted user is gone at once, or listed as inactive for a minute."},

		// Single sign-on.
		{Name: "scim", Values: []string{"off", "on", "enhanced-jit"},
			Doc: "Who has users and members in hand, which nothing tells: the API; SCIM, so that users can be deleted but neither added nor changed, and members are not to be touched; or enhanced JIT, so that members are not to be touched."},
		{Name: "scim-status", Values: []string{"422", "403", "404"},
			Doc: "The status of what SCIM or enhanced JIT forbids."},
		{Name: "mapping-read", Values: []string{"bare", "wrapped"},
			Doc: "Whether the mapping of groups is read as it is or below user_group_mapping."},
		{Name: "mapping-rows", Values: []string{"new", "old"},
			Doc: "How rows of the mapping are shown: with group_name and TEAM_ADMIN, or with sso_group and team_admin."},
		{Name: "owners-group", Values: []string{"string", "array", "hidden"},
			Doc: "How the group of tenant owners is shown: as the text tenant_owners_group, as the list tenant_owners_groups, or not at all. Both are read."},

		// The audit log.
		{Name: "audit-roles", Values: []string{"custom-role", "role", "absent"},
			Doc: "What changes of roles and of a member's role are called: CustomRoleCreation, CustomRoleUpdate, CustomRoleDeletion and TeamMemberRoleUpdate; RoleCreated, RoleUpdated, RoleDeleted and MemberRoleChange; or they are not logged."},
		{Name: "audit-inputs", Values: []string{"nested", "flat", "null"},
			Doc: "What inputs of a row hold: the fields below a second inputs, the fields, or null."},
	}
}
