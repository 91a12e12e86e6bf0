package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// grants reports whether objects of a kind say what others may do or where, and exist for nothing else:
// roles, accesses and profiles.
func grants(k *schema.Kind) bool {
	if k.UpdateOnly || k.Subject || k.Grants != nil {
		return false
	}
	return k.Virtual || permissions(k) >= 0
}

// permissions returns the attribute of a role that lists its permissions, or -1.
func permissions(k *schema.Kind) int {
	return slices.IndexFunc(k.Attributes, func(a schema.Attribute) bool { return access.Permits(k, &a) })
}

// equal reports objects that say the same as another one, at the later one.
func (c *check) equal(k *schema.Kind) {
	var order []string
	same := map[string][]*schema.Object{}
	objects := c.of(k)
	for i := range objects {
		if says, known := content(&objects[i]); known && !c.told[&objects[i]] {
			if same[says] == nil {
				order = append(order, says)
			}
			same[says] = append(same[says], &objects[i])
		}
	}
	for _, says := range order {
		all := same[says]
		slices.SortStableFunc(all, byPlace)
		if len(all) < 2 {
			continue
		}
		all = slices.DeleteFunc(all, func(o *schema.Object) bool { return c.allowed(o, schema.LintEqual) })
		for i, o := range all {
			if i == 0 {
				continue
			}
			word, summary := text.Words(k.Name), fmt.Sprintf("Two %s are equal", text.Words(k.Many()))
			if permissions(k) >= 0 {
				summary = fmt.Sprintf("Two %s grant the same", text.Words(k.Many()))
			}
			c.report(o, o.Problem(schema.LintEqual, "", summary, fmt.Sprintf(
				"%s says the same as %s. Use one %s everywhere and delete the other. To keep both, %s",
				o.Addr, place(all[0]), word, schema.Silencing(schema.LintEqual))))
		}
	}
}

func byPlace(a, b *schema.Object) int {
	if a.Pos.File != b.Pos.File {
		return strings.Compare(a.Pos.File, b.Pos.File)
	}
	if a.Pos.Line != b.Pos.Line {
		return a.Pos.Line - b.Pos.Line
	}
	return a.Addr.Compare(b.Addr)
}

// content returns what an object grants, in a form that is the same for equal objects, and whether the
// files say it all.
func content(o *schema.Object) (says string, known bool) {
	var b strings.Builder
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if a.Flags&(schema.CarriesRights|schema.ConfigOnly) == 0 && !(o.Kind.Virtual && a.Type.Many()) || !o.Set.Has(i) {
			continue
		}
		known = true
		fmt.Fprintf(&b, "%s\x00%s\x01", a.Name, strings.Join(a.Members(o.Body), "\x00"))
	}
	return b.String(), known
}

// fewest is how many permissions a role has to have so that repeating them is worth a warning.
const fewest = 4

// contained reports roles that list every permission of another one. Of several it names the largest.
func (c *check) contained(k *schema.Kind) {
	i := permissions(k)
	if i < 0 {
		return
	}
	objects := c.of(k)
	list := func(o *schema.Object) []string {
		set, _ := k.Attributes[i].Any(o.Body).([]string)
		return set
	}
	for n := range objects {
		o := &objects[n]
		all := list(o)
		if c.told[o] || c.Generated != nil && len(all) > fewest && c.Generated(o.Pos.File) {
			continue
		}
		var largest *schema.Object
		for m := range objects {
			other := &objects[m]
			has := list(other)
			if c.told[other] || len(has) < fewest || len(has) >= len(all) || c.Tenant.Named[other.Addr] || largest != nil && len(has) <= len(list(largest)) || !subset(has, all) {
				continue
			}
			largest = other
		}
		if largest == nil {
			continue
		}
		has := list(largest)
		var rest []string
		for _, p := range all {
			if _, found := slices.BinarySearch(has, p); !found {
				rest = append(rest, fmt.Sprintf("%q", p))
			}
		}
		name := k.Attributes[i].Name
		c.report(o, o.Problem(schema.LintContained, "", "A role repeats another one", fmt.Sprintf(
			"%s lists all %d permissions of %s one by one, so what is added there is not added here. Name the other block instead: %s = concat(%s.LABEL.%[4]s, [%[6]s]). To keep the list, %s",
			o.Addr, len(has), place(largest), name, k.Name, strings.Join(rest, ", "), schema.Silencing(schema.LintContained))))
	}
}

// subset reports whether all members of a sorted list are in another one.
func subset(a, b []string) bool {
	for _, s := range a {
		i, found := slices.BinarySearch(b, s)
		if !found {
			return false
		}
		b = b[i+1:]
	}
	return true
}
