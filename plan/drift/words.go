package drift

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostNames is the number of names that a sentence lists.
const mostNames = 5

// noun returns the name of a kind within a sentence.
func noun(k *schema.Kind) string { return text.Words(k.Name) }

// member returns the user and the parent of an object that makes a user part of something, such as a
// membership.
func member(o *schema.Object) (user, parent string, ok bool) {
	p, who := o.Kind.Parent(), granteesOf(o)
	if p == nil || len(who) != 1 {
		return "", "", false
	}
	p.Each(o.Body, func(key string) { parent = text.Words(p.Kinds[0]) + " " + key })
	return who[0].Key, parent, true
}

// name names an object at the start of a sentence.
func name(o *schema.Object) string {
	if user, parent, ok := member(o); ok {
		return user + " in " + parent
	}
	if o.Kind.Subject {
		return o.Addr.Key
	}
	return noun(o.Kind) + " " + o.Addr.Key
}

// held lists what an object gives to its user, such as a role.
func held(o *schema.Object) string {
	var out []string
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; a.Is(schema.CarriesRights) && o.Set.Has(i) && !a.Is(schema.Key) {
			a.Each(o.Body, func(s string) { out = append(out, s) })
		}
	}
	return text.List(out, mostNames)
}

// missingWords says that a declared object does not exist, whatever the reason.
func missingWords(o *schema.Object) string {
	if user, parent, ok := member(o); ok {
		return user + " is not in " + parent + ": removed by hand, or not added yet"
	}
	return name(o) + " does not exist: deleted by hand, or not created yet"
}

// goneWords says that a declared object was deleted.
func goneWords(o *schema.Object) string {
	if user, parent, ok := member(o); ok {
		return user + " was removed from " + parent
	}
	return name(o) + " was deleted"
}

// addedWords says how an object that no file declares came to be. what are its privileges.
func addedWords(o *schema.Object, what string) string {
	user, parent, ok := member(o)
	switch {
	case ok:
		s := user + " was added to " + parent
		if role := held(o); role != "" {
			s = user + " became " + role + " in " + parent
		}
		return s + "; no file lists this member"
	case o.Kind.Subject && what != "":
		return name(o) + " became " + what + "; no file declares this user"
	case what != "":
		return name(o) + " was added and gives " + what + "; no file declares it"
	case o.Kind.Subject:
		return name(o) + " was added; no file declares this user"
	}
	return name(o) + " was added; no file declares it"
}

// knownWords names an undeclared object that is as it was in the baseline. what are its privileges.
func knownWords(o *schema.Object, what string) string {
	switch {
	case o.Kind.Subject && what != "":
		return name(o) + " is " + what + "; no file declares this user"
	case what != "":
		return name(o) + " gives " + what + "; no file declares it"
	}
	return name(o) + " exists; no file declares it"
}

