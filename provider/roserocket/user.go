package roserocket

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A User gives a name to a user id. Rose Rocket has no call for users.
type User struct {
	ID    string
	Email string
	Role  string
}

var userKind = schema.Kind{
	Name: "user",
	Doc: "A user gives a name to a user id of Rose Rocket, with the expected address and role. " +
		"Rose Rocket's API has no call for users, so rolecall neither reads nor writes them: invite and deactivate users, and give them their role, " + byHand + ".",
	Subject: true,
	Virtual: true,
	Attributes: []schema.Attribute{
		schema.String("id", "Id of the user in Rose Rocket.",
			func(u *User) *string { return &u.ID }).
			With(schema.Key | schema.Label | schema.Required | schema.FoldHex).Check(userID).Like(`"00000000-0000-4000-8000-000000000101"`),
		schema.String("email", "Address that the user signs in with. Plans show it beside the id.",
			func(u *User) *string { return &u.Email }).With(schema.FoldCase).Like(`"ana@freight.example"`),
		schema.String("role", "Key of the role that the user is expected to have.",
			func(u *User) *string { return &u.Role }).Check(pathPart).Like(`"sales"`),
	},
}

// userID is the rule for the id of a user, which is a UUID.
func userID(s string) error {
	if !isUUID(s) {
		return fmt.Errorf("must be the UUID that Rose Rocket gives the user, such as 00000000-0000-4000-8000-000000000101; this is %q", s)
	}
	return nil
}

// memberID is the rule for a member of a group. No call finds a user by the address.
func memberID(s string) error {
	switch {
	case strings.Contains(s, "@"):
		return fmt.Errorf("takes the ids of users; Rose Rocket has no call that finds the one of %q. Declare a user block with the id, and refer to it", s)
	case !isUUID(s):
		return errors.New("takes the ids of users, UUIDs such as 00000000-0000-4000-8000-000000000101. " +
			"To name a user, declare a user block with the id, and refer to it")
	}
	return nil
}

// isUUID reports whether the text is a UUID in its canonical form, in any letter case.
func isUUID(s string) bool {
	if len(s) != len("00000000-0000-4000-8000-000000000101") {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
