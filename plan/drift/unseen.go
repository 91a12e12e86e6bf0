package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// unseen reports what the plan could not compare.
func (f *finder) unseen() {
	p := f.Plan
	for _, k := range f.Tenant.Product.Kinds {
		if err := f.Unlisted[k.Name]; err != nil {
			f.out.Unseen = append(f.out.Unseen, fmt.Sprintf("The %s of %s could not be read: %s.", text.Words(k.Many()), f.out.Title, strings.TrimSuffix(text.Error(err), ".")))
		}
		if len(f.Live[k.Name]) > 0 && !k.UpdateOnly && f.Baseline != nil && !f.Baseline.has(k.Name) && !k.NoList {
			f.out.Notes = append(f.out.Notes, fmt.Sprintf("The baseline does not have the %s of %s. rolecall drift --update-baseline adds them.", text.Words(k.Many()), f.out.Title))
		}
		f.listScope(k)
		if k.NoList && !k.Virtual {
			f.out.Notes = append(f.out.Notes, fmt.Sprintf("%s has no list of %s, so only those that files declare are checked.", f.out.Title, text.Words(k.Many())))
		}
		for j := range f.Live[k.Name] {
			if o := &f.Live[k.Name][j]; o.LastWritten {
				f.out.Unseen = append(f.out.Unseen, fmt.Sprintf("%s does not let %s be read, so it is not known whether somebody changed it.", f.out.Title, o.Addr))
			}
		}
	}
	for i := range p.Findings {
		x := &p.Findings[i]
		if !incomplete(x) || f.compared(x) {
			continue
		}
		f.out.Findings = append(f.out.Findings, *x)
		what := x.Addr.String()
		if x.Addr.Key == "" {
			what = f.out.Provider
		}
		f.out.Unseen = append(f.out.Unseen, fmt.Sprintf("%s could not be compared completely: %s.", what, strings.TrimSuffix(x.Summary, ".")))
	}
	slices.Sort(f.out.Unseen)
	f.out.Unseen = slices.Compact(f.out.Unseen)
}

// listScope reports that the list of a kind is whole for a part of the tenant only.
func (f *finder) listScope(k *schema.Kind) {
	if f.Tenant.ListsAll(k) {
		return
	}
	if !f.Tenant.Settings.Has(k.ListScope) {
		f.out.Unseen = append(f.out.Unseen, fmt.Sprintf("%s lists only the %s that the key may see, and the provider block does not say with %s where it sees all of them.", f.out.Title, k.Many(), k.ListScope))
		return
	}
	f.out.Notes = append(f.out.Notes, fmt.Sprintf("%s lists all %s within %s only; others are not checked.", f.out.Title, k.Many(), k.ListScope))
}

// incomplete reports whether a finding of a plan means that something may not have been compared.
func incomplete(x *schema.Finding) bool {
	return x.Severity == schema.Error || x.Code == plan.CodeDuplicate || x.Code == plan.CodeExcluded
}

// compared reports whether the finding is only about writing: its objects were compared and differ.
func (f *finder) compared(x *schema.Finding) bool {
	return x.Severity == schema.Error && !slices.ContainsFunc(append([]schema.Address{x.Addr}, x.Also...), func(a schema.Address) bool { return !f.seen[a] })
}
