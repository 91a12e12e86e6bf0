package cmd

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// chosenKinds returns the kinds to import of each tenant, in the product's order.
func (i *importing) chosenKinds() ([][]string, error) {
	out := make([][]string, len(i.c.config.Tenants))
	known := map[string]bool{}
	for n, t := range i.c.config.Tenants {
		var observed []string
		if t.Product.ReadOnlyKinds != nil {
			observed = t.Product.ReadOnlyKinds(&t.Settings)
		}
		for _, k := range t.Product.Kinds {
			chosen := slices.Contains(i.options.kinds, k.Name)
			known[k.Name] = known[k.Name] || !k.Virtual && !k.Fixed()
			switch {
			case k.Virtual, k.Fixed(), len(i.options.kinds) > 0 && !chosen, k.NoList && len(i.keysOf(k)) == 0, !chosen && slices.Contains(observed, k.Name):
			default:
				out[n] = append(out[n], k.Name)
			}
		}
	}
	if err := i.checkKeys(out); err != nil {
		return nil, err
	}
	for _, name := range i.options.kinds {
		if !known[name] {
			maps.DeleteFunc(known, func(_ string, can bool) bool { return !can })
			names := slices.Sorted(maps.Keys(known))
			return nil, advise("Kinds: "+strings.Join(names, ", ")+".", "flag --kind: there is no kind %q to import", name)
		}
	}
	return out, nil
}

// checkKeys refuses --role and --object if no kind needs them.
func (i *importing) checkKeys(kinds [][]string) error {
	if len(*i.options.keys["role"]) == 0 {
		return nil
	}
	for n, t := range i.c.config.Tenants {
		if slices.ContainsFunc(kinds[n], func(kind string) bool { return t.Product.Kind(kind).NoList }) {
			return nil
		}
	}
	return advise("To import a part, use --kind and --only.", "--role and --object are for products without a list of permissions, such as Rose Rocket")
}

// keysOf returns objects with only a key, one for each combination of the flags, for a kind whose
// key consists of what flags name.
func (i *importing) keysOf(k *schema.Kind) []schema.Object {
	out := []schema.Object{{Kind: k, Body: k.New(), Set: k.Having(schema.Key)}}
	for _, row := range k.Keys() {
		values := i.options.keys[row.Name]
		if values == nil {
			return nil
		}
		var next []schema.Object
		for _, o := range out {
			for _, v := range *values {
				more := o.Clone()
				row.SetAny(more.Body, v)
				more.Rekey()
				next = append(next, more)
			}
		}
		out = next
	}
	for n := range out {
		out[n].Addr.Kind = k.Name
	}
	return out
}

// read reads all objects of the kinds.
func (i *importing) read(ctx context.Context, kinds [][]string) error {
	progress := newReadProgress(&i.f.Streams, "Reading")
	defer progress.done()
	listed := make([]map[string][]schema.Object, len(kinds))
	g, ctx := errgroup.WithContext(ctx)
	for n := range kinds {
		g.Go(func() (err error) {
			in := i.c.input(n, progress)
			tenant := *in.Tenant
			tenant.Objects = slices.Clone(tenant.Objects)
			for _, kind := range kinds[n] {
				if k := tenant.Product.Kind(kind); k.NoList {
					for _, o := range i.keysOf(k) {
						o.Addr.Provider = tenant.Name
						tenant.Objects = append(tenant.Objects, o)
					}
				}
			}
			in.Tenant = &tenant
			listed[n], err = live.Read(ctx, in, kinds[n])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return notRead(err)
	}
	i.c.listed = listed
	return i.checkOnly()
}

// notRead is the error that the product could not be read, with what the product's client advises.
func notRead(err error) error {
	advice := "No file was written."
	if code := provider.Status(err); code == 0 && len(provider.Hint(err)) == 0 || code == http.StatusForbidden || code == http.StatusNotFound {
		advice += " To import only what the key may see, name it with --kind."
	}
	return advise(strings.TrimSpace(provider.Hint(err)+" "+advice), "%w", err)
}

// chosen returns the live objects of a kind that no file declares, removes or ignores, and that the
// flags name.
func (i *importing) chosen(t *schema.Tenant, k *schema.Kind, list []schema.Object) ([]schema.Object, error) {
	match, err := i.matcher(k)
	if err != nil {
		return nil, err
	}
	declared := mentioned(t, k)
	ignored := schema.NewIgnoreSet(t.Product, t.Manage)
	var out []schema.Object
	for _, o := range list {
		if declared[o.Addr.Key] || o.Alias != "" && declared[o.Alias] || !match(o.Addr.Key) {
			continue
		}
		if _, is := ignored.Match(k, o.Addr.Key); !is {
			out = append(out, o)
		}
	}
	return out, nil
}

// mentioned returns the keys of a kind that the files declare or remove, or that were earlier keys of what
// they declare.
func mentioned(t *schema.Tenant, k *schema.Kind) map[string]bool {
	declared := map[string]bool{}
	for n := range t.Objects {
		o := &t.Objects[n]
		if o.Kind != k {
			continue
		}
		declared[o.Addr.Key] = true
		for _, earlier := range o.Previously {
			declared[k.EarlierKey(o.Addr.Key, earlier)] = true
		}
	}
	for _, r := range t.Removed {
		if r.Kind != k.Name {
			continue
		}
		key, _ := k.NormalKey(r.Key)
		declared[key] = true
		if r.Expired != nil {
			for _, earlier := range r.Expired.Previously {
				declared[k.EarlierKey(key, earlier)] = true
			}
		}
	}
	return declared
}

// matcher returns whether --only names a key of the kind.
func (i *importing) matcher(k *schema.Kind) (func(string) bool, error) {
	patterns, err := i.patterns(k)
	if err != nil {
		return nil, err
	}
	return func(key string) bool {
		return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p schema.Pattern) bool { return p.Match(key) })
	}, nil
}

// patterns returns the patterns of --only for keys of the kind.
func (i *importing) patterns(k *schema.Kind) ([]schema.Pattern, error) {
	var out []schema.Pattern
	for _, only := range i.options.only {
		normal, _ := k.NormalKey(only)
		p, ok := schema.ParsePattern(normal)
		if !ok {
			return nil, advise("* stands for any text, ? for one character, [a-z] for one of several, {a,b} for either.", "flag --only: %q is not a pattern", only)
		}
		out = append(out, p)
	}
	return out, nil
}

// checkOnly refuses a pattern of --only that matches nothing that was read.
func (i *importing) checkOnly() error {
	matched := make([]bool, len(i.options.only))
	for n, t := range i.c.config.Tenants {
		for kind, list := range i.c.listed[n] {
			patterns, err := i.patterns(t.Product.Kind(kind))
			if err != nil {
				return err
			}
			for p := range patterns {
				matched[p] = matched[p] || slices.ContainsFunc(list, func(o schema.Object) bool { return patterns[p].Match(o.Addr.Key) })
			}
		}
	}
	if n := slices.Index(matched, false); n >= 0 {
		return advise("No file was written. A pattern is compared with the whole key, such as ana@zoo.example of a user. * stands for any text.",
			"flag --only: nothing that was read matches %q", i.options.only[n])
	}
	return nil
}
