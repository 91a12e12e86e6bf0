package cmd_test

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A uberallTenant is an organization with a manager for each store, as files and as the
// seed of an emulator. Both say the same, so that a plan is empty.
type uberallTenant struct{ users, groups int }

const (
	uberallKey      = "chain-key"
	uberallAccounts = 20
	uberallPage     = 1000
)

func (c uberallTenant) String() string        { return fmt.Sprint(c.users) }
func (c uberallTenant) product() *cmd.Product { return productNamed("uberall") }
func (c uberallTenant) differs() bool         { return false }

// requests is what an empty plan may send; docs/performance.md explains each number. The
// users of the key and of the login are two more.
func (c uberallTenant) requests() int {
	pages := func(n, of int) int { return max(1, (n+of-1)/of) }
	const partner, me, login = 1, 1, 1
	return partner + me + login + pages(c.users+2, uberallPage) + pages(uberallAccounts, uberallPage) + pages(c.users, uberallPage) + pages(c.groups, 100)
}

// seed writes what is live.
func (c uberallTenant) seed(tb testing.TB, path string) {
	write(tb, path, func(w io.Writer) {
		fmt.Fprint(w, `{"salesPartner": {"id": 42}, "businesses": [`)
		for i := range uberallAccounts {
			fmt.Fprintf(w, `%s{"id": %d, "identifier": "account%d", "name": "Account %d"}`, comma(i), i+1, i, i)
		}
		fmt.Fprint(w, `], "locations": [`)
		for i := range c.users {
			fmt.Fprintf(w, "%s\n"+`{"id": %d, "identifier": "S%06d", "name": "Store %d", "businessId": %d}`, comma(i), i+1, i, i, i%uberallAccounts+1)
		}
		fmt.Fprintf(w, `], "keys": [{"key": %q, "user": 1}], "users": [{"id": 1, "email": "key@chain.example", "role": "API_ADMIN"}, {"id": 2, "email": "admin@chain.example", "role": "ADMIN"}`, uberallKey)
		for i := range c.users {
			fmt.Fprintf(w, ",\n"+`{"id": %d, "email": "user%06d@chain.example", "firstname": "First %d", "lastname": "Last %d", "role": "LOCATION_MANAGER", "managedLocations": [%d],
				"features": ["LOCATION_READ", "LOCATION_WRITE", "INBOX_READ", "INBOX_WRITE", "POSTING_READ"], "featuresDetailed": {"LOCATION_WRITE": ["phone", "website", "openingHours"]}}`,
				i+3, i, i, i, i+1)
		}
		fmt.Fprint(w, `], "locationGroups": [`)
		for g := range c.groups {
			fmt.Fprintf(w, "%s\n"+`{"id": %d, "name": "Group %d", "locations": [%d], "users": [%d]}`, comma(g), g+1, g, g+1, g+3)
		}
		fmt.Fprint(w, `]}`)
	})
}

// configuration writes the files of a directory.
func (c uberallTenant) configuration(tb testing.TB, dir, endpoint string) {
	write(tb, filepath.Join(dir, "users.csv"), func(w io.Writer) {
		fmt.Fprintln(w, "email,first_name,last_name,store")
		for i := range c.users {
			fmt.Fprintf(w, "user%06d@chain.example,First %d,Last %d,S%06d\n", i, i, i, i)
		}
	})
	write(tb, filepath.Join(dir, "chain.hcl"), func(w io.Writer) {
		fmt.Fprintf(w, `provider "uberall" {
  sales_partner_id       = 42
  endpoint               = %q
  email                  = "admin@chain.example"
  authoritative_accounts = ["*"]
  manage "user" {
    mode   = "authoritative"
    ignore = ["key@*", "admin@*"]
  }
  manage "location_group" { mode = "authoritative" }
}

profile "store" {
  role     = "LOCATION_MANAGER"
  features = ["location_profile.view", "location_profile.edit", "customer_feedback.view", "customer_feedback.respond", "posting.view"]
  fields   = ["phone", "website", "openingHours"]
}

user "manager" {
  for_each   = { for r in csvdecode(file("users.csv")) : r.email => r }
  first_name = each.value.first_name
  last_name  = each.value.last_name
  profile    = profile.store
  locations  = [each.value.store]
}

location_group "group" {
  for_each  = { for g in range(%d) : "Group ${g}" => g }
  locations = [format("S%%06d", each.value)]
  users     = [format("user%%06d@chain.example", each.value)]
}
`, endpoint, c.groups)
	})
}
