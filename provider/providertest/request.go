package providertest

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// CreateRequest returns the request of a plan that creates the object.
func CreateRequest(want schema.Object) provider.Request {
	return provider.Request{Action: schema.Create, Addr: want.Addr, Want: &want, Changed: want.Set}
}

// ChangeRequest returns the request of a plan that gives a live object other values.
func ChangeRequest(have schema.Object, values map[string]any) provider.Request {
	want, changed := have.Clone(), schema.Mask(0)
	for name, value := range values {
		i := want.Kind.Index(name)
		want.Kind.Attributes[i].SetAny(want.Body, value)
		want.Set, changed = want.Set.With(i), changed.With(i)
	}
	want.Rekey()
	action := schema.Update
	if want.Addr != have.Addr {
		action = schema.Rename
	}
	return provider.Request{Action: action, Addr: want.Addr, Have: &have, Want: &want, Changed: changed}
}

// RemoveRequest returns the request of a plan that deletes or deactivates a live object.
func RemoveRequest(action schema.Action, have schema.Object) provider.Request {
	return provider.Request{Action: action, Addr: have.Addr, Have: &have}
}

// CheckReadBack compares the object that a client returns for a request with the wanted one.
func CheckReadBack(t testing.TB, r provider.Request, got schema.Object) {
	t.Helper()
	if got.Addr != r.Addr || got.ID == "" || got.Incomplete {
		t.Errorf("read back as %s with id %q, incomplete: %t; want %s", got.Addr, got.ID, got.Incomplete, r.Addr)
	}
	for i := range r.Want.Kind.Attributes {
		if a := &r.Want.Kind.Attributes[i]; r.Want.Set.Has(i) && a.Comparable() && !a.Equal(r.Want.Body, got.Body) {
			t.Errorf("%s %s is %v, want %v", r.Addr, a.Name, a.Any(got.Body), a.Any(r.Want.Body))
		}
	}
}

// MustList lists a kind by key.
func MustList(t testing.TB, c provider.Client, kind *schema.Kind) map[string]schema.Object {
	t.Helper()
	out := map[string]schema.Object{}
	for o, err := range c.List(t.Context(), kind) {
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[o.Addr.Key]; twice {
			t.Errorf("%s was listed twice", o.Addr)
		}
		out[o.Addr.Key] = o
	}
	return out
}
