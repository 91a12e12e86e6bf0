package partoo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Group labels businesses. Its key is "Section/Group".
type Group struct {
	Section    string // key of the section
	Name       string
	Businesses []string // ids
	StoreCodes []string // input: become ids in Businesses
}

var groupKind = schema.Kind{
	Name: "group",
	Doc: "A group is a label on businesses, such as France inside the section Country. Group managers see businesses " +
		"through groups. Partoo has no call to move a group to another section. A group that an automated import feeds cannot be changed.",
	Attributes: []schema.Attribute{
		schema.Ref("section", "Section that the group is in.",
			func(g *Group) *string { return &g.Section }).
			To("section").With(schema.Key | schema.Required | schema.Immutable).Like(`section.continent`),
		schema.String("name", "Name of the group, unique in its section. Partoo forbids , ; and / in it. "+
			"To rename the group in place, write the old name in previously.",
			func(g *Group) *string { return &g.Name }).
			With(schema.Key | schema.Label | schema.Required).Check(upTo(0, notInGroups)).Like(`"Europe"`),
		schema.Set("businesses", "Ids of the businesses in the group: always the whole list, [] for none. "+
			"Where neither this nor store_codes is written, the businesses are left alone, and a new group starts empty.",
			func(g *Group) *[]string { return &g.Businesses }).
			With(schema.EmptyMayMeanAll | schema.FoldHex).Check(businessID).Like(`["5409c35a97bbc544d8e26737"]`),
		schema.Set("store_codes", "Store codes of businesses in the group. They are looked up and added to businesses.",
			func(g *Group) *[]string { return &g.StoreCodes }).
			With(schema.ConfigOnly | schema.EmptyMayMeanAll).Like(`["0012", "0013"]`),
	},
	Places: "businesses",
}

// groups are the calls for groups. A group is in a section, and every call names both.
type groups struct{ *client }

