package providertest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A whole product: Library has badges, which open rooms. docs/new-product.md explains it.
// A real product divides these parts among the files that the comments name.

// badge.go: the struct of the kind, its table, and its calls.

// A Badge is what files declare and, with an id, what the API answers.
type Badge struct {
	ID    string   `json:"id,omitempty"`
	Name  string   `json:"name"`
	Rooms []string `json:"rooms"`
}

var badgeKind = schema.Kind{
	Name: "badge", Doc: "A badge opens rooms.",
	Unique:   true, // 409 where the name is in use
	Removals: []schema.Action{schema.Delete},
	Attributes: []schema.Attribute{
		schema.String("name", "Name, unique.", func(b *Badge) *string { return &b.Name }).With(schema.Key | schema.Label | schema.Required),
		schema.Set("rooms", "Rooms that it opens.", func(b *Badge) *[]string { return &b.Rooms }).With(schema.CarriesRights),
	},
	Grants: badgeGrants,
}

type badges struct{ *client }

const badgesPath = "/badges"

func badgePath(id string) string { return badgesPath + "/" + url.PathEscape(id) }

// live makes an object of what the API answered. The mask says what the answer showed.
func (b badges) live(w *Badge) schema.Object {
	return b.Object(&badgeKind, w.ID, w, badgeKind.Mask("name", "rooms"))
}

func (b badges) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all := rest.Collection[Badge]{
		Client: b.rest, Op: "list badges", Path: badgesPath, Items: "badges", Pages: rest.ByPage("page", "pages", "count"),
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

// Find reads the list, because Library cannot search for a name.
func (b badges) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	return crud.FindListed(ctx, b.List, want)
}

func (b badges) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	return b.send(ctx, rest.Call{Op: "read badge", Path: badgePath(o.ID), NotFoundIsGone: true}, o.ID)
}

func (b badges) Create(ctx context.Context, r provider.Request) (schema.Object, error) {
	made, err := b.send(ctx, rest.Call{Op: "create badge", Method: http.MethodPost, Path: badgesPath, Body: body(r.Want)}, "")
	if err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, b, r, made.ID)
}

// Update sends the whole badge. Where an API takes parts of an object, send the attributes
// in r.Changed.
func (b badges) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	call := rest.Call{Op: "update badge", Method: http.MethodPut, Path: badgePath(r.Have.ID), Body: body(r.Want), Idempotent: true}
	if _, err := b.send(ctx, call, r.Have.ID); err != nil {
		return schema.Object{}, err
	}
	return crud.ReadBack(ctx, b, r, r.Have.ID)
}

// Remove handles the one removal of the kind. With several, switch on r.Action.
func (b badges) Remove(ctx context.Context, r provider.Request) error {
	return b.rest.Do(ctx, rest.Call{Op: "delete badge", Method: http.MethodDelete, Path: badgePath(r.Have.ID), NotFoundIsGone: true}, nil)
}

// body is what is sent of a badge. Array sends an empty list and never null.
func body(want *schema.Object) Badge {
	w := want.Body.(*Badge)
	return Badge{Name: w.Name, Rooms: rest.Array(w.Rooms)}
}

// send makes a call whose answer is one badge: that with the id, unless it is "".
func (b badges) send(ctx context.Context, call rest.Call, id string) (schema.Object, error) {
	var w Badge
	call.Validate = func() error { return cmp.Or(w.check(), rest.RequireID("badge", cmp.Or(id, w.ID), w.ID)) }
	if err := b.rest.Do(ctx, call, &w); err != nil {
		return schema.Object{}, err
	}
	return b.live(&w), nil
}

// wire.go: the structs of the API's JSON that are not those of kinds, and what makes an
// answer complete.

type wireMe struct{ Library string }

func (w *wireMe) check() error {
	if w.Library == "" {
		return errors.New("the answer does not name the library")
	}
	return nil
}

func (w *Badge) check() error {
	if w.ID == "" || w.Name == "" {
		return errors.New("the answer is not a badge")
	}
	return rest.RequireList("rooms", w.Rooms)
}

// grants.go: who can do what.

// badgeGrants lists what the badge gives to whoever carries it.
func badgeGrants(o *schema.Object, _ schema.Lookup) []schema.Grant {
	var out []schema.Grant
	for _, room := range o.Body.(*Badge).Rooms {
		out = append(out, schema.Grant{Right: "enter", Scope: "room " + room, Via: o.Addr.String()})
	}
	return out
}

// provider.go: what every command knows of the product without connecting to it.

type Settings struct{ Library, Endpoint string }

var settingsKind = schema.Kind{Name: "library", Doc: "Settings of one library.", Attributes: []schema.Attribute{
	schema.String("library", "Id of the library.", func(s *Settings) *string { return &s.Library }).With(schema.Required),
	schema.String("endpoint", "Address of the API.", func(s *Settings) *string { return &s.Endpoint }).With(schema.Required),
}}

func Provider() *provider.Provider {
	return &provider.Provider{
		Product: schema.Product{
			Name: "library", Title: "Library", Doc: "Library lends books.", KeyEnv: "LIBRARY_KEY",
			Settings: &settingsKind, Kinds: []*schema.Kind{&badgeKind},
		},
		Endpoint: func(s *schema.Object) string { return s.Body.(*Settings).Endpoint },
		Budget:   func(*schema.Object) int { return 60 },
		Reads:    func(method, _ string) bool { return method == http.MethodGet },
		Starter:  map[string]string{"library.hcl": "provider \"library\" {\n  library  = \"7\"\n  endpoint = \"emulator\"\n}\n"},
		Connect:  connect,
	}
}

// client.go: the connection to one tenant.

type client struct {
	crud.Objects
	rest    *rest.Client
	library string
}

// A connection is the provider.Client.
type connection struct {
	*client
	*crud.Client
}

func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	config := rest.ConfigOf("Library", o)
	config.Setting, config.Header, config.Window = "endpoint", http.Header{"X-Api-Key": {o.Key}}, time.Minute
	c := &client{Objects: crud.ObjectsOf(o), rest: rest.New(config)}
	var me wireMe
	if err := c.rest.Do(ctx, rest.Call{Op: "connect to Library", Path: "/me", Validate: func() error { return me.check() }}, &me); err != nil {
		return nil, err
	}
	if want := o.Settings.Body.(*Settings).Library; me.Library != want {
		return nil, &provider.Error{
			Op: "connect to Library", Reason: fmt.Sprintf("the key belongs to library %q, and library is %q", me.Library, want),
			Hint: "Put a key of the other library into LIBRARY_KEY, or correct library in the provider block.", Err: provider.ErrTenant,
		}
	}
	c.library = me.Library
	return connection{c, &crud.Client{Objects: c.Objects, Resource: c.resource}}, nil
}

// Identity says which library this is. Where the API tells whose the key is, Self is that
// user, from whom no plan takes rights.
func (c *client) Identity() provider.Identity { return provider.Identity{Tenant: c.library} }

// resource returns the calls for a kind.
func (c *client) resource(kind string) crud.Resource {
	if kind == badgeKind.Name {
		return badges{c}
	}
	panic("library: no calls for kind " + kind)
}
