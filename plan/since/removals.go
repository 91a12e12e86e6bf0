package since

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Removal is an object that the earlier files declare and the files do not, so that a removed block
// may be written for it.
type Removal struct {
	Addr schema.Address
	Pos  schema.Pos // where the earlier files declare it
	Why  string     // why no removed block is to be written, as the end of a sentence; empty if one is
}

// Removals returns the objects that the earlier files declare and the files do not, without those of
// authoritative kinds, which a plan removes anyway. In renamed are the present addresses of objects
// whose block has another key now.
func Removals(earlier, now *schema.Tenant, renamed map[schema.Address]schema.Address) []Removal {
	r := &removals{
		tenant: now, earlier: index(earlier), now: index(now), renamed: renamed, ignored: schema.NewIgnoreSet(now.Product, now.Manage),
		sameTenant: sameSettings(earlier, now), added: map[string]schema.Address{},
	}
	for i := range now.Objects {
		if o := &now.Objects[i]; r.earlier[o.Addr] == nil {
			for _, likeness := range likenesses(o) {
				r.added[likeness] = o.Addr
			}
		}
	}
	ended := map[schema.Address]*schema.Object{}
	for _, o := range earlier.Expired() {
		ended[o.Addr] = o
	}
	var out []Removal
	for _, a := range Between(earlier, now).Left {
		if o := r.earlier[a]; o != nil {
			out = append(out, Removal{a, o.Pos, r.why(o)})
		} else if o := ended[a]; o != nil {
			out = append(out, Removal{a, o.Pos, "it expired on " + o.Until() + " before its block left the files; if " + now.Product.Title + " still has it, write a removed block by hand"})
		}
	}
	return out
}

type removals struct {
	tenant       *schema.Tenant // now
	earlier, now map[schema.Address]*schema.Object
	renamed      map[schema.Address]schema.Address
	ignored      *schema.IgnoreSet
	added        map[string]schema.Address // that the earlier files do not declare, by likenesses
	sameTenant   bool
}

// why returns why no removed block is to be written for an object, or "".
func (r *removals) why(o *schema.Object) string {
	k, m, title := o.Kind, r.tenant.Manage[o.Kind.Name], r.tenant.Product.Title
	switch {
	case !r.sameTenant:
		return "the provider block " + r.tenant.Name + " changed, so it may be about another tenant"
	case k.UpdateOnly:
		return title + " never deletes " + text(k)
	case !slices.ContainsFunc(k.RemovalActions(), schema.Action.Writes):
		return "the API of " + title + " cannot delete " + text(k)
	case m.Mode == schema.Observe:
		return "rolecall only observes " + text(k)
	case slices.ContainsFunc(r.tenant.Protect, o.Addr.Match):
		return "listed in protect"
	}
	if _, hidden := r.ignored.Match(k, o.Addr.Key); hidden {
		return "ignored by a manage block"
	}
	if owner := r.owner(o); owner != "" {
		return "part of " + owner + ", which no file declares any more"
	}
	if to, ok := r.renamed[o.Addr]; ok {
		return fmt.Sprintf("the block declares %s now; if that is the same object, write previously = [%q] in it", to, o.Addr.Key)
	}
	for _, likeness := range likenesses(o) {
		if to, ok := r.added[likeness]; ok {
			return fmt.Sprintf("%s is new and much like it; if that is the same object, write previously = [%q] in its block", to, o.Addr.Key)
		}
	}
	if action := k.Removal(m); !action.Removes() {
		return text(k) + " stay when they leave the files (on_removal is forget); to delete one, write its block by hand"
	}
	return ""
}

func text(k *schema.Kind) string { return strings.ReplaceAll(k.Many(), "_", " ") }

// owner returns the object that contains the object if no file declares it any more: it is deleted
// with it, or stays with it.
func (r *removals) owner(o *schema.Object) string {
	for i := range o.Kind.Attributes {
		a := &o.Kind.Attributes[i]
		if !a.Is(schema.OwnedBy) {
			continue
		}
		for _, kind := range a.Kinds {
			owner := schema.Address{Provider: o.Addr.Provider, Kind: kind, Key: a.Text(o.Body)}
			if _, declared := r.now[owner]; !declared && r.earlier[owner] != nil {
				return owner.String()
			}
		}
	}
	return ""
}

// likenesses returns texts that two objects share if they may be one that was renamed: their keys look
// alike, or they have the same content. The content of users is their names, and of other objects their
// sets and maps. An object whose key names others, such as a membership, has
// no content, nor has a user without names.
func likenesses(o *schema.Object) []string {
	k := o.Kind
	out := []string{k.Name + "\x00" + schema.Likeness(o.Addr.Key)}
	keys := k.Keys()
	if len(keys[len(keys)-1].Kinds) > 0 {
		return out
	}
	content, empty := contentOf(o)
	if empty && k.Subject {
		return out // people are told apart by their keys alone
	}
	return append(out, content)
}

// contentOf returns the content of an object, and whether it is empty.
func contentOf(o *schema.Object) (content string, empty bool) {
	k := o.Kind
	content, empty = k.Name, true
	for i := range k.Attributes {
		a := &k.Attributes[i]
		name := a.Type == schema.TypeString && len(a.OneOf) == 0 && len(a.Kinds) == 0 && !a.Is(schema.CarriesRights)
		if !o.Set.Has(i) || a.Flags&(schema.Key|schema.WriteOnce|schema.ReadOnly) != 0 || k.Subject && !name || !k.Subject && !a.Type.Many() {
			continue
		}
		members := a.Members(o.Body)
		empty = empty && len(members) == 0
		content += "\x00\x00" + a.Name + "\x00" + strings.Join(members, "\x00")
	}
	return content, empty
}
