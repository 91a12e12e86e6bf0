package schema

import "slices"

// A Term is what the files say about how long an object is declared: the meta-arguments expires and
// reason of its block, and those of single entries. A nil Term means that it is declared until somebody
// takes it out of the files, without a reason.
//
// To read it: Object.Until is the day from which on the object counts as removed, or "" if it is
// standing, and Object.Why is the reason. An object that a block of another kind declares in short form,
// such as a membership, has the term of its entry. An object whose key names others, such as a
// membership its team and its user, expires with the first of them. Objects that have expired are not in
// Tenant.Objects: Tenant.Expired has them.
type Term struct {
	Expires string // the day from which on it counts as removed, as "2026-12-31" in Tenant.TimeZone; "" means standing
	Days    int    // from Tenant.Today to Expires: 1 if it expires tomorrow, 0 or less if it has expired
	Reason  string // for people; may be empty
	Entries []Entry
}

// An Entry is a member of a set, or an entry of a map, that has a term of its own. If it has expired,
// the value of the attribute does not have it.
type Entry struct {
	Attribute string
	Name      string // name in a map; of a set the member, as Attribute.Members has it
	Term             // without Entries
}

// Expired reports whether the term has ended. A nil Term never ends.
func (t *Term) Expired() bool { return t != nil && t.Expires != "" && t.Days <= 0 }

// Same reports whether two terms say the same. A nil Term is the same as an empty one.
func (t *Term) Same(other *Term) bool {
	if t == nil {
		t = &Term{}
	}
	if other == nil {
		other = &Term{}
	}
	return t.Expires == other.Expires && t.Reason == other.Reason && slices.EqualFunc(t.Entries, other.Entries, func(a, b Entry) bool {
		return a.Attribute == b.Attribute && a.Name == b.Name && a.Expires == b.Expires && a.Reason == b.Reason
	})
}

// Until returns the day from which on the object counts as removed, or "" if it is standing.
func (o *Object) Until() string {
	if o.Term == nil {
		return ""
	}
	return o.Term.Expires
}

// Why returns the reason that the files give for the object, or "".
func (o *Object) Why() string {
	if o.Term == nil {
		return ""
	}
	return o.Term.Reason
}

// UntilOf returns the day from which on an entry of an attribute counts as removed, which is that of the
// entry or that of the object, whichever comes first; "" if it is standing. The name is as in Entry.
func (o *Object) UntilOf(attribute, name string) string {
	until := o.Until()
	if o.Term == nil {
		return until
	}
	for i := range o.Term.Entries {
		if e := &o.Term.Entries[i]; e.Attribute == attribute && e.Name == name && e.Expires != "" && (until == "" || e.Expires < until) {
			until = e.Expires
		}
	}
	return until
}

// Overdue lists the entries of a declared object that have expired and that a live object still has.
func (o *Object) Overdue(live *Object) []*Entry {
	if o.Term == nil {
		return nil
	}
	var out []*Entry
	for i := range o.Term.Entries {
		e := &o.Term.Entries[i]
		if at := o.Kind.Index(e.Attribute); at >= 0 && e.Expired() && o.Kind.Attributes[at].has(live.Body, e.Name) {
			out = append(out, e)
		}
	}
	return out
}

// has reports whether a value has an entry, by Entry.Name.
func (a *Attribute) has(body any, name string) bool {
	if entries, is := a.Any(body).(map[string]string); is {
		_, found := entries[name]
		return found
	}
	return slices.Contains(a.Members(body), name)
}
