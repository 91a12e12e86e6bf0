package cmd_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A hand changes a product by hand: through a connection of its own to the embedded emulator of a
// configuration.
type hand struct {
	dir    string
	tenant *schema.Tenant
	client provider.Client
	live   map[string][]schema.Object
	close  func() error
}

func loadedTenant(t *testing.T, dir string) *schema.Tenant {
	t.Helper()
	var products []*schema.Product
	for _, p := range cmd.System().Products {
		products = append(products, &p.Provider.Product)
	}
	c, diags := config.Load(dir, config.Options{Products: products})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return c.Tenants[0]
}

func newHand(t *testing.T, dir string) *hand {
	t.Helper()
	h := &hand{dir: dir, tenant: loadedTenant(t, dir), live: map[string][]schema.Object{}}
	p := productNamed(h.tenant.Product.Name)
	e, err := p.Embed(&h.tenant.Settings, filepath.Join(dir, ".rolecall", h.tenant.Name+".json"), filepath.Join(dir, h.tenant.Name+".seed.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	h.close = e.Close
	h.client, err = p.Provider.Connect(t.Context(), provider.Options{
		Tenant: h.tenant.Name, Settings: h.tenant.Settings, Key: e.Key, Endpoint: e.BaseURL, Transport: e.Transport, Index: &schema.Index{},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range p.Provider.Kinds {
		if k.Virtual {
			continue
		}
		if err := h.list(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *hand) list(ctx context.Context, k *schema.Kind) error {
	var found []schema.Object
	if k.NoList {
		for _, o := range h.tenant.Objects {
			if o.Kind == k {
				found = append(found, o)
			}
		}
	} else {
		for o, err := range h.client.List(ctx, k) {
			if err != nil {
				return err
			}
			found = append(found, o)
		}
	}
	for _, o := range found {
		if o.Incomplete || k.NoList {
			var err error
			if o, err = h.client.Read(ctx, o); err != nil {
				return err
			}
		}
		h.live[k.Name] = append(h.live[k.Name], o)
	}
	slices.SortFunc(h.live[k.Name], func(a, b schema.Object) int { return a.Addr.Compare(b.Addr) })
	return nil
}

func (h *hand) find(a schema.Address) *schema.Object {
	list := h.live[a.Kind]
	if i := slices.IndexFunc(list, func(o schema.Object) bool { return o.Addr == a }); i >= 0 {
		return &list[i]
	}
	return nil
}

// A handEdit is one change by hand.
type handEdit struct {
	what string // "user.ana@zoo.example: role: changed"
	make func(*hand, context.Context) error
}

// edits lists changes of every sort, of each kind once in a block of one object and once in a block with
// for_each.
func (h *hand) edits() []handEdit {
	var out []handEdit
	blocks, several, seen := map[schema.Pos]bool{}, map[schema.Pos]int{}, map[string]bool{}
	for i := range h.tenant.Objects {
		several[h.tenant.Objects[i].Pos]++
	}
	add := func(o *schema.Object, edits ...handEdit) {
		for _, e := range edits {
			what := fmt.Sprint(o.Addr.Kind, several[o.Pos] > 1, strings.TrimPrefix(e.what, o.Addr.String()))
			if !seen[what] {
				seen[what], out = true, append(out, e)
			}
		}
	}
	for i := range h.tenant.Objects {
		said := &h.tenant.Objects[i]
		have := h.find(said.Addr)
		if blocks[said.Pos] || have == nil || said.Kind.Virtual {
			continue
		}
		blocks[said.Pos] = true
		for n := range said.Kind.Attributes {
			a := &said.Kind.Attributes[n]
			if a.Flags&(schema.ReadOnly|schema.Computed|schema.WriteOnce|schema.ConfigOnly|schema.Immutable|schema.Key) != 0 || !said.Set.Has(n) || have.Frozen.Has(n) {
				continue
			}
			for _, how := range slices.Sorted(maps.Keys(h.others(a, have))) {
				add(said, h.update(have, a, how, h.others(a, have)[how]))
			}
		}
		add(said, h.rename(have)...)
		if !said.Kind.UpdateOnly && have.Frozen != schema.Everything {
			add(said, handEdit{said.Addr.String() + ": deleted", func(h *hand, ctx context.Context) error {
				_, err := h.client.Apply(ctx, provider.Request{Action: schema.Delete, Addr: said.Addr, Have: have})
				return err
			}})
			add(said, h.create(have)...)
		}
		add(said, h.promote(said, have)...)
	}
	return out
}

func (h *hand) update(have *schema.Object, a *schema.Attribute, how string, value any) handEdit {
	return handEdit{have.Addr.String() + ": " + a.Name + ": " + how, func(h *hand, ctx context.Context) error {
		want := have.Clone()
		a.SetAny(want.Body, value)
		return h.apply(ctx, schema.Update, have, &want)
	}}
}

func (h *hand) apply(ctx context.Context, action schema.Action, have, want *schema.Object) error {
	r := provider.Request{Action: action, Addr: want.Addr, Have: have, Want: want, Changed: schema.Everything}
	if have != nil {
		r.Addr, r.Changed = have.Addr, have.ChangedTo(want)
	}
	_, err := h.client.Apply(ctx, r)
	return err
}

// rename gives the object another key, if the product can.
func (h *hand) rename(have *schema.Object) []handEdit {
	keys := have.Kind.Keys()
	if len(keys) != 1 || keys[0].Is(schema.Immutable) || keys[0].Type != schema.TypeString || have.Kind.UpdateOnly || have.Frozen != 0 {
		return nil
	}
	return []handEdit{{have.Addr.String() + ": renamed", func(h *hand, ctx context.Context) error {
		want := have.Clone()
		keys[0].SetAny(want.Body, "re"+keys[0].Text(have.Body))
		want.Rekey()
		return h.apply(ctx, schema.Rename, have, &want)
	}}}
}

// create makes another object like one that exists.
func (h *hand) create(like *schema.Object) []handEdit {
	keys := like.Kind.Keys()
	if len(keys) != 1 || keys[0].Type != schema.TypeString || len(keys[0].Kinds) > 0 {
		return nil
	}
	return []handEdit{{like.Addr.String() + ": another one created", func(h *hand, ctx context.Context) error {
		want := like.Clone()
		want.ID = ""
		for i := range want.Kind.Attributes {
			if a := &want.Kind.Attributes[i]; a.Flags&(schema.ReadOnly|schema.Computed) != 0 {
				want.Set &^= want.Kind.Mask(a.Name)
			}
		}
		keys[0].SetAny(want.Body, "new"+keys[0].Text(like.Body))
		if a := want.Kind.Index("name"); a >= 0 && want.Kind.Attributes[a].Type == schema.TypeString && !want.Kind.Attributes[a].Is(schema.Key) {
			want.Kind.Attributes[a].SetAny(want.Body, "New "+want.Kind.Attributes[a].Text(want.Body))
		}
		want.Rekey()
		return h.apply(ctx, schema.Create, nil, &want)
	}}}
}

// promote gives a user what makes another user privileged.
func (h *hand) promote(said, have *schema.Object) []handEdit {
	k := have.Kind
	look := func(kind, key string) (*schema.Object, bool) {
		o := h.find(schema.Address{Provider: h.tenant.Name, Kind: kind, Key: key})
		return o, o != nil
	}
	if !k.Subject || k.Privilege == nil || k.Privilege(have, look) != "" {
		return nil
	}
	for i := range h.live[k.Name] {
		boss := &h.live[k.Name][i]
		if k.Privilege(boss, look) == "" {
			continue
		}
		return []handEdit{{have.Addr.String() + ": got the rights of " + boss.Addr.Key, func(h *hand, ctx context.Context) error {
			want := have.Clone()
			for n := range k.Attributes {
				if a := &k.Attributes[n]; a.Is(schema.CarriesRights) && a.Flags&(schema.Key|schema.ConfigOnly|schema.ReadOnly|schema.Computed) == 0 {
					a.Copy(want.Body, boss.Body)
				}
			}
			return h.apply(ctx, schema.Update, have, &want)
		}}}
	}
	return nil
}

// others returns other values of an attribute by how they differ: those that other objects have, as they
// are known to be valid.
func (h *hand) others(a *schema.Attribute, have *schema.Object) map[string]any {
	out := map[string]any{}
	list := h.live[have.Kind.Name]
	switch now := a.Any(have.Body).(type) {
	case string:
		for i := range list {
			if s := a.Text(list[i].Body); s != now && s != "" {
				out["changed"] = s
				break
			}
		}
		if len(a.Kinds) == 0 && len(a.OneOf) == 0 && (len(out) == 0 || a.Valid("=1+1 ${x}") == nil) {
			out["odd"] = "O'B \"q\" ${x} %{y} =1 \u202e n\u0303"
			out["changed"] = cmp.Or(strings.TrimSpace(now+" x"), "x")
		}
	case bool:
		out["switched"] = !now
	case []string:
		if len(now) > 0 {
			out["one removed"] = slices.Clone(now[1:])
		}
		if more := firstOther(list, now, func(o *schema.Object) []string { return a.Texts(o.Body) }); more != "" {
			out["one added"] = append(slices.Clone(now), more)
		}
	case [][]string:
		if len(now) > 1 {
			out["one removed"] = slices.Clone(now[1:])
		}
		for i := range list {
			for _, set := range a.Any(list[i].Body).([][]string) {
				if !slices.ContainsFunc(now, func(s []string) bool { return slices.Equal(s, set) }) {
					out["one added"] = append(slices.Clone(now), set)
				}
			}
		}
	case map[string]bool:
		for _, name := range slices.Sorted(maps.Keys(now)) {
			next := maps.Clone(now)
			next[name] = !now[name]
			out["entry changed"] = next
			break
		}
	case map[string]string:
		otherMaps(out, now, list, func(o *schema.Object) map[string]string { return a.Any(o.Body).(map[string]string) }, func(x, y string) bool { return x == y })
	case map[string][]string:
		otherMaps(out, now, list, func(o *schema.Object) map[string][]string { return a.Any(o.Body).(map[string][]string) }, slices.Equal[[]string])
	}
	return out
}

func firstOther(list []schema.Object, now []string, texts func(*schema.Object) []string) string {
	for i := range list {
		for _, s := range texts(&list[i]) {
			if !slices.Contains(now, s) {
				return s
			}
		}
	}
	return ""
}

func otherMaps[V any](out map[string]any, now map[string]V, list []schema.Object, of func(*schema.Object) map[string]V, same func(x, y V) bool) {
	names := slices.Sorted(maps.Keys(now))
	if len(names) == 0 {
		return
	}
	name := names[0]
	next := maps.Clone(now)
	delete(next, name)
	out["entry removed"] = next
	for i := range list {
		for _, other := range slices.Sorted(maps.Keys(of(&list[i]))) {
			v := of(&list[i])[other]
			if _, has := now[other]; !has {
				next := maps.Clone(now)
				next[other] = v
				out["entry added"] = next
			}
			if !same(v, now[name]) {
				next := maps.Clone(now)
				next[name] = v
				out["entry changed"] = next
			}
		}
	}
}
