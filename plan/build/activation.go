package build

import "github.com/rolecall-dev/rolecall/provider/schema"

// subjectSets joins, for each of the people, the shared changes that their rights come
// through: by themselves and, for those who become active or stop being so, through
// what is held for them, since all of that comes and goes with them.
func (p *privilegeOrder) subjectSets(people map[int]*kindState, marks map[*kindState]map[string]int, planned bool) map[int]int {
	parts := make(map[int][]int, len(people))
	holders := map[objectRef]int{}
	for i, t := range people {
		key := p.candidates[i].Addr.Key
		parts[i] = append(parts[i], marks[t][key])
		for _, r := range p.cascades[i] {
			if !planned {
				parts[i] = append(parts[i], marks[r.table][r.object().Addr.Key])
			}
		}
		if was, is := p.candidates[i].active(); len(t.grantKinds) > 0 && was != is {
			holders[objectRef{t, key}] = i
		}
	}
	for _, t := range p.tables {
		if len(holders) == 0 || t.grantee == nil || len(marks[t]) == 0 {
			continue
		}
		t.each(planned, func(key string, o *schema.Object) {
			set := marks[t][key]
			if set == 0 {
				return
			}
			t.grantees(key, o, func(at objectRef) {
				if i, ok := holders[at]; ok {
					parts[i] = append(parts[i], set)
				}
			})
		})
	}
	out := make(map[int]int, len(parts))
	for i, sets := range parts {
		out[i] = p.causes.joinAll(sets)
	}
	return out
}

// active reports whether what is held for somebody counts, before and after. It
// does for those who do not exist yet, unless they are made inactive.
func (d *candidate) active() (was, is bool) {
	return d.Have == nil || !inactive(d.Have), d.Want != nil && !inactive(d.Want)
}

// orderActivation keeps what is held for somebody who becomes active, or stops being so,
// from counting in a form that it has neither before nor after: it changes while
// they are not active. It reports whether that asks for anything.
func (p *privilegeOrder) orderActivation(people map[int]*kindState) (asks bool) {
	wakes, sleeps := map[objectRef]int{}, map[objectRef]int{}
	for i, t := range people {
		d := &p.candidates[i]
		if len(t.grantKinds) == 0 {
			continue
		}
		switch was, is := d.active(); {
		case !was && is:
			wakes[objectRef{t, d.Addr.Key}] = i
		case was && !is && d.Action != schema.Delete:
			sleeps[objectRef{t, d.Addr.Key}] = i
		}
	}
	if len(wakes)+len(sleeps) == 0 {
		return false
	}
	wake := func(i int) func(objectRef) {
		return func(at objectRef) {
			if who, ok := wakes[at]; ok {
				p.needs[[2]int{who, i}], asks = true, true
			}
		}
	}
	for i, t := range people {
		for _, r := range p.cascades[i] {
			r.table.grantees("", r.object(), wake(i))
		}
		if t.grantee == nil {
			continue
		}
		d := &p.candidates[i]
		t.grantees("", d.Have, wake(i))
		t.grantees("", d.Want, func(at objectRef) {
			if who, ok := sleeps[at]; ok {
				p.needs[[2]int{i, who}], asks = true, true
			}
		})
	}
	return asks
}
