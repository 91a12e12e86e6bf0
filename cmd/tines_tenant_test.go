package cmd_test

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A tinesTenant is a tenant in which each user is in three teams, as files and as the seed
// of an emulator. The plan is empty.
type tinesTenant struct {
	users, teams int
	roster       string // format of the members of the teams
}

// The rosters: a map of teams to their members, a table with a row for each
// membership, or a block for each team.
const (
	inYAML   = "yaml"
	inCSV    = "csv"
	inBlocks = "blocks"
)

const (
	tinesRoles    = 10
	teamsPerUser  = 3           // teams of each user
	tinesOwnerKey = "staff-key" // of the owner
	tinesPageSize = 500
)

func (s tinesTenant) String() string { return fmt.Sprintf("%s/%d", s.roster, s.users) }

func (s tinesTenant) product() *cmd.Product { return productNamed("tines") }
func (s tinesTenant) differs() bool         { return false }

// requests is what an empty plan may send; docs/performance.md explains each number.
// The owner of the key is one more user, and default roles are more roles.
func (s tinesTenant) requests() int {
	pages := func(n int) int { return max(1, (n+tinesPageSize-1)/tinesPageSize) }
	const roles, teams = 1, 1
	members := 0
	for i := range s.teams {
		members += pages(len(s.members(i)))
	}
	return roles + teams + pages(s.users+1) + members
}

func (s tinesTenant) email(i int) string { return fmt.Sprintf("user%06d@staff.example", i) }
func (s tinesTenant) team(i int) string  { return fmt.Sprintf("Team %03d", i) }

// A place is somebody in a team.
type place struct {
	user int
	role string
}

// members are those of one team.
func (s tinesTenant) members(team int) []place {
	var out []place
	for j := range teamsPerUser {
		for i := (team + s.teams - j*7%s.teams) % s.teams; i < s.users; i += s.teams {
			out = append(out, place{i, fmt.Sprintf("ROLE_%d", (i+j)%tinesRoles)})
		}
	}
	return out
}

// seed writes what is live.
func (s tinesTenant) seed(tb testing.TB, path string) {
	write(tb, path, func(w io.Writer) {
		fmt.Fprint(w, `{"tenant": {}, "mapping": {"mappings": []}, "roles": [`)
		for i := range tinesRoles {
			fmt.Fprintf(w, `%s{"name": "ROLE_%d", "permissions": ["CASE_CREATE", "STORY_CREATE"]}`, comma(i), i)
		}
		fmt.Fprintf(w, `], "keys": [{"key": %q, "kind": "personal", "user": "owner@staff.example"}], "users": [{"email": "owner@staff.example", "admin": true}`, tinesOwnerKey)
		for i := range s.users {
			fmt.Fprintf(w, ",\n"+`{"email": %q, "first_name": "First %d", "last_name": "Last %d"}`, s.email(i), i, i)
		}
		fmt.Fprint(w, `], "teams": [`)
		for t := range s.teams {
			fmt.Fprintf(w, "%s\n"+`{"name": %q, "members": [`, comma(t), s.team(t))
			for n, m := range s.members(t) {
				fmt.Fprintf(w, `%s{"email": %q, "role": %q}`, comma(n), s.email(m.user), m.role)
			}
			fmt.Fprint(w, `]}`)
		}
		fmt.Fprint(w, `]}`)
	})
}

// configuration writes the files of a directory.
func (s tinesTenant) configuration(tb testing.TB, dir, endpoint string) {
	file := func(name string, content func(io.Writer)) { write(tb, filepath.Join(dir, name), content) }
	file("staff.hcl", func(w io.Writer) {
		fmt.Fprintf(w, "provider \"tines\" {\n  endpoint            = %q\n  key_user            = \"owner@staff.example\"\n  requests_per_minute = %d\n\n", endpoint, unlimited)
		for _, kind := range []string{"role", "team", "membership"} {
			fmt.Fprintf(w, "  manage %q {\n    mode = \"authoritative\"\n  }\n", kind)
		}
		fmt.Fprint(w, "  manage \"user\" {\n    mode   = \"authoritative\"\n    ignore = [\"owner@*\"]\n  }\n}\n\n")
		for i := range tinesRoles {
			fmt.Fprintf(w, "role \"ROLE_%d\" {\n  permissions = [\"CASE_CREATE\", \"STORY_CREATE\"]\n}\n\n", i)
		}
		fmt.Fprint(w, `user "staff" {
  for_each   = { for u in csvdecode(file("users.csv")) : u.email => u }
  first_name = each.value.first_name
  last_name  = each.value.last_name
}

`)
		switch s.roster {
		case inYAML:
			fmt.Fprint(w, `team "staff" {
  for_each = yamldecode(file("members.yaml"))
  members  = { for email, name in each.value : email => role[name] }
}
`)
		case inCSV:
			fmt.Fprint(w, `team "staff" {
  for_each = { for m in csvdecode(file("members.csv")) : m.team => m... }
  members  = { for m in each.value : m.email => role[m.role] }
}
`)
		}
	})
	file("users.csv", func(w io.Writer) {
		fmt.Fprintln(w, "email,first_name,last_name")
		for i := range s.users {
			fmt.Fprintf(w, "%s,First %d,Last %d\n", s.email(i), i, i)
		}
	})
	switch s.roster {
	case inYAML:
		file("members.yaml", func(w io.Writer) {
			s.each(func(t int) { fmt.Fprintf(w, "%s:\n", s.team(t)) }, func(_ int, m place) { fmt.Fprintf(w, "  %s: %s\n", s.email(m.user), m.role) }, func() {})
		})
	case inCSV:
		file("members.csv", func(w io.Writer) {
			fmt.Fprintln(w, "team,email,role")
			s.each(func(int) {}, func(t int, m place) { fmt.Fprintf(w, "%s,%s,%s\n", s.team(t), s.email(m.user), m.role) }, func() {})
		})
	case inBlocks:
		file("teams.hcl", func(w io.Writer) {
			s.each(func(t int) { fmt.Fprintf(w, "team %q {\n  members = {\n", s.team(t)) },
				func(_ int, m place) { fmt.Fprintf(w, "    %q = role.%s\n", s.email(m.user), m.role) }, func() { fmt.Fprint(w, "  }\n}\n\n") })
		})
	}
}

// each goes through the teams and their members.
func (s tinesTenant) each(begin func(team int), member func(team int, m place), end func()) {
	for t := range s.teams {
		begin(t)
		for _, m := range s.members(t) {
			member(t, m)
		}
		end()
	}
}
