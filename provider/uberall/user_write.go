package uberall

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Create makes a user with role, features and scope in one request: in between, a user
// would have more or less than was meant. The status is always sent, because the
// documentation names no default.
func (u users) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	defer u.allUsers.Clear()
	want := r.Want.Body.(*User)
	body, err := u.fields(r.Want, r.Want.Set)
	if err != nil {
		return schema.Object{}, err
	}
	if want.Status == "" {
		body["status"] = created
	}
	var answer struct {
		Response struct {
			User struct{ ID wireID }
		}
	}
	call := rest.Call{Op: "create user", Method: http.MethodPost, Path: usersPath, Body: body, Validate: func() error {
		if answer.Response.User.ID == 0 {
			return errors.New("the answer does not have the id of the new user")
		}
		return nil
	}}
	if err := u.rest.Do(ctx, call, &answer); err != nil {
		return schema.Object{}, err
	}
	got, err := crud.ReadBack(ctx, u, r, answer.Response.User.ID.text())
	if err == nil && got.Addr.Key != r.Want.Addr.Key { // the id is that of somebody else
		got, err = crud.ReadBack(ctx, u, r, "")
	}
	if err != nil {
		return got, err
	}
	return u.Settle(ctx, got, *r.Want)
}

// Update sends the attributes that change, and no others: what is not sent stays. A new
// role goes together with its scope.
func (u users) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	defer u.allUsers.Clear()
	want, send := r.Want.Body.(*User), r.Changed
	if r.Changed&userKind.Mask("role") != 0 {
		send |= userKind.Mask("accounts", "locations")
	}
	if r.Action == schema.Rename {
		send |= userKind.Mask("email")
	}
	for name, set := range map[string][]string{"fields": want.Fields, "dashboards": want.Dashboards} {
		if set != nil && send&userKind.Mask("fields", "dashboards") != 0 { // an empty list is not a missing one
			send |= userKind.Mask(name) // they are one object, which is sent whole
		}
	}
	body, err := u.fields(r.Want, send)
	if err == nil && len(body) > 0 {
		err = u.patch(ctx, "update user", r.Have.ID, body)
	}
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, u, r, r.Have.ID)
}

func (u users) patch(ctx context.Context, op, id string, body map[string]any) error {
	// A second invitation would be a second e-mail.
	call := rest.Call{Op: op, Method: http.MethodPatch, Path: userPath(id), Body: body, Idempotent: body["status"] != invited}
	return u.rest.Do(ctx, call, nil)
}

// fields returns what to send of a user: sets always whole.
func (u users) fields(o *schema.Object, send schema.Mask) (map[string]any, error) {
	w := o.Body.(*User)
	body := map[string]any{}
	sends := func(name string) bool { return send.Has(userKind.Index(name)) }
	for name, text := range map[string][2]string{
		"email": {"email", w.Email}, "identifier": {"identifier", w.Identifier}, "first_name": {"firstname", w.FirstName}, "last_name": {"lastname", w.LastName},
		"role": {"role", w.Role}, "status": {"status", w.Status}, "salutation": {"salutation", w.Salutation}, "phone": {"phone", w.Phone},
		"language": {"preferredLanguage", w.Language}, "white_label": {"whitelabelInformationIdentifier", w.WhiteLabel},
	} {
		if sends(name) {
			body[text[0]] = text[1]
		}
	}
	if sends("features") {
		body["features"] = apiNames(w.Features)
	}
	detailed := map[string][]string{}
	if sends("fields") {
		detailed["LOCATION_WRITE"] = rest.Array(w.Fields)
	}
	if sends("dashboards") {
		detailed["ADVANCED_ANALYTICS"] = rest.Array(w.Dashboards)
	}
	if len(detailed) > 0 {
		body["featuresDetailed"] = detailed
	}
	if sends("emails") {
		emails := make([]wireEmail, 0, len(w.Emails))
		for _, name := range slices.Sorted(maps.Keys(w.Emails)) {
			emails = append(emails, wireEmail{name, w.Emails[name]})
		}
		body["emailSettings"] = emails
	}
	var err, err2 error
	if sends("accounts") {
		body["managedBusinesses"], err = u.ids(accountKind.Name, w.Accounts)
	}
	if sends("locations") {
		body["managedLocations"], err2 = u.ids("location", w.Locations)
	}
	return body, errors.Join(err, err2)
}

// keys returns the keys of ids, sorted; an id without a key stays an id.
func (c *client) keys(kind string, ids []wireID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		key, known := c.Index.Key(kind, id.text())
		if !known {
			key = locationID(id)
		}
		out[i] = key
	}
	return schema.Canonical(out)
}

// ids returns the ids of keys: of those that are ids already, or else from the index.
func (c *client) ids(kind string, keys []string) ([]int64, error) {
	out := make([]int64, 0, len(keys))
	for _, key := range keys {
		text, known := c.Index.ID(kind, key)
		if isLocationID(key) {
			text, known = strings.TrimPrefix(key, "#"), true
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if !known || err != nil {
			return nil, &provider.Error{Op: "look up " + kind, Reason: fmt.Sprintf("the id of the %s %q is not known", kind, key), Hint: "Plan again."}
		}
		out = append(out, id)
	}
	return out, nil
}

// Settle gives a user that was read back the wanted one of the statuses that are all the
// same: uberall changes them when the user signs in.
func (u users) Settle(_ context.Context, got, want schema.Object) (schema.Object, error) {
	live, status := got.Body.(*User), want.Body.(*User).Status
	if want.Has("status") && live.Status != statusInactive && status != statusInactive {
		live.Status = status
	}
	return got, nil
}

// Estimate implements crud.Estimator: creations are counted apart.
func (u users) Estimate(r provider.Request) crud.Requests {
	if r.Action == schema.Create {
		return crud.Requests{creations: 1, "": 2}
	}
	return crud.Requests{"": 3}
}
