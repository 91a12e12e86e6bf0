package tines

import (
	"net/http"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// hint returns what a person can do about a failed request, or "".
func hint(status int, method, path string) string {
	writes := method != http.MethodGet
	switch {
	case status == http.StatusUnauthorized:
		return "Put a valid API key of this tenant into the environment variable " + KeyEnv + ". A Personal key stops working when its user is deactivated."
	case status == http.StatusForbidden && writes && aboutPeople(path):
		return rightHint + " " + peopleHint
	case status == http.StatusForbidden:
		return rightHint
	case status == http.StatusNotFound && writes && aboutPeople(path):
		return hiddenHint + " " + peopleHint
	case status == http.StatusNotFound && strings.HasPrefix(path, rolesPath):
		return hiddenHint + addOnHint
	case status == http.StatusNotFound:
		return hiddenHint
	case status < 400 || status >= 500 || status == http.StatusTooManyRequests || !writes:
		return ""
	case method == http.MethodDelete && strings.HasPrefix(path, rolesPath):
		return heldHint
	case aboutPeople(path):
		return "Correct what Tines says is wrong. " + peopleHint
	}
	return ""
}

// aboutPeople reports whether a path is about users or memberships, which an identity
// provider may manage.
func aboutPeople(path string) bool {
	return strings.HasPrefix(path, usersPath) || strings.HasSuffix(path, "_member")
}

// Advice on failures.
const (
	ownerKey   = "Put a Tenant owner key, or the Personal key of a tenant owner, into " + KeyEnv
	hiddenHint = "Tines answers 404 if the key lacks a right, as if the object did not exist. " + ownerKey + ", and check the tenant's address in the provider block."
	rightHint  = "The key lacks the right to do this. " + ownerKey + "."
	addOnHint  = " Custom roles are also an add-on that not every plan of Tines has."
	peopleHint = "If SCIM or enhanced JIT is on, the API of Tines cannot change users and memberships: set provisioning in the provider block, " +
		"and rolecall only compares them."
	heldHint = "Members of case groups, keys of teams or the mapping of an identity provider may still have the role, and rolecall does not change these. " +
		"Give them another role in Tines, then plan again."
)

// removalHint says what to do if an object still exists after it was removed.
func removalHint(a schema.Action) string {
	if a == schema.Deactivate {
		return "Deactivate the user in Tines, or set on_removal = \"delete\" in the manage block, which cannot be undone."
	}
	return "Check it in Tines, then plan again."
}
