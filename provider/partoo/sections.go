package partoo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// walk reads every section with the names of its groups, once for all kinds that
// need them, and enters both into the index.
func (c *client) walk(ctx context.Context) ([]wireSection, error) {
	return c.sections.Take(func() ([]wireSection, error) {
		var out []wireSection
		for s, err := range c.sectionPages().All(ctx) {
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
		if err := distinct(out); err != nil {
			return nil, err
		}
		for _, s := range out {
			c.enter(sectionKind.Name, s.Name, idText(s.ID))
			for _, g := range s.Groups {
				c.enter(groupKind.Name, schema.JoinKey(s.Name, g.Name), idText(g.ID))
			}
		}
		return out, nil
	})
}

// enter adds to the index what it does not know. A key that it has is kept: where
// a rename is planned, planning has entered the new one already.
func (c *client) enter(kind, key, id string) {
	if _, known := c.index.Key(kind, id); !known {
		c.index.Add(kind, key, id)
	}
}

// sectionPages: the size of a page is not among the documented parameters here.
func (c *client) sectionPages() rest.List[wireSection] {
	return rest.List[wireSection]{
		Op: "list sections",
		ID: func(s *wireSection) string { return idText(s.ID) },
		Fetch: func(ctx context.Context, at rest.At) (rest.Page[wireSection], error) {
			var page struct {
				envelope
				Sections []wireSection `json:"sections"`
			}
			err := c.rest.Do(ctx, rest.Call{
				Op: "list sections", Path: "/sections", Query: c.query("page", strconv.Itoa(at.Number)),
				Check: func() error { return listedSections(page.Sections) },
			}, &page)
			return rest.Page[wireSection]{Items: page.Sections, Pages: page.MaxPage, Total: page.total()}, err
		},
	}
}

func listedSections(all []wireSection) error {
	if err := listed("sections", all, (*wireSection).known); err != nil {
		return err
	}
	for i := range all {
		if err := listed("groups", all[i].Groups, (*wireGroup).known); err != nil {
			return fmt.Errorf("section %q: %w", all[i].Name, err)
		}
	}
	return nil
}

// distinct: a name is the only key that sections and groups have, so two of one
// name cannot be told apart, and the wrong one could be changed.
func distinct(all []wireSection) error {
	ids := map[string]int64{}
	twice := func(what, key string, id int64) error {
		key = schema.NFC(key)
		if first, taken := ids[what+key]; taken {
			return &provider.Error{
				Op: "list sections", Reason: fmt.Sprintf("two %ss are called %q, with the ids %d and %d", what, key, first, id),
				Hint: fmt.Sprintf("Files name a %s by its name. Rename one of the two in the Partoo app.", what),
			}
		}
		ids[what+key] = id
		return nil
	}
	for _, s := range all {
		if err := twice("section", s.Name, s.ID); err != nil {
			return err
		}
		for _, g := range s.Groups {
			if err := twice("group", schema.JoinKey(s.Name, g.Name), g.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// sections are the calls for sections.
type sections struct{ *client }

func (s sections) list(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := s.walk(ctx)
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
	o := s.object(&sectionKind, idText(w.ID), &Section{Name: w.Name}, sectionKind.Mask("name"))
	o.Frozen, o.FrozenBy = frozen(w.HasPuller, w.CanEdit)
	return o
}

// frozen says what of a section or group cannot be changed, and why.
func frozen(fed bool, canEdit *bool) (schema.Mask, string) {
	switch {
	case fed:
		return schema.Everything, "an automated import feeds it (has_puller); ask Partoo's support, or change the import"
	case canEdit != nil && !*canEdit:
		return schema.Everything, "the user of the API key may not edit it (can_edit is false); use the key of a user who may"
	}
	return 0, ""
}

func (s sections) read(ctx context.Context, o schema.Object) (schema.Object, error) {
	w, err := s.fetch(ctx, o.ID)
	if err != nil {
		return schema.Object{}, err
	}
	return s.live(&w), nil
}

func (c *client) fetch(ctx context.Context, sectionID string) (wireSection, error) {
	var w wireSection
	err := c.rest.Do(ctx, rest.Call{
		Op: "read section", Path: "/sections/" + sectionID, Query: c.query(), Missing: true,
		Check: func() error { return cmp.Or(about("section", sectionID, idText(w.ID)), titled("section", w.Name)) },
	}, &w)
	return w, err
}

func (s sections) find(ctx context.Context, want schema.Object) (schema.Object, error) {
	s.sections.Drop()
	all, err := s.walk(ctx)
	if err != nil {
		return schema.Object{}, err
	}
	for i := range all {
		if schema.NFC(all[i].Name) == want.Addr.Key {
			return s.live(&all[i]), nil
		}
	}
	return schema.Object{}, provider.ErrNotFound
}

func (s sections) create(ctx context.Context, r provider.Request) (schema.Object, error) {
	want := *r.Want
	defer s.sections.Drop()
	body := map[string]any{"name": want.Body.(*Section).Name}
	if s.anyOrg {
		body["org_id"] = s.org
	}
	var answer struct {
		ID int64 `json:"id"`
	}
	if err := s.rest.Do(ctx, rest.Call{
		Op: "create section", Method: http.MethodPost, Path: "/sections", Query: s.query(), Body: body,
		Check: func() error { return made(idText(answer.ID)) },
	}, &answer); err != nil {
		return schema.Object{}, err
	}
	return readBack(ctx, s, r, idText(answer.ID))
}

// readBack reads an object that was just made.
func readBack(ctx context.Context, res resource, r provider.Request, id string) (schema.Object, error) {
	r.Written()
	want := *r.Want
	want.ID = id
	got, err := res.read(ctx, want)
	if err != nil {
		return got, fmt.Errorf("it was created, and reading it back went wrong: %w", err)
	}
	return got, nil
}

func (s sections) update(ctx context.Context, r provider.Request) error {
	defer s.sections.Drop()
	return s.client.update(ctx, "section", "rename section", "/sections/"+r.Have.ID, map[string]any{"name": r.Want.Body.(*Section).Name})
}

func (s sections) remove(ctx context.Context, have schema.Object) error {
	defer s.sections.Drop()
	return s.rest.Do(ctx, rest.Call{Op: "delete section", Method: http.MethodDelete, Path: "/sections/" + have.ID, Query: s.query(), Again: true, Missing: true}, nil)
}
