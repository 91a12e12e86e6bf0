package uberall

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A User is a person who can sign in to uberall.
type User struct {
	Email      string
	Identifier string
	FirstName  string
	LastName   string
	Profile    string // input: its rights become those of the user
	Rights
	Accounts   []string // keys
	Locations  []string // as locationID writes them; in files also identifiers and names
	Status     string
	Salutation string
	Phone      string
	Language   string
	WhiteLabel string
	Emails     map[string]string // type of e-mail -> frequency
}

var userKind = schema.Kind{
	Name: "user",
	Doc: "A user is a person who can sign in to uberall. The key sees only the users whom it manages, and only the features that it has itself. " +
		"A user who is in the files and in uberall with the same identifier is one person, whatever the address. Passwords are never read or written. " +
		"A user who leaves becomes INACTIVE, unless the manage block says on_removal = \"delete\". Under forced single sign-on (forceSso), rolecall compares users and never changes them.",
	Subject:   true,
	Removals:  []schema.Action{schema.Deactivate, schema.Delete},
	Recreated: "uberall may refuse the address or the identifier of a deleted user, and sends an e-mail to users who are INVITED. Passwords do not come back.",
	ListScope: listScope,
	Attributes: slices.Concat([]schema.Attribute{
		schema.String("email", "Address that the user signs in with. Upper and lower case do not matter.",
			func(u *User) *string { return &u.Email }).
			With(schema.Key | schema.Label | schema.Required | schema.FoldCase).Check(schema.EmailAddress).Like(`"ana@stores.example"`),
		schema.String("identifier", "Your own id of the user, such as that of the identity provider. If the files and uberall both have it, rolecall recognizes the user by it, even if the address differs.",
			func(u *User) *string { return &u.Identifier }).Like(`"idp-4711"`),
		schema.String("first_name", "First name. A new user needs one.", func(u *User) *string { return &u.FirstName }).Like(`"Ana"`),
		schema.String("last_name", "Last name. A new user needs one.", func(u *User) *string { return &u.LastName }).Like(`"Diaz"`),
		schema.Ref("profile", "Profile that sets role, features, fields and dashboards. What the profile sets, the user must not set.",
			func(u *User) *string { return &u.Profile }).
			To("profile").With(schema.ConfigOnly).Like(`profile.store_manager`),
	}, withoutExamples(rightsRows(func(u *User) *Rights { return &u.Rights })), []schema.Attribute{
		schema.RefSet("accounts", "Accounts of an ACCOUNT_MANAGER or BUSINESS_MANAGER, by identifier or name: always the whole list.",
			func(u *User) *[]string { return &u.Accounts }).
			To("account").With(schema.CarriesRights | schema.EmptyMayMeanAll),
		schema.Set("locations", locationsDoc+"Only for a LOCATION_MANAGER, in addition to the locations of location groups: always the whole list.",
			func(u *User) *[]string { return &u.Locations }).
			With(schema.CarriesRights | schema.EmptyMayMeanAll).Check(locationText).Like(`["store-0012"]`),
		schema.String("status", "INACTIVE: the user cannot sign in. The other values say how a new user begins: with INVITED, uberall sends an e-mail; the default is CREATED. "+
			"Later rolecall treats them all as active, because uberall changes them when the user signs in.",
			func(u *User) *string { return &u.Status }).
			With(schema.CarriesRights).Values(invited, created, verified, "UNVERIFIED", "NO_LOGIN", statusInactive).Like(`"INVITED"`),
		schema.String("salutation", "Salutation.", func(u *User) *string { return &u.Salutation }).Values("MALE", "FEMALE", "OTHER").Like(`"OTHER"`),
		schema.String("phone", "Phone number.", func(u *User) *string { return &u.Phone }).Like(`"+49 30 1234567"`),
		schema.String("language", "Language of the app for the user.", func(u *User) *string { return &u.Language }).Like(`"en"`),
		schema.String("white_label", "Identifier of the white label. A new user needs one where the sales partner has several.",
			func(u *User) *string { return &u.WhiteLabel }).Like(`"stores"`),
		schema.Map("emails", "How often uberall sends which e-mail, such as DIGEST = \"WEEKLY\". Types that are left out stay as they are.",
			func(u *User) *map[string]string { return &u.Emails }).
			With(schema.MergeEntries).Check(frequency).Like(`{ DIGEST = "WEEKLY" }`),
	}),
	Validate:          validateUser,
	Adjust:            adjustUser,
	Administers:       administers,
	MadeAdministrator: func(o *schema.Object) bool { return o.Body.(*User).Role == admin },
	Invited:           func(o *schema.Object) bool { return o.Body.(*User).Status == invited },
	Where:             []string{"accounts", "locations"},
	Takes:             userTakes,
	Inactive:          inactive,
	Activate:          `status = "VERIFIED"`,
	StayInactive:      `status = "INACTIVE"`,
	Privilege: func(o *schema.Object, _ schema.Lookup) string {
		if o.Body.(*User).Role == admin {
			return admin
		}
		return ""
	},
	Grants: userGrants,
	Area:   places,
}

