package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Adopted is the outcome of adopting.
type adopted struct {
	done, refused []*adoption
	files         []*editedFile
	config        *config.Config // with the files
	plan          *plan.Document // of config
}

// maxApart is the number of differences that are tried one by one if they cannot be taken together.
const maxApart = 50

// settle edits the files and leaves out what cannot be taken: together, or else one by one.
func (a *adopting) settle(ctx context.Context) (*adopted, error) {
	list := a.list
	result, why, err := a.together(ctx, list)
	if why != nil && len(list) > maxApart && withoutRows(list) {
		result, why, err = a.together(ctx, list)
	}
	if err != nil || why == nil {
		return result, err
	}
	if len(list) > maxApart {
		return nil, advise("No file was changed. Name some addresses, to adopt a part.", "the changes cannot be adopted together: %s %s", why.place, why.why)
	}
	var kept []*adoption
	result = &adopted{}
	for progress := true; progress; {
		progress = false
		for _, x := range list {
			if slices.Contains(kept, x) {
				continue
			}
			x.refused = nil
			more, why, err := a.together(ctx, append(slices.Clone(kept), x))
			if why != nil && withoutRows([]*adoption{x}) {
				more, why, err = a.together(ctx, append(slices.Clone(kept), x))
			}
			if err != nil {
				return nil, err
			}
			if why == nil && x.refused == nil {
				kept, result, progress = append(kept, x), more, true
			} else if x.refused == nil {
				x.refused = &refusal{why.place, why.why, a.wanted(x)}
			}
		}
	}
	result.refused = slices.DeleteFunc(slices.Clone(list), func(x *adoption) bool { return slices.Contains(kept, x) })
	return result, nil
}

// withoutRows lets new objects that were tried as rows of CSV files have blocks, and reports whether
// there are any.
func withoutRows(list []*adoption) bool {
	found := false
	for _, x := range list {
		if x.row {
			x.row, x.noRow, x.refused, found = false, true, nil, true
		}
	}
	return found
}

// wanted shows the values that the files should have.
func (a *adopting) wanted(x *adoption) string {
	said := declaredObject(a.before.Tenants[x.tenant], x.difference.Addr)
	s, err := a.newFiles()
	if said == nil || err != nil {
		return "a block that declares " + x.difference.Live.String()
	}
	return s.wanted(x, said)
}

// together takes differences without those that are refused. It returns why the others cannot be taken
// together, if no single one is the reason.
func (a *adopting) together(ctx context.Context, list []*adoption) (*adopted, *refusal, error) {
	var refused []*adoption
	for {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		result, why, err := a.attempt(ctx, list)
		if err != nil || why != nil {
			return nil, why, err
		}
		again := slices.DeleteFunc(slices.Clone(list), func(x *adoption) bool { return x.refused == nil })
		if withoutRows(again) {
			continue
		}
		bad := len(refused)
		list = slices.DeleteFunc(slices.Clone(list), func(x *adoption) bool {
			if x.refused != nil {
				refused = append(refused, x)
			}
			return x.refused != nil
		})
		if len(refused) == bad {
			result.done, result.refused = list, refused
			return result, nil, nil
		}
	}
}

// attempt edits, loads and plans the files. Differences that cannot be taken are refused.
func (a *adopting) attempt(ctx context.Context, list []*adoption) (*adopted, *refusal, error) {
	if len(list) == 0 {
		return &adopted{}, nil, nil
	}
	s, err := a.newFiles()
	if err != nil {
		return nil, nil, err
	}
	added := make([][]*adoption, len(a.before.Tenants))
	others, refused := s.editRenames(ctx, list)
	for _, x := range others {
		if declares(a.before.Tenants[x.tenant], x.difference.Addr) {
			x.refused = s.edit(ctx, x)
			refused = refused || x.refused != nil
		} else {
			added[x.tenant] = append(added[x.tenant], x)
		}
	}
	for i, list := range added {
		if len(list) > 0 && !refused {
			if refused, err = s.declare(ctx, i, list); err != nil {
				return nil, nil, err
			}
		}
	}
	if refused {
		return &adopted{}, nil, nil
	}
	files, err := s.files.render()
	if err != nil {
		return nil, refusef("", "", "%v", err), nil
	}
	return a.check(ctx, list, files)
}

// check loads and plans the files.
func (a *adopting) check(ctx context.Context, list []*adoption, files []*editedFile) (*adopted, *refusal, error) {
	for _, x := range files {
		if err := x.keepsComments(); err != nil {
			return nil, refusef(x.path, "", "%v", err), nil
		}
	}
	flags := a.options.config
	flags.changed = changedFiles(files)
	after, diags := flags.load(a.f, a.options.dir)
	for _, d := range diags {
		if d.Severity == 1 {
			place := ""
			if d.Subject != nil {
				place = placeOf(d.Subject.Filename, d.Subject.Start.Line)
			}
			return nil, refusef(place, "", "would be wrong then: %s. %s", strings.TrimSuffix(d.Summary, "."), strings.TrimSuffix(d.Detail, ".")), nil
		}
	}
	if why := a.otherwiseSame(list, after); why != nil {
		return nil, why, nil
	}
	loaded, diags := flags.load(a.f, a.options.dir) // the plan resolves objects in place
	if diags.HasErrors() {
		return nil, nil, advise("Run adopt again.", "the files were changed while they were read")
	}
	old, listed := a.c.config, a.c.listed
	a.c.config, a.c.listed = loaded, a.live
	d, err := a.c.plan(ctx, nil, nil)
	if err == nil {
		a.stillReported(list, d)
	}
	a.c.config, a.c.listed = old, listed
	if err != nil {
		return nil, nil, err
	}
	return &adopted{files: files, config: loaded, plan: d}, a.stillPending(list, d), nil
}

