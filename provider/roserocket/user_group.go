package roserocket

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Group is a user group. It decides which boards are shared with whom.
type Group struct {
	Name        string
	Description string
	Members     []string // ids of users
	Type        string
}

const localType = "local"

var groupKind = schema.Kind{
	Name:   "user_group",
	Unique: true, // 409 if the name is in use
	Doc: "A user group is a list of users with whom boards are shared. Rose Rocket's API makes groups and changes their members. It documents no way " +
		"to rename or delete one, or to change its description: that is done " + byHand + ", and a block that leaves the files is forgotten. " +
		"Groups of another type than local come from somewhere else, such as a directory, and are only compared.",
	Removals: []schema.Action{schema.Forget},
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the group, unique in the organization.",
			func(g *Group) *string { return &g.Name }).
			With(schema.Key | schema.Label | schema.Required).Like(`"Dispatch"`),
		schema.String("description", "What the group is for. It can be set only when the group is made.",
			func(g *Group) *string { return &g.Description }).
			With(schema.LongText).Like(`"Plans the day"`),
		schema.RefSet("members", "Users in the group: always the whole list, [] for none. Without it, members are left alone.",
			func(g *Group) *[]string { return &g.Members }).
			To("user").With(schema.WeakRef | schema.FoldHex | schema.CarriesRights | schema.EmptyMayMeanAll).Check(memberID).Like(`[user.ana, "00000000-0000-4000-8000-000000000102"]`),
		schema.String("type", "What manages the group: local for Rose Rocket itself.",
			func(g *Group) *string { return &g.Type }).
			With(schema.ReadOnly).Like(`"local"`),
	},
	Grants:  groupGrants,
	Grantee: "members",
}

// held says which attributes of a live group cannot be changed, and why.
func held(kind string) (schema.Mask, string) {
	if kind != localType && kind != "" {
		return schema.Everything, fmt.Sprintf("its type is %q, and only local groups are managed in Rose Rocket", kind)
	}
	return groupKind.Mask("name", "description"), "Rose Rocket's API has no call for it. Do it by hand " + byHand
}

const groupsPath = "/userGroups"

// groups reads all groups. They come in one answer, which is the list itself.
func (c *client) groups(ctx context.Context) ([]wireGroup, error) {
	return rest.Collection[wireGroup]{
		Client: c.rest, Op: "list user groups", Path: groupsPath,
		ID: func(w *wireGroup) string { return w.ID }, Validate: (*wireGroup).check,
	}.Slice(ctx)
}

func (c *client) listGroups(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := c.groups(ctx)
	crud.Yield(all, err, c.liveGroup, yield)
}

// liveGroup makes an object of a group, without its members.
func (c *client) liveGroup(w *wireGroup) schema.Object {
	body := &Group{Name: w.Name, Description: w.Description, Type: w.Type}
	o := c.Object(&groupKind, w.ID, body, groupKind.Mask("name", "description", "type"))
	o.Frozen, o.FrozenBy = held(w.Type)
	o.Incomplete = true
	return o
}

func (c *client) findGroup(ctx context.Context, want schema.Object) (schema.Object, error) {
	found, err := crud.FindListed(ctx, c.listGroups, want)
	if err != nil {
		return schema.Object{}, err
	}
	return c.withMembers(ctx, found)
}

// readGroup asks for the members of a group. Nothing else of it changes under
// rolecall, and no call reads a single group.
func (c *client) readGroup(ctx context.Context, o schema.Object) (schema.Object, error) {
	if o.ID == "" {
		return c.findGroup(ctx, o)
	}
	body := o.Body.(*Group)
	return c.withMembers(ctx, c.liveGroup(&wireGroup{ID: o.ID, Name: body.Name, Type: body.Type, Description: body.Description}))
}

func (c *client) withMembers(ctx context.Context, o schema.Object) (schema.Object, error) {
	members, err := c.members(ctx, o.ID)
	if err != nil {
		return schema.Object{}, err
	}
	o.Body.(*Group).Members = members
	o.Set |= groupKind.Mask("members")
	o.Incomplete = false
	return o, nil
}

func membersPath(id string) string { return groupsPath + "/" + url.PathEscape(id) + "/members" }

func (c *client) members(ctx context.Context, id string) (ids []string, err error) {
	var w wireMembers
	call := rest.Call{Op: "read members of user group", Path: membersPath(id), NotFoundIsGone: true, Validate: func() (err error) {
		ids, err = w.ids()
		return err
	}}
	err = c.rest.Do(ctx, call, &w)
	return ids, err
}

func (c *client) createGroup(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := r.Want.Body.(*Group)
	body := map[string]any{"name": want.Name}
	if want.Description != "" {
		body["description"] = want.Description
	}
	var w wireGroup
	call := rest.Call{Op: "create user group", Method: http.MethodPost, Path: groupsPath, Body: body, Validate: func() error { return w.check() }}
	if err := c.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	o := c.liveGroup(&w)
	if !r.Want.Has("members") {
		return o, nil
	}
	if err := c.changeMembers(ctx, w.ID, want.Members, nil); err != nil {
		return schema.Object{}, fmt.Errorf("the group was created, and its members could not be added: %w", err)
	}
	r.Accepted()
	o, err := c.withMembers(ctx, o)
	return o, readBack(err)
}

func (c *client) updateGroup(ctx context.Context, r provider.Request) (schema.Object, error) {
	have, want := r.Have.Body.(*Group).Members, r.Want.Body.(*Group).Members
	if err := c.changeMembers(ctx, r.Have.ID, without(want, have), without(have, want)); err != nil {
		return schema.Object{}, err
	}
	r.Accepted()
	o, err := c.readGroup(ctx, *r.Have)
	return o, readBack(err)
}

// changeMembers adds and removes users. How many Rose Rocket says that it added and
// removed is not relied on: the members are always read back.
func (c *client) changeMembers(ctx context.Context, id string, add, remove []string) error {
	if len(add)+len(remove) == 0 {
		return nil
	}
	call := rest.Call{
		Op: "change members of user group", Method: http.MethodPost, Path: membersPath(id), NotFoundIsGone: true,
		Body: map[string][]string{"add": rest.Array(add), "remove": rest.Array(remove)},
	}
	return c.rest.Do(ctx, call, nil)
}

// without returns the members of a that are not in b. Both are sorted.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool {
		_, found := slices.BinarySearch(b, s)
		return found
	})
}

func readBack(err error) error {
	if err != nil {
		return fmt.Errorf("it was written, and reading it back failed: %w", err)
	}
	return nil
}
