package partoo

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A Role is a custom role: a named set of permissions.
type Role struct {
	APIID       string
	Name        string
	Description string
	Permissions []string
}

var roleKind = schema.Kind{
	Name:   "role",
	Unique: true, // api_id is unique in the organization
	Doc: "A custom role is a named set of permissions. A user's custom_role says what the user may do, " +
		"the user's role and accesses say where. Partoo's two built-in roles are builtin_role blocks.",
	Attributes: []schema.Attribute{
		schema.String("api_id", "Identifier of the role in the API, unique in the organization. Other systems may use it, so it never "+
			"changes in place: with the old one in previously, the new role is created, every holder moved, and the old role deleted. "+
			"Lower-case letters, digits, _ and - are safe.",
			func(r *Role) *string { return &r.APIID }).
			With(schema.Key | schema.Label | schema.Required | schema.Immutable).Check(roleAPIID).Like(`"store_editor"`),
		schema.String("name", `Name that people see, 1 to 100 characters. Partoo forbids , ; / \ | < and > in it.`,
			func(r *Role) *string { return &r.Name }).
			With(schema.Required).Check(upTo(100, notInRoles)).Like(`"Store editor"`),
		schema.String("description", `What the role is for, 1 to 200 characters. Partoo's reference forbids , ; / \ | < and > in it, `+
			"while its guide prints descriptions with commas. There is no documented way to clear a description once there is one.",
			func(r *Role) *string { return &r.Description }).
			With(schema.LongText).Check(upTo(200, "")).Like(`"Edits stores"`),
		schema.Set("permissions", "Names of the permissions that the role grants: always the whole list, as GET /permissions spells them. "+
			"Which exist depends on the organization's plans. A permission that depends on another needs that one too.",
			func(r *Role) *[]string { return &r.Permissions }).
			With(schema.CarriesRights).Like(`["business_edit", "business_edit_open_hours"]`),
	},
	Validate: validateRole,
}

// safeAPIID is what every part of every system can carry, URLs first.
var safeAPIID = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)

func roleAPIID(s string) error {
	if s == "duplicate" || s == "reset" {
		return fmt.Errorf("cannot be %q: Partoo uses this word in the address of another call, so the role could not be reached", s)
	}
	return upTo(100, notInRoles)(s)
}

func validateRole(o *schema.Object) []schema.Finding {
	r := o.Body.(*Role)
	var out []schema.Finding
	if r.APIID != "" && roleAPIID(r.APIID) == nil && !safeAPIID.MatchString(r.APIID) {
		out = append(out, o.Problem("partoo/role-api-id", "api_id", "The api_id has unusual characters",
			fmt.Sprintf("Partoo puts the api_id %q into addresses, and other systems store it. Lower-case letters, digits, _ and - "+
				"are safe everywhere. For a role that exists under this api_id nothing has to change.", r.APIID)).Warn())
	}
	if empty(o, "description") {
		out = append(out, o.Problem("partoo/empty-description", "description", "A description cannot be empty",
			"Partoo takes 1 to 200 characters and documents no way to clear a description. Write a text, or leave the attribute out "+
				"to keep what is there. To clear one, edit the role in the Partoo app."))
	}
	if i := strings.IndexAny(r.Description, notInRoles); i >= 0 {
		out = append(out, o.Problem("partoo/description-characters", "description", "Partoo may refuse this description",
			fmt.Sprintf("It contains %q. Partoo's reference forbids %s in descriptions, while its own guide prints descriptions with commas. "+
				"Without these characters it is safe.", r.Description[i:i+1], forbiddenWords(notInRoles))).Warn())
	}
	if !o.Has("permissions") {
		out = append(out, o.Problem("partoo/role-without-permissions", "permissions", "The role does not say what it grants",
			"Write permissions = [...] with every permission that the role grants, or permissions = [] for a role that grants nothing."))
	}
	return append(out, emptyNames(o)...)
}

// emptyNames reports permissions without characters, which no rule for texts sees.
func emptyNames(o *schema.Object) []schema.Finding {
	permissions, _ := o.Any("permissions").([]string)
	if len(permissions) == 0 || permissions[0] != "" {
		return nil
	}
	return []schema.Finding{o.Problem("partoo/empty-permission", "permissions", "A permission has no name",
		"One member of permissions is an empty text. Take it out, or write the permission that was meant.")}
}

// newAPIID is the rule for an api_id that does not exist yet. The dot is legal by
// the likelier reading of the documentation only, so nothing new is given one.
func newAPIID(s string) error {
	for _, c := range s {
		if c == '.' {
			return errors.New("must not contain a dot")
		}
	}
	return nil
}
