package providertest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A whole product: Library has badges, which open rooms. docs/new-product.md explains it.

// A Badge is what files declare and, with an id, what the API answers.
type Badge struct {
	ID    string   `json:"id,omitempty"`
	Name  string   `json:"name"`
	Rooms []string `json:"rooms"`
}

var badgeKind = schema.Kind{
	Name: "badge", Doc: "A badge opens rooms.", Unique: true, Removals: []schema.Action{schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("name", "Name, unique.", func(b *Badge) *string { return &b.Name }).With(schema.Key | schema.Label | schema.Required),
		schema.Set("rooms", "Rooms that it opens.", func(b *Badge) *[]string { return &b.Rooms }).With(schema.CarriesRights),
	},
}

type Settings struct{ Endpoint string }

var settingsKind = schema.Kind{Name: "library", Attributes: []schema.Attribute{
	schema.String("endpoint", "Address of the API.", func(s *Settings) *string { return &s.Endpoint }).With(schema.Required),
}}

func Provider() *provider.Provider {
	return &provider.Provider{
		Product:  schema.Product{Name: "library", Title: "Library", KeyEnv: "LIBRARY_KEY", Settings: &settingsKind, Kinds: []*schema.Kind{&badgeKind}},
		Endpoint: func(s *schema.Object) string { return s.Body.(*Settings).Endpoint },
		Reads:    func(method, _ string) bool { return method == http.MethodGet },
		Connect: func(ctx context.Context, o provider.Options) (provider.Client, error) {
			api := rest.New(rest.Config{Product: "Library", Base: o.Endpoint, Header: http.Header{"X-Api-Key": {o.Key}}, Transport: o.Transport, Wait: o.Wait, Now: o.Now})
			var me struct{ Library string }
			if err := api.Do(ctx, rest.Call{Op: "connect to Library", Path: "/me"}, &me); err != nil {
				return nil, err
			}
			b := badges{crud.ObjectsOf(o), api}
			return &client{&crud.Client{Objects: b.Objects, Resource: func(string) crud.Resource { return b }}, me.Library}, nil
		},
	}
}

type client struct {
	*crud.Client
	library string
}

func (c *client) Identity() provider.Identity { return provider.Identity{Tenant: c.library} }

type badges struct {
	crud.Objects
	api *rest.Client
}

func (b badges) live(w *Badge) schema.Object {
	return b.Object(&badgeKind, w.ID, w, badgeKind.Mask("name", "rooms"))
}

func (b badges) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all := rest.Collection[Badge]{
		Client: b.api, Op: "list badges", Path: "/badges", Items: "badges", Pages: rest.ByPage("page", "pages", "count"),
		ID: func(w *Badge) string { return w.ID }, Validate: (*Badge).check,
	}
	for w, err := range all.All(ctx) {
		if err != nil {
			yield(schema.Object{}, err)
			return
		}
		if !yield(b.live(&w), nil) {
			return
		}
	}
}

func (b badges) Find(ctx context.Context, want schema.Object) (found schema.Object, err error) {
	err = provider.ErrNotFound
	b.List(ctx, func(o schema.Object, problem error) bool {
		if problem != nil || o.Addr.Key == want.Addr.Key {
			found, err = o, problem
		}
		return err == provider.ErrNotFound
	})
	return found, err
}

func (b badges) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	return b.send(ctx, rest.Call{Op: "read badge", Path: "/badges/" + url.PathEscape(o.ID), NotFoundIsGone: true})
}

func (b badges) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	return b.write(ctx, r, rest.Call{Op: "create badge", Method: http.MethodPost, Path: "/badges"})
}

func (b badges) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	return b.write(ctx, r, rest.Call{Op: "update badge", Method: http.MethodPut, Path: "/badges/" + url.PathEscape(r.Have.ID), Idempotent: true})
}

func (b badges) Remove(ctx context.Context, r provider.Request) error {
	return b.api.Do(ctx, rest.Call{Op: "delete badge", Method: http.MethodDelete, Path: "/badges/" + url.PathEscape(r.Have.ID), NotFoundIsGone: true}, nil)
}

func (b badges) write(ctx context.Context, r provider.Request, call rest.Call) (schema.Object, error) {
	want := r.Want.Body.(*Badge)
	call.Body = Badge{Name: want.Name, Rooms: rest.Array(want.Rooms)}
	made, err := b.send(ctx, call)
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, b, r, made.ID)
}

// send makes a call whose answer is one badge.
func (b badges) send(ctx context.Context, call rest.Call) (schema.Object, error) {
	var w Badge
	call.Validate = func() error { return w.check() }
	if err := b.api.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	return b.live(&w), nil
}

func (w *Badge) check() error {
	if w.ID == "" || w.Name == "" {
		return errors.New("the answer is no badge")
	}
	return rest.RequireList("rooms", w.Rooms)
}
