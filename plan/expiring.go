package plan

import (
	"cmp"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// ExpiresSoon is the number of days within which a plan names what expires.
const ExpiresSoon = 14

// An Expiring is a declared object, or an entry of one, that expires soon or has expired.
type Expiring struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute,omitempty"` // that has the entry
	Entry     string `json:"entry,omitempty"`     // as schema.Entry.Name
	Expires   string `json:"expires"`             // the day from which on it counts as removed
	Days      int    `json:"days"`                // until then, when the files were loaded; 0 or less if it has expired
	Reason    string `json:"reason,omitempty"`
	File      string `json:"file,omitempty"` // of the block
	Line      int    `json:"line,omitempty"`
}

// Pos returns the place of the block.
func (e *Expiring) Pos() schema.Pos { return schema.Pos{File: e.File, Line: e.Line} }

// NewExpiring describes an object that expires or, with an entry, one of its entries.
func NewExpiring(o *schema.Object, e *schema.Entry) Expiring {
	x := Expiring{Address: o.Addr.String(), File: o.Pos.File, Line: o.Pos.Line}
	t := o.Term
	if e != nil {
		x.Attribute, x.Entry, t = e.Attribute, e.Name, &e.Term
	}
	x.Expires, x.Days, x.Reason = t.Expires, t.Days, t.Reason
	return x
}

// ExpiringEntries lists the entries of an object that expire within some days or have expired. An entry
// that only declares another object ends with that, and is not listed.
func ExpiringEntries(o *schema.Object, days int) []*schema.Entry {
	var out []*schema.Entry
	if o.Term == nil {
		return nil
	}
	for i := range o.Term.Entries {
		e := &o.Term.Entries[i]
		if at := o.Kind.Index(e.Attribute); at >= 0 && !o.Kind.Attributes[at].Is(schema.ConfigOnly) && e.Expires != "" && e.Days <= days {
			out = append(out, e)
		}
	}
	return out
}

// ExpiringWithin lists what the files declare for a tenant and what expires within some days, the earliest
// first. It begins with what has expired.
func ExpiringWithin(t *schema.Tenant, days int) []Expiring {
	var out []Expiring
	for _, o := range t.Expired() {
		out = append(out, NewExpiring(o, nil))
	}
	for i := range t.Objects {
		o := &t.Objects[i]
		if o.Until() != "" && o.Term.Days <= days {
			out = append(out, NewExpiring(o, nil))
		}
		for _, e := range ExpiringEntries(o, days) {
			out = append(out, NewExpiring(o, e))
		}
	}
	SortExpiring(out)
	return out
}

// SortExpiring sorts by day and leaves the order of one day as it is.
func SortExpiring(list []Expiring) {
	slices.SortStableFunc(list, func(a, b Expiring) int { return cmp.Compare(a.Days, b.Days) })
}
