package roserocket

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func (r *resolving) exceptions(o *schema.Object, data string) {
	r.once(data, o, o.Problem("roserocket/exceptions", "data", "Exceptions make it a custom configuration",
		fmt.Sprintf("The fields of %s are not all as data = %q says, so Rose Rocket calls it custom, and that is what is written.", o.Addr.Key, data)).Warn())
}

func (r *resolving) unknownLiteral(o *schema.Object, word string) {
	r.once(word, o, o.Problem("roserocket/unknown-literal", "data", fmt.Sprintf("How Rose Rocket spells %s is not known", word),
		fmt.Sprintf("%s is to have data = %q. Rose Rocket documents only %q, for none; the others are learned from the permissions that are read, and "+
			"none of those shows for certain how %s is spelt. Set a permission to it in Rose Rocket and declare it here, or look data.option up and write "+
			"literals = { %s = \"...\" } into the provider block.", o.Addr.Key, word, noAccess, word, word)))
}

// permission writes what data and fields come to into access, and the literal of
// data into option.
func (r *resolving) permission(o *schema.Object, d *document) {
	p := o.Body.(*Permission)
	rows := d.rows()
	r.boards(o, d)
	c := choose(p.Fields, rows)
	r.checkLists(o, c, rows)
	live := r.literals.word(d.Data.Option, nil)
	access := map[string]string{}
	after := make([]row, len(rows))
	changed := false
	var kept, lowered []string
	for i, f := range rows {
		right, named := c.rights[f.key]
		if !named {
			right = defaultRight(o, p, live, f)
			switch _, said := p.Fields[others]; {
			case !said && !dataDecides(p):
				kept = append(kept, f.key)
			case policy(p) == keep && right != "" && !dataDecides(p):
				lowered = append(lowered, f.key)
			}
		}
		after[i] = f
		if right != "" {
			access[f.key], after[i].right = right, right
			changed = changed || right != f.right
		}
	}
	if o.Has("fields") {
		r.kept.add(keep, o, kept)
		r.lowered.add(p.Data, o, lowered)
	}
	if len(access) > 0 || o.Has("fields") {
		p.Access = access
		o.Set |= permissionKind.Mask("access")
	}
	r.option(o, p, r.dataOf(o, p, live, after, changed))
}

// policy is what the block says of fields that no list names.
func policy(p *Permission) string {
	if said := p.Fields[others]; len(said) == 1 {
		return said[0]
	}
	return keep
}

// dataDecides reports whether data decides the rights of fields that no list names.
func dataDecides(p *Permission) bool {
	_, said := p.Fields[others]
	return !said && (p.Data == dataFull || p.Data == dataRead || p.Data == dataNone)
}

// defaultRight returns the right of a field that no list names; "" leaves it unchanged. With
// full, read_only and none no field keeps more than that. If the option is already the desired
// one and the block names no field, a field with fewer rights stays, because Rose Rocket
// treats it so.
func defaultRight(o *schema.Object, p *Permission, live string, f row) string {
	switch of := policy(p); {
	case of == hide || of == read:
		return of
	case p.Data == "" || p.Data == dataCustom:
		return ""
	case dataDecides(p) && (o.Has("fields") || live != p.Data):
		return maxRight(p.Data, f.derived)
	}
	if cap := maxRight(p.Data, f.derived); rank(f.right) > rank(cap) {
		return cap
	}
	return ""
}

// dataOf returns the desired word of data; "" leaves it unchanged.
func (r *resolving) dataOf(o *schema.Object, p *Permission, live string, after []row, changed bool) string {
	switch p.Data {
	case "":
		if changed && (live == dataFull || live == dataRead || live == dataNone) && !fits(live, after) {
			return dataCustom
		}
		return ""
	case dataFull, dataRead:
		if o.Has("fields") && !fits(p.Data, after) {
			if live != dataCustom {
				r.exceptions(o, p.Data)
			}
			return dataCustom
		}
	}
	return p.Data
}

// option spells the word.
func (r *resolving) option(o *schema.Object, p *Permission, word string) {
	if word == "" {
		return
	}
	literal, known := r.literals.literal(word)
	if !known {
		r.unknownLiteral(o, word)
		return
	}
	p.Data, p.Option = word, literal
	o.Set |= permissionKind.Mask("data", "option")
}

// boards holds the boards that the block names against those of the object.
func (r *resolving) boards(o *schema.Object, d *document) {
	var keys []string
	there := map[string]bool{}
	for _, b := range d.Boards {
		keys = append(keys, b.Key)
		there[b.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(o.Body.(*Permission).Boards)) {
		if there[key] {
			continue
		}
		detail := fmt.Sprintf("Rose Rocket shows no board %q for %s.", key, o.Addr.Key)
		if len(keys) > 0 {
			detail += fmt.Sprintf(" It shows %s.%s", text.List(keys, 10), schema.DidYouMean(key, keys))
		}
		r.add(key, o, o.Problem("roserocket/unknown-board", "boards", "There is no such board", detail+" Correct the key, or take it out.").About(key))
	}
}

// checkLists tells of what is wrong with the lists.
func (r *resolving) checkLists(o *schema.Object, c choice, rows []row) {
	var keys []string
	for _, f := range rows {
		keys = append(keys, f.key)
	}
	for _, m := range c.missing {
		detail := fmt.Sprintf("%s has no field %q, which is in %s.%s", o.Addr.Key, m[1], m[0], schema.DidYouMean(m[1], keys))
		if strings.HasSuffix(m[1], "__c") {
			detail += " A field that was added by code may have no entry until somebody sets one in Rose Rocket."
		}
		r.add(m[0]+" "+m[1], o, o.Problem("roserocket/unknown-field", "fields", "There is no such field", detail+" Correct the name, or take it out. Run \"rolecall permissions\" to list the fields.").About(m[1]))
	}
	for _, key := range c.derived {
		r.add(key, o, o.Problem("roserocket/derived-field", "fields", "A derived field cannot be edited",
			fmt.Sprintf("Rose Rocket computes %q of %s, so nobody can edit it. Move it to read or hide.", key, o.Addr.Key)).About(key))
	}
	for _, x := range c.clashes {
		r.add(x.one+" "+x.other, o, o.Problem("roserocket/field-twice", "fields", "Two patterns give a field different rights",
			fmt.Sprintf("The field %q of %s matches %q in %s and %q in %s. Write its name into one of the lists, which counts more than a pattern, or narrow a pattern.",
				x.field, o.Addr.Key, x.one, x.oneIn, x.other, x.otherIn)).About(x.other))
	}
	r.skipped.add(edit, o, c.skipped)
	for _, name := range fieldLists {
		for _, m := range o.Body.(*Permission).Fields[name] {
			if isPattern(m) {
				r.patterns.saw(o, name, m, c.hit[[2]string{name, m}])
			}
		}
	}
}
