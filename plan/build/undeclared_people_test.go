package build

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A plan lists the people whom it names and no file does: who is deleted, whose rights change, who is left alone,
// who is in a sentence, and whose key it is. Who is in no part of the plan is not listed.
func TestUndeclaredPeople(t *testing.T) {
	for name, test := range map[string]struct {
		setup func(z *zoo)
		want  string
	}{
		"left alone": {func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "bo@zoo.example"})
		}, "user.bo@zoo.example"},
		"the user of the key": {func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "bo@zoo.example"})
			z.manage("user", schema.Manage{Ignore: []string{"*"}})
			z.in.Self = schema.Address{Kind: "user", Key: "bo@zoo.example"}
		}, "user.bo@zoo.example"},
		"ignored, and in no part of the plan": {func(z *zoo) {
			z.both(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "bo@zoo.example"})
			z.manage("user", schema.Manage{Ignore: []string{"*"}})
		}, ""},
		"ignored, and gains rights": {func(z *zoo) {
			z.files(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooSection{Name: "s"})
			z.live(&zooGroup{Section: "s", Name: "g"})
			z.live(&zooUser{Email: "bo@zoo.example", Role: "keeper", Accesses: [][]string{{"s/g"}}})
			z.manage("user", schema.Manage{Ignore: []string{"*"}})
		}, "user.bo@zoo.example"},
		"deleted": {func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "bo@zoo.example"})
			z.manage("user", schema.Manage{Mode: schema.Authoritative})
		}, "user.bo@zoo.example"},
		"a member without a block is named by the team's": {func(z *zoo) {
			z.both(&zooTeam{Name: "Day"})
			z.both(shift("Day", "ana", ""))
			z.live(shift("Day", "pat", ""))
		}, "user.pat@zoo.example"},
		"the role that a user holds cannot be deleted": {func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooRole{ID: "keeper"})
			z.live(&zooUser{Email: "bo@zoo.example", Role: "keeper"})
			z.removed("role", "keeper")
		}, "user.bo@zoo.example"},
	} {
		t.Run(name, func(t *testing.T) {
			z := newZoo()
			test.setup(z)
			var got []string
			for _, a := range Build(z.in).Plan.UndeclaredPeople {
				got = append(got, a.String())
			}
			if s := strings.Join(got, " "); s != test.want {
				t.Errorf("%q, want %q", s, test.want)
			}
		})
	}
}