// withoutExamples leaves the attributes out of the example of a user, which has a profile.
func withoutExamples(rows []schema.Attribute) []schema.Attribute {
	for i := range rows {
		rows[i].Example = ""
	}
	return rows
}

// The statuses of a user that rolecall tells apart.
const (
	invited        = "INVITED"
	created        = "CREATED"
	verified       = "VERIFIED"
	statusInactive = "INACTIVE"
	statusDeleted  = "DELETED" // read only: such a user counts as absent
)

func inactive(o *schema.Object) bool { return o.Body.(*User).Status == statusInactive }

// administers: only an admin who has confirmed the address has surely signed in, so only
// such a one counts as one who stays.
func administers(o *schema.Object) bool {
	u := o.Body.(*User)
	return u.Role == admin && u.Status == verified
}

// adjustUser removes the scope that does not apply to the user's role.
func adjustUser(o *schema.Object) {
	u := o.Body.(*User)
	u.Accounts, u.Locations = u.scoped()
}

// userTakes reports whether an attribute has a meaning for the user's role.
func userTakes(o *schema.Object, attribute string) bool {
	role := roleOf(o.Body.(*User).Role)
	switch attribute {
	case "accounts":
		return role.takes(byAccounts)
	case "locations":
		return role.takes(byLocations)
	}
	return true
}

// scoped returns the scope that applies to the user's role.
func (u *User) scoped() (accounts, locations []string) {
	role := roleOf(u.Role)
	if role.takes(byAccounts) {
		accounts = u.Accounts
	}
	if role.takes(byLocations) {
		locations = u.Locations
	}
	return accounts, locations
}

func validateUser(o *schema.Object) []schema.Finding {
	out := lintRights(o, &o.Body.(*User).Rights)
	out = append(out, lintRole(o, &o.Body.(*User).Rights)...)
	if o.Body.(*User).Profile == "" {
		out = append(out, lintScope(o, o.Body.(*User).Role)...)
	}
	return out
}

// lintScope checks the scope of a user against the role.
func lintScope(o *schema.Object, name string) []schema.Finding {
	u, role := o.Body.(*User), roleOf(name)
	var out []schema.Finding
	for _, s := range []struct {
		attribute, role string
		set             []string
		scope           scope
	}{
		{"accounts", accountManager + " or " + businessManager, u.Accounts, byAccounts},
		{"locations", locationManager, u.Locations, byLocations},
	} {
		if len(s.set) == 0 || role.takes(s.scope) {
			continue
		}
		detail := fmt.Sprintf("Only users with the role %s have %s, and this user has the role %s. Remove %[2]s, or change the role.", s.role, s.attribute, name)
		if role.scope == everywhere {
			detail = "An " + admin + " manages every account and location, present and future. Remove " + s.attribute + ", or give the user another role."
		}
		out = append(out, o.Problem("uberall/role-scope", s.attribute, fmt.Sprintf("%s has no %s", name, s.attribute), detail))
	}
	return out
}

// frequency is the rule for how often an e-mail is sent.
func frequency(s string) error {
	known := []string{"ALWAYS", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "NEVER"}
	if !slices.Contains(known, s) {
		return fmt.Errorf("cannot have this frequency; write one of %s", strings.Join(known, ", "))
	}
	return nil
}
