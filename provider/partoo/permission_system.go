package partoo

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A PermissionSystem says which of Partoo's two systems decides what people may do: custom roles,
// or the legacy business fields and sidebar pages.
type PermissionSystem struct {
	Key         string // always theSystem
	CustomRoles bool
	AcceptGains bool // input

	Organization string              // name in Partoo
	HasSwitched  bool                // custom roles decide now
	OpenFields   []string            // permissions that the business fields leave to managers
	ClosedFields []string            // permissions that the business fields take from managers
	Pages        map[string][]string // permissions by sidebar page
	Builtins     map[string]string   // built-in roles by user role
	RolesAfter   bool                // users get their roles after the switch
}

// theSystem is the key of the only object of the kind.
const theSystem = "organization"

var permissionSystemKind = schema.Kind{
	Name: "permission_system",
	Doc: "The permission system decides what people may do: custom roles, or the legacy Business Fields and Sidebar Pages. Every organization has one. " +
		"The change from one to the other concerns everybody, so apply asks for the name of the organization. " +
		"Until Partoo deletes the legacy data it can be taken back. Sidebar pages are not carried over: \"rolecall partoo legacy\" shows who would gain what.",
	UpdateOnly: true,
	Attributes: []schema.Attribute{
		schema.String("name", `Always "organization".`, func(s *PermissionSystem) *string { return &s.Key }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Values(theSystem).Like(`"organization"`),
		schema.Bool("custom_roles", "Whether custom roles decide what people may do. The switch to them rewrites the two built-in roles as the Business Fields are now.",
			func(s *PermissionSystem) *bool { return &s.CustomRoles }).
			With(schema.Required | schema.CarriesRights).Like(`true`),
		schema.Bool("accept_gains", "Whether users without a custom role may gain by the switch what their sidebar pages keep from them now. Without it, a plan refuses the switch as long as there is one.",
			func(s *PermissionSystem) *bool { return &s.AcceptGains }).
			With(schema.ConfigOnly).Like(`false`),
		schema.String("organization", "Name of the organization in Partoo. apply asks for it.",
			func(s *PermissionSystem) *string { return &s.Organization }).With(schema.ReadOnly).Like(`"Zoo"`),
		schema.Bool("has_switched", "Whether custom roles decide now.",
			func(s *PermissionSystem) *bool { return &s.HasSwitched }).With(schema.ReadOnly).Like(`false`),
		schema.Set("open_fields", "Permissions that the Business Fields leave to group and business managers.",
			func(s *PermissionSystem) *[]string { return &s.OpenFields }).With(schema.ReadOnly).Like(`["business_edit"]`),
		schema.Set("closed_fields", "Permissions that the Business Fields take from group and business managers.",
			func(s *PermissionSystem) *[]string { return &s.ClosedFields }).With(schema.ReadOnly).Like(`["business_edit_siret"]`),
		schema.SetMap("sidebar_pages", "Permissions that each sidebar page stands for.",
			func(s *PermissionSystem) *map[string][]string { return &s.Pages }).With(schema.ReadOnly).Like(`{ review_invite = ["review_booster"] }`),
		schema.Map("builtin_roles", "Built-in role that a user role has without a custom role.",
			func(s *PermissionSystem) *map[string]string { return &s.Builtins }).With(schema.ReadOnly).Like(`{ GROUP_MANAGER = "GROUP_MANAGER" }`),
		schema.Bool("roles_after_switch", "Whether users get their custom roles after the switch, as assign_roles of the provider block says.",
			func(s *PermissionSystem) *bool { return &s.RolesAfter }).With(schema.ReadOnly).Like(`false`),
	},
	Governs: func(want *schema.Object) bool {
		s := want.Body.(*PermissionSystem)
		return s.RolesAfter || !s.CustomRoles // until the switch back, custom roles still decide
	},
	Confirm: func(o *schema.Object) string { return o.Body.(*PermissionSystem).Organization },
}

// Prepare notes whether the legacy permissions have to be read: the files name the permission
// system, and it is not custom roles for good. Otherwise a plan does not need them, and they would
// take requests.
func (c *client) Prepare(desired []schema.Object) {
	for i := range desired {
		if s, ok := desired[i].Body.(*PermissionSystem); ok && !(c.status.HasSwitched && s.CustomRoles) {
			c.readLegacy()
		}
	}
}

// readLegacy lets the client read the legacy permissions, so that it is known what people may do
// before the switch.
func (c *client) readLegacy() {
	c.legacy = true
	c.dropNote("partoo/not-switched")
}

// systems are the calls for the permission system.
type systems struct{ *client }

// List yields nothing if Partoo did not tell the key which system decides and no file needs to know it:
// a note says so already.
func (s systems) List(ctx context.Context, yield func(schema.Object, error) bool) {
	if s.legacy || s.status.OrgID != 0 {
		yield(s.Read(ctx, schema.Object{}))
	}
}

func (s systems) Find(ctx context.Context, want schema.Object) (schema.Object, error) {
	return s.Read(ctx, want)
}

// Read reads the status again, except the first time after connecting.
func (s systems) Read(ctx context.Context, o schema.Object) (schema.Object, error) {
	status := s.status
	if o.ID != "" || status.OrgID == 0 {
		var err error
		if status, err = s.switchStatus(ctx); err != nil {
			return schema.Object{}, err
		}
	}
	body := &PermissionSystem{Key: theSystem, CustomRoles: status.HasSwitched, HasSwitched: status.HasSwitched, RolesAfter: s.rolesAfter}
	set := permissionSystemKind.Mask("name", "custom_roles", "has_switched", "roles_after_switch")
	if s.legacy {
		l, err := s.legacyData(ctx)
		if err == nil {
			err = l.gone
		}
		if err != nil {
			return schema.Object{}, err
		}
		body.Organization, body.OpenFields, body.ClosedFields, body.Pages = l.organization, l.open, l.closed, l.pages
		body.Builtins = l.builtins
		set |= permissionSystemKind.Mask("organization", "open_fields", "closed_fields", "sidebar_pages", "builtin_roles")
	}
	return s.Object(&permissionSystemKind, idText(s.org), body, set), nil
}

func (s systems) Create(context.Context, provider.Request) (schema.Object, error) {
	return schema.Object{}, errNoSystemCall
}
func (s systems) Remove(context.Context, provider.Request) error { return errNoSystemCall }

var errNoSystemCall = &provider.Error{Op: "change the permission system", Reason: "Partoo has exactly one for each organization"}

func (s systems) Update(ctx context.Context, r provider.Request) (schema.Object, error) {
	if err := s.unseen(ctx, r.Want); err != nil {
		return schema.Object{}, err
	}
	on := r.Want.Body.(*PermissionSystem).CustomRoles
	call := rest.Call{
		Op: "switch the permission system", Method: http.MethodPost, Path: s.switchPath(), Query: s.query(),
		Body: map[string]any{"switch_to_custom_roles": on}, Idempotent: true,
	}
	if err := s.rest.Do(ctx, call, nil); err != nil {
		return schema.Object{}, err
	}
	s.roles.Clear()
	s.switched.Store(on)
	return crud.ReadBack(ctx, s, r, r.Have.ID)
}

func (c *client) switchPath() string { return "/org/" + idText(c.org) + "/switch_to_custom_roles" }

// switchStatus reads which system is in effect.
func (c *client) switchStatus(ctx context.Context) (wireSwitch, error) {
	var s wireSwitch
	err := c.rest.Do(ctx, rest.Call{Op: "read whether custom roles are switched on", Path: c.switchPath()}, &s)
	return s, err
}

// A legacyData is what the legacy permissions of the organization are, in permissions.
type legacyData struct {
	organization   string
	anyFields      bool                // the answer has business fields
	gone           error               // why the business fields cannot be read; nil if they can
	open, closed   []string            // of business fields
	pages          map[string][]string // by sidebar page
	builtins       map[string]string   // built-in roles by user role
	openFields     []string            // names of business fields
	closedFields   []string
	catalogue      catalogue
	unmappedFields []string // without a permission in the catalogue
	customClosed   []string // custom fields, whose permissions are not known
}

// legacyData reads the business fields and what they and the sidebar pages stand for, once.
func (c *client) legacyData(ctx context.Context) (*legacyData, error) {
	return c.legacyRead.Value(func() (*legacyData, error) {
		l := &legacyData{organization: idText(c.org)}
		var org struct{ Name string }
		err := c.rest.Do(ctx, rest.Call{Op: "read the organization", Path: "/org/" + idText(c.org), Query: c.query()}, &org)
		if code := provider.Status(err); err != nil && code != http.StatusForbidden && code != http.StatusNotFound {
			return nil, err
		}
		l.organization = cmp.Or(strings.TrimSpace(schema.NFC(org.Name)), l.organization)
		fields, err := c.businessFields(ctx, "/org/"+idText(c.org))
		if gone := provider.Status(err); gone == http.StatusForbidden || gone == http.StatusNotFound {
			l.gone = err
		} else if err != nil {
			return nil, err
		}
		if l.catalogue, err = c.readCatalogue(ctx); err != nil {
			return nil, err
		}
		l.openFields, l.closedFields = fields.split()
		l.customClosed = fields.customClosed()
		l.anyFields = fields.any()
		l.open, l.closed = c.mapping.permissionsOf(l.openFields, l.catalogue, true), c.mapping.permissionsOf(l.closedFields, l.catalogue, false)
		for _, f := range append(append([]string{}, l.openFields...), l.closedFields...) {
			if _, offered := l.catalogue[c.mapping.field(f)]; !offered {
				l.unmappedFields = append(l.unmappedFields, f)
			}
		}
		l.pages, l.builtins = c.mapping.pages(l.catalogue), map[string]string{}
		for _, role := range userRoles {
			if role.builtin == noBuiltin {
				continue
			}
			key, err := c.builtin(ctx, role.name)
			if err != nil {
				return nil, err
			}
			if key != "" {
				l.builtins[role.name] = key
			}
		}
		return l, nil
	})
}

// businessFields reads the business fields of the organization or of a business.
func (c *client) businessFields(ctx context.Context, of string) (wireFields, error) {
	var w wireFields
	call := rest.Call{Op: "read the legacy business fields", Path: of + "/business_fields", Validate: func() error { return w.check() }}
	err := c.rest.Do(ctx, call, &w)
	if code := provider.Status(err); code == http.StatusForbidden || code == http.StatusNotFound {
		return nil, &provider.Error{
			Op: call.Op, Status: code, Reason: "Partoo does not show them",
			Hint: "The key must be an ORG_ADMIN's. If it is, Partoo has deleted the legacy data of the organization: " +
				"it cannot be compared any more, nor can the switch be taken back. If the files have a permission_system block, write custom_roles = true there " +
				"once Partoo has switched the organization, or remove the block.",
		}
	}
	return w, err
}
