package access

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Proposal is one or two changes that give a subject a right.
type Proposal struct {
	Steps  []Step
	More   []string   // the other rights that the subject gains
	Lost   []string   // the rights that it loses
	Others []*Subject // other users who gain the right
	// Places is the number of places or scopes on which the subject gains rights.
	Places     int
	Everywhere bool // it gains rights in the whole tenant
	Wide       bool // it then has every right in the whole tenant
	weight     int  // how much comes along
}

// limits of a search for proposals.
const (
	mostProposals = 6
	mostPairs     = 40 // steps of each sort that are tried together
)

// WhyNot proposes the smallest changes that would give a subject a right on a scope, those with which
// the least comes along first. has reports that it has the right already. An inactive subject is taken
// for an active one, and the first step of each proposal is to activate it.
func (s *State) WhyNot(sub *Subject, right string, sc *Scope) (proposals []Proposal, has bool) {
	first, active := s.activated(sub)
	g := goal{&search{State: s, right: right, scope: sc, homes: s.granted().rights[right]}}
	before, _ := s.Rights(active)
	if met, _ := g.met(before); met {
		if first == nil {
			return nil, true
		}
		return []Proposal{{Steps: []Step{*first}}}, false
	}
	m := &mover{goal: g, sub: active}
	m.find()
	p := &proposer{mover: m, before: before, seen: map[string]bool{}, sharers: map[schema.Address][]*Subject{}}
	p.propose()
	slices.SortStableFunc(p.found, func(a, b Proposal) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(len(a.Steps), len(b.Steps)), cmp.Compare(a.id(), b.id()))
	})
	p.found = p.found[:min(len(p.found), mostProposals)]
	for i := range p.found {
		if first != nil {
			p.found[i].Steps = slices.Insert(p.found[i].Steps, 0, *first)
		}
	}
	return p.found, false
}

// activated returns an inactive subject as if it were active, and the step that makes it so.
func (s *State) activated(sub *Subject) (*Step, *Subject) {
	if !sub.Inactive() {
		return nil, sub
	}
	o := sub.Object.Clone()
	name, value, _ := strings.Cut(o.Kind.Activate, " = ")
	i := o.Kind.Index(name)
	switch a := &o.Kind.Attributes[i]; a.Type {
	case schema.TypeBool:
		a.SetAny(o.Body, value == "true")
	case schema.TypeString:
		a.SetAny(o.Body, strings.Trim(value, `"`))
	}
	out := *sub
	out.Object = &o
	return &Step{Link: s.link(o.Addr, sub.Object), Attribute: name, Value: strings.Trim(value, `"`)}, &out
}

// A proposer tries steps, alone and two together.
type proposer struct {
	*mover
	before  []Right
	found   []Proposal
	seen    map[string]bool
	sharers map[schema.Address][]*Subject // who has a role
}

func (p *proposer) propose() {
	var what, where []*move // that alone give the right elsewhere, or another right there
	for i := range p.moves {
		x := &p.moves[i]
		after, ok := p.after(x)
		if !ok {
			continue
		}
		met, right := p.met(after)
		switch {
		case met:
			p.accept(after, x)
		case right && !x.place:
			what = append(what, x)
		case x.place && p.reaches(after):
			where = append(where, x)
		}
	}
	if len(p.found) > 0 && !p.allWide() || p.scope == nil && len(where) == 0 {
		return
	}
	if _, right := p.met(p.before); right {
		return // only the place was missing, and no step gives it
	}
	for _, x := range p.lightest(what) {
		for _, y := range p.lightest(where) {
			if after, ok := p.after(x, y); ok {
				if met, _ := p.met(after); met {
					p.accept(after, x, y)
				}
			}
		}
	}
}

func (p *proposer) allWide() bool {
	return !slices.ContainsFunc(p.found, func(x Proposal) bool { return !x.Wide })
}

// after returns the rights of the subject after some steps; false if they contradict the product's
// rules.
func (p *proposer) after(steps ...*move) ([]Right, bool) {
	t := p.try(p.sub)
	for _, x := range steps {
		x.do(t)
	}
	for kind := range t.changed {
		for key, o := range t.changed[kind] {
			if problems(o) > problems(p.objects[kind][key]) {
				return nil, false
			}
		}
	}
	if t.sub.Inactive() {
		return nil, false
	}
	return t.rights(), true
}

// problems counts the errors that the product's rules find in an object.
func problems(o *schema.Object) int {
	if o == nil || o.Kind.Validate == nil {
		return 0
	}
	n := 0
	for _, f := range o.Kind.Validate(o) {
		if f.Severity == schema.Error {
			n++
		}
	}
	return n
}

// lightest returns the steps with which the least comes along.
func (p *proposer) lightest(list []*move) []*move {
	weight := map[*move]int{}
	for _, x := range list {
		if after, ok := p.after(x); ok {
			weight[x] = p.effects(p.before, after).weight
		}
	}
	slices.SortStableFunc(list, func(a, b *move) int { return cmp.Compare(weight[a], weight[b]) })
	return list[:min(len(list), mostPairs)]
}

// accept adds a proposal.
func (p *proposer) accept(after []Right, steps ...*move) {
	x := p.effects(p.before, after)
	for _, step := range steps {
		x.Steps = append(x.Steps, step.Step)
		if step.shared != nil {
			x.Others = append(x.Others, p.sharing(step.shared)...)
		}
	}
	x.weight += len(x.Others)
	x.Wide = slices.ContainsFunc(after, func(r Right) bool { return r.Unlimited() })
	if id := x.id(); !p.seen[id] {
		p.seen[id] = true
		p.found = append(p.found, x)
	}
}

func (x *Proposal) id() string {
	var parts []string
	for _, s := range x.Steps {
		parts = append(parts, s.Addr.String(), s.Attribute, s.Value)
	}
	return strings.Join(parts, "\x00")
}

// sharing lists the other users who have a role.
func (p *proposer) sharing(role *schema.Object) []*Subject {
	out, known := p.sharers[role.Addr]
	if known {
		return out
	}
	for _, sub := range p.subjects {
		has := false
		if sub.Person && sub.Addr != p.sub.Addr {
			p.each(sub, func(x *profile, holder *schema.Object) {
				has = has || holder.Addr == role.Addr || slices.Contains(x.used, role) && names(holder, role.Addr.Key)
			})
		}
		if has {
			out = append(out, sub)
		}
	}
	p.sharers[role.Addr] = out
	return out
}