func (g groups) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := g.allSections(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for _, s := range all {
		for i := range s.Groups {
			o := g.live(s.Name, &s.Groups[i])
			if o.Frozen == 0 {
				o.Frozen, o.FrozenBy = frozen(false, s.CanEdit)
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// live returns the object for a group. It is incomplete without the businesses, which the
// list does not have.
func (g groups) live(section string, w *wireGroup) schema.Object {
	body := &Group{Section: section, Name: w.Name, Businesses: schema.Canonical(w.BusinessIDs.Value)}
	set := groupKind.Mask("section", "name", "businesses")
	if w.BusinessIDs.Value == nil {
		set = groupKind.Mask("section", "name")
	}
	o := g.Object(&groupKind, idText(w.ID), body, set)
	o.Incomplete = w.BusinessIDs.Value == nil
	o.Frozen, o.FrozenBy = frozen(w.HasPuller, nil)
	return o
}

func (g groups) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	section := o.Body.(*Group).Section
	path, err := g.path(ctx, section, o.ID)
	if err != nil {
		return schema.Object{}, err
	}
	var w wireGroup
	call := rest.Call{
		Op: "read group", Path: path, Query: g.query(), NotFoundIsGone: true,
		Validate: func() error {
			if w.BusinessIDs.Value == nil {
				return errors.New("the answer is not a group with its businesses")
			}
			return cmp.Or(rest.RequireID("group", o.ID, idText(w.ID)), hasName("group", w.Name))
		},
	}
	if err := g.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	live := g.live(section, &w)
	if live.Frozen == 0 { // can_edit of the section is only in the list
		live.Frozen, live.FrozenBy = o.Frozen, o.FrozenBy
	}
	return live, nil
}

// path returns the address of a group.
func (g groups) path(ctx context.Context, section, id string) (string, error) {
	s, err := g.sectionID(ctx, section)
	return "/sections/" + s + "/groups/" + id, err
}

// sectionID returns the id of a section: from the index, or else from the list.
func (c *client) sectionID(ctx context.Context, key string) (string, error) {
	return c.id(ctx, sectionKind.Name, key)
}

// id returns the id of a section or group by its key: from the index, or else from the list.
func (c *client) id(ctx context.Context, kind, key string) (string, error) {
	if id, unknown := unnamedGroup(key); unknown && kind == groupKind.Name {
		return id, nil
	}
	if err := c.names.check(kind, key); err != nil {
		return "", err
	}
	if id, ok := c.Index.ID(kind, key); ok {
		return id, nil
	}
	if _, err := c.allSections(ctx); err != nil {
		return "", err
	}
	if err := c.names.check(kind, key); err != nil {
		return "", err
	}
	if id, ok := c.Index.ID(kind, key); ok {
		return id, nil
	}
	return "", &provider.Error{Op: "look up " + kind, Reason: fmt.Sprintf("no %s is called %q", kind, key), Err: provider.ErrNotFound}
}

func (g groups) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	g.sections.Clear()
	all, err := g.allSections(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	if err := g.names.check(groupKind.Name, want.Addr.Key); err != nil {
		return schema.Object{}, err
	}
	body := want.Body.(*Group)
	for _, s := range all {
		for _, w := range s.Groups {
			if schema.NFC(s.Name) == body.Section && schema.NFC(w.Name) == body.Name {
				return g.Read(ctx, g.live(s.Name, &w))
			}
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (g groups) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := *r.Want
	defer g.sections.Clear()
	section, err := g.sectionID(ctx, want.Body.(*Group).Section)
	if err != nil {
		return schema.Object{}, err
	}
	var answer struct {
		ID int64 `json:"id"`
	}
	call := rest.Call{
		Op: "create group", Method: http.MethodPost, Path: "/sections/" + section + "/groups", Query: g.query(), Body: groupBody(&want),
		Validate: func() error { return hasID(idText(answer.ID)) },
	}
	if err := g.rest.Do(ctx, call, &answer); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, g, r, idText(answer.ID))
}

// groupBody always has the complete list of businesses. Without it Partoo would give the
// group every business of the organization.
func groupBody(want *schema.Object) map[string]any {
	body := want.Body.(*Group)
	return map[string]any{"name": body.Name, "business__in": rest.Array(body.Businesses)}
}

func (g groups) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	defer g.sections.Clear()
	want := *r.Want
	if !want.Has("businesses") { // the list is always sent, so it has to be known
		now, err := g.Read(ctx, *r.Have)
		if err != nil {
			return schema.Object{}, err
		}
		want = want.Clone()
		want.Body.(*Group).Businesses = now.Body.(*Group).Businesses
	}
	path, err := g.path(ctx, want.Body.(*Group).Section, r.Have.ID)
	if err != nil {
		return schema.Object{}, err
	}
	if err := g.client.update(ctx, &g.groupUpdate, "update group", path, groupBody(&want)); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, g, r, r.Have.ID)
}

func (g groups) Remove(ctx context.Context, q provider.Request) error {
	have := q.Have
	defer g.sections.Clear()
	path, err := g.path(ctx, have.Body.(*Group).Section, have.ID)
	if err != nil {
		return err
	}
	return g.rest.Do(ctx, rest.Call{Op: "delete group", Method: http.MethodDelete, Path: path, Query: g.query(), Idempotent: true, NotFoundIsGone: true}, nil)
}

// Estimate implements crud.Estimator.
func (g groups) Estimate(r provider.Request) crud.Requests {
	return estimate(&g.groupUpdate, r)
}

// unnamedGroupKey returns the key of a group whose name is not known. It has no slash, which
// all other keys have between section and name; see schema.JoinKey.
func unnamedGroupKey(id int64) string { return "#" + idText(id) }

// unnamedGroup returns the id in the key of a group whose name is not known.
func unnamedGroup(key string) (id string, ok bool) {
	id, ok = strings.CutPrefix(key, "#")
	if !ok || id == "" || strings.Trim(id, "0123456789") != "" {
		return "", false
	}
	return id, true
}

// groupKeys returns the keys of the groups of accesses. An id that is in no section keeps its
// number, so that it can be written back.
func (c *client) groupKeys(ctx context.Context, accesses [][]int64) ([][]string, error) {
	out := make([][]string, len(accesses))
	for i, access := range accesses {
		out[i] = make([]string, len(access))
		for j, id := range access {
			key, ok := c.Index.Key(groupKind.Name, idText(id))
			if !ok {
				if _, err := c.allSections(ctx); err != nil {
					return nil, err
				}
				if key, ok = c.Index.Key(groupKind.Name, idText(id)); !ok {
					key = unnamedGroupKey(id)
				}
			}
			out[i][j] = key
		}
	}
	return schema.CanonicalSets(out), nil
}

// groupIDs returns the ids of the groups of accesses.
func (c *client) groupIDs(ctx context.Context, accesses [][]string) ([][]int64, error) {
	out := make([][]int64, 0, len(accesses))
	for _, access := range accesses {
		ids := make([]int64, 0, len(access))
		for _, key := range access {
			s, err := c.id(ctx, groupKind.Name, key)
			if err != nil {
				return nil, err
			}
			id, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("the group %s has the id %q, which is no number", key, s)
			}
			ids = append(ids, id)
		}
		if len(ids) == 0 {
			return nil, errors.New("an access without a group could show everything, so rolecall does not write it")
		}
		out = append(out, ids)
	}
	return out, nil
}

// businessID is the rule for a member of a set of businesses. Partoo knows the form c-<code>
// in paths only.
func businessID(s string) error {
	switch code, isCode := strings.CutPrefix(s, "c-"); {
	case isCode:
		return fmt.Errorf("takes business ids; write the store code %q in store_codes instead", code)
	case s == "" || strings.ContainsAny(s, " \t\r\n,;/"):
		return fmt.Errorf("takes business ids such as 5409c35a97bbc544d8e26737; this is %q", s)
	}
	return nil
}
