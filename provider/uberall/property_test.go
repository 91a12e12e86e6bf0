package uberall_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/uberall"
	"github.com/rolecall-dev/rolecall/provider/uberall/emulator"
)

// A drawnUser and a drawnGroup are random, live or in files.
type (
	drawnUser struct {
		email, role         string
		features, fields    []string
		locations, accounts []string // ids
		number              int
	}
	drawnGroup struct {
		name             string
		locations, users []string
	}
	drawn struct {
		users  []drawnUser
		groups []drawnGroup
	}
)

// drawOrganization draws users and groups.
func drawOrganization(t *rapid.T, side string) (d drawn) {
	some := func(what string, least int, from ...string) []string {
		return schema.Canonical(rapid.SliceOfN(rapid.SampledFrom(from), least, len(from)).Draw(t, side+" "+what))
	}
	emails := some("users", 1, "ana@stores.example", "ben@stores.example", "cleo@stores.example", "dan@stores.example")
	// Who stays, because the last administrator must.
	d.users = []drawnUser{{email: "boss@stores.example", number: 9, role: "ADMIN", features: []string{"USER_OTHERS_EDIT"}}}
	for i, email := range emails {
		u := drawnUser{email: email, number: 10 + i}
		u.role = rapid.SampledFrom([]string{"ADMIN", "ACCOUNT_MANAGER", "BUSINESS_MANAGER", "LOCATION_MANAGER"}).Draw(t, side+" role of "+email)
		u.features = some("features of "+email, 0, "CAN_SEE_HELP_SECTION", "INBOX_READ", "LOCATION_READ", "TRACKING")
		if rapid.Bool().Draw(t, side+" edit of "+email) {
			u.features, u.fields = schema.Canonical(append(u.features, "LOCATION_WRITE")), some("fields of "+email, 1, "fax", "phone", "website")
		}
		switch u.role {
		case "ADMIN":
		case "LOCATION_MANAGER":
			u.locations = some("locations of "+email, 0, "11", "12", "21", "31")
		default:
			u.accounts = some("accounts of "+email, 0, "1", "2", "3")
		}
		d.users = append(d.users, u)
	}
	for _, name := range some("groups", 0, "Coast", "Inland") {
		d.groups = append(d.groups, drawnGroup{name, some("locations of "+name, 0, "11", "12", "21", "31"), some("users of "+name, 0, emails...)})
	}
	return d
}

// blocks is the organization as files say it.
func (d drawn) blocks() []string {
	list := func(words []string, form string) string {
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = fmt.Sprintf("%q", fmt.Sprintf(form, w))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	accounts := map[string]string{"1": "north", "2": "south", "3": "east"}
	var out []string
	for _, u := range d.users {
		text := fmt.Sprintf("user %q {\n  first_name = \"F\"\n  last_name = \"L\"\n  white_label = \"stores\"\n  status = \"VERIFIED\"\n  role = %q\n  features = %s\n",
			u.email, u.role, list(u.features, "%s"))
		if slices.Contains(u.features, "LOCATION_WRITE") {
			text += "  fields = " + list(u.fields, "%s") + "\n"
		} else {
			text += "  fields = []\n"
		}
		switch u.role {
		case "ADMIN":
		case "LOCATION_MANAGER":
			text += "  locations = " + list(u.locations, "#%s") + "\n"
		default:
			var names []string
			for _, id := range u.accounts {
				names = append(names, accounts[id])
			}
			text += "  accounts = " + list(names, "%s") + "\n"
		}
		out = append(out, text+"}\n")
	}
	for _, g := range d.groups {
		out = append(out, fmt.Sprintf("location_group %q {\n  locations = %s\n  users = %s\n}\n", g.name, list(g.locations, "#%s"), list(g.users, "%s")))
	}
	return out
}

// seed is the organization as an emulator starts with it.
func (d drawn) seed() *emulator.Seed {
	numbers := func(ids []string) (out []int) {
		for _, id := range ids {
			var n int
			fmt.Sscan(id, &n)
			out = append(out, n)
		}
		return out
	}
	s := stores()
	s.Users = s.Users[:2]
	byEmail := map[string]int{}
	for _, u := range d.users {
		byEmail[u.email] = u.number
		live := emulator.User{
			ID: u.number, Email: u.email, Firstname: "F", Lastname: "L", WhiteLabel: "stores", Role: u.role, Features: append([]string{}, u.features...),
			Locations: numbers(u.locations), Businesses: numbers(u.accounts),
		}
		if len(u.fields) > 0 {
			live.FeaturesDetailed = map[string][]string{"LOCATION_WRITE": u.fields}
		}
		s.Users = append(s.Users, live)
	}
	for i, g := range d.groups {
		group := emulator.Group{ID: i + 1, Name: g.name, Locations: numbers(g.locations)}
		for _, email := range g.users {
			group.Users = append(group.Users, byEmail[email])
		}
		s.Groups = append(s.Groups, group)
	}
	return s
}

// TestProperties draws an organization and the files that it shall follow.
func TestProperties(t *testing.T) {
	providertest.Property{
		Provider: uberall.Provider(),
		Draw: func(t *rapid.T) providertest.Drawn {
			from, to := drawOrganization(t, "live"), drawOrganization(t, "files")
			removal := rapid.SampledFrom([]string{"deactivate", "delete"}).Draw(t, "removal")
			moments := &providertest.RightsLog{}
			s, err := emulator.New(emulator.Options{Seed: from.seed(), Rate: -1, Watch: moments.Add})
			if err != nil {
				t.Fatal(err)
			}
			return providertest.Drawn{
				Product: providertest.Product{Transport: s.Transport(), Endpoint: emulator.BaseURL, Key: "secret", TakeRights: moments.Take},
				Head: strings.NewReplacer(`"key@*"`, `"key@*", "olu@*"`, `max_deletes = 20`, `max_deletes = 1000`, `mode = "authoritative"
    ignore`, `mode = "authoritative"
    on_removal = "`+removal+`"
    ignore`).Replace(owned),
				From: from.blocks(), To: to.blocks(),
			}
		},
		Deactivate: func(o *schema.Object) string {
			o.Body.(*uberall.User).Status = "INACTIVE"
			return "status"
		},
		NoTransientRights: true,
	}.Check(t)
}
