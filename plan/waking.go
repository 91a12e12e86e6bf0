package plan

import "github.com/rolecall-dev/rolecall/provider/schema"

// sets joins, for each of the people, the shared changes that their rights come
// through: by themselves and, for those who become active or stop being so, through
// what is held for them, since all of that comes and goes with them.
func (p *passage) sets(people map[int]*table, marks map[*table]map[string]int, planned bool) map[int]int {
	parts := make(map[int][]int, len(people))
	holders := map[place]int{}
	for i, t := range people {
		key := p.drafts[i].Addr.Key
		parts[i] = append(parts[i], marks[t][key])
		for _, r := range p.riders[i] {
			if !planned {
				parts[i] = append(parts[i], marks[r.table][r.object().Addr.Key])
			}
		}
		if was, is := p.drafts[i].active(); len(t.held) > 0 && was != is {
			holders[place{t, key}] = i
		}
	}
	for _, t := range p.tables {
		if len(holders) == 0 || t.holder == nil || len(marks[t]) == 0 {
			continue
		}
		t.each(planned, func(key string, o *schema.Object) {
			set := marks[t][key]
			if set == 0 {
				return
			}
			t.whose(key, o, func(at place) {
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
func (d *draft) active() (was, is bool) {
	return d.Have == nil || !inactive(d.Have), d.Want != nil && !inactive(d.Want)
}

// waking keeps what is held for somebody who becomes active, or stops being so,
// from counting in a form that it has neither before nor after: it changes while
// they are not active. It reports whether that asks for anything.
func (p *passage) waking(people map[int]*table) (asks bool) {
	wakes, sleeps := map[place]int{}, map[place]int{}
	for i, t := range people {
		d := &p.drafts[i]
		if len(t.held) == 0 {
			continue
		}
		switch was, is := d.active(); {
		case !was && is:
			wakes[place{t, d.Addr.Key}] = i
		case was && !is && d.Action != schema.Delete:
			sleeps[place{t, d.Addr.Key}] = i
		}
	}
	if len(wakes)+len(sleeps) == 0 {
		return false
	}
	wake := func(i int) func(place) {
		return func(at place) {
			if who, ok := wakes[at]; ok {
				p.needs[[2]int{who, i}], asks = true, true
			}
		}
	}
	for i, t := range people {
		for _, r := range p.riders[i] {
			r.table.whose("", r.object(), wake(i))
		}
		if t.holder == nil {
			continue
		}
		d := &p.drafts[i]
		t.whose("", d.Have, wake(i))
		t.whose("", d.Want, func(at place) {
			if who, ok := sleeps[at]; ok {
				p.needs[[2]int{i, who}], asks = true, true
			}
		})
	}
	return asks
}
