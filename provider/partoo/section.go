package partoo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A Section holds groups of one sort, such as countries.
type Section struct {
	Name string
}

var sectionKind = schema.Kind{
	Name:   "section",
	Unique: true, // "name must be unique"
	Doc: "A section holds groups of one sort, such as Country or Service. Inside an access, groups of the same section " +
		"mean OR and groups of different sections mean AND. A section that an automated import feeds cannot be changed.",
	Attributes: []schema.Attribute{
		schema.String("name", "Name of the section, unique in the organization. Partoo forbids , ; and / in it. "+
			"To rename the section in place, write the old name in previously.",
			func(s *Section) *string { return &s.Name }).
			With(schema.Key | schema.Label | schema.Required).Check(upTo(0, notInGroups)).Like(`"Continent"`),
	},
}

// sections are the calls for sections.
type sections struct{ *client }

// allSections reads all sections with the names of their groups, once, and adds both to the
// index.
func (c *client) allSections(ctx context.Context) ([]wireSection, error) {
	return c.sections.Value(func() ([]wireSection, error) {
		all, err := rest.Collection[wireSection]{ // the size of a page is not among the documented parameters
			Client: c.rest, Op: "list sections", Path: "/sections", Query: c.query(), Items: "sections", Pages: paging(),
			ID: func(s *wireSection) string { return idText(s.ID) }, Validate: (*wireSection).check,
		}.Slice(ctx)
		if err != nil {
			return nil, err
		}
		c.names.fill(all)
		for _, s := range all {
			c.enter(sectionKind.Name, s.Name, idText(s.ID))
			for _, g := range s.Groups {
				c.enter(groupKind.Name, schema.JoinKey(s.Name, g.Name), idText(g.ID))
			}
		}
		return all, nil
	})
}

// enter adds an id to the index unless it has one: if a rename is planned, the index already
// has the new key.
func (c *client) enter(kind, key, id string) {
	if _, known := c.Index.Key(kind, id); !known {
		c.Index.Add(kind, key, id)
	}
}

// A nameSet finds sections with the same name, and groups of one section with the same name.
// The name is their only key, so nothing is written by such a key.
type nameSet struct {
	mu    sync.Mutex
	first map[string]string // kind and key -> id
	twice map[string]string // kind and key -> the ids, for people
}

func (s *nameSet) fill(all []wireSection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.first, s.twice = map[string]string{}, map[string]string{}
	note := func(kind, key string, id int64) {
		at := kind + "\n" + key
		if other, taken := s.first[at]; taken {
			s.twice[at] = other + " and " + idText(id)
			return
		}
		s.first[at] = idText(id)
	}
	for i := range all {
		note(sectionKind.Name, all[i].Name, all[i].ID)
		for _, g := range all[i].Groups {
			note(groupKind.Name, all[i].Name+"/"+g.Name, g.ID)
		}
	}
}

// check returns an error where several objects have the key.
func (s *nameSet) check(kind, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := s.twice[kind+"\n"+key]
	if ids == "" {
		return nil
	}
	return &provider.Error{
		Op: "look up " + kind, Reason: fmt.Sprintf("two %ss are called %q, with the ids %s", kind, key, ids),
		Hint: fmt.Sprintf("Files name a %s by its name. Rename or delete one of the two in the Partoo app; the lower id was made first.", kind),
	}
}

func (s sections) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := s.allSections(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	for i := range all {
		if !yield(s.live(&all[i]), nil) {
			return
		}
	}
}

func (s sections) live(w *wireSection) schema.Object {
	o := s.Object(&sectionKind, idText(w.ID), &Section{Name: w.Name}, sectionKind.Mask("name"))
	o.Frozen, o.FrozenBy = frozen(w.HasPuller, w.CanEdit)
	return o
}

// frozen returns what of a section or group cannot be changed, and why.
func frozen(fed bool, canEdit *bool) (schema.Mask, string) {
	switch {
	case fed:
		return schema.Everything, "an automated import feeds it (has_puller); ask Partoo's support, or change the import"
	case canEdit != nil && !*canEdit:
		return schema.Everything, "the user of the API key may not edit it (can_edit is false); use the key of a user who may"
	}
	return 0, ""
}

func (s sections) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	w, err := s.fetch(ctx, o.ID)
	if err != nil {
		return schema.Object{}, err
	}
	return s.live(&w), nil
}

func (c *client) fetch(ctx context.Context, sectionID string) (wireSection, error) {
	var w wireSection
	err := c.rest.Do(ctx, rest.Call{
		Op: "read section", Path: "/sections/" + sectionID, Query: c.query(), NotFoundIsGone: true,
		Validate: func() error {
			return cmp.Or(rest.RequireID("section", sectionID, idText(w.ID)), hasName("section", w.Name))
		},
	}, &w)
	return w, err
}

func (s sections) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	s.sections.Clear()
	all, err := s.allSections(ctx)
	if err := cmp.Or(err, s.names.check(sectionKind.Name, want.Addr.Key)); err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if schema.NFC(all[i].Name) == want.Addr.Key {
			return s.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (s sections) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := *r.Want
	defer s.sections.Clear()
	body := map[string]any{"name": want.Body.(*Section).Name}
	if s.anyOrg {
		body["org_id"] = s.org
	}
	var answer struct {
		ID int64 `json:"id"`
	}
	if err := s.rest.Do(ctx, rest.Call{
		Op: "create section", Method: http.MethodPost, Path: "/sections", Query: s.query(), Body: body,
		Validate: func() error { return hasID(idText(answer.ID)) },
	}, &answer); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, s, r, idText(answer.ID))
}

func (s sections) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	defer s.sections.Clear()
	body := map[string]any{"name": r.Want.Body.(*Section).Name}
	if err := s.client.update(ctx, nil, "rename section", "/sections/"+r.Have.ID, body); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, s, r, r.Have.ID)
}

func (s sections) Remove(ctx context.Context, r provider.Request) error {
	defer s.sections.Clear()
	return s.rest.Do(ctx, rest.Call{Op: "delete section", Method: http.MethodDelete, Path: "/sections/" + r.Have.ID, Query: s.query(), Idempotent: true, NotFoundIsGone: true}, nil)
}

// section reports a section that would be deleted with groups in it. What Partoo does with
// them is not documented.
func (k *checking) section(ctx context.Context, r *provider.Request) error {
	all, err := k.allSections(ctx)
	if err != nil {
		return err
	}
	going := map[string]bool{}
	for _, other := range k.Changes {
		if other.Addr.Kind == groupKind.Name && other.Action == schema.Delete {
			going[other.Have.ID] = true
		}
	}
	var left []string
	for _, s := range all {
		if idText(s.ID) != r.Have.ID {
			continue
		}
		for _, g := range s.Groups {
			if !going[idText(g.ID)] {
				left = append(left, g.Name)
			}
		}
	}
	if len(left) > 0 {
		slices.Sort(left)
		f := r.Have.Problem("partoo/section-in-use", "", "The section still has groups",
			fmt.Sprintf("What Partoo does with the groups of a deleted section is not documented, so it has to be empty. %s still has %s. "+
				"Remove the groups in the same plan, or keep the section.", r.Addr.Key, text.List(left, 5)))
		f.Addr = r.Addr
		k.add(f)
	}
	return nil
}
