package build

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

// The product may spell names in another way than the files, and people may write
// addresses in any case: one name is one object everywhere.
func TestNormalizedNames(t *testing.T) {
	nfd := norm.NFD.String
	all := schema.Manage{Mode: schema.Authoritative}
	play(t, []scene{
		{"decomposed in the product", func(z *zoo) {
			z.manage("group", all)
			z.manage("user", all)
			z.files(&zooSection{Name: "Région"}, "name")
			z.files(&zooGroup{Section: "Région", Name: "Côte"}, "animals")
			z.files(&zooUser{Email: "josé@zoo.example", Accesses: [][]string{{"Région/Côte"}}})
			z.live(&zooSection{Name: nfd("Région")})
			z.live(&zooGroup{Section: nfd("Région"), Name: nfd("Côte")})
			z.live(&zooUser{Email: nfd("JOSÉ@zoo.example"), Accesses: [][]string{{nfd("Région/Côte")}}})
		}, []string{"unchanged group: 1", "unchanged section: 1", "unchanged user: 1"}},
		{"two live objects with one name are not told apart", func(z *zoo) {
			z.manage("team", all)
			z.files(&zooTeam{Name: "Côte"})
			z.live(&zooTeam{Name: "Côte"}).ID = "1"
			z.live(&zooTeam{Name: nfd("Côte")}).ID = "2"
		}, []string{"warning plan/ambiguous team.Côte"}},
		{"ignored in other letters", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative, Ignore: []string{"*@Partner.example"}})
			z.manage("section", schema.Manage{Mode: schema.Authoritative, Ignore: []string{nfd("Côte"), "[old"}})
			z.files(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "Pat@partner.example"})
			z.both(&zooSection{Name: "Food"})
			z.live(&zooSection{Name: "Côte"})
			z.live(&zooSection{Name: "[old"})
		}, []string{"unchanged section: 1", "unchanged user: 1"}},
		{"protected with a character that nobody sees", func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.in.Tenant.Protect = []string{"user.ana@zoo.example ", "user.\u200bana@zoo.example", "section.Food\u00a0"}
		}, []string{"unchanged user: 1",
			"error plan/bad-protect section.Food\u00a0", "error plan/bad-protect user.ana@zoo.example ", "error plan/bad-protect user.\u200bana@zoo.example"}},
		{"protected as the product writes it", func(z *zoo) {
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.manage("section", schema.Manage{})
			z.live(&zooSection{Name: "Food\u00a0"})
			z.in.Tenant.Protect = []string{"section.Food\u00a0"}
		}, []string{"unmanaged section: Food\u00a0", "unchanged user: 1"}},
		{"ignored with a character that nobody sees", func(z *zoo) {
			z.manage("user", schema.Manage{Ignore: []string{"bot@zoo.example ", "\u200b*@partner.example"}})
			z.both(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "bot@zoo.example"})
		}, []string{"unmanaged user: bot@zoo.example", "unchanged user: 1", "error plan/bad-pattern user.", "error plan/bad-pattern user."}},
		{"ignored as the product writes it", func(z *zoo) {
			z.manage("section", schema.Manage{Mode: schema.Authoritative, Ignore: []string{"Old ", "Old\u200b*"}})
			z.both(&zooSection{Name: "Food"})
			z.live(&zooSection{Name: "Old "})
			z.live(&zooSection{Name: "Old\u200bwing"})
		}, []string{"unchanged section: 1"}},
		{"removed in other letters", func(z *zoo) {
			z.removed("user", "ANA@zoo.example")
			z.removed("section", nfd("Côte"))
			z.live(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooSection{Name: "Côte"})
		}, []string{"deactivate user.ana@zoo.example: because of a removed block", "delete section.Côte: because of a removed block"}},
		{"a slash in a name", func(z *zoo) {
			z.manage("shift", all)
			z.both(&zooTeam{Name: "A/B"})
			z.both(&zooTeam{Name: "A"})
			z.both(&zooShift{Team: "A/B", Person: "c@zoo.example"})
			z.live(&zooShift{Team: "A", Person: "b/c@zoo.example"})
			z.in.Targets = []string{"shift.A/b%2FC@zoo.example", "zoo.shift.A%2fB/c@zoo.example"}
		}, []string{"delete shift.A/b%2Fc@zoo.example: no file declares it, and shifts are authoritative", "unchanged shift: 1", "unchanged team: 2"}},
	})
}

