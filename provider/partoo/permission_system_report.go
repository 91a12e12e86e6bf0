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

// A Legacy is what the legacy permissions of an organization are, and what becomes of them. It is a
// JSON document, too.
type Legacy struct {
	Tenant        string           `json:"tenant"`
	Organization  string           `json:"organization"`
	HasSwitched   bool             `json:"has_switched"`
	CanSwitch     bool             `json:"can_switch"`
	FieldsKnown   bool             `json:"business_fields_known"`
	ClosedFields  []string         `json:"closed_fields"` // for group and business managers
	OpenFields    []string         `json:"open_fields"`
	Businesses    []LegacyBusiness `json:"businesses,omitzero"` // with closed fields of their own; nil if they were not read
	Pages         []LegacyPageUse  `json:"sidebar_pages"`
	Groups        []LegacyGroup    `json:"groups"`
	Roles         []LegacyRole     `json:"roles"` // that would be generated
	Inexpressible []string         `json:"not_expressible"`
	People        []LegacyPerson   `json:"people"` // without some pages

	generated map[string][]schema.Object
}

// Generated returns the objects that reproduce what people may do now, by kind.
func (l *Legacy) Generated() map[string][]schema.Object { return l.generated }

// A LegacyBusiness has business fields that are closed at it and open in the organization.
type LegacyBusiness struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"` // with its store code
	Closed []string `json:"closed_fields"`
}

// A LegacyPageUse is a sidebar page with the permissions that it stands for.
type LegacyPageUse struct {
	Page        string   `json:"page"`
	Permissions []string `json:"permissions"`
	Without     int      `json:"users_without"`
}

// A LegacyGroup is users with the same legacy permissions, and what each future gives and takes.
type LegacyGroup struct {
	Role       string   `json:"role"`
	CustomRole string   `json:"custom_role"` // now
	Without    []string `json:"without_pages"`
	Users      []string `json:"users"`
	Known      bool     `json:"rights_known"` // what they may do is known
	// SwitchOnly is what the users gain and lose if the organization switches and nothing else
	// changes. If nothing is done it is the same, as soon as Partoo switches everybody. In an
	// organization that has switched it is what they have more than their pages.
	SwitchOnly LegacyChange `json:"switch_only"`
	// Generated is the role that the users get from --generate, and what it changes.
	Generated LegacyChange `json:"generated"`
	Assigned  string       `json:"generated_role"`
}

// A LegacyChange is permissions that are gained and lost.
type LegacyChange struct {
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
}

// A LegacyRole is a role that would be generated.
type LegacyRole struct {
	APIID       string   `json:"api_id"`
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
	Users       int      `json:"users"`
	Exists      bool     `json:"exists"` // in Partoo or the files, with the same permissions

	description string
}

// A LegacyPerson is a user without some sidebar pages.
type LegacyPerson struct {
	Email string   `json:"email"`
	Pages []string `json:"sidebar_pages"`
}

// Checked returns the person with the names of the pages as Partoo writes them, or an error.
func (p LegacyPerson) Checked() (LegacyPerson, error) {
	if strings.TrimSpace(p.Email) == "" {
		return p, errors.New("a user has no email")
	}
	if p.Pages == nil {
		return p, fmt.Errorf("the user %s has no sidebar_pages", text.Quote(p.Email))
	}
	pages := make([]string, 0, len(p.Pages))
	for _, page := range p.Pages {
		page = strings.ToLower(strings.TrimSpace(page))
		if !slices.Contains(sidebarPages, page) {
			return p, fmt.Errorf("the user %s has the sidebar page %s, which is none of %s", text.Quote(p.Email), text.Quote(page), strings.Join(sidebarPages, ", "))
		}
		pages = append(pages, page)
	}
	return LegacyPerson{p.Email, schema.Canonical(pages)}, nil
}

// LegacyOptions say what a Legacy is computed from.
type LegacyOptions struct {
	// Live are all objects of the kinds in LegacyKinds, complete.
	Live map[string][]schema.Object
	// Saved are the people of an earlier Legacy, for organizations whose pages Partoo does not show any more.
	// They are checked, and not used before the switch.
	Saved []LegacyPerson
	// Businesses: the fields of every business are read, with one request each.
	Businesses bool
	// Files are the configuration that generated roles go into: they have other names than its roles, and
	// its roles are used where they fit. It is nil for a new configuration.
	Files *schema.Tenant
}

// LegacyKinds are the kinds that a Legacy is computed from.
func LegacyKinds() []string { return []string{roleKind.Name, builtinRoleKind.Name, userKind.Name} }

// ReadLegacy lets the client read the legacy permissions with the users.
func (c *client) ReadLegacy() { c.readLegacy() }

// Inferred returns what Partoo does not document and rolecall infers from names, one line each.
func (l *Legacy) Inferred() []string {
	var out []string
	for _, p := range l.Pages {
		if len(p.Permissions) > 0 {
			out = append(out, fmt.Sprintf("sidebar page %s: %s", p.Page, strings.Join(p.Permissions, ", ")))
		}
	}
	return out
}

// A legacyReport computes a Legacy.
type legacyReport struct {
	*client
	*Legacy
	data       *legacyData
	system     *PermissionSystem
	live       map[string][]schema.Object
	files      *schema.Tenant
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
			FieldsKnown: data.gone == nil, ClosedFields: data.closedFields, OpenFields: data.openFields,
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
	r.people()
	if !r.HasSwitched {
		r.generate()
	}
	r.fold()
	r.inexpressible()
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
		if saved, ok := r.saved[schema.FoldName(u.Email)]; ok && r.HasSwitched && slices.Equal(pages, sidebarPages) {
			pages = schema.Canonical(slices.Clone(saved))
		}
		lacks := slices.DeleteFunc(slices.Clone(sidebarPages), func(p string) bool { return slices.Contains(pages, p) })
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
	for _, p := range r.Legacy.Pages {
		if p.Without > 0 && len(p.Permissions) == 0 {
			add("No permission is known for the sidebar page %s, which %s not see. They may see it after the switch.", p.Page, text.Count(p.Without, "user does", "users do"))
		}
	}
	r.fieldsInexpressible(add)
	r.fixedInexpressible(add)
	for _, g := range r.Groups {
		if !g.Known {
			add("What %s with the role %s may do is not documented: %s.", text.Count(len(g.Users), "user", "users"), cmp.Or(g.CustomRole, g.Role), text.List(g.Users, 5))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(r.dropped)) {
		add("The permission %s needs another one that %s not have now, so no role can give it to them: they lose it.", p, text.Count(r.dropped[p], "user does", "users do"))
	}
	for _, role := range slices.Sorted(maps.Keys(r.incomplete)) {
		add("The switch makes a built-in role %s of which permissions need others that it does not have: %s. No file can declare such a role, so it is left out, and stays as the switch makes it.",
			role, text.List(r.incomplete[role], 5))
	}
	if !r.HasSwitched && len(r.data.closedFields) > 0 {
		add("Partoo's API has one value of a business field for group and business managers together. If the app shows different ones, compare the built-in roles.")
	}
}
