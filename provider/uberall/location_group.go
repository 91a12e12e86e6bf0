package uberall

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Group gives its users its locations.
type Group struct {
	Name      string
	Locations []string // as locationID writes them; in files also identifiers and names
	Users     []string // keys
}

var groupKind = schema.Kind{
	Name: "location_group",
	Doc: "A location group gives its users its locations, in addition to their own scope. Its users are declared here and nowhere else. " +
		"uberall lets only a signed-in admin read and change groups; see email in the provider block.",
	Removals: []schema.Action{schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the group.",
			func(g *Group) *string { return &g.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"North"`),
		schema.Set("locations", locationsDoc+"Always the whole list.",
			func(g *Group) *[]string { return &g.Locations }).
			With(schema.CarriesRights | schema.EmptyMayMeanAll).Check(locationText).Like(`["store-0012"]`),
		schema.RefSet("users", "Users of the group, in the files or in uberall: always the whole list.",
			func(g *Group) *[]string { return &g.Users }).
			To("user").With(schema.WeakRef | schema.FoldCase | schema.CarriesRights).Like(`[user["ana@stores.example"]]`),
	},
	Grants:   func(*schema.Object, schema.Lookup) []schema.Grant { return nil }, // see GrantsTo
	GrantsTo: groupGrants,
	Grantee:  "users",
	Area:     places,
	Places:   "locations",
}

// groups are the calls for location groups.
type groups struct{ *client }

const groupsPath = "/location-groups"

func groupPath(id string) string { return groupsPath + "/" + url.PathEscape(id) }

// search reads the groups that match a filter. Deleted groups are left out.
func (g groups) search(ctx context.Context, filter url.Values, yield func(schema.Object, error) bool) {
	all, err := rest.Collection[wireGroup]{
		Client: g.signedIn, Op: "list location groups", Path: groupsPath, Query: filter, Items: groupItems,
		Pages: rest.ByOffset("offset", "max", 100, "response.count"), ID: func(w *wireGroup) string { return w.ID.text() }, Validate: (*wireGroup).check,
	}.Slice(ctx)
	all = slices.DeleteFunc(all, func(w wireGroup) bool { return w.Status == statusDeleted })
	if err == nil {
		err = g.namePeople(ctx, all)
	}
	crud.Yield(all, err, g.live, yield)
}

// List yields every group. If there is no address to sign in as, no file declares a group and the
// key may not read them, it yields none and notes that: then only what users have through groups
// is missing.
func (g groups) List(ctx context.Context, yield func(schema.Object, error) bool) {
	g.search(ctx, nil, func(o schema.Object, err error) bool {
		if !errors.Is(err, provider.ErrCredentials) || g.email != "" || g.groupsDeclared {
			return yield(o, err)
		}
		note := g.note("uberall/groups-unread", "Location groups were not read",
			"uberall shows location groups to a signed-in admin only, so the plan does not say which rights users gain or lose through them. "+groupsHint)
		note.Addr.Kind, note.RightsUnknown = groupKind.Name, true
		return false
	})
}

// namePeople makes sure that the users of the groups have keys, as far as the key sees them.
func (g groups) namePeople(ctx context.Context, all []wireGroup) error {
	unknown := func(id wireID) bool { _, known := g.Index.Key(userKind.Name, id.text()); return !known }
	if !slices.ContainsFunc(all, func(w wireGroup) bool { return slices.ContainsFunc(*w.Users, unknown) }) {
		return nil
	}
	people, err := g.everyone(ctx)
	for i := range people {
		g.Index.Add(userKind.Name, schema.FoldName(g.address(&people[i], "")), people[i].ID.text())
	}
	return err
}

// resolveMembers writes users that files name by id, as plans show those whom the key does not
// see, by address where the key does see them: an id is not another user.
func (c *client) resolveMembers(ctx context.Context, desired []schema.Object) error {
	for i := range desired {
		g, is := desired[i].Body.(*Group)
		if !is || !slices.ContainsFunc(g.Users, isLocationID) {
			continue
		}
		all, err := c.everyone(ctx)
		if err != nil {
			return err
		}
		for j := range all {
			if at := slices.Index(g.Users, locationID(all[j].ID)); at >= 0 {
				g.Users[at] = schema.FoldName(c.address(&all[j], ""))
			}
		}
		g.Users = schema.Canonical(g.Users)
	}
	return nil
}

// live makes an object of a group. A user whom the key does not see keeps the id.
func (g groups) live(w *wireGroup) schema.Object {
	body := &Group{Name: w.Name, Locations: locationIDs(*w.Locations), Users: g.keys(userKind.Name, *w.Users)}
	return g.Object(&groupKind, w.ID.text(), body, groupKind.Mask("name", "locations", "users"))
}

func (g groups) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	var answer groupAnswer
	err := g.signedIn.Do(ctx, rest.Call{Op: "read location group", Path: groupPath(o.ID), NotFoundIsGone: true, Validate: func() error {
		return cmp.Or(rest.RequireID("location group", o.ID, answer.of().ID.text()), answer.of().check())
	}}, &answer)
	if err == nil && answer.of().Status == statusDeleted {
		err = provider.ErrNotFound
	}
	if err == nil {
		err = g.namePeople(ctx, []wireGroup{*answer.of()})
	}
	if err != nil {
		return schema.Object{}, err
	}
	return g.live(answer.of()), nil
}

// Find asks for the groups whose name contains the name, and compares.
func (g groups) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	return crud.FindListed(ctx, func(ctx context.Context, yield func(schema.Object, error) bool) {
		g.search(ctx, url.Values{"query": {want.Addr.Key}}, yield)
	}, want)
}

func (g groups) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	body, err := g.fields(r.Want, r.Want.Set)
	if err != nil {
		return schema.Object{}, err
	}
	body["status"] = "ACTIVE"
	var answer groupAnswer
	call := rest.Call{Op: "create location group", Method: http.MethodPost, Path: groupsPath, Body: body}
	if err := g.signedIn.Do(ctx, call, &answer); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, g, r, answer.of().ID.text()) // by the name where the answer has no id
}

func (g groups) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	send := r.Changed
	if r.Action == schema.Rename {
		send |= groupKind.Mask("name")
	}
	body, err := g.fields(r.Want, send)
	if err == nil {
		call := rest.Call{Op: "update location group", Method: http.MethodPatch, Path: groupPath(r.Have.ID), Body: body, Idempotent: true}
		err = g.signedIn.Do(ctx, call, nil)
	}
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, g, r, r.Have.ID)
}

func (g groups) Remove(ctx context.Context, r provider.Request) error {
	call := rest.Call{Op: "delete location group", Method: http.MethodDelete, Path: groupPath(r.Have.ID), Idempotent: true, NotFoundIsGone: true}
	return g.signedIn.Do(ctx, call, nil)
}

// fields returns what to send of a group: sets always whole.
func (g groups) fields(o *schema.Object, send schema.Mask) (map[string]any, error) {
	w := o.Body.(*Group)
	body := map[string]any{}
	var err error
	if send&groupKind.Mask("name") != 0 {
		body["name"] = w.Name
	}
	if send&groupKind.Mask("locations") != 0 {
		if body["locations"], err = g.ids("location", w.Locations); err != nil {
			return nil, err
		}
	}
	if send&groupKind.Mask("users") != 0 {
		body["users"], err = g.ids(userKind.Name, w.Users)
	}
	return body, err
}
