package build

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestRename(t *testing.T) {
	play(t, []scene{
		{"keys that contain the key follow", func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.files(&zooGroup{Section: "Kontinent", Name: "Europe"})
			z.files(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Kontinent/Europe"}}})
			z.live(&zooSection{Name: "Continent"})
			z.live(&zooGroup{Section: "Continent", Name: "Europe"})
			z.live(&zooGroup{Section: "Continent", Name: "Africa"})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Continent/Europe"}}})
		}, []string{
			"rename section.Kontinent from Continent (name)",
			"unmanaged group: Kontinent/Africa",
			"unchanged group: 1", "unchanged user: 1",
		}},
		{"with another change, and under a renamed section", func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.files(&zooGroup{Section: "Kontinent", Name: "Europa", Animals: []string{"elk"}}).Previously = []string{"Europe"}
			z.files(&zooGroup{Section: "Kontinent", Name: "Afrika"}).Previously = []string{"Continent/Africa"}
			z.files(&zooUser{Email: "ana@zoo.example", Name: "Ana", Accesses: [][]string{{"Kontinent/Europa"}}})
			z.live(&zooSection{Name: "Continent"})
			z.live(&zooGroup{Section: "Continent", Name: "Europe"})
			z.live(&zooGroup{Section: "Continent", Name: "Africa"})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Continent/Europe"}}})
		}, []string{
			"rename section.Kontinent from Continent (name)",
			"rename group.Kontinent/Afrika from Kontinent/Africa (name) needs [0]",
			"rename group.Kontinent/Europa from Kontinent/Europe (name and animals) needs [0]",
			"update user.ana@zoo.example (name) needs [2]",
		}},
		{"done already", func(z *zoo) {
			z.both(&zooSection{Name: "Kontinent"})
			z.in.Tenant.Objects[0].Previously = []string{"Continent"}
		}, []string{"unchanged section: 1"}},
		{"the earlier key is another object now", func(z *zoo) {
			z.both(&zooSection{Name: "Kontinent"})
			z.in.Tenant.Objects[0].Previously = []string{"Continent"}
			z.both(&zooSection{Name: "Continent"})
		}, []string{"unchanged section: 2"}},
		{"both exist", func(z *zoo) {
			z.both(&zooSection{Name: "Kontinent"})
			z.in.Tenant.Objects[0].Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		}, []string{"unmanaged section: Continent", "error plan/previously-conflict section.Kontinent"}},
		{"both exist and the old one is removed", func(z *zoo) {
			z.both(&zooSection{Name: "Kontinent"})
			z.in.Tenant.Objects[0].Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
			z.removed("section", "Continent")
		}, []string{"delete section.Continent: because of a removed block", "unchanged section: 1"}},
		{"several earlier keys exist", func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent", "Continents"}
			z.live(&zooSection{Name: "Continent"})
			z.live(&zooSection{Name: "Continents"})
		}, []string{"unmanaged section: Continent, Continents", "error plan/previously-conflict section.Kontinent"}},
		{"two claim the same", func(z *zoo) {
			z.files(&zooSection{Name: "A"}).Previously = []string{"Continent"}
			z.files(&zooSection{Name: "B"}).Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		}, []string{"rename section.A from Continent (name)", "error plan/previously-conflict section.B"}},
		{"renamed and removed", func(z *zoo) {
			z.files(&zooSection{Name: "A"}).Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
			z.removed("section", "Continent")
		}, []string{"rename section.A from Continent (name)", "error plan/declared-and-removed section.Continent"}},
		{"observed", func(z *zoo) {
			z.manage("section", schema.Manage{Mode: schema.Observe})
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.live(&zooSection{Name: "Continent"})
		}, []string{"observed: rename section.Kontinent from Continent (name)"}},
		{"still referred to by the old key", func(z *zoo) {
			z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
			z.files(&zooGroup{Section: "Continent", Name: "Asia"})
			z.live(&zooSection{Name: "Continent"})
		}, []string{
			"rename section.Kontinent from Continent (name)",
			"create group.Continent/Asia",
			"error plan/unknown-reference group.Continent/Asia",
		}},
		{"a person with another address", func(z *zoo) {
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"}).Previously = []string{"Ana.Diaz@zoo.example"}
			z.live(&zooUser{Email: "ana.diaz@zoo.example", Role: "keeper"})
		}, []string{
			"rename user.ana@zoo.example from ana.diaz@zoo.example (email)",
			"warning plan/account-renamed user.ana@zoo.example",
		}},
	})
}

