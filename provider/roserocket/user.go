package roserocket

import (
	"fmt"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A User is a person, for reading: Rose Rocket has no call for users.
type User struct {
	ID    string
	Email string
	Role  string
}

var userKind = schema.Kind{
	Name: "user",
	Doc: "A user is a person as the files speak of one: the id that groups hold, with the address and the role that the person is expected to have. " +
		"Rose Rocket's API has no call for users, so nothing of it is read or written: people are invited, given their role and barred " + byHand + ".",
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

// userID is the rule for what names a user. No call finds a user by the address.
func userID(s string) error {
	if strings.Contains(s, "@") {
		return fmt.Errorf("takes the ids of users; Rose Rocket has no call that finds the one of %q. Declare a user block with the id, and refer to it", s)
	}
	return oneWord(s)
}
