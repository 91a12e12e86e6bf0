package since

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// longer lists what expires later than the earlier files said, or not at all, with both days. Nothing of
// that is a difference between the files and the product, and who reviews the files should see it.
func (d *difference) longer(earlier *schema.Tenant) []string {
	before := map[schema.Address]*schema.Object{}
	for i := range earlier.Objects {
		before[earlier.Objects[i].Addr] = &earlier.Objects[i]
	}
	for _, o := range earlier.Expired() {
		before[o.Addr] = o
	}
	var out []string
	note := func(what, from, to string) {
		if from != "" && (to == "" || to > from) {
			out = append(out, fmt.Sprintf("%s: from %s to %s", what, from, cmp.Or(to, "standing")))
		}
	}
	for i := range d.tenant.Objects {
		o := &d.tenant.Objects[i]
		was := before[o.Addr]
		if was == nil || was.Term == nil {
			continue
		}
		note(o.Addr.String(), was.Until(), o.Until())
		for n := range was.Term.Entries {
			e := &was.Term.Entries[n]
			at := o.Kind.Index(e.Attribute)
			if at >= 0 && !o.Kind.Attributes[at].Is(schema.ConfigOnly) && slices.Contains(o.Kind.Attributes[at].Members(o.Body), e.Name) {
				note(e.Name+" in "+e.Attribute+" of "+o.Addr.String(), e.Expires, entryUntil(o, e))
			}
		}
	}
	return out
}

// entryUntil returns the day of the same entry of another object; "" if it is standing there.
func entryUntil(o *schema.Object, of *schema.Entry) string {
	if o.Term == nil {
		return ""
	}
	for i := range o.Term.Entries {
		if e := &o.Term.Entries[i]; e.Attribute == of.Attribute && e.Name == of.Name {
			return e.Expires
		}
	}
	return ""
}
