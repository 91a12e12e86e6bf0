package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// entryTerm returns the term of the entry from which a block declares an object in short form, or nil.
func entryTerm(parent *instance, o *schema.Object) *schema.Term {
	if parent.object.Term == nil {
		return nil
	}
	for _, e := range parent.object.Term.Entries {
		for _, row := range o.Kind.Keys() {
			if name, text := row.Any(o.Body).(string); text && name == row.Form(e.Name) {
				return &schema.Term{Expires: e.Expires, Days: e.Days, Reason: e.Reason}
			}
		}
	}
	return nil
}

// linkTerms gives objects the terms of those that their keys name, reports what must not expire, and
// takes what has expired out of the objects.
func (l *linker) linkTerms() {
	if !slices.ContainsFunc(l.tenant.Objects, func(o schema.Object) bool { return o.Until() != "" }) {
		return
	}
	ends := map[schema.Address]*schema.Object{}
	for i := range l.tenant.Objects {
		o := &l.tenant.Objects[i]
		l.inheritTerm(o, ends)
		if o.Until() != "" {
			ends[schema.Address{Kind: o.Addr.Kind, Key: o.Addr.Key}] = o
		}
	}
	for i, in := range l.instances {
		o := &l.tenant.Objects[i]
		for n := range o.Kind.Attributes {
			l.reportOutlived(in, o, &o.Kind.Attributes[n], ends)
		}
		if o.Until() != "" {
			l.reportNeverRemoved(in, o)
		}
	}
	l.dropExpired()
}

// inheritTerm ends an object with the first of those that its key names: a membership with its team or
// its user.
func (l *linker) inheritTerm(o *schema.Object, ends map[schema.Address]*schema.Object) {
	for _, row := range o.Kind.Keys() {
		key, _ := row.Any(o.Body).(string)
		for _, kind := range row.Kinds {
			owner := ends[schema.Address{Kind: kind, Key: key}]
			if owner == nil || o.Until() != "" && o.Until() <= owner.Until() {
				continue
			}
			t := schema.Term{Reason: owner.Why()}
			if o.Term != nil {
				t = *o.Term
			}
			t.Expires, t.Days = owner.Term.Expires, owner.Term.Days
			o.Term = &t
		}
	}
}

// reportOutlived reports a reference that would name an object that has expired.
func (l *linker) reportOutlived(in *instance, o *schema.Object, row *schema.Attribute, ends map[schema.Address]*schema.Object) {
	if len(row.Kinds) == 0 || row.Is(schema.Key) {
		return
	}
	check := func(key, until string) {
		for _, kind := range row.Kinds {
			end := ends[schema.Address{Kind: kind, Key: key}]
			if end == nil || until != "" && until <= end.Until() {
				continue
			}
			write := fmt.Sprintf("let this block expire on %s or before", end.Until())
			switch {
			case o.Kind.Virtual:
				write = fmt.Sprintf("write its %s in place of references to this block, as in { %s = [%s.…], expires = %q }", row.Name, o.Kind.Name, kind, end.Until())
			case row.Type.Many():
				write = fmt.Sprintf("write the entry as { %s = …, expires = %q }", row.EntryKinds()[0], end.Until())
			}
			l.report(about(problem("config/outlived", in.at(), "Reference to an object that expires",
				"%s refers to %s in %s, and the block of that at %s line %d expires on %s. From then on the reference would name nothing. Refer to something else, or %s.",
				o.Addr, kind+"."+key, row.Name, end.Pos.File, end.Pos.Line, end.Until(), write), o.Addr.String()))
		}
	}
	switch v := row.Any(o.Body).(type) {
	case string:
		check(v, o.Until())
	case []string:
		for _, key := range v {
			check(key, o.UntilOf(row.Name, key))
		}
	case [][]string:
		for _, keys := range v {
			until := o.UntilOf(row.Name, setName(keys))
			for _, key := range keys {
				check(key, until)
			}
		}
	case map[string]string:
		for name, key := range v {
			check(key, o.UntilOf(row.Name, name))
		}
	}
}

// reportNeverRemoved reports objects that expire and that rolecall will not remove.
func (l *linker) reportNeverRemoved(in *instance, o *schema.Object) {
	t := l.tenant
	address := o.Addr.Kind + "." + o.Addr.Key
	if slices.ContainsFunc(t.Protect, func(entry string) bool {
		kind, key, _ := strings.Cut(strings.TrimPrefix(entry, t.Name+"."), ".")
		key, _ = o.Kind.NormalKey(key)
		return kind == o.Addr.Kind && key == o.Addr.Key
	}) {
		l.report(about(problem("config/cannot-expire", in.at(), "A protected object cannot expire",
			"%s expires on %s, and protect at %s line %d says that it is never removed. Delete it from protect, or delete expires.",
			address, o.Until(), t.Pos.File, t.Pos.Line), o.Addr.String()))
	}
	if never := t.Product.NotRemoved; never != nil {
		if why := never(o.Kind, &t.Settings); why != "" {
			l.report(about(problem("config/cannot-expire", in.at(), capitalize(an(o.Kind.Name))+" cannot expire", "%s expires on %s. %s",
				address, o.Until(), why), o.Addr.String()))
		}
	}
	if t.Manage[o.Addr.Kind].Mode == schema.Observe {
		l.report(warning(about(problem("config/cannot-expire", in.at(), "An observed object will not be removed",
			"%s expires on %s. %s are only observed, so plan reports from that day on that it is still there, and apply does not remove it.",
			address, o.Until(), capitalize(o.Kind.Many())), o.Addr.String())))
	}
}

// dropExpired moves the objects that have expired to the removals of the tenant, and their origins behind
// those of the others.
func (l *linker) dropExpired() {
	t := l.tenant
	kept := 0
	var ended []origin
	for i := range t.Objects {
		o := &t.Objects[i]
		if !o.Term.Expired() {
			t.Objects[kept] = *o
			if l.data {
				t.origins[kept] = t.origins[i]
			}
			kept++
			continue
		}
		if o.Kind.UpdateOnly {
			continue // there is nothing to remove
		}
		if l.data {
			ended = append(ended, t.origins[i])
		}
		expired := *o
		t.Removed = append(t.Removed, schema.Removal{
			Kind: o.Addr.Kind, Key: o.Addr.Key, Expired: &expired, Pos: o.Pos,
		})
	}
	clear(t.Objects[kept:])
	t.Objects = t.Objects[:kept]
	if l.data {
		t.origins = append(t.origins[:kept], ended...)
	}
}