// changedFiles returns what files will contain, by path.
func changedFiles(files []*editedFile) map[string][]byte {
	out := map[string][]byte{}
	for _, x := range files {
		out[x.target] = x.after
	}
	return out
}

// otherwiseSame checks that the files declare every other object as before.
func (a *adopting) otherwiseSame(list []*adoption, after *config.Config) *refusal {
	if len(after.Tenants) != len(a.before.Tenants) {
		return refusef("", "", "it would change the provider blocks")
	}
	for i, t := range a.before.Tenants {
		mine := func(addr schema.Address) bool {
			return slices.ContainsFunc(list, func(x *adoption) bool { return x.owns(i, addr) })
		}
		now := map[schema.Address]*schema.Object{}
		for n := range after.Tenants[i].Objects {
			o := &after.Tenants[i].Objects[n]
			now[o.Addr] = o
		}
		for n := range t.Objects {
			o := &t.Objects[n]
			x := now[o.Addr]
			if !mine(o.Addr) && (x == nil || !sameObject(afterRenames(list, i, o), x)) {
				return refusef(placeOf(o.Pos.File, o.Pos.Line), "", "would declare %s differently", o.Addr)
			}
			if x != nil && !keepsTerm(o, x) {
				return refusef(placeOf(o.Pos.File, o.Pos.Line), "", "would change when %s or an entry of it expires", o.Addr)
			}
			delete(now, o.Addr)
		}
		if len(after.Tenants[i].Expired()) != len(t.Expired()) {
			return refusef("", "", "it would change what has expired")
		}
		for addr, o := range now {
			if !mine(addr) && !o.Kind.Virtual {
				return refusef("", "", "it would also declare %s", addr)
			}
		}
	}
	return nil
}

// keepsTerm reports whether an object and its entries that are still there expire when they did.
func keepsTerm(before, after *schema.Object) bool {
	if before.Until() != after.Until() || before.Why() != after.Why() {
		return false
	}
	if before.Term == nil {
		return after.Term == nil || len(after.Term.Entries) == 0
	}
	for i := range before.Term.Entries {
		e := &before.Term.Entries[i]
		at := after.Kind.Index(e.Attribute)
		there := at >= 0 && slices.Contains(after.Kind.Attributes[at].Members(after.Body), e.Name)
		if there && !after.Kind.Attributes[at].Is(schema.ConfigOnly) && after.UntilOf(e.Attribute, e.Name) != before.UntilOf(e.Attribute, e.Name) {
			return false
		}
	}
	return true
}

// sameObject compares two declared objects. What one declares in short form are objects of their own.
func sameObject(a, b *schema.Object) bool {
	if a.Set != b.Set || !slices.Equal(a.Previously, b.Previously) {
		return false
	}
	for i := range a.Kind.Attributes {
		row := &a.Kind.Attributes[i]
		if short := a.Kind.Expand != nil && row.Is(schema.ConfigOnly) && row.Type == schema.TypeMap; short {
			continue
		}
		if a.Set.Has(i) && !row.Equal(a.Body, b.Body) {
			return false
		}
	}
	return true
}

// stillPending refuses the differences that the plan still has, and returns what else it would change.
func (a *adopting) stillPending(list []*adoption, d *plan.Document) *refusal {
	var other *refusal
	for _, p := range pendingChanges(d) {
		i := slices.IndexFunc(list, func(x *adoption) bool {
			return a.before.Tenants[x.tenant].Name == p.Addr.Provider && x.owns(x.tenant, p.Addr)
		})
		switch {
		case i < 0 && !a.pending[p]:
			other = refusef("", "", "a plan would then %s %s: %s", p.Action, p.Addr, p.What)
		case i >= 0 && !list[i].leaves(p):
			what := fmt.Sprintf("a plan would still %s %s", p.Action, p.Addr)
			if p.Action == schema.NoOp {
				what = "a plan would be refused"
			}
			if p.What != "" {
				what += ": " + p.What
			}
			list[i].refused = refusef(placeOf(list[i].difference.Pos.File, list[i].difference.Pos.Line), a.wanted(list[i]), "%s", what)
		}
	}
	if slices.ContainsFunc(list, func(x *adoption) bool { return x.refused != nil }) {
		return nil
	}
	return other
}

// stillReported refuses the privileges that drift would still report although the files set attributes.
func (a *adopting) stillReported(list []*adoption, d *plan.Document) {
	for i, p := range d.Plans {
		if !slices.ContainsFunc(list, func(x *adoption) bool { return x.unset && x.tenant == i }) {
			continue
		}
		for _, left := range drift.Find(a.c.driftInput(i, p, a.known.of(p))).Differences {
			for _, x := range list {
				if x.unset && x.tenant == i && x.difference.Addr == left.Addr {
					x.refused = refusef(placeOf(left.Pos.File, left.Pos.Line), a.wanted(x), "cannot say it: %s", left.Text)
				}
			}
		}
	}
}

// leaves reports whether a change of the object is about what is not adopted.
func (x *adoption) leaves(p pendingChange) bool {
	if p.Action != schema.Update || x.change == nil {
		return false
	}
	if x.owned[p.Addr] {
		return true // a difference of its own
	}
	return !slices.ContainsFunc(strings.Split(p.What, ", "), func(name string) bool { return slices.Contains(x.attributes, name) })
}
