package drift

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Find returns the differences of a tenant.
func Find(in Input) *Drift {
	p := in.Plan
	f := &finder{
		Input: in, rights: newRightsOf(&in), seen: map[schema.Address]bool{}, affected: map[schema.Address][]*rights.Difference{},
		out: &Drift{Provider: p.Provider, Product: p.Product, Title: in.Tenant.Product.Title, Tenant: p.Tenant, Endpoint: p.Endpoint},
	}
	if in.Baseline != nil {
		f.out.Since = in.Baseline.At
	}
	for i := range p.Affected {
		for _, a := range p.Affected[i].CausedBy {
			f.affected[a] = append(f.affected[a], &p.Affected[i])
		}
	}
	f.findReplacedAccounts()
	changes := whole(p.Changes, p.Observed, p.Excluded)
	for i := range changes {
		f.change(&changes[i])
	}
	f.inactive()
	f.undeclared()
	f.unseen()
	f.finish()
	return f.out
}

// A finder collects the differences of one tenant.
type finder struct {
	Input
	rights   *rightsOf
	affected map[schema.Address][]*rights.Difference // by the change that causes them
	seen     map[schema.Address]bool                 // objects with a difference
	out      *Drift
}

// add adds a difference, once for each object.
func (f *finder) add(d Difference) {
	if f.seen[d.Addr] {
		return
	}
	f.seen[d.Addr] = true
	if d.Subject == (schema.Address{}) {
		d.Subject = d.Addr
	}
	f.out.Differences = append(f.out.Differences, d)
}

// inactive adds the declared users who cannot sign in, although their block does not say so.
func (f *finder) inactive() {
	for i := range f.Plan.Findings {
		x := &f.Plan.Findings[i]
		if x.Code != plan.CodeInactive {
			continue
		}
		for _, a := range append([]schema.Address{x.Addr}, x.Also...) {
			o := f.rights.find(a.Kind, a.Key)
			if o == nil {
				continue
			}
			d := Difference{Addr: a, Pos: x.Pos, Text: name(o) + " was deactivated"}
			if _, known := f.Baseline.entry(a); known {
				d.Origin = Moved
				if f.Baseline.same(o) {
					d.Origin = Pending
				}
			}
			f.add(d)
		}
	}
}

// findReplacedAccounts adds the users whose address belongs to another account than in the baseline.
func (f *finder) findReplacedAccounts() {
	for _, k := range f.Tenant.Product.Kinds {
		if !k.Subject {
			continue
		}
		list := f.Live[k.Name]
		for j := range list {
			o := &list[j]
			before, known := f.Baseline.entry(o.Addr)
			if !known || before.ID == "" || o.ID == "" || before.ID == o.ID {
				continue
			}
			text := fmt.Sprintf("%s is another account now: its id changed from %s to %s, so somebody else may own this address", name(o), before.ID, o.ID)
			if what := f.rights.privileged(o); what != "" {
				text += "; it is " + what
			}
			f.add(Difference{Addr: o.Addr, Origin: Moved, Danger: true, Text: text})
		}
	}
}

// finish computes the fingerprints, hides what is accepted, and sorts.
func (f *finder) finish() {
	all := f.out.Differences
	for i := range all {
		all[i].Fingerprint = f.fingerprint(&all[i])
	}
	slices.SortStableFunc(all, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)),
			cmp.Compare(f.Tenant.Product.Level(a.Addr.Kind), f.Tenant.Product.Level(b.Addr.Kind)), a.Addr.Compare(b.Addr))
	})
	f.accept()
	f.out.UndeclaredPeople = f.undeclaredPeople()
}

// fingerprint digests the whole live object of a difference with the rights that it has, so that any
// later change of them gives another one.
func (f *finder) fingerprint(d *Difference) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q", d.Addr.Kind, d.Addr.Key)
	if o := f.rights.find(d.Addr.Kind, d.Addr.Key); o != nil {
		fmt.Fprintf(h, " %q %q %q", o.ID, digests(o), f.rights.texts(o))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// rank orders differences: dangers first, and what was done by hand before what is to be applied.
func rank(d *Difference) int {
	origins := []Origin{Conflict, Moved, Unknown, Pending}
	r := slices.Index(origins, d.Origin)
	if !d.Danger {
		r += len(origins)
	}
	return r
}
