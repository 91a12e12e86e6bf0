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

// A partooTenant is an organization with many users, as files and as the seed of an
// emulator. The plan is empty unless moved or absent is set.
type partooTenant struct {
	users  int
	blocks bool // one block a user instead of a row in a CSV file
	moved  int  // every n-th user has another access in the files; 0 means none
	absent bool // none of the users is live yet
}

const (
	partooRoles    = 10
	partooSections = 5
	partooGroups   = 50
	partooStores   = 100
	partooAccesses = 40
	blocksPerFile  = 2_500 // blocks in one file
	unlimited      = 1 << 30
)

func (c partooTenant) String() string {
	name := "csv"
	if c.blocks {
		name = "blocks"
	}
	if c.moved > 0 {
		name += "-moved"
	}
	return fmt.Sprintf("%s/%d", name, c.users)
}

func (c partooTenant) product() *cmd.Product { return productNamed("partoo") }
func (c partooTenant) differs() bool         { return c.moved > 0 }

// requests is what an empty plan may send; docs/performance.md
// explains each number. The owner of the key is one more live user.
func (c partooTenant) requests() int {
	pages := func(n int) int { return (n + 99) / 100 }
	const connect, permissions, builtin, disabled = 2, 1, 2, 1
	return connect + permissions + pages(partooRoles+builtin) + partooRoles +
		pages(partooSections) + pages(partooStores) + partooGroups + pages(c.users+1) + disabled
}

// live is how many users there are before anything is applied.
func (c partooTenant) live() int {
	if c.absent {
		return 0
	}
	return c.users
}

func (c partooTenant) email(i int) string { return fmt.Sprintf("user%06d@partoo.example", i) }
func (c partooTenant) role(i int) string  { return fmt.Sprintf("role_%d", i%partooRoles) }

func (c partooTenant) access(i int) int {
	if c.moved > 0 && i%c.moved == 0 {
		i++
	}
	return i % partooAccesses
}

// group is the key of a group, with its section.
func (c partooTenant) group(i int) (section, name string) {
	return fmt.Sprintf("section_%d", i%partooSections), fmt.Sprintf("group_%d", i%partooGroups)
}

// seed writes what is live.
func (c partooTenant) seed(tb testing.TB, path string) {
	write(tb, path, func(w io.Writer) {
		fmt.Fprint(w, `{"org": {"id": 42}, "businesses": [`)
		for i := range partooStores {
			fmt.Fprintf(w, `%s{"code": "S%03d", "name": "Store %d"}`, comma(i), i, i)
		}
		fmt.Fprint(w, `], "custom_roles": [`)
		for i := range partooRoles {
			fmt.Fprintf(w, `%s{"api_id": %q, "name": "Role %d", "permissions": ["business_edit", "review_management"]}`, comma(i), c.role(i), i)
		}
		fmt.Fprint(w, `], "sections": [`)
		for s := range partooSections {
			fmt.Fprintf(w, `%s{"name": "section_%d", "groups": [`, comma(s), s)
			for i := s; i < partooGroups; i += partooSections {
				fmt.Fprintf(w, `%s{"name": "group_%d", "businesses": ["S%03d", "S%03d"]}`, comma(i-s), i, 2*i, 2*i+1)
			}
			fmt.Fprint(w, `]}`)
		}
		fmt.Fprint(w, `], "users": [`)
		before := partooTenant{}
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
func (c partooTenant) configuration(tb testing.TB, dir, endpoint string) {
	write(tb, filepath.Join(dir, "users.hcl"), func(w io.Writer) {
		fmt.Fprintf(w, "provider \"partoo\" {\n  org_id              = 42\n  endpoint            = %q\n  requests_per_minute = %d\n\n", endpoint, unlimited)
		fmt.Fprint(w, "  manage \"user\" {\n    mode   = \"authoritative\"\n    ignore = [\"owner@*\"]\n  }\n}\n\n")
		for i := range partooRoles {
			fmt.Fprintf(w, "role %q {\n  name        = \"Role %d\"\n  permissions = [\"business_edit\", \"review_management\"]\n}\n\n", c.role(i), i)
		}
		for i := range partooSections {
			fmt.Fprintf(w, "section \"section_%d\" {}\n\n", i)
		}
		for i := range partooGroups {
			section, name := c.group(i)
			fmt.Fprintf(w, "group %q {\n  section     = section.%s\n  store_codes = [\"S%03d\", \"S%03d\"]\n}\n\n", name, section, 2*i, 2*i+1)
		}
		for i := range partooAccesses {
			_, one := c.group(i)
			_, two := c.group(i + 1)
			fmt.Fprintf(w, "access \"access_%d\" {\n  groups = [group.%s, group.%s]\n}\n\n", i, one, two)
		}
		if !c.blocks {
			fmt.Fprint(w, `user "all" {
  for_each    = { for u in csvdecode(file("users.csv")) : u.email => u }
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

func (c partooTenant) writeRows(tb testing.TB, dir string) {
	write(tb, filepath.Join(dir, "users.csv"), func(w io.Writer) {
		fmt.Fprintln(w, "email,first_name,last_name,custom_role,access,lang")
		for i := range c.users {
			fmt.Fprintf(w, "%s,First %d,Last %d,%s,access_%d,en\n", c.email(i), i, i, c.role(i), c.access(i))
		}
	})
}

func (c partooTenant) writeBlocks(tb testing.TB, dir string) {
	for from := 0; from < c.users; from += blocksPerFile {
		write(tb, filepath.Join(dir, fmt.Sprintf("users%06d.hcl", from)), func(w io.Writer) {
			for i := from; i < min(from+blocksPerFile, c.users); i++ {
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