func TestReplace(t *testing.T) {
	play(t, []scene{
		{"create, move every holder, delete", func(z *zoo) {
			z.files(&zooRole{ID: "head", Permissions: []string{"feed", "clean"}}, "permissions").Previously = []string{"keeper"}
			z.files(&zooUser{Email: "ana@zoo.example", Role: "head"}, "role")
			z.files(&zooUser{Email: "ben@zoo.example", Name: "Ben"}, "name")
			z.live(&zooRole{ID: "keeper", Name: "Keeper", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "vet"})
			access := [][]string{{"Food/Meat"}}
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper", Accesses: access})
			z.live(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
			z.live(&zooUser{Email: "cleo@zoo.example", Role: "keeper", Accesses: access})
			z.live(&zooUser{Email: "dan@zoo.example", Role: "vet"})
		}, []string{
			"create role.head: replaces role.keeper, whose key cannot change",
			"update user.ana@zoo.example (role) needs [0]",
			`update user.ben@zoo.example (name and role) needs [0]: role "head" replaces "keeper"`,
			`update user.cleo@zoo.example (role) needs [0]: role "head" replaces "keeper"`,
			"delete role.keeper needs [0 1 2 3]: replaced by role.head",
			"unmanaged role: vet",
			"unmanaged user: dan@zoo.example",
			"user.ana@zoo.example +clean on Food/Meat because role.head, role.keeper, user.ana@zoo.example",
			"user.cleo@zoo.example +clean on Food/Meat because role.head, role.keeper, user.cleo@zoo.example",
		}},
		{"goes on where it was cut", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "head"})
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "head"})
			z.live(&zooUser{Email: "ben@zoo.example", Role: "keeper"})
		}, []string{
			`update user.ben@zoo.example (role): role "head" replaces "keeper"`,
			"delete role.keeper needs [0]: replaced by role.head",
			"unchanged role: 1",
			"warning plan/replacing role.head",
		}},
		{"a holder out of sight", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"*@vendor.example"}})
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "bot@vendor.example", Role: "keeper"})
		}, []string{
			"create role.head: replaces role.keeper, whose key cannot change",
			"refuse role.keeper: replaced by role.head",
			"error plan/still-referenced role.keeper",
		}},
		{"a file still names the old one", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.files(&zooUser{Email: "ana@zoo.example", Role: "keeper"}, "role")
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example", Role: "keeper"})
		}, []string{
			"create role.head: replaces role.keeper, whose key cannot change",
			"refuse role.keeper: replaced by role.head",
			"unchanged user: 1",
			"error plan/still-referenced role.keeper",
		}},
		{"a group in another section", func(z *zoo) {
			z.both(&zooSection{Name: "Continent"})
			z.both(&zooSection{Name: "Place"})
			z.files(&zooGroup{Section: "Place", Name: "Europe"}, "section").Previously = []string{"Continent/Europe"}
			z.live(&zooGroup{Section: "Continent", Name: "Europe", Animals: []string{"elk"}})
			z.live(&zooUser{Email: "ana@zoo.example", Accesses: [][]string{{"Continent/Europe"}}})
		}, []string{
			"create group.Place/Europe: replaces group.Continent/Europe, whose key cannot change",
			`update user.ana@zoo.example (accesses) needs [0]: group "Place/Europe" replaces "Continent/Europe"`,
			"delete group.Continent/Europe needs [0 1]: replaced by group.Place/Europe",
			"unchanged section: 2",
		}},
		{"holders have to be known", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
			delete(z.in.Live, "user")
		}, []string{"list user"}},
		{"thin holders have to be read", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "ana@zoo.example"}, "name").Incomplete = true
			z.live(&zooUser{Email: "ben@zoo.example", Role: "vet"}, "role").Incomplete = true
		}, []string{"read user.ana@zoo.example"}},
		{"what goes has to be read", func(z *zoo) {
			z.files(&zooRole{ID: "head"}).Previously = []string{"keeper"}
			z.live(&zooRole{ID: "keeper"}, "name").Incomplete = true
		}, []string{"read role.keeper"}},
	})
}

// TestReplaceInherits holds the new object against the one whose place it takes.
func TestReplaceInherits(t *testing.T) {
	z := newZoo()
	z.files(&zooRole{ID: "head", Permissions: []string{"feed"}}, "permissions").Previously = []string{"keeper"}
	z.live(&zooRole{ID: "keeper", Name: "Keeper", Permissions: []string{"clean"}})
	want := &zooRole{ID: "head", Name: "Keeper", Permissions: []string{"feed"}}
	if diff := cmp.Diff(want, Build(z.in).Plan.Changes[0].Want.Body); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
}

// TestNewKeysOfRenames checks that clients can resolve the new keys.
func TestNewKeysOfRenames(t *testing.T) {
	z := newZoo()
	z.files(&zooSection{Name: "Kontinent"}).Previously = []string{"Continent"}
	z.live(&zooSection{Name: "Continent"})
	z.live(&zooGroup{Section: "Continent", Name: "Europe"})
	want := []NewKey{{"section", "Kontinent", "#Continent"}, {"group", "Kontinent/Europe", "#Continent/Europe"}}
	if diff := cmp.Diff(want, Build(z.in).NewKeys); diff != "" {
		t.Errorf("new keys (-want +got):\n%s", diff)
	}
	if body := z.in.Live["group"][0].Body.(*zooGroup); body.Section != "Continent" {
		t.Errorf("the input was written to: %+v", body)
	}
}
