package drift

import (
	"cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// The sentences of differences. They say what somebody did only if the baseline shows that somebody
// did it; otherwise they say what is.

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

// renamedWords says that a declared object has another key now.
func renamedWords(was, now *schema.Object, what privilege) string {
	s := name(was) + " was renamed to " + now.Addr.Key
	switch {
	case what.none():
		return s
	case now.Kind.Subject:
		return s + ", who " + what.is()
	}
	return s + ", which gives " + what.text
}

// addedWords says how an object that no file declares came to be.
func addedWords(o *schema.Object, what privilege) string {
	user, parent, ok := member(o)
	switch {
	case ok:
		s := user + " was added to " + parent
		if role := held(o); role != "" {
			s = user + " became " + role + " in " + parent
		}
		return s + "; no file lists this member"
	case o.Kind.Subject && !what.none():
		return name(o) + " " + what.became() + "; no file declares this user"
	case !what.none():
		return name(o) + " was added and gives " + what.text + "; no file declares it"
	case o.Kind.Subject:
		return name(o) + " was added; no file declares this user"
	}
	return name(o) + " was added; no file declares it"
}

// undeclaredWords says that an object that no file declares is there.
func undeclaredWords(o *schema.Object, what privilege) string {
	user, parent, ok := member(o)
	switch {
	case ok && held(o) != "":
		return user + " is " + held(o) + " in " + parent + "; no file lists this member"
	case ok:
		return user + " is in " + parent + "; no file lists this member"
	case o.Kind.Subject && what.none():
		return name(o) + " exists; no file declares this user"
	case o.Kind.Subject:
		return name(o) + " " + what.is() + "; no file declares this user"
	case !what.none():
		return name(o) + " gives " + what.text + "; no file declares it"
	}
	return name(o) + " exists; no file declares it"
}

// formerWords says that a file declared an object, and that it still exists.
func formerWords(o *schema.Object, what privilege) string {
	return withPrivilege(name(o)+" is no longer declared and still exists", o, what)
}

// expiredWords says that the block of a live object has expired.
func expiredWords(o, end *schema.Object, what privilege) string {
	return withPrivilege(name(o)+" expired on "+end.Until()+" and was not removed yet", o, what)
}

// withPrivilege adds to a sentence about an object which privilege it has or gives.
func withPrivilege(s string, o *schema.Object, what privilege) string {
	switch {
	case what.none():
		return s
	case o.Kind.Subject:
		return s + ", and " + what.is()
	}
	return s + ", and gives " + what.text
}

// overdueWords lists the entries of a live object that have expired.
func (f *finder) overdueWords(declared, live *schema.Object) []string {
	var out []string
	for _, e := range declared.Overdue(live) {
		out = append(out, cmp.Or(f.Plan.SetNames[e.Name], f.display(e.Name))+" on "+e.Expires)
	}
	return out
}

// activatedWords says that a user whom no file declares can sign in again.
func activatedWords(o *schema.Object, what privilege) string {
	s := name(o) + " was activated"
	if !what.none() {
		s += " and " + what.is()
	}
	return s + "; no file declares this user"
}

// gotWords says which attributes of an undeclared object have other values than in the baseline.
func (f *finder) gotWords(o *schema.Object, changed schema.Mask, what privilege) string {
	user, parent, isMember := member(o)
	if isMember {
		return user + " became " + held(o) + " in " + parent + "; no file lists this member"
	}
	var parts, others []string
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		switch {
		case !changed.Has(i) || !what.none() && o.Kind.Subject: // the privilege says it
		case a.Type.Many():
			others = append(others, text.Words(a.Name))
		default:
			parts = append(parts, f.gotWord(a, o))
		}
	}
	if len(others) > 0 {
		parts = append(parts, "got other "+text.And(others))
	}
	switch {
	case o.Kind.Subject && !what.none():
		return name(o) + " " + what.became() + "; no file declares this user"
	case o.Kind.Subject:
		return name(o) + " " + text.And(parts) + "; no file declares this user"
	case !what.none():
		parts = append(parts, "gives "+what.text)
	}
	return name(o) + " " + text.And(parts) + "; no file declares it"
}
