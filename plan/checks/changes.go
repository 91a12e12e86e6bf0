package checks

import (
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func (a *answers) Changes() (schema.CheckChanges, *schema.CheckProblem) {
	var out schema.CheckChanges
	p := a.Plan
	if n := len(p.Unknown); n > 0 {
		return out, &schema.CheckProblem{Summary: "What the plan changes is not known", Detail: "It is not known which rights " + p.Unknown[0].Subject.String() + " gains or loses by this plan."}
	}
	if i := slices.IndexFunc(p.Findings, func(f schema.Finding) bool { return f.RightsUnknown }); i >= 0 {
		return out, &schema.CheckProblem{Summary: "What the plan changes is not known", Detail: "Not all rights that the plan gives or takes are known: " + p.Findings[i].Summary + "."}
	}
	privileged := map[schema.Address][]schema.Grant{}
	for _, d := range p.Danger {
		privileged[d.Subject] = append(privileged[d.Subject], d.Gained...)
	}
	for i := range p.Affected {
		d := &p.Affected[i]
		if len(d.Gained) > 0 {
			g := a.difference(d.Subject, d.Gained)
			g.Privileged = rightsOf(privileged[d.Subject])
			out.Gains = append(out.Gains, g)
		}
		if len(d.Lost) > 0 {
			out.Losses = append(out.Losses, a.difference(d.Subject, d.Lost))
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if !c.Action.Removes() {
			continue
		}
		out.Deletes = append(out.Deletes, plan.WithoutProvider(c.Addr))
		for _, o := range c.Cascades {
			out.Deletes = append(out.Deletes, plan.WithoutProvider(o.Addr))
		}
	}
	slices.SortFunc(out.Deletes, schema.Address.Compare)
	out.Deletes = slices.Compact(out.Deletes)
	return out, nil
}

func (a *answers) difference(subject schema.Address, grants []schema.Grant) schema.CheckDifference {
	name := subject.String()
	if list := a.State.Named(name); len(list) == 1 {
		name = a.State.NameOf(list[0])
	}
	var scopes []string
	for i := range grants {
		scopes = append(scopes, a.State.Label(grants[i].Scope))
	}
	slices.Sort(scopes)
	return schema.CheckDifference{Subject: name, Rights: rightsOf(grants), Scopes: slices.Compact(scopes)}
}

func rightsOf(grants []schema.Grant) []string {
	var out []string
	for i := range grants {
		out = append(out, grants[i].Right)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
