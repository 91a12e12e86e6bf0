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

// A record holds the results of the first run: the tenant after each step, and what the
// steps did.
type record struct {
	suite  *Suite
	after  [][]string // the tenant, by step
	writes []int      // by step
	done   []string   // "user create", "user.lang", "user delete"
}

// addApplied records what applying a plan did.
func (r *record) addApplied(p *plan.Plan, writes int) {
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

// uncovered describes what no step did.
func (r *record) uncovered() []string {
	var out []string
	want := func(what string) {
		_, excused := r.suite.NotCovered[what]
		switch covered := slices.Contains(r.done, what); {
		case !covered && !excused:
			out = append(out, "no step covers: "+what)
		case covered && excused:
			out = append(out, "a step covers, against NotCovered: "+what)
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

// checkTenant records how the tenant is after the step, or compares it with the record.
func (c *scenarioRun) checkTenant(ctx context.Context, i int) error {
	if c.last == nil {
		return errors.New("the files of the first step must load")
	}
	now, err := c.describeTenant(ctx, c.last)
	if err != nil {
		return err
	}
	if c.mode.record != nil {
		c.mode.record.after = append(c.mode.record.after, now)
		return nil
	}
	if d := cmp.Diff(c.mode.compare.after[i], now); d != "" {
		return fmt.Errorf("the tenant is not as it should be (-as written +now):\n%s", d)
	}
	return nil
}

// describeTenant returns one line for each object, with all its attributes.
func (c *scenarioRun) describeTenant(ctx context.Context, tenant *schema.Tenant) ([]string, error) {
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
		for o, err := range c.listAll(ctx, client, k) {
			if err == nil && o.Incomplete {
				o, err = client.Read(ctx, o)
			}
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", k.Many(), err)
			}
			if seen[o.Addr] {
				return nil, fmt.Errorf("%s exists twice", o.Addr)
			}
			seen[o.Addr] = true
			out = append(out, describeObject(&o))
		}
	}
	slices.Sort(out)
	return out, nil
}

// describeObject returns one line for an object, without ids.
func describeObject(o *schema.Object) string {
	var b strings.Builder
	b.WriteString(o.Addr.String())
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; o.Set.Has(i) && a.Flags&(schema.WriteOnce|schema.ConfigOnly) == 0 {
			fmt.Fprintf(&b, " %s=%v", a.Name, a.Any(o.Body))
		}
	}
	return b.String()
}
