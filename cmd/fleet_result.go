package cmd

import (
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/fleet"
)

// planned writes the numbers of a plan into the line of the tenant. Outside of fleets, these methods do nothing.
func (t *tenantRun) planned(d *plan.Document) {
	if t == nil {
		return
	}
	l := &t.line
	l.PeopleAffected, l.Dangers, l.Errors, l.Limits, l.Requests = 0, fleet.Dangers{}, planErrors(d), 0, 0
	l.Changes = map[string]int{}
	for _, p := range d.Plans {
		for i := range p.Changes {
			if a := p.Changes[i].Action; a.Writes() {
				l.Changes[a.String()]++
			}
		}
		for i := range p.Affected {
			a := &p.Affected[i]
			n := peopleOf(a.Person, len(a.People))
			l.PeopleAffected += n
			if len(a.Lost) > 0 {
				l.Dangers.Loss += n
			}
		}
		for i := range p.Danger {
			l.Dangers.NewAdmin += max(1, peopleOf(p.Danger[i].Person, len(p.Danger[i].People)))
		}
		l.Dangers.NotKnown += len(p.Unknown)
		l.Dangers.MassChanges += len(p.MassChanges)
		l.Limits += len(p.Violations)
		l.Requests += p.Requests.Spent
	}
	if checkPlan(d) == nil {
		l.Digest = digestOf(d)
	}
}

// peopleOf is the number of people that a subject is or stands for.
func peopleOf(person bool, others int) int {
	if person {
		return 1
	}
	return others
}

// applied writes the outcome of an apply into the line of the tenant.
func (t *tenantRun) applied(e *execution) {
	if t == nil {
		return
	}
	l := &t.line
	l.Results, l.Remaining = map[string]int{}, e.remaining
	for _, r := range e.reports {
		for i := range r.Results {
			l.Results[r.Results[i].Status.String()]++
		}
		if r.Journal != "" {
			l.Journals = append(l.Journals, r.Journal)
		}
	}
}

// drifted writes the result of a check into the line of the tenant. It is about changes by hand, so it has no plan.
func (t *tenantRun) drifted(p *plan.Document, all []*drift.Drift) {
	if t == nil {
		return
	}
	l := &t.line
	for _, p := range p.Plans {
		l.Requests += p.Requests.Spent
	}
	for _, d := range all {
		l.Differences += len(d.Differences)
		for i := range d.Differences {
			if d.Differences[i].Danger {
				l.Dangers.NewAdmin++
			}
		}
	}
}
