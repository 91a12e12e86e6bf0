package uberall

import (
	"context"
	"slices"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// An Account is what uberall's API calls a business. rolecall refers to accounts and
// counts their locations, and never changes them.
type Account struct {
	Name      string   // identifier, or name where it has none
	Locations []string // as locationID writes them
}

var accountKind = schema.Kind{
	Name: "account",
	Doc: "An account is a set of locations, which the API calls a business. Users refer to their accounts " +
		"by identifier or by name, and no file has to declare them.",
	UpdateOnly: true,
	Attributes: []schema.Attribute{
		schema.String("name", "Identifier of the account, or its name where it has none.",
			func(a *Account) *string { return &a.Name }).With(schema.Key | schema.Label | schema.Required).Like(`"Stores GmbH"`),
		schema.Set("locations", "Ids of the locations of the account.",
			func(a *Account) *[]string { return &a.Locations }).With(schema.ReadOnly).Like(`["#11"]`),
	},
	Places: "locations",
}

// accounts are the calls for accounts.
type accounts struct{ *client }

// businesses reads every account once.
func (c *client) businesses(ctx context.Context) ([]wireBusiness, error) {
	return c.allBusinesses.Value(func() ([]wireBusiness, error) {
		all, err := rest.Collection[wireBusiness]{
			Client: c.rest, Op: "list accounts", Path: "/businesses", Query: fieldMask("id", "identifier", "name"), Items: "response.businesses",
			Pages: pages, ID: func(w *wireBusiness) string { return w.ID.text() },
		}.Slice(ctx)
		if err != nil {
			return nil, err
		}
		twice := map[string]int{}
		for i := range all {
			twice[all[i].name()]++
		}
		for i := range all {
			w := &all[i]
			w.key = w.name()
			if w.key == "" || twice[w.key] > 1 { // nothing else tells them apart
				w.key = locationID(w.ID)
			}
			c.Index.Add(accountKind.Name, w.key, w.ID.text())
		}
		return all, nil
	})
}

// accountsByName returns the keys of the accounts that a name in files means: the account
// with that key, or else those that have it as identifier or name.
func accountsByName(all []wireBusiness) map[string][]string {
	out := make(map[string][]string, 2*len(all))
	for i := range all {
		out[all[i].key] = []string{all[i].key}
	}
	for i := range all {
		w := &all[i]
		for _, name := range []string{schema.NFC(w.Identifier), schema.NFC(w.Name)} {
			keys := out[name]
			if name == "" || len(keys) > 0 && keys[0] == name || slices.Contains(keys, w.key) {
				continue
			}
			out[name] = append(keys, w.key)
		}
	}
	return out
}

func (a accounts) List(ctx context.Context, yield func(schema.Object, error) bool) {
	all, err := a.businesses(ctx)
	if err != nil {
		yield(schema.Object{}, err)
		return
	}
	stores, err := a.locations(ctx)
	of := map[wireID][]string{}
	for i := range stores {
		of[stores[i].BusinessID] = append(of[stores[i].BusinessID], locationID(stores[i].ID))
	}
	crud.Yield(all, err, func(w *wireBusiness) schema.Object {
		o := a.Object(&accountKind, w.ID.text(), &Account{Name: w.key, Locations: of[w.ID]}, accountKind.Mask("name", "locations"))
		o.Frozen, o.FrozenBy = schema.Everything, "rolecall does not change accounts"
		if w.Name != w.key {
			o.Alias = w.Name
		}
		return o
	}, yield)
}

// Read and Find are called for no account, because none is ever changed.
func (a accounts) Read(context.Context, schema.Object) (schema.Object, error) {
	return schema.Object{}, provider.ErrNotFound
}
func (a accounts) Find(context.Context, schema.Object) (schema.Object, error) {
	return schema.Object{}, provider.ErrNotFound
}
func (a accounts) Create(context.Context, provider.Request) (schema.Object, error) {
	return schema.Object{}, errNoCall
}
func (a accounts) Update(context.Context, provider.Request) (schema.Object, error) {
	return schema.Object{}, errNoCall
}
func (a accounts) Remove(context.Context, provider.Request) error { return errNoCall }

var errNoCall = &provider.Error{Op: "change account", Reason: "rolecall does not change accounts"}

// locationID is how files and plans write the id of a location, or of another object that
// nothing else names. No other text has this form.
func locationID(id wireID) string { return "#" + strconv.FormatInt(int64(id), 10) }
