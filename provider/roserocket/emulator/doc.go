// Package emulator is Rose Rocket's Platform Model API as its public documentation
// describes it: an HTTP server for the permissions of a role on an object, user
// groups and their members, the navigation of boards, and the token endpoint of
// the issuer. It holds one organization.
//
// It is written from the documentation, not from rolecall's client, and any HTTP
// client can use it. For permissions, Rose Rocket documents one request and one
// example. Where the documentation is silent or contradicts itself, the table in
// variants.go has the question and the possible answers, and the rest of the code
// reads that table. The texts of error messages are the emulator's own unless the
// documentation has them.
//
// The document of the role guest on the object contact is the documented example,
// character for character. The objects are those that the documentation names. The
// fields, boards and rights of all other documents are samples of the documented
// shape: Rose Rocket publishes no list of them.
package emulator
