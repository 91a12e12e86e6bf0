package drift

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// Find returns the differences of a tenant.
func Find(in Input) *Drift {
	p := in.Plan
	f := &finder{
		Input: in, rights: newRightsOf(&in), ignored: schema.NewIgnoreSet(in.Tenant.Product, in.Tenant.Manage), protected: map[schema.Address]bool{},
		expired: map[schema.Address]*schema.Object{}, seen: map[schema.Address]bool{}, named: map[schema.Address]bool{}, affected: map[schema.Address][]*rights.Difference{},
		out: &Drift{Provider: p.Provider, Product: p.Product, Title: in.Tenant.Product.Title, Tenant: p.Tenant, Endpoint: p.Endpoint},
	}
	f.Live = in.Live // in normal form
	for _, o := range in.Tenant.Expired() {
		f.expired[schema.Address{Kind: o.Addr.Kind, Key: o.Addr.Key}] = o
	}
	if in.Baseline != nil {
		f.out.Since = in.Baseline.At
	}
	for _, entry := range in.Tenant.Protect {
		f.protected[f.parse(entry)] = true
	}
	for i := range p.Affected {
		for _, a := range p.Affected[i].CausedBy {
			f.affected[a] = append(f.affected[a], &p.Affected[i])
		}
	}
	f.replacedAccounts()
	changes := Changes(p)
	for i := range changes {
		f.change(&changes[i])
	}
	f.exceeding()
	f.inactive()
	f.undeclared()
	f.privilegedAndIgnored()
	f.reported()
	f.unseen()
	f.finish()
	return f.out
}

// A finder collects the differences of one tenant.
type finder struct {
	Input
	rights    *rightsOf
	ignored   *schema.IgnoreSet
	protected map[schema.Address]bool
	affected  map[schema.Address][]*rights.Difference // by the change that causes them
	expired   map[schema.Address]*schema.Object       // what files declare and has expired, without a provider
	seen      map[schema.Address]bool                 // objects with a difference
	named     map[schema.Address]bool                 // users whom a difference of another object names as privileged
	out       *Drift
}

// add adds a difference, once for each object. o is the live object that it is about; nil if there is
// none.
func (f *finder) add(d Difference, o *schema.Object) {
	if f.seen[d.Addr] {
		return
	}
	f.seen[d.Addr] = true
	if d.Subject == (schema.Address{}) {
		d.Subject = d.Addr
	}
	d.Live = d.Addr
	if o != nil {
		d.Live = o.Addr
		f.seen[o.Addr] = true
	}
	if d.Fingerprint == "" {
		d.Fingerprint = f.fingerprint(&d, o)
	}
	f.out.Differences = append(f.out.Differences, d)
}

// fingerprint digests the whole live object of a difference with the rights that it has, so that any
// later change of them gives another one.
func (f *finder) fingerprint(d *Difference, o *schema.Object) string {
	if o == nil {
		return digest("%q %q", d.Addr.Kind, d.Addr.Key)
	}
	return digest("%q %q %q %q %q %q", d.Addr.Kind, d.Addr.Key, o.Addr.Key, o.ID, string(hashesOf(o)), f.rights.texts(o))
}

func digest(format string, values ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, format, values...))
	return hex.EncodeToString(sum[:schema.FingerprintSize])
}

// parse returns the address that an entry of protect names, or the zero value.
func (f *finder) parse(entry string) schema.Address {
	kind, key, _ := strings.Cut(strings.TrimPrefix(entry, f.Tenant.Name+"."), ".")
	k := f.Tenant.Product.Kind(kind)
	if k == nil {
		return schema.Address{}
	}
	key, _ = k.NormalKey(key)
	return schema.Address{Provider: f.Tenant.Name, Kind: kind, Key: key}
}

// replacedAccounts adds the users whose address belongs to another account than in the baseline.
func (f *finder) replacedAccounts() {
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
			if what := f.rights.all(o); !what.none() {
				text += "; it " + what.is()
			}
			f.add(Difference{Addr: o.Addr, Origin: Moved, Danger: true, Text: text}, o)
		}
	}
}

// exceeding adds the declared objects as declared that nevertheless have or give privileges that no
// file gives: through an attribute that no file sets, or through an object that no file declares.
// Privileged rights without a name count if an attribute that no file sets was changed.
func (f *finder) exceeding() {
	for i := range f.Tenant.Objects {
		want := &f.Tenant.Objects[i]
		o := f.rights.find(want.Addr)
		if o == nil || f.seen[o.Addr] || f.named[granteeOf(o)] || o.LastWritten || want.Kind.Grants == nil && want.Kind.Privilege == nil {
			continue
		}
		what := f.rights.exceedingName(o, want)
		if what.none() && f.Baseline.changedOf(o, ^want.Set) != 0 {
			what = f.rights.exceeding(o, want)
		}
		if what.none() {
			continue
		}
		changed := f.Baseline.changed(o) != 0
		d := Difference{Addr: o.Addr, Subject: granteeOf(o), Danger: true, Pos: want.Pos, Text: exceedingWords(o, what, changed)}
		if changed {
			d.Origin = Moved
		}
		f.add(d, o)
	}
}

// inactive adds the declared users who cannot sign in, although their block does not say so.
func (f *finder) inactive() {
	for _, a := range inactiveUsers(f.Plan) {
		o := f.rights.find(a)
		if o == nil {
			continue
		}
		d := Difference{Addr: a, Text: name(o) + " cannot sign in, and no file says so"}
		if want := f.rights.declares(a); want != nil {
			d.Pos = want.Pos
		}
		if before, known := f.Baseline.entry(a); known && !before.Inactive {
			d.Origin, d.Text = Moved, name(o)+" was deactivated"
		}
		f.add(d, o)
	}
}

// reported adds what a check of the product found about privileges that are in no object. Such a
// difference has the code of the finding instead of a key.
func (f *finder) reported() {
	for i := range f.Plan.Findings {
		if x := &f.Plan.Findings[i]; x.Privileged {
			a := x.Addr
			a.Key = cmp.Or(a.Key, x.Code)
			f.add(Difference{Addr: a, Danger: true, Pos: x.Pos, Text: x.Summary, Fingerprint: digest("%q %q", x.Code, x.Detail)}, nil)
			f.out.Findings = append(f.out.Findings, *x)
		}
	}
}

// finish sorts the differences, and hides what is accepted.
func (f *finder) finish() {
	slices.SortStableFunc(f.out.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)),
			cmp.Compare(f.Tenant.Product.Level(a.Addr.Kind), f.Tenant.Product.Level(b.Addr.Kind)), a.Addr.Compare(b.Addr))
	})
	f.accept()
	f.out.UndeclaredPeople = f.undeclaredPeople()
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
