package partoo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A legacyReport computes a Legacy.
type legacyReport struct {
	*client
	*Legacy
	data       *legacyData
	system     *PermissionSystem
	live       map[string][]schema.Object
	files      *schema.Tenant
	unknown    []string // permissions and features of the mapping that Partoo does not offer
	saved      map[string][]string
	groups     map[string]*LegacyGroup
	today      map[string][]string // permissions now, by the key of the group
	fixed      map[string][]string // users without some pages whose role takes no custom role, by role
	incomplete map[string][]string // permissions that built-in roles lack after the switch and others of them need, by role
	dropped    map[string]int      // permissions that no role can have without others, with how many users lose them
}

// Legacy computes what the legacy permissions are and what becomes of them. ReadLegacy is called
// before the users are read.
func (c *client) Legacy(ctx context.Context, o LegacyOptions) (*Legacy, error) {
	if c.status.OrgID == 0 {
		return nil, errors.New("no answer of Partoo says whether the organization has switched to custom roles; use the key of an ORG_ADMIN")
	}
	data, err := c.legacyData(ctx)
	if err != nil {
		return nil, err
	}
	if data.gone != nil && !c.status.HasSwitched {
		return nil, data.gone
	}
	r := &legacyReport{
		client: c, data: data, live: o.Live, files: o.Files, saved: map[string][]string{}, groups: map[string]*LegacyGroup{}, today: map[string][]string{}, dropped: map[string]int{}, incomplete: map[string][]string{}, fixed: map[string][]string{},
		Legacy: &Legacy{
			Tenant: idText(c.org), Organization: data.organization, HasSwitched: c.status.HasSwitched, CanSwitch: c.status.CanSwitch,
			FieldsKnown: data.gone == nil && data.anyFields, ClosedFields: data.closedFields, OpenFields: data.openFields,
		},
		system: &PermissionSystem{
			Key: theSystem, HasSwitched: c.status.HasSwitched, OpenFields: data.open, ClosedFields: data.closed, Pages: data.pages, Builtins: data.builtins,
		},
	}
	for _, p := range o.Saved {
		r.saved[schema.FoldName(p.Email)] = p.Pages
	}
	if o.Businesses {
		if err := r.readBusinesses(ctx); err != nil {
			return nil, err
		}
	}
	if r.unknown, err = c.mapping.unknown(data.catalogue); err != nil {
		return nil, err
	}
	r.inferFields()
	r.people()
	if !r.HasSwitched {
		r.generate()
	}
	r.fold()
	r.inexpressible()
	r.withoutNull()
	return r.Legacy, nil
}

// readBusinesses reads the fields of single businesses.
func (r *legacyReport) readBusinesses(ctx context.Context) error {
	r.Businesses = []LegacyBusiness{}
	rows := rest.Collection[wireBusiness]{
		Client: r.rest, Op: "list businesses", Path: "/business/search", Items: "businesses", Pages: paging(), Query: r.pageQuery(),
		ID: func(b *wireBusiness) string { return b.id() },
	}
	for b, err := range rows.All(ctx) {
		if err != nil {
			return err
		}
		fields, err := r.businessFields(ctx, "/business/"+b.id())
		if err != nil {
			return err
		}
		_, closed := fields.split()
		closed = slices.DeleteFunc(closed, func(f string) bool { return contains(r.data.closedFields, f) })
		for _, f := range fields.customClosed() {
			if !contains(r.data.customClosed, f) {
				closed = append(closed, f)
			}
		}
		if len(closed) > 0 {
			r.Businesses = append(r.Businesses, LegacyBusiness{b.id(), b.label(), closed})
		}
	}
	return nil
}

// lookup finds a live role; it is a schema.Lookup.
func (r *legacyReport) lookup(kind, key string) (*schema.Object, bool) {
	for i := range r.live[kind] {
		if o := &r.live[kind][i]; o.Addr.Key == key {
			return o, true
		}
	}
	return nil, false
}

// people puts users with the same legacy permissions into groups.
func (r *legacyReport) people() {
	without := map[string]int{}
	for i := range r.live[userKind.Name] {
		u := r.live[userKind.Name][i].Body.(*User)
		role := roleOf(u.Role)
		if role.ofPartoo {
			continue
		}
		pages := u.Pages
		if saved, ok := r.saved[schema.FoldName(u.Email)]; ok && r.HasSwitched && (len(pages) == 0 || len(lackingPages(pages)) == 0) {
			pages = schema.Canonical(slices.Clone(saved))
		}
		lacks := lackingPages(pages)
		for _, p := range lacks {
			without[p]++
		}
		if len(lacks) > 0 {
			r.People = append(r.People, LegacyPerson{u.Email, append([]string{}, pages...)})
			if !role.customizable() {
				r.fixed[u.Role] = append(r.fixed[u.Role], u.Email)
			}
		}
		if !role.customizable() {
			continue
		}
		key := strings.Join(append([]string{u.Role, u.CustomRole}, lacks...), "\x00")
		g := r.groups[key]
		if g == nil {
			g = &LegacyGroup{Role: u.Role, CustomRole: u.CustomRole, Without: lacks}
			r.groups[key] = g
			r.rights(key, g, pages)
		}
		g.Users = append(g.Users, u.Email)
	}
	for _, page := range sidebarPages {
		r.Legacy.Pages = append(r.Legacy.Pages, LegacyPageUse{page, r.data.pages[page], without[page]})
	}
}

