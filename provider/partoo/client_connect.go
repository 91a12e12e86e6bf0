package partoo

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// connect first reads the user and the organization of the key. For most keys Partoo ignores
// a wrong organization and answers about the key's own, so the numbers are compared here.
func connect(ctx context.Context, o provider.Options) (provider.Client, error) {
	settings := o.Settings.Body.(*Settings)
	c := &client{
		rest:    newREST(o),
		Objects: crud.ObjectsOf(o),
		org:     settings.OrgID,

		rolePaths:  rolePathsOf(settings),
		perMinute:  requestsPerMinute(&o.Settings),
		rolesAfter: settings.AssignRoles == assignAfter,
	}
	mapping, err := parseMapping(cmp.Or(settings.LegacyMapping, legacyMappingFile))
	if err != nil {
		return nil, fmt.Errorf("legacy_mapping %w", err)
	}
	c.mapping = mapping
	var me wireUser
	if err := c.rest.Do(ctx, rest.Call{Op: "connect to Partoo", Path: "/user/me", Query: c.query("display_business_ids", "false")}, &me); err != nil {
		return nil, err
	}
	if err := c.verifyTenant(&me); err != nil {
		return nil, err
	}
	if err := c.readSwitch(ctx); err != nil {
		return nil, err
	}
	return newConnection(c), nil
}

func newREST(o provider.Options) *rest.Client {
	c := rest.ConfigOf("Partoo", o)
	c.Setting, c.Window, c.Reason, c.Hint = addressSetting(&o.Settings), time.Minute, reason, hint
	if o.Key != "" {
		c.Header = http.Header{}
		c.Header.Set("x-APIKey", o.Key)
	}
	return rest.New(c)
}

// verifyTenant compares the organization of the key with that of the files.
func (c *client) verifyTenant(me *wireUser) error {
	c.anyOrg = roleOf(me.Role).ofPartoo
	if !c.anyOrg && (me.OrgID == nil || *me.OrgID != c.org) {
		e := &provider.Error{Op: "connect to Partoo", Err: provider.ErrTenant}
		if me.OrgID == nil {
			e.Reason = fmt.Sprintf("the key belongs to no organization, and org_id is %d", c.org)
			e.Hint = fmt.Sprintf("Put the key of an administrator of organization %d into %s.", c.org, KeyEnv)
		} else {
			e.Reason = fmt.Sprintf("the key belongs to organization %d, and org_id is %d", *me.OrgID, c.org)
			e.Hint = fmt.Sprintf("Put a key of organization %d into %s, or set org_id = %d in the provider block.", c.org, KeyEnv, *me.OrgID)
		}
		return e
	}
	c.key = keyRights{role: me.Role, permissions: permissionNames(me.Permissions)}
	c.identity = provider.Identity{
		Tenant: idText(c.org),
		Self:   schema.Address{Provider: c.Tenant, Kind: userKind.Name, Key: schema.FoldName(me.Email)},
	}
	return nil
}

// readSwitch reads whether custom roles are switched on. A key that may not read it can still
// do other things, so that is only a note.
func (c *client) readSwitch(ctx context.Context) error {
	s, err := c.switchStatus(ctx)
	switch code := provider.Status(err); {
	case code == http.StatusForbidden || code == http.StatusNotFound:
		c.switched.Store(true) // as far as is known
		c.note("partoo/switch-unknown", "Cannot tell whether custom roles are switched on",
			fmt.Sprintf("Partoo answered %d when asked whether organization %d uses custom roles, so the key may lack the right to ask. "+
				"If they are not switched on, roles may have no effect.", code, c.org))
	case err != nil:
		return err
	case s.OrgID != c.org:
		return &provider.Error{
			Op: "connect to Partoo", Err: provider.ErrTenant,
			Reason: fmt.Sprintf("Partoo answered about organization %d, and org_id is %d", s.OrgID, c.org),
			Hint:   "Check org_id in the provider block and whose key " + KeyEnv + " holds.",
		}
	case !s.HasSwitched:
		c.note("partoo/not-switched", "Custom roles are not switched on", notSwitched(c.org, s.CanSwitch))
	}
	if err == nil {
		c.status = s
		c.switched.Store(s.HasSwitched)
	}
	return nil
}

func notSwitched(org int64, may bool) string {
	who := "The user of this key may switch."
	if !may {
		who = "The user of this key may not switch; ask an administrator or Partoo."
	}
	return fmt.Sprintf("Organization %d still works with the legacy permissions (has_switched is false), so custom roles may not decide "+
		"yet what people can do. Switching rewrites the two built-in roles and does not carry the users' sidebar pages over. "+
		"\"rolecall partoo legacy\" shows who would gain what, and writes roles that prevent it. %s", org, who)
}

// dropNote takes a warning back.
func (c *client) dropNote(code string) {
	c.identity.Notes = slices.DeleteFunc(c.identity.Notes, func(f schema.Finding) bool { return f.Code == code })
}

// note adds a warning because of which it is not known what users may do.
func (c *client) note(code, summary, detail string) {
	c.identity.Notes = append(c.identity.Notes, schema.Finding{
		Severity: schema.Warning, Code: code, Addr: schema.Address{Provider: c.Tenant}, Summary: summary, Detail: detail, RightsUnknown: true,
	})
}