// changedWords says how a declared object changed. gained are the privileges that it gained.
func (f *finder) changedWords(c *plan.Change, gained string) string {
	who := name(c.Have)
	user, parent, isMember := member(c.Have)
	if c.Action == schema.Rename {
		return who + " is to be renamed to " + c.Addr.Key
	}
	var parts []string
	switch before := f.rights.lost(c); {
	case gained != "" && isMember:
		return user + " became " + held(c.Have) + " in " + parent
	case gained != "":
		parts = append(parts, "became "+gained)
	case before != "":
		parts = append(parts, "lost "+before)
	}
	for i := range c.Have.Kind.Attributes {
		a := &c.Have.Kind.Attributes[i]
		if !c.Changed.Has(i) || a.Flags&(schema.ConfigOnly|schema.Key) != 0 {
			continue
		}
		if s := f.attributeWords(a, c); s != "" && !(gained != "" && s == "became "+gained) {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		parts = []string{"changed"}
	}
	return who + " " + text.And(parts)
}

// lost names the privileges that the files give and the live object has not, or returns "".
func (r *rightsOf) lost(c *plan.Change) string {
	p := c.Have.Kind.Privilege
	if p == nil {
		return ""
	}
	if want := p(c.Want, r.snapshot.Lookup); want != "" && want != p(c.Have, r.snapshot.Lookup) {
		return want
	}
	return ""
}

// attributeWords says how one attribute differs from the files.
func (f *finder) attributeWords(a *schema.Attribute, c *plan.Change) string {
	live, files := f.values(a, c.Have, c.Want)
	switch a.Type {
	case schema.TypeMap, schema.TypeBoolMap, schema.TypeSetMap:
		return "has other entries in " + a.Name
	}
	if a.Type.Many() {
		var parts []string
		if len(live) > 0 {
			parts = append(parts, "gained "+counted(f.Tenant.Product, a, len(live)))
		}
		if len(files) > 0 {
			parts = append(parts, "lost "+counted(f.Tenant.Product, a, len(files)))
		}
		return strings.Join(parts, " and ")
	}
	now := strings.Join(live, "")
	inactive := c.Have.Kind.Inactive
	switch first, _, _ := strings.Cut(c.Have.Kind.Activate, " "); {
	case inactive != nil && a.Name == first && inactive(c.Have):
		return "was deactivated"
	case inactive != nil && a.Name == first:
		return "was activated"
	case a.Is(schema.LongText):
		return "got another " + text.Words(a.Name)
	case a.Is(schema.CarriesRights) && a.Type == schema.TypeString && now != "":
		return "became " + now
	case now == "":
		return "lost " + text.Words(a.Name)
	}
	return "got " + text.Words(a.Name) + " " + now
}

// counted counts members of an attribute: "two accesses", "12 permissions".
func counted(p *schema.Product, a *schema.Attribute, n int) string {
	many := text.Words(a.Name)
	one := strings.TrimSuffix(many, "s")
	if strings.HasSuffix(many, "sses") {
		one = strings.TrimSuffix(many, "es")
	}
	of := a.Via
	if of == "" && len(a.Kinds) == 1 {
		of = a.Kinds[0]
	}
	if k := p.Kind(of); k != nil {
		one, many = noun(k), text.Words(k.Many())
	}
	if words := [...]string{"", "one", "two", "three"}; n < len(words) {
		if n == 1 {
			many = one
		}
		return words[n] + " " + many
	}
	return text.Count(n, one, many)
}

// values lists the values of an attribute: of a set, the members that only the live or only the
// wanted object has.
func (f *finder) values(a *schema.Attribute, have, want *schema.Object) (live, files []string) {
	live, files = f.texts(a, have), f.texts(a, want)
	if !a.Type.Many() {
		return live, files
	}
	inFiles, inLive := map[string]bool{}, map[string]bool{}
	for _, s := range files {
		inFiles[s] = true
	}
	for _, s := range live {
		inLive[s] = true
	}
	live = slices.DeleteFunc(live, func(s string) bool { return inFiles[s] })
	files = slices.DeleteFunc(files, func(s string) bool { return inLive[s] })
	return live, files
}

// texts lists the value of an attribute for people.
func (f *finder) texts(a *schema.Attribute, o *schema.Object) []string {
	i := o.Kind.Index(a.Name)
	if !o.Set.Has(i) {
		return nil
	}
	switch v := a.Any(o.Body).(type) {
	case string:
		if v == "" {
			return nil
		}
		return []string{f.display(v)}
	case bool:
		return []string{strconv.FormatBool(v)}
	case int64:
		return []string{strconv.FormatInt(v, 10)}
	}
	var out []string
	for _, s := range a.Members(o.Body) {
		if set := f.Plan.SetNames[s]; set != "" {
			s = set
		}
		out = append(out, f.display(s))
	}
	return out
}

// display returns the display name of an opaque value.
func (f *finder) display(s string) string {
	if label := f.Plan.DisplayNames[s]; label != "" {
		return label
	}
	return s
}
