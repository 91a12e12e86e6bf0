package writer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A roster whose rows name their section by its label is referred to by these labels.
func TestRosterKeysAreCells(t *testing.T) {
	p := &partoo.Provider().Product
	objects := []schema.Object{liveSection(p, "Store type")}
	for i := range 3 {
		objects = append(objects, liveGroup(p, "Store type", fmt.Sprintf("Type %d", i)))
	}
	objects = append(objects, liveUser(p, partoo.User{Email: "ana@zoo.example", Role: "GROUP_MANAGER", Accesses: [][]string{{"Store type/Type 1"}}}))
	files, _ := write(t, p, byKind(objects...), 2)
	want := map[string]string{
		"sections.hcl": "section \"store_type\" { name = \"Store type\" }\n",
		"groups.csv":   "section,name\nstore_type,Type 0\nstore_type,Type 1\nstore_type,Type 2\n",
		"groups.hcl": `group "groups" {
  for_each = { for r in csvdecode(file("groups.csv")) : "${r.section}/${r.name}" => r }
  section  = section[each.value.section]
  name     = each.value.name
}
`,
		"accesses.hcl": "access \"type_1\" { groups = [group.groups[\"store_type/Type 1\"]] }\n",
	}
	for name, text := range want {
		if files[name] != text {
			t.Errorf("%s is\n%sand not\n%s", name, files[name], text)
		}
	}
	if _, err := load(p, files); err != nil {
		t.Error(err)
	}
}

// Texts that a cell would change, hide or let a spreadsheet calculate stay in HCL.
func TestRosterCells(t *testing.T) {
	p := &partoo.Provider().Product
	for name, fits := range map[string]bool{
		"Ana": true, `"Ana", B`: true, "Müller": true, "日本語": true, "${x}": true, "": true, "a;b": true,
		"+49 30 12": true, "-1": true, "+": true, "O'Brien": true, "a=b": true,
		"a;-1": true, "＋49": true, "＝": false, "＝1+1": false, "a;=1+1": false, "a,=1+1": false, "a, -1": true, `a; "=1+1`: false, "－1+cmd|x": false,
		"=1+1": false, "@sum": false, "-1+cmd|x": false, "+A1": false,
		" x": false, "x ": false, "x\ny": false, "x\ry": false, "x\ty": false, "x\u202ey": false, "x\u200by": false, "x\u00a0y": false, "x\u3164y": false,
	} {
		users := []schema.Object{liveUser(p, partoo.User{Email: "odd@zoo.example", FirstName: name, LastName: "L", Role: "ORG_ADMIN"})}
		for i := range 3 {
			users = append(users, liveUser(p, partoo.User{Email: fmt.Sprintf("u%d@zoo.example", i), FirstName: "F", LastName: fmt.Sprint(i), Role: "ORG_ADMIN"}))
		}
		files, _ := write(t, p, byKind(users...), 2)
		if in := strings.Contains(files["users.csv"], "odd@"); in != fits {
			t.Errorf("%q is in users.csv: %t\n%s", name, in, show(files))
		}
	}
}

// Two objects with one each.key are not both in the roster.
func TestRosterKeysDiffer(t *testing.T) {
	p := &partoo.Provider().Product
	objects := []schema.Object{liveGroup(p, "a", "b/c"), liveGroup(p, "a/b", "c"), liveGroup(p, "x", "y"), liveGroup(p, "x", "z")}
	files, result := write(t, p, byKind(objects...), 1)
	declared, err := load(p, files)
	if err != nil || len(declared)+len(result.Skipped) != len(objects) {
		t.Errorf("%d declared, %d skipped, error %v\n%s", len(declared), len(result.Skipped), err, show(files))
	}
}

// Users whom an identity provider manages are a roster of their own, with one comment.
func TestRosterOfFrozenUsers(t *testing.T) {
	p := &partoo.Provider().Product
	var users []schema.Object
	for i := range 6 {
		u := liveUser(p, partoo.User{Email: fmt.Sprintf("u%d@zoo.example", i), FirstName: fmt.Sprint("F", i), LastName: "L", Role: "ORG_MANAGER"})
		if i < 3 {
			u.Frozen, u.FrozenBy = schema.Everything, "an identity provider manages the users"
		}
		users = append(users, u)
	}
	files, _ := write(t, p, byKind(users...), 2)
	const comment = "# Only compared, because an identity provider manages the users.\nuser \"users_org_manager\" {\n"
	if strings.Count(files["users.hcl"], "# Only compared") != 1 || !strings.Contains(files["users.hcl"], comment) || len(files) != 3 {
		t.Error(show(files))
	}
	if declared, err := load(p, files); err != nil || len(declared) != 6 {
		t.Errorf("%d declared, error %v", len(declared), err)
	}
}
