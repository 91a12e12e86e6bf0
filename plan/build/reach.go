package build

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A reach has the objects that the changes of a plan affect: their own objects, objects that refer
// to them directly or through others, and subjects to which a reached object refers, as a
// membership refers to its member. The marks name the causes: the changes that reach an object.
type reach struct {
	stage
	*planned
	marks      // the causes of the reached objects
	protection protection
	warned     map[*kindState]bool // kinds with a warning that not all affected users are known
}

// findReach finds the objects that the changes reach. One pass over the objects of each kind is
// enough, because a kind refers only to kinds before it.
func findReach(s stage, p *planned) *reach {
	r := &reach{s, p, newMarks(s.tables, newChangeSets()), newProtection(s.tenant), map[*kindState]bool{}}
	touched := map[*kindState]bool{} // kinds with changed objects whose referrers may gain or lose rights
	for i := range p.candidates {
		d := &p.candidates[i]
		if !d.Action.Writes() || !d.affectsRights() {
			continue
		}
		r.mark(d.table, d.Addr.Key, r.one(i))
		if d.table.kind.Governs != nil {
			r.markEverySubject(r.one(i))
		}
		touched[d.table] = touched[d.table] || d.Have != nil
	}
	for _, t := range s.tables {
		for i := range t.refs {
			r.markReferrers(t, &t.refs[i], func(visit func(string, *schema.Object)) { p.eachVersion(t, visit) })
		}
		r.requestImpacted(t, touched)
		for i := range t.refs {
			r.markSubjects(t, &t.refs[i])
		}
	}
	return r
}

// markEverySubject marks all objects with rights, because a change decides what these mean.
func (r *reach) markEverySubject(set int) {
	for _, t := range r.tables {
		if t.kind.Grants == nil {
			continue
		}
		r.requestList(t)
		r.eachVersion(t, func(key string, _ *schema.Object) { r.mark(t, key, set) })
	}
}

// affectsRights reports whether the change can change the rights of any user. A new key alone does
// not, unless it is that of a user. If the kind says which attributes carry rights (CarriesRights),
// only these and references do.
func (d *candidate) affectsRights() bool {
	if d.Have == nil || d.Want == nil || d.HandsOver() {
		return true
	}
	relevant := d.table.guarded
	if relevant == 0 {
		relevant = ^d.table.keys
	}
	for i := range d.table.refs {
		relevant = relevant.With(d.table.refs[i].at)
	}
	return d.Changed&relevant != 0 || d.Have.Inactive() != d.Want.Inactive()
}

// markSubjects marks the subjects to which the reached objects of a kind refer.
func (r *reach) markSubjects(t *kindState, ref *reference) {
	holder, subject := ref == t.grantee, false
	for _, to := range ref.to {
		if (to.kind.Subject || holder) && len(r.of(t)) > 0 {
			if !ref.loose {
				r.requestList(to)
			}
			for _, other := range to.grantKinds {
				r.requestList(other) // the loss of a right from one may be no loss, because another gives it
			}
			subject = true
		}
	}
	if !subject {
		return
	}
	sets := map[objectRef][]int{}
	for key, set := range r.of(t) {
		for _, planned := range [...]bool{false, true} {
			if o, ok := r.object(t, key, planned); ok {
				ref.attr.Each(o.Body, func(k string) {
					if to := ref.named(k); to != nil && (to.kind.Subject || holder) {
						sets[objectRef{to, k}] = append(sets[objectRef{to, k}], set)
					}
				})
			}
		}
	}
	for at, s := range sets {
		r.mark(at.table, at.key, r.joinAll(s))
	}
}

// requestImpacted requests the kinds through which a change of an existing object reaches
// subjects, also if no file mentions them: every user with a role gains or loses rights with it.
// Incomplete objects without the reference are read; if they are too many, all of them count as
// reached.
func (r *reach) requestImpacted(t *kindState, touched map[*kindState]bool) {
	for i := range t.refs {
		for _, to := range t.refs[i].to {
			if !touched[to] || !givesRights(r.tenant, t) {
				continue
			}
			r.requestList(t)
			touched[t] = true
			thin := thinWithout(t, t.refs[i].at)
			if r.requestForImpact(t, thin) {
				continue
			}
			set := r.joinAll(slices.Collect(maps.Values(r.of(to))))
			for _, j := range thin {
				r.mark(t, t.live[j].Addr.Key, set)
			}
		}
	}
}

// givesRights reports whether objects of the kind hold rights, or objects that refer to them do.
func givesRights(x *tenant, t *kindState) bool {
	if t.kind.Grants != nil {
		return true
	}
	for _, other := range x.tables[t.level+1:] {
		if other.refersTo(t) && givesRights(x, other) {
			return true
		}
	}
	return false
}

// maxImpactReads is the maximum number of incomplete objects of a kind that are read only to know
// whose rights change, because each takes a request. If there are more, a warning says that not all
// affected users are known.
const maxImpactReads = 100

// thinWithout lists the incomplete objects of a kind without an attribute.
func thinWithout(t *kindState, at int) []int {
	var thin []int
	for j, l := range t.live {
		if l.Incomplete && !l.Set.Has(at) {
			thin = append(thin, j)
		}
	}
	return thin
}

// requestForImpact requests incomplete objects only to know whose rights change, and reports
// whether it did. If they are too many, it requests the protected ones only, and warns once for
// each kind.
func (r *reach) requestForImpact(t *kindState, thin []int) bool {
	if len(thin) <= maxImpactReads {
		for _, j := range thin {
			r.requestRead(t, j)
		}
		return true
	}
	for _, j := range thin {
		if r.protection.entry(t.live[j].Addr) != "" {
			r.requestRead(t, j)
		}
	}
	if r.warned[t] {
		return false
	}
	r.warned[t] = true
	r.addFinding(schema.Finding{
		Severity: schema.Warning, Code: "plan/affected-unknown",
		Addr: r.address(t, ""), RightsUnknown: true,
		Summary: "Not all affected users are known",
		Detail: fmt.Sprintf("%s lists %s without all of their attributes, and reading the %s that this plan may reach "+
			"would take as many requests. The plan is complete, but the list of users who gain and lose rights is not. "+
			"If a change takes rights, limits count all of them as losing. Declare the %s whose rights matter to you.",
			r.product.Title, many(t.kind), counted(len(thin), t.kind), many(t.kind)),
	})
	return false
}
