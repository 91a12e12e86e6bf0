// Package emulator is a Tines tenant as its public documentation describes it: an
// HTTP server for custom roles, teams, members, users, the mapping of SCIM groups
// and the audit log, with the limits, pages, traps and rate limits that are
// documented.
//
// It is written from the documentation, not from rolecall's client, and any HTTP
// client can use it. Where the documentation is silent or disagrees with itself,
// the table in variants.go names the question and the possible answers; the rest
// of the code asks that table. Words of error messages are the emulator's own
// unless the documentation prints them.
//
// The documentation confirms three names of permissions: STORY_CREATE, CASE_CREATE
// and the sentinel ALLOW_ALL. All others in catalogue.json are samples of the
// emulator's own, as are the ids of the default roles besides TEAM_ADMIN, EDITOR
// and VIEWER; a seed can replace them. Which operation name an audit log has for
// the mapping of SCIM groups is not documented; here it is TenantConfigChange.
//
// The traps are real ones: a missing right is answered as an absent object, the id
// of a case group deletes the group, an invitation makes a user, nothing but a new
// invitation could change the role of a member, the last member cannot leave, a
// mapping is replaced as a whole, and deleting a user cannot be undone.
package emulator
