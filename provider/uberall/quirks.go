package uberall

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// What the documentation leaves open and the client has to decide, each under the name of
// the emulator's variant.

// Variant managed-lists.

// UnmarshalJSON reads a number, or an object with an id: the description of uberall's API
// shows locations and accounts of a user as objects, and clients of it see ids.
func (id *wireID) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return json.Unmarshal(b, (*int64)(id))
	}
	var o struct {
		ID int64 `json:"id"`
	}
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	if o.ID == 0 {
		return errors.New("an object in a list of the answer has no id")
	}
	*id = wireID(o.ID)
	return nil
}

// Variant missing-user.

// unclear reports whether an answer about one user may mean that there is none: no call for
// a user documents 404. The list then decides.
func unclear(err error) bool {
	return provider.Status(err) == http.StatusBadRequest
}

// Variant email-in-reads.

// address returns the address of a user as the answer shows it. Where it shows none, it is
// that of the files for the identifier, or else a key that no address has.
func (c *client) address(w *wireUser, known string) string {
	switch {
	case w.Email != "":
		return w.Email
	case known != "":
		return known
	case w.Identifier != "" && c.declared[schema.NFC(w.Identifier)] != "":
		return c.declared[schema.NFC(w.Identifier)]
	}
	return locationID(w.ID)
}

// hiddenAddresses refuses new users without an identifier where uberall does not show
// addresses: they could exist already.
func (k *checking) hiddenAddresses(ctx context.Context) error {
	all, err := k.everyone(ctx)
	if err != nil || !slices.ContainsFunc(all, func(w wireUser) bool { return w.Email == "" }) {
		return err
	}
	for _, o := range k.created {
		if o.Body.(*User).Identifier == "" {
			k.add(o.Problem("uberall/hidden-address", "identifier", "Users can only be recognized by identifier",
				"uberall does not show this key the addresses of users, so a user without an identifier could be there already. Give the user an identifier, here and in uberall."))
		}
	}
	return nil
}

// Prepare implements provider.Preparer.
func (c *client) Prepare(desired []schema.Object) {
	c.declared, c.people = map[string]string{}, map[string]bool{}
	for i := range desired {
		c.groupsDeclared = c.groupsDeclared || desired[i].Kind == &groupKind
		if u, is := desired[i].Body.(*User); is {
			c.people[u.Email] = true
			for _, address := range desired[i].Previously {
				c.people[schema.FoldName(address)] = true
			}
			if u.Identifier != "" {
				c.declared[schema.NFC(u.Identifier)] = u.Email
			}
		}
	}
}

// Location groups: their answers have no description at all.

// groupItems is the list of groups in an answer.
const groupItems = "response.locationGroups"

// A groupAnswer is an answer with one group, which is the response or in it.
type groupAnswer struct {
	Response struct {
		wireGroup
		LocationGroup *wireGroup
	}
}

// of returns the group of the answer.
func (a *groupAnswer) of() *wireGroup {
	if a.Response.LocationGroup != nil {
		return a.Response.LocationGroup
	}
	return &a.Response.wireGroup
}

// Who the key is: the call was seen by others, and is not in uberall's description.

// readOwnUser reads the user of the key, who is never changed. Where there is no such call, the
// user stays unknown.
func (c *client) readOwnUser(ctx context.Context) error {
	type me struct {
		ID    wireID
		Email string
	}
	var answer struct {
		Response struct {
			me
			User *me
		}
	}
	r := &answer.Response
	err := c.rest.Do(ctx, rest.Call{Op: "read whose the key is", Path: usersPath + "/me", Validate: func() error {
		if r.User == nil {
			r.User = &r.me
		}
		if r.User.ID == 0 {
			return errors.New("the answer has no user")
		}
		return nil
	}}, &answer)
	switch provider.Status(err) {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return nil
	}
	if err != nil {
		return err
	}
	c.own = r.User.ID
	if c.identity.Self.Key == "" && r.User.Email != "" {
		c.identity.Self = schema.Address{Provider: c.Tenant, Kind: userKind.Name, Key: schema.FoldName(r.User.Email)}
	}
	return nil
}

// White labels: which there are is not documented. One call shows that of the caller alone.

// whiteLabelNames lists the white labels that users have.
func (c *client) whiteLabelNames(ctx context.Context) ([]string, error) {
	all, err := c.everyone(ctx)
	var names []string
	for i := range all {
		if all[i].WhiteLabel != "" {
			names = append(names, all[i].WhiteLabel)
		}
	}
	return schema.Canonical(names), err
}
