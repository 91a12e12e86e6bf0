package since

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Step is a removed block or an entry of previously. Both have done their work after apply, and can
// leave the files.
type Step struct {
	Addr schema.Address // that a removed block names, or of the object with the entry
	// Earlier is the entry of previously, as a whole key; empty for a removed block.
	Earlier string
	Pos     schema.Pos // of the block
	New     bool       // the earlier files do not have it
}

// String says what the step is, within a sentence.
func (s Step) String() string {
	if s.Earlier == "" {
		return "removed block of " + s.Addr.String()
	}
	return fmt.Sprintf("previously = [%q] of %s", s.Earlier, s.Addr)
}

// Steps returns the removed blocks and the entries of previously of a tenant. A nil earlier tenant
// has none.
func Steps(earlier, now *schema.Tenant) []Step {
	known := map[Step]bool{}
	for _, s := range steps(earlier) {
		s.Pos = schema.Pos{}
		known[s] = true
	}
	out := steps(now)
	for i, s := range out {
		s.Pos = schema.Pos{}
		out[i].New = !known[s]
	}
	return out
}

func steps(t *schema.Tenant) []Step {
	if t == nil {
		return nil
	}
	var out []Step
	for _, r := range t.Removed {
		if r.Expired != nil {
			continue // a block of its kind
		}
		out = append(out, Step{Addr: schema.Address{Provider: t.Name, Kind: r.Kind, Key: r.Key}, Pos: r.Pos})
	}
	for i := range t.Objects {
		if t.Objects[i].Kind.Virtual {
			continue // the product has nothing to rename
		}
		for _, earlier := range t.Objects[i].Previously {
			out = append(out, Step{Addr: t.Objects[i].Addr, Earlier: earlier, Pos: t.Objects[i].Pos})
		}
	}
	return out
}

// Live are the live objects of some kinds of a tenant.
type Live struct {
	tenant     *schema.Tenant
	objects    map[string]map[string]*schema.Object // by kind and key
	undeclared map[string][]string                  // keys that no file declares, by kind, sorted
}

// NewLive returns the live objects of a tenant, which are in normal form and complete, by kind.
func NewLive(t *schema.Tenant, lists map[string][]schema.Object) *Live {
	l := &Live{t, map[string]map[string]*schema.Object{}, map[string][]string{}}
	declared := index(t)
	for kind, list := range lists {
		l.objects[kind] = make(map[string]*schema.Object, len(list))
		for i := range list {
			a := list[i].Addr
			l.objects[kind][a.Key] = &list[i]
			if a.Provider = t.Name; declared[a] == nil {
				l.undeclared[kind] = append(l.undeclared[kind], a.Key)
			}
		}
		slices.Sort(l.undeclared[kind])
	}
	return l
}

// Unfinished returns why a step of a tenant has not done its work, or why that is not known, as
// the end of a sentence. It is empty if a plan has nothing to do for it.
func (l *Live) Unfinished(s Step) string {
	t := l.tenant
	k, title := t.Product.Kind(s.Addr.Kind), t.Product.Title
	switch {
	case k.NoList || l.objects[k.Name] == nil:
		return title + " does not list all " + text(k) + ", so it is not known what exists"
	case !t.ListsAll(k):
		return title + " lists a part of the " + text(k) + " only, so it is not known what exists"
	case s.Earlier != "":
		return l.unfinishedRename(s, k)
	}
	o := l.objects[k.Name][s.Addr.Key]
	switch {
	case k.Removal(t.Manage[k.Name]) == schema.Deactivate && o.Inactive():
		return ""
	case o != nil:
		return fmt.Sprintf("not applied yet, because %s still has the %s", title, strings.ReplaceAll(k.Name, "_", " "))
	}
	// It may be a typing error, so that what it means was never removed.
	if near := l.near(s.Addr); near != "" {
		return fmt.Sprintf("%s does not have it, but has %q; if that one is meant, correct the block, and otherwise delete it", title, near)
	}
	return ""
}

// near returns the key of an undeclared live object that another key may mean; "" if there is none. In
// keys of several parts the parts in front have to be the same, unless no live object has these.
func (l *Live) near(a schema.Address) string {
	within := a.Key[:strings.LastIndex(a.Key, "/")+1]
	inside := func(key string) bool { return strings.HasPrefix(key, within) }
	candidates := l.undeclared[a.Kind]
	for key := range l.objects[a.Kind] {
		if inside(key) {
			candidates = slices.DeleteFunc(slices.Clone(candidates), func(key string) bool { return !inside(key) })
			break
		}
	}
	return schema.Nearest(a.Key, candidates)
}

func (l *Live) unfinishedRename(s Step, k *schema.Kind) string {
	title := l.tenant.Product.Title
	switch {
	case l.objects[k.Name][s.Addr.Key] == nil:
		return fmt.Sprintf("not applied yet, because %s does not have %s", title, s.Addr)
	case l.objects[k.Name][s.Earlier] != nil:
		return fmt.Sprintf("not applied yet, because %s still has %q", title, s.Earlier)
	}
	return ""
}