// rights computes what the users of a group may do now and after the switch.
func (r *legacyReport) rights(key string, g *LegacyGroup, pages []string) {
	u := &User{Role: g.Role, CustomRole: g.CustomRole, Pages: pages}
	now, _, known := legacyRights(u, r.system, r.lookup)
	name := cmp.Or(g.CustomRole, r.system.Builtins[g.Role])
	var after []string
	if o, ok := r.lookup(roleKind.Name, name); ok {
		after = o.Body.(*Role).Permissions
	} else if o, ok := r.lookup(builtinRoleKind.Name, name); ok {
		if after = o.Body.(*BuiltinRole).Permissions; !r.HasSwitched {
			after = r.system.afterSwitch(o)
		}
	} else {
		known = false
	}
	if r.HasSwitched { // compared with the pages only: business fields may have changed on purpose
		now = r.system.without(after, pages)
	}
	if g.Known = known; known {
		r.today[key] = schema.Canonical(slices.Clone(now))
		g.SwitchOnly = changeOf(now, after)
	}
}

func changeOf(before, after []string) LegacyChange {
	before, after = schema.Canonical(slices.Clone(before)), schema.Canonical(slices.Clone(after))
	minus := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(p string) bool { return contains(b, p) })
	}
	return LegacyChange{Gained: minus(after, before), Lost: minus(before, after)}
}

// fold orders the groups: those that gain or lose first, then by size.
func (r *legacyReport) fold() {
	for _, key := range slices.Sorted(maps.Keys(r.groups)) {
		g := r.groups[key]
		slices.Sort(g.Users)
		r.Groups = append(r.Groups, *g)
	}
	slices.SortStableFunc(r.Groups, func(a, b LegacyGroup) int {
		changes := func(g LegacyGroup) int { return min(1, len(g.SwitchOnly.Gained)+len(g.SwitchOnly.Lost)) }
		return cmp.Or(changes(b)-changes(a), len(b.Users)-len(a.Users))
	})
	slices.SortFunc(r.People, func(a, b LegacyPerson) int { return strings.Compare(a.Email, b.Email) })
}

// inexpressible lists what custom roles cannot reproduce.
func (r *legacyReport) inexpressible() {
	add := func(format string, args ...any) {
		r.Inexpressible = append(r.Inexpressible, fmt.Sprintf(format, args...))
	}
	var unmapped []string
	for _, p := range r.Legacy.Pages {
		if p.Without > 0 && len(p.Permissions) == 0 {
			unmapped = append(unmapped, fmt.Sprintf("%s (%s)", p.Page, text.Count(p.Without, "user", "users")))
		}
	}
	if len(unmapped) > 0 {
		add("Users %s %s of which no permission is known: %s. They may see %s %s.", text.Choose(r.HasSwitched, "did not see", "do not see"),
			text.Choose(len(unmapped) == 1, "a sidebar page", "sidebar pages"), text.List(unmapped, 9), text.Choose(len(unmapped) == 1, "it", "them"), text.Choose(r.HasSwitched, "now", "after the switch"))
	}
	if !r.HasSwitched {
		var users []*schema.Object
		for i := range r.live[userKind.Name] {
			users = append(users, &r.live[userKind.Name][i])
		}
		for _, odd := range r.undocumentedPages(users) {
			add("%s", odd)
		}
	}
	if len(r.unknown) > 0 {
		add("%s", mappingUnknown(r.unknown))
	}
	r.fieldsInexpressible(add)
	r.fixedInexpressible(add)
	r.unknownInexpressible(add)
	for _, p := range slices.Sorted(maps.Keys(r.dropped)) {
		add("The permission %s needs another one that %s not have now, so no role can give it to them: they lose it.", p, text.Count(r.dropped[p], "user does", "users do"))
	}
	for _, role := range slices.Sorted(maps.Keys(r.incomplete)) {
		add("After the switch, permissions of the built-in role %s need others that it does not have: %s. No file can declare that, so the role is left out of the files and stays as the switch makes it.",
			role, text.List(r.incomplete[role], 5))
	}
	if !r.HasSwitched && len(r.data.closedFields) > 0 {
		add("Partoo's API has one value of a business field for group and business managers together. If the app shows different ones, compare the built-in roles.")
	}
}