// What looks like a name and is none is told, and nothing is removed and made again
// for it.
func TestLookAlikes(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(z *zoo)
		want string
	}{
		{"other letters", func(z *zoo) { z.files(&zooTeam{Name: "soc"}); z.live(&zooTeam{Name: "SOC"}) }, "warning team.soc"},
		{"a space", func(z *zoo) { z.files(&zooTeam{Name: "SOC"}); z.live(&zooTeam{Name: "SOC "}) }, "warning team.SOC"},
		{"two blocks", func(z *zoo) { z.files(&zooTeam{Name: "SOC"}); z.files(&zooTeam{Name: "soc"}) }, "warning team.soc"},
		{"a new name", func(z *zoo) {
			z.files(&zooTeam{Name: "soc"}).Previously = []string{"IT"}
			z.live(&zooTeam{Name: "IT"})
			z.live(&zooTeam{Name: "SOC"})
		}, "warning team.soc"},
		{"removed and created", func(z *zoo) {
			z.manage("user", schema.Manage{Mode: schema.Authoritative})
			z.files(&zooUser{Email: "ana@zoo.example"})
			z.live(&zooUser{Email: "\u200bana@zoo.example"})
		}, "error user.ana@zoo.example"},
		{"within a section in other letters, removed and created", func(z *zoo) {
			z.manage("group", schema.Manage{Mode: schema.Authoritative, AllParents: true})
			z.files(&zooSection{Name: "region"})
			z.files(&zooGroup{Section: "region", Name: "North"})
			z.live(&zooSection{Name: "Region"})
			z.live(&zooGroup{Section: "Region", Name: "North"})
		}, "warning section.region, error group.region/North"},
		{"within a section in other letters", func(z *zoo) {
			z.files(&zooSection{Name: "region"})
			z.files(&zooGroup{Section: "region", Name: "North"})
			z.live(&zooSection{Name: "Region"})
			z.live(&zooGroup{Section: "Region", Name: "North"})
		}, "warning section.region"},
		{"a removed block decides", func(z *zoo) {
			z.removed("team", "SOC")
			z.files(&zooTeam{Name: "soc"})
			z.live(&zooTeam{Name: "SOC"})
		}, ""},
		{"previously decides", func(z *zoo) {
			z.files(&zooTeam{Name: "SOC"}).Previously = []string{"SOC\r"}
			z.live(&zooTeam{Name: "SOC\r"})
		}, ""},
		{"both are there and declared", func(z *zoo) { z.both(&zooTeam{Name: "SOC"}); z.both(&zooTeam{Name: "soc"}) }, ""},
	} {
		z := newZoo()
		c.set(z)
		var got []string
		for _, f := range Build(z.in).Plan.Findings {
			if f.Code == "plan/look-alike" {
				got = append(got, f.Severity.String()+" "+f.Addr.String())
			}
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}

// An account that gets another name is lost for the old one and won for the new one.
func TestHandover(t *testing.T) {
	rights := func(z *zoo) {
		z.both(&zooRole{ID: "keeper", Permissions: []string{"feed"}})
		z.both(&zooTeam{Name: "Day"})
		z.live(&zooUser{Email: "ceo@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
		z.live(&zooShift{Team: "Day", Person: "ceo@zoo.example", Role: "keeper"})
		z.live(&zooUser{Email: "aa@zoo.example", Role: "keeper", Accesses: [][]string{{"Food/Meat"}}})
		z.files(&zooUser{Email: "aa@zoo.example"}, "role")
		z.files(&zooUser{Email: "evil@zoo.example"}, "email").Previously = []string{"CEO@zoo.example"}
	}
	z := newZoo()
	rights(z)
	var got []string
	for _, line := range tell(Build(z.in).Plan) {
		if strings.Contains(line, " because ") || strings.HasPrefix(line, "warning") {
			got = append(got, line)
		}
	}
	if diff := cmp.Diff([]string{
		"user.ceo@zoo.example -feed on Food/Meat -feed on team Day because user.evil@zoo.example",
		"user.evil@zoo.example +feed on Food/Meat +feed on team Day because user.evil@zoo.example",
		"user.aa@zoo.example -feed on Food/Meat because user.aa@zoo.example",
		"warning plan/account-renamed user.evil@zoo.example",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	handed := func(z *zoo) {
		z.live(&zooUser{Email: "ceo@zoo.example", Admin: true})
		z.live(&zooUser{Email: "other@zoo.example", Admin: true})
		z.files(&zooUser{Email: "evil@zoo.example"}, "email").Previously = []string{"ceo@zoo.example"}
	}
	protected := func(entry string) scene {
		return scene{entry, func(z *zoo) { handed(z); z.in.Tenant.Protect = []string{entry} }, []string{"plan/protected user.evil@zoo.example"}}
	}
	self := func(key string) scene {
		return scene{"own user " + key, func(z *zoo) {
			handed(z)
			z.in.Self = schema.Address{Provider: "zoo", Kind: "user", Key: key}
		}, []string{"plan/self-lockout user.evil@zoo.example"}}
	}
	violations(t, []scene{
		{"with nobody to protect", handed, nil},
		protected("user.ceo@zoo.example"), protected("zoo.user.ceo@zoo.example"), protected("user.CEO@Zoo.example"),
		protected("user.evil@zoo.example"), protected("zoo.user.Evil@zoo.example"),
		self("ceo@zoo.example"), self("CEO@zoo.example"), self("evil@zoo.example"),
		{"the last administrator", func(z *zoo) {
			z.live(&zooUser{Email: "ceo@zoo.example", Admin: true})
			z.files(&zooUser{Email: "evil@zoo.example"}, "email").Previously = []string{"ceo@zoo.example"}
		}, []string{"plan/last-administrator user.evil@zoo.example"}},
		{"many at once", func(z *zoo) {
			for _, n := range strings.Split("abcdefgh", "") {
				z.live(&zooUser{Email: n + "@zoo.example"})
				z.files(&zooUser{Email: n + n + "@zoo.example"}, "email").Previously = []string{n + "@zoo.example"}
			}
		}, []string{"plan/limit-removals user."}},
		{"many shifts of other people", func(z *zoo) {
			z.both(&zooTeam{Name: "Day"})
			z.both(&zooRole{ID: "keeper"})
			for _, n := range strings.Split("abcdefgh", "") {
				z.live(&zooShift{Team: "Day", Person: n + "@zoo.example", Role: "keeper"})
				z.files(&zooShift{Team: "Day", Person: n + n + "@zoo.example", Role: "keeper"}).Previously = []string{n + "@zoo.example"}
			}
		}, []string{"plan/limit-removals shift."}},
		{"the shift of a protected person", func(z *zoo) {
			z.in.Tenant.Protect = []string{"zoo.user.A@zoo.example"}
			z.both(&zooTeam{Name: "Day"})
			z.both(&zooRole{ID: "keeper"})
			z.live(&zooShift{Team: "Day", Person: "a@zoo.example", Role: "keeper"})
			z.files(&zooShift{Team: "Day", Person: "b@zoo.example", Role: "keeper"}).Previously = []string{"a@zoo.example"}
		}, []string{"plan/protected shift.Day/a@zoo.example"}},
		{"a role with another name is nobody's loss", func(z *zoo) {
			for _, n := range strings.Split("abcdefgh", "") {
				z.live(&zooTeam{Name: n})
				z.files(&zooTeam{Name: n + n}, "name").Previously = []string{n}
			}
		}, nil},
	})
}
