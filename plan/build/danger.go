package build

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/rights"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// dangers collects the dangers of a plan.
type dangers struct {
	list       []plan.Danger
	privileges *rights.Privileges
}

func newDangers(x *tenant) *dangers { return &dangers{privileges: rights.NewPrivileges(x.Tenant)} }

// add adds the subject of a difference if it gains a privileged right. had are its rights before.
func (d *dangers) add(diff *rights.Difference, had []schema.Grant) {
	var gained []schema.Grant
	administrator := false
	for i := range diff.Gained {
		g := &diff.Gained[i]
		if !d.privileges.Gained(g, had) {
			continue
		}
		administrator = administrator || g.Unlimited()
		gained = append(gained, *g)
	}
	if len(gained) > 0 {
		d.list = append(d.list, plan.Danger{Subject: diff.Subject, Person: diff.Person, Administrator: administrator, Gained: gained, CausedBy: diff.CausedBy, People: diff.People})
	}
}

// declaredPeople are the declared users for whom objects stand, by kind and the value of People.By.
type declaredPeople map[*kindState]map[string][]schema.Address

// declaredPeopleOf finds the declared users for whom objects stand.
func declaredPeopleOf(x *tenant) declaredPeople {
	out := declaredPeople{}
	for _, t := range x.tables {
		from := x.table[t.kind.People.Kind]
		if from == nil {
			continue
		}
		by := map[string][]schema.Address{}
		for _, o := range from.want {
			if name, _ := o.Any(t.kind.People.By).(string); name != "" && o.Has(t.kind.People.By) {
				by[name] = append(by[name], o.Addr)
			}
		}
		for _, list := range by {
			slices.SortFunc(list, schema.Address.Compare)
		}
		out[t] = by
	}
	return out
}

// of lists the declared users for whom the object with the key stands.
func (d declaredPeople) of(p *planned, t *kindState, key string) []schema.Address {
	by := d[t]
	if len(by) == 0 {
		return nil
	}
	o := p.outcome(t).created[key]
	if j, live := t.byKey[key]; live {
		o = t.live[j]
	}
	if o == nil {
		return nil
	}
	name, _ := o.Any(t.kind.People.By).(string)
	return by[name]
}
