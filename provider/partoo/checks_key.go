package partoo

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// keyRights are the known rights of the API key: the role of its user and, where Partoo
// shows them, its permissions.
type keyRights struct {
	role        string
	permissions map[string]bool // nil: not known
}

// comparable reports whether the permissions of the key can be compared with those of its
// user: an administrator has every permission of the organization.
func (k keyRights) comparable() bool { return k.permissions != nil && roleOf(k.role).administers }

// restricted reports whether the key is known to have fewer permissions than its user.
func (k keyRights) restricted(all catalogue) bool {
	if !k.comparable() {
		return false
	}
	for name, p := range all {
		if !k.permissions[name] && !slices.Contains(p.DisabledForRoles, k.role) {
			return true
		}
	}
	return false
}

// lacks reports whether the key itself does not have one of the permissions. Permissions that
// are not in the catalogue do not count: another check reports them.
func (k keyRights) lacks(permissions []string, all catalogue) bool {
	return k.permissions != nil && !roleOf(k.role).ofPartoo && slices.ContainsFunc(permissions, func(p string) bool {
		_, offered := all[p]
		return offered && !k.permissions[p]
	})
}

// A writeRisk is one reason why Partoo will or may refuse planned writes.
type writeRisk struct {
	severity              schema.Severity
	code, summary, detail string // detail has one %s, the objects
}

// preflight reports, before the first write, which planned writes Partoo refuses to the key,
// and which it may refuse because nothing is documented.
func (c *client) preflight(v provider.View, all catalogue) []schema.Finding {
	found := map[writeRisk][]provider.Request{}
	restricted := c.key.restricted(all)
	for _, r := range v.Changes {
		d, risky := c.riskOf(r)
		if !risky && restricted {
			d, risky = restrictedKey, true
		}
		if risky {
			found[d] = append(found[d], r)
		}
		if c.key.lacks(granted(r), all) {
			found[beyondKey] = append(found[beyondKey], r)
		}
	}
	risks := slices.SortedFunc(maps.Keys(found), func(a, b writeRisk) int {
		if a.severity != b.severity {
			return int(a.severity) - int(b.severity)
		}
		return strings.Compare(a.code+a.summary, b.code+b.summary)
	})
	var out []schema.Finding
	for _, d := range risks {
		out = append(out, riskFinding(d, found[d]))
	}
	return out
}

var (
	restrictedKey = writeRisk{schema.Warning, "partoo/restricted-key", "The key is restricted and may not be able to write",
		"The API key holds fewer permissions than its user, an ORG_ADMIN. Which permission these writes need is not documented, so Partoo may refuse them: %s. " +
			"To be sure, use a key without restrictions."}
	beyondKey = writeRisk{schema.Warning, "partoo/grants-beyond-key", "Roles grant more than the key holds itself",
		"These roles would grant permissions that the API key does not hold, which Partoo may refuse: %s. To be sure, use an ORG_ADMIN's key without restrictions."}
)

// riskOf returns why Partoo refuses or may refuse a change to the user of the key.
func (c *client) riskOf(r provider.Request) (writeRisk, bool) {
	role := c.key.role
	if roleOf(role).ofPartoo {
		return writeRisk{}, false
	}
	switch r.Addr.Kind {
	case roleKind.Name, builtinRoleKind.Name:
		if !roleOf(role).administers {
			return writeRisk{schema.Error, "partoo/key-rights", "The key cannot change roles",
				fmt.Sprintf("Only an ORG_ADMIN changes roles, and the API key belongs to a user with the role %s: %%s. Use the key of an ORG_ADMIN.", role)}, true
		}
	case sectionKind.Name, groupKind.Name:
		if roleOf(role).groupsReadOnly {
			return writeRisk{schema.Error, "partoo/key-rights", "The key cannot change sections and groups",
				fmt.Sprintf("Only a GROUP_MANAGER and above changes sections and groups, and the API key belongs to a user with the role %s: %%s. Use the key of an ORG_ADMIN.", role)}, true
		}
	case userKind.Name:
		return c.riskOfUser(r)
	}
	return writeRisk{}, false
}

func (c *client) riskOfUser(r provider.Request) (writeRisk, bool) {
	if !roleOf(c.key.role).administers {
		return writeRisk{schema.Warning, "partoo/key-rights", "The key may not be able to change users",
			fmt.Sprintf("Partoo documents that an ORG_ADMIN changes users, and says nothing of the role %s, which the API key's user has: %%s. "+
				"To be sure, use the key of an ORG_ADMIN.", c.key.role)}, true
	}
	if r.Want == nil {
		return writeRisk{}, false
	}
	given := r.Want.Body.(*User).Role
	gives := r.Have == nil || r.Changed.Has(userKind.Index("role"))
	if gives && !roleOf(given).givable {
		return writeRisk{schema.Warning, "partoo/key-rights", fmt.Sprintf("Giving the role %s may be refused", given),
			fmt.Sprintf("Partoo documents that an ORG_ADMIN gives %s. Whether the API key may give %s is not documented: %%s. "+
				"If it is refused, give the role in the Partoo app and plan again.", strings.Join(rolesWhere(func(r userRole) bool { return r.givable }), " and "), given)}, true
	}
	return writeRisk{}, false
}

// granted lists the permissions that a change adds to a role.
func granted(r provider.Request) []string {
	if r.Want == nil {
		return nil
	}
	now, _ := r.Want.Any("permissions").([]string)
	if r.Have == nil {
		return now
	}
	before, _ := r.Have.Any("permissions").([]string)
	return slices.DeleteFunc(slices.Clone(now), func(p string) bool { return slices.Contains(before, p) })
}

// riskFinding returns one finding about all writes with the same risk.
func riskFinding(d writeRisk, writes []provider.Request) schema.Finding {
	names := make([]string, len(writes))
	for i, r := range writes {
		names[i] = r.Action.String() + " " + r.Addr.String()
	}
	f := schema.Finding{Severity: d.severity, Code: d.code, Addr: writes[0].Addr, Summary: d.summary, Detail: fmt.Sprintf(d.detail, text.List(names, 50))}
	if writes[0].Want != nil {
		f.Pos = writes[0].Want.Pos
	}
	return f
}
