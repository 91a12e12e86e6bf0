// Package emulator is Rose Rocket's Platform Model API as its public documentation
// describes it: an HTTP server for the permissions of a role on an object, user
// groups and their members, the navigation of boards, and the token endpoint of
// the issuer. It holds one organization.
//
// It is written from the documentation, not from rolecall's client, and any HTTP
// client can use it. Rose Rocket documents one request and one example of
// permissions and little else: where it is silent or disagrees with itself, the
// table in variants.go names the question and the possible answers; the rest of
// the code asks that table. Words of error messages are the emulator's own unless
// the documentation prints them.
//
// The document of the role guest on the object contact is the documented example,
// letter for letter. The objects are those that the documentation names. Fields,
// boards and rights of all other documents are samples of the documented shape:
// Rose Rocket publishes no list of them.
package emulator
