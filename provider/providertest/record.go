package providertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A record is what the first telling of a story found out: what the tenant is
// like after each step, and what was done on the way.
type record struct {
	suite  *Suite
	after  [][]string // the tenant, by step
	writes []int      // by step
	done   []string   // "user create", "user.lang", "user delete"
}

// carriedOut notes what a plan has done.
func (r *record) carriedOut(p *plan.Plan, writes int) {
	r.writes[len(r.writes)-1] = writes
	for i := range p.Changes {
		c := &p.Changes[i]
		if !c.Action.Writes() {
			continue
		}
		r.done = append(r.done, c.Addr.Kind+" "+c.Action.String())
		if c.Action == schema.Update || c.Action == schema.Rename {
			for _, name := range names(c, c.Changed) {
				r.done = append(r.done, c.Addr.Kind+"."+name)
			}
		}
	}
}

// leftOut says what the story has not told.
func (r *record) leftOut() []string {
	var out []string
	want := func(what string) {
		_, excused := r.suite.Excused[what]
		switch told := slices.Contains(r.done, what); {
		case !told && !excused:
			out = append(out, "the story never shows: "+what)
		case told && excused:
			out = append(out, "excused, and told all the same: "+what)
		}
	}
	for _, k := range r.suite.Provider.Kinds {
		if k.Virtual {
			continue
		}
		if !k.UpdateOnly {
			want(k.Name + " create")
			for _, removal := range removals(k) {
				want(k.Name + " " + removal.String())
			}
		}
		for i := range k.Attributes {
			if a := &k.Attributes[i]; a.Comparable() && !a.Is(schema.Immutable) {
				want(k.Name + "." + a.Name)
			}
		}
	}
	return out
}

func removals(k *schema.Kind) []schema.Action {
	if len(k.Removals) == 0 {
		return []schema.Action{schema.Delete}
	}
	return slices.DeleteFunc(slices.Clone(k.Removals), func(a schema.Action) bool { return !a.Writes() })
}

// kept notes what the tenant is like after the step, or holds it against what was
// noted.
func (c *scenario) kept(ctx context.Context, i int) error {
	if c.last == nil {
		return errors.New("a story must begin with files that can be loaded")
	}
	now, err := c.photograph(ctx, c.last)
	if err != nil {
		return err
	}
	if c.how.record != nil {
		c.how.record.after = append(c.how.record.after, now)
		return nil
	}
	if d := cmp.Diff(c.how.compare.after[i], now); d != "" {
		return fmt.Errorf("the tenant is not what it should be (-undisturbed +now):\n%s", d)
	}
	return nil
}

// photograph lists every object with everything that it says, one line for each.
func (c *scenario) photograph(ctx context.Context, tenant *schema.Tenant) ([]string, error) {
	client, _, err := c.connect(ctx, tenant, &schema.Index{})
	if err != nil {
		return nil, err
	}
	out := []string{}
	seen := map[schema.Address]bool{}
	for _, k := range c.suite.Provider.Kinds {
		if k.Virtual {
			continue
		}
		for o, err := range c.every(ctx, client, k) {
			if err == nil && o.Incomplete {
				o, err = client.Read(ctx, o)
			}
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", k.Many(), err)
			}
			if seen[o.Addr] {
				return nil, fmt.Errorf("%s is there twice", o.Addr)
			}
			seen[o.Addr] = true
			out = append(out, portrait(&o))
		}
	}
	slices.Sort(out)
	return out, nil
}

// portrait is one object in one line, without ids.
func portrait(o *schema.Object) string {
	var b strings.Builder
	b.WriteString(o.Addr.String())
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; o.Set.Has(i) && a.Flags&(schema.WriteOnce|schema.ConfigOnly) == 0 {
			fmt.Fprintf(&b, " %s=%v", a.Name, a.Any(o.Body))
		}
	}
	return b.String()
}
