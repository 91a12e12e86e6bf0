package cmd_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd"
)

// A crowd is an organization with many users, as files and as the seed of an
// emulator. Both say the same, so that a plan is empty, unless some have moved.
type crowd struct {
	users  int
	blocks bool // one block a user instead of a row in a CSV file
	moved  int  // every so manieth user has another access in the files; 0: nobody
	absent bool // nobody of them is live yet
}

const (
	crowdRoles    = 10
	crowdSections = 5
	crowdGroups   = 50
	crowdStores   = 100
	crowdAccesses = 40
	crowdShard    = 2_500 // blocks in one file
	crowdBudget   = 1 << 30
)

func (c crowd) String() string {
	name := "csv"
	if c.blocks {
		name = "blocks"
	}
	if c.moved > 0 {
		name += "-moved"
	}
	return fmt.Sprintf("%s/%d", name, c.users)
}

func (c crowd) product() *cmd.Product { return productNamed("partoo") }
func (c crowd) differs() bool         { return c.moved > 0 }

// requests is what an empty plan of the crowd may send; docs/performance.md
// explains each number. The owner of the key is one more live user.
func (c crowd) requests() int {
	pages := func(n int) int { return (n + 99) / 100 }
	const connect, permissions, builtin, disabled = 2, 1, 2, 1
	return connect + permissions + pages(crowdRoles+builtin) + crowdRoles +
		pages(crowdSections) + pages(crowdStores) + crowdGroups + pages(c.users+1) + disabled
}

// live is how many users there are before anything is applied.
func (c crowd) live() int {
	if c.absent {
		return 0
	}
	return c.users
}

func (c crowd) email(i int) string { return fmt.Sprintf("user%06d@crowd.example", i) }
func (c crowd) role(i int) string  { return fmt.Sprintf("role_%d", i%crowdRoles) }

func (c crowd) access(i int) int {
	if c.moved > 0 && i%c.moved == 0 {
		i++
	}
	return i % crowdAccesses
}

// group is the key of a group, with its section.
func (c crowd) group(i int) (section, name string) {
	return fmt.Sprintf("section_%d", i%crowdSections), fmt.Sprintf("group_%d", i%crowdGroups)
}

// seed writes what is live.
func (c crowd) seed(tb testing.TB, path string) {
	write(tb, path, func(w io.Writer) {
		fmt.Fprint(w, `{"org": {"id": 42}, "businesses": [`)
		for i := range crowdStores {
			fmt.Fprintf(w, `%s{"code": "S%03d", "name": "Store %d"}`, comma(i), i, i)
		}
		fmt.Fprint(w, `], "custom_roles": [`)
		for i := range crowdRoles {
			fmt.Fprintf(w, `%s{"api_id": %q, "name": "Role %d", "permissions": ["business_edit", "review_management"]}`, comma(i), c.role(i), i)
		}
		fmt.Fprint(w, `], "sections": [`)
		for s := range crowdSections {
			fmt.Fprintf(w, `%s{"name": "section_%d", "groups": [`, comma(s), s)
			for i := s; i < crowdGroups; i += crowdSections {
				fmt.Fprintf(w, `%s{"name": "group_%d", "businesses": ["S%03d", "S%03d"]}`, comma(i-s), i, 2*i, 2*i+1)
			}
			fmt.Fprint(w, `]}`)
		}
		fmt.Fprint(w, `], "users": [`)
		before := crowd{}
		for i := range c.live() {
			s1, g1 := c.group(before.access(i))
			s2, g2 := c.group(before.access(i) + 1)
			status := "active"
			if i%10 == 0 {
				status = "invited"
			}
			fmt.Fprintf(w, `%s{"email": %q, "first_name": "First %d", "last_name": "Last %d", "role": "GROUP_MANAGER", "custom_role": %q, "lang": "en", "status": %q, "accesses": [["%s/%s", "%s/%s"]]}`+"\n",
				comma(i), c.email(i), i, i, c.role(i), status, s1, g1, s2, g2)
		}
		fmt.Fprint(w, `]}`)
	})
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

// configuration writes the files of a directory.
func (c crowd) configuration(tb testing.TB, dir, endpoint string) {
	write(tb, filepath.Join(dir, "crowd.hcl"), func(w io.Writer) {
		fmt.Fprintf(w, "provider \"partoo\" {\n  org_id              = 42\n  endpoint            = %q\n  requests_per_minute = %d\n\n", endpoint, crowdBudget)
		fmt.Fprint(w, "  manage \"user\" {\n    mode   = \"authoritative\"\n    ignore = [\"owner@*\"]\n  }\n}\n\n")
		for i := range crowdRoles {
			fmt.Fprintf(w, "role %q {\n  name        = \"Role %d\"\n  permissions = [\"business_edit\", \"review_management\"]\n}\n\n", c.role(i), i)
		}
		for i := range crowdSections {
			fmt.Fprintf(w, "section \"section_%d\" {}\n\n", i)
		}
		for i := range crowdGroups {
			section, name := c.group(i)
			fmt.Fprintf(w, "group %q {\n  section     = section.%s\n  store_codes = [\"S%03d\", \"S%03d\"]\n}\n\n", name, section, 2*i, 2*i+1)
		}
		for i := range crowdAccesses {
			_, one := c.group(i)
			_, two := c.group(i + 1)
			fmt.Fprintf(w, "access \"access_%d\" {\n  groups = [group.%s, group.%s]\n}\n\n", i, one, two)
		}
		if !c.blocks {
			fmt.Fprint(w, `user "crowd" {
  for_each    = { for u in csvdecode(file("crowd.csv")) : u.email => u }
  first_name  = each.value.first_name
  last_name   = each.value.last_name
  role        = "GROUP_MANAGER"
  custom_role = role[each.value.custom_role]
  accesses    = [access[each.value.access]]
  lang        = each.value.lang
}
`)
		}
	})
	if c.blocks {
		c.writeBlocks(tb, dir)
	} else {
		c.writeRows(tb, dir)
	}
}

func (c crowd) writeRows(tb testing.TB, dir string) {
	write(tb, filepath.Join(dir, "crowd.csv"), func(w io.Writer) {
		fmt.Fprintln(w, "email,first_name,last_name,custom_role,access,lang")
		for i := range c.users {
			fmt.Fprintf(w, "%s,First %d,Last %d,%s,access_%d,en\n", c.email(i), i, i, c.role(i), c.access(i))
		}
	})
}

func (c crowd) writeBlocks(tb testing.TB, dir string) {
	for from := 0; from < c.users; from += crowdShard {
		write(tb, filepath.Join(dir, fmt.Sprintf("users%06d.hcl", from)), func(w io.Writer) {
			for i := from; i < min(from+crowdShard, c.users); i++ {
				fmt.Fprintf(w, "user %q {\n  first_name  = \"First %d\"\n  last_name   = \"Last %d\"\n  role        = \"GROUP_MANAGER\"\n"+
					"  custom_role = role.%s\n  accesses    = [access.access_%d]\n  lang        = \"en\"\n}\n\n",
					c.email(i), i, i, c.role(i), c.access(i))
			}
		})
	}
}

// write makes a file without holding it in memory: the memory of this process
// would show in what it measures.
func write(tb testing.TB, path string, content func(io.Writer)) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriter(f)
	content(w)
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}
