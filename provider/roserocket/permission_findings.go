package roserocket

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A findings collects findings. A finding that is the same for several permissions of one block,
// as with for_each, is reported once.
type findings struct {
	notes []*note
	at    map[string]*note
}

type note struct {
	finding schema.Finding
	more    []string // keys of further permissions
}

// add takes a finding up. What has the same code, place and id is the same.
func (t *findings) add(id string, o *schema.Object, f schema.Finding) {
	id = fmt.Sprint(f.Code, "\x00", f.Pos, "\x00", id)
	if n := t.at[id]; n != nil {
		n.more = append(n.more, o.Addr.Key)
		n.finding.Also = append(n.finding.Also, o.Addr)
		return
	}
	if t.at == nil {
		t.at = map[string]*note{}
	}
	n := &note{finding: f}
	t.at[id] = n
	t.notes = append(t.notes, n)
}

// once takes a finding up that is the same wherever it is.
func (t *findings) once(id string, o *schema.Object, f schema.Finding) {
	pos := f.Pos
	f.Pos = schema.Pos{}
	known := t.at[fmt.Sprint(f.Code, "\x00", f.Pos, "\x00", id)] != nil
	t.add(id, o, f)
	if !known {
		t.notes[len(t.notes)-1].finding.Pos = pos
	}
}

// An unlisted is fields by what becomes of them and by permission.
type unlisted struct {
	first *schema.Object
	count map[string]int
	names map[string][]string // at most a few permissions, for the message
	more  map[string]int      // permissions beyond these
}

// maxListed limits how many fields and permissions a message lists.
const maxListed = 5

func (u *unlisted) add(policy string, o *schema.Object, fields []string) {
	if len(fields) == 0 {
		return
	}
	if u.count == nil {
		u.first, u.count, u.names, u.more = o, map[string]int{}, map[string][]string{}, map[string]int{}
	}
	u.count[policy] += len(fields)
	if len(u.names[policy]) == maxListed {
		u.more[policy]++
		return
	}
	u.names[policy] = append(u.names[policy], o.Addr.Key+": "+text.List(fields, maxListed))
}

// words describes one policy: "7 fields stay as they are (sales/order: a, b)". one and many
// are the verbs for one field and for several.
func (u *unlisted) words(policy, one, many string) string {
	n := u.count[policy]
	if n == 0 {
		return ""
	}
	where := strings.Join(u.names[policy], "; ")
	if m := u.more[policy]; m > 0 {
		where += fmt.Sprintf("; and in %s", text.Count(m, "more permission", "more permissions"))
	}
	return fmt.Sprintf("%s (%s)", text.Count(n, "field "+one, "fields "+many), where)
}

// Patterns are the patterns of each block, and whether any field matched.
type patterns struct {
	at   map[string]int
	seen []patternUse
}

type patternUse struct {
	o          *schema.Object
	list, text string
	hit        bool
	of         int // permissions
}

func (p *patterns) saw(o *schema.Object, list, text string, hit bool) {
	id := fmt.Sprint(o.Pos, "\x00", list, "\x00", text)
	if p.at == nil {
		p.at = map[string]int{}
	}
	i, ok := p.at[id]
	if !ok {
		i = len(p.seen)
		p.at[id] = i
		p.seen = append(p.seen, patternUse{o: o, list: list, text: text})
	}
	p.seen[i].hit = p.seen[i].hit || hit
	p.seen[i].of++
}

// found returns every finding.
func (r *resolving) found() []schema.Finding {
	var out []schema.Finding
	for _, n := range r.notes {
		f := n.finding
		if len(n.more) > 0 {
			f.Detail += fmt.Sprintf(" It is the same in %s.", text.List(n.more, maxListed))
		}
		out = append(out, f)
	}
	for _, p := range r.patterns.seen {
		if p.hit {
			continue
		}
		where := p.o.Addr.Key
		if p.of > 1 {
			where = fmt.Sprintf("%s and %s of the same block", where, text.Count(p.of-1, "other permission", "other permissions"))
		}
		out = append(out, p.o.Problem("roserocket/unused-pattern", "fields", "The pattern matches no field",
			fmt.Sprintf("No field of %s matches %q in %s. Correct the pattern, or take it out.", where, p.text, p.list)).About(p.text).Warn())
	}
	if r.skipped.first != nil {
		out = append(out, r.skipped.first.Problem("roserocket/derived-skipped", "fields", "Patterns for editing skip derived fields",
			r.skipped.words(edit, "is computed by Rose Rocket and cannot be edited, so the patterns do not match it",
				"are computed by Rose Rocket and cannot be edited, so the patterns do not match them")+
				". Name them in read or hide, or leave them to others.").Warn())
	}
	if r.kept.first != nil {
		out = append(out, r.kept.first.Problem("roserocket/unlisted-fields", "fields", "Some fields are in no list",
			r.kept.words(keep, "stays as it is", "stay as they are")+
				`. Fields that are added in Rose Rocket later stay as they are, too. If you want that, write others = "keep" in fields; `+
				`others = "read" makes these fields read-only, and others = "hide" hides them.`).Warn())
	}
	for _, data := range dataWords {
		if changed := r.lowered.words(data, "loses rights", "lose rights"); changed != "" {
			out = append(out, r.lowered.first.Problem("roserocket/lowered-fields", "fields", `others = "keep" cannot keep these rights`,
				fmt.Sprintf(`%s, because data = %q gives less than these fields have now. To keep the rights, write data = "custom".`, changed, data)).Warn())
		}
	}
	slices.SortStableFunc(out, func(a, b schema.Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	return out
}
