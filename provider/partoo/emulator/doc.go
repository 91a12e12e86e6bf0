// Package emulator is Partoo as its public documentation describes it: an HTTP
// server for custom roles, permissions, users, sections, groups, businesses and
// the switch from legacy permissions, with Partoo's limits, pages, error bodies,
// thin write answers, rate limit and traps. It holds one organization.
//
// It is written from the documentation, not from rolecall's client, and any HTTP
// client can use it. Where the documentation is silent or disagrees with itself,
// the table in variants.go names the question and the possible answers; the rest
// of the code asks that table. Words of error messages are the emulator's own
// unless the documentation prints them.
//
// The traps are real ones: a group made or changed without business__in gets all
// businesses, a user made without role becomes ORG_ADMIN, an org_id that is not
// the caller's own is silently ignored, lists of roles hold no permissions, and
// deleting a user deletes its keys.
package emulator
