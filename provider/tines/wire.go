package tines

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// A wireID is the id of an object: a number for teams and users, a text for roles.
type wireID string

// UnmarshalJSON reads a number or a text.
func (id *wireID) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && len(b) < 16 && len(bytes.Trim(b, "0123456789")) == 0: // nearly all there are, and cheap
		*id = wireID(b)
		return nil
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(id))
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*id = wireID(n)
	return nil
}

// A wireRole is one role. Description may be null.
type wireRole struct {
	ID          wireID   `json:"id"`
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Description string   `json:"description"`
	Permissions []string `json:"permissions"`
}

// known says what is missing for the answer to be a role. Without its permissions
// it would look like one that grants nothing.
func (r *wireRole) known() error {
	switch {
	case r.ID == "" || r.Name == "":
		return errors.New("a role does not say what it is")
	case r.Type == "":
		return fmt.Errorf("the role %s does not say whether it is a default role", r.Name)
	case r.Permissions == nil:
		return fmt.Errorf("the role %s does not show its permissions", r.Name)
	}
	return nil
}

// A wireTeam is one team. The list leaves the groups out.
type wireTeam struct {
	ID     wireID `json:"id"`
	Name   string `json:"name"`
	Groups []struct {
		ID   wireID `json:"id"`
		Name string `json:"name"`
	} `json:"groups"`
}

func (t *wireTeam) known() error {
	if t.ID == "" || t.Name == "" {
		return errors.New("a team does not say what it is")
	}
	return nil
}

// A wireUser is one user. Names may be null.
type wireUser struct {
	ID                wireID   `json:"id"`
	SCIMUID           wireID   `json:"scim_uid"`
	Email             string   `json:"email"`
	FirstName         string   `json:"first_name"`
	LastName          string   `json:"last_name"`
	Admin             *bool    `json:"admin"`
	TenantPermissions []string `json:"tenant_permissions"` // nil where it is not shown
	Active            *bool    `json:"is_active"`          // nil where it is not shown
	LastSeen          seen     `json:"last_seen"`
	wirePlaces
}

// known says what is missing for the answer to be a user. What is not said of a
// person's rights must not look like a no. Older self-hosted tenants leave out
// tenant_permissions and is_active, which are then not set.
func (u *wireUser) known() error {
	switch {
	case u.ID == "" || u.Email == "":
		return errors.New("a user does not say who it is")
	case u.Admin == nil:
		return fmt.Errorf("the user %s does not show admin", u.Email)
	}
	return nil
}

// A seen is when a user was last seen; null says that the user never signed in.
type seen struct {
	told bool // the answer has it
	ever bool
}

// UnmarshalJSON is called only where the field is there.
func (s *seen) UnmarshalJSON(b []byte) error {
	s.told, s.ever = true, string(b) != "null" && string(b) != `""`
	return nil
}

// A wireMeta says where a page stands in its list.
type wireMeta struct {
	Next  told `json:"next_page_number"`
	Pages int  `json:"pages"`
	Count *int `json:"count"`
}

// told is a number that may be null, which differs from a number that is missing.
type told struct {
	Set    bool
	Number int // 0 for null
}

// UnmarshalJSON is called only where the field is there.
func (t *told) UnmarshalJSON(b []byte) error {
	t.Set = true
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &t.Number)
}

// A wirePage is one page of any list: each has its rows under a name of its own.
type wirePage[T any] struct {
	Roles   []T       `json:"admin/roles"`
	Users   []T       `json:"admin/users"`
	Teams   []T       `json:"teams"`
	Members []T       `json:"members"`
	Meta    *wireMeta `json:"meta"`
}

// rows gives the rows under a name.
func (p *wirePage[T]) rows(name string) []T {
	switch name {
	case "admin/roles":
		return p.Roles
	case "admin/users":
		return p.Users
	case "teams":
		return p.Teams
	case "members":
		return p.Members
	}
	panic("tines: no list is called " + name)
}

// about makes sure that the answer is the object that was asked for.
func about(what, asked string, answered wireID) error {
	if string(answered) == asked {
		return nil
	}
	return fmt.Errorf("the answer is the %s %s, and %s was asked for", what, answered, asked)
}
