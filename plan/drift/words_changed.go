package drift

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// exceedingWords says that a declared object has or gives privileges that no file gives.
func exceedingWords(o *schema.Object, what privilege, moved bool) string {
	user, parent, isMember := member(o)
	switch {
	case isMember && moved:
		return user + " became " + held(o) + " in " + parent + ", and no file says so"
	case isMember:
		return user + " has privileges as " + held(o) + " in " + parent + " that no file gives"
	case !o.Kind.Subject:
		return name(o) + " gives " + what.text + ", and no file says so"
	case moved:
		return name(o) + " " + what.became() + ", and no file says so"
	}
	return name(o) + " " + what.is() + ", and no file says so"
}

// changedWords says how a declared object differs. more are the privileges that it has and the files
// do not give, and lost the one that it is.
func (f *finder) changedWords(c *plan.Change, d *Difference, more privilege, lost string) string {
	who := name(c.Have)
	user, parent, isMember := member(c.Have)
	renamed := c.Action == schema.Rename
	switch {
	case renamed && len(d.Attributes) == 0:
		return who + " is to be renamed to " + c.Addr.Key
	case d.Origin == Pending && more.none():
		return who + " is not updated yet: " + attributeNames(d.Attributes)
	case d.Origin == Pending && isMember:
		return user + " is still " + held(c.Have) + " in " + parent + ": the files changed and were not applied yet"
	case d.Origin == Pending && c.Have.Kind.Subject:
		return who + " still " + more.is() + ": the files changed and were not applied yet"
	case d.Origin == Pending:
		return who + " still gives " + more.text + ": the files changed and were not applied yet"
	case d.Origin == Unknown && more.none():
		return who + " is not as in the files: " + attributeNames(d.Attributes)
	case d.Origin == Unknown:
		return exceedingWords(c.Have, more, false)
	case !more.none() && isMember:
		return user + " became " + held(c.Have) + " in " + parent
	}
	var parts []string
	switch {
	case !more.none():
		parts = append(parts, more.became())
	case lost != "":
		parts = append(parts, "is no longer "+lost)
	}
	for _, x := range d.Attributes {
		a := &c.Have.Kind.Attributes[c.Have.Kind.Index(x.Name)]
		if x.Origin == Pending || len(parts) > 0 && a.Is(schema.CarriesRights) && (lost != "" || !more.none()) {
			continue // the privilege says it
		}
		if s := f.byHandWords(a, c, &x); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		parts = []string{"changed"}
	}
	if renamed {
		parts = append(parts, "is to be renamed to "+c.Addr.Key)
	}
	return who + " " + text.And(parts)
}

func attributeNames(list []Attribute) string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = text.Words(list[i].Name)
	}
	return text.List(names, mostNames)
}

// byHandWords says how one attribute was changed.
func (f *finder) byHandWords(a *schema.Attribute, c *plan.Change, x *Attribute) string {
	switch a.Type {
	case schema.TypeSet, schema.TypeSets:
	case schema.TypeMap, schema.TypeBoolMap, schema.TypeSetMap:
		if len(x.Live) == 0 {
			return "lost " + text.List(x.Files, mostNames)
		}
		return "got " + text.List(x.Live, mostNames)
	default:
		return f.gotWord(a, c.Have)
	}
	var parts []string
	if len(x.Live) > 0 {
		parts = append(parts, "gained "+counted(f.Tenant.Product, a, len(x.Live)))
	}
	if len(x.Files) > 0 {
		parts = append(parts, "lost "+counted(f.Tenant.Product, a, len(x.Files)))
	}
	return strings.Join(parts, " and ")
}

// gotWord says that a live object got the value that an attribute of it has.
func (f *finder) gotWord(a *schema.Attribute, o *schema.Object) string {
	now := strings.Join(f.texts(a, o), "")
	switch {
	case a.Name == activating(o.Kind) && o.Inactive():
		return "was deactivated"
	case a.Name == activating(o.Kind):
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

// activating returns the name of the attribute by which objects of the kind are activated, or "".
func activating(k *schema.Kind) string {
	if k.Inactive == nil {
		return ""
	}
	first, _, _ := strings.Cut(k.Activate, " ")
	return first
}
