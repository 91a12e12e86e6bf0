package drift

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// mostNames is the number of names that a sentence lists.
const mostNames = 5

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

// current lists attributes of an undeclared object with their values.
func (f *finder) current(o *schema.Object, of schema.Mask) []Attribute {
	var out []Attribute
	for i := range o.Kind.Attributes {
		if a := &o.Kind.Attributes[i]; of.Has(i) {
			out = append(out, Attribute{Name: a.Name, Live: f.texts(a, o), Origin: Moved})
		}
	}
	return out
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
