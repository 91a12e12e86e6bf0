package providertest

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

const toyHead = `
provider "toy" {
  manage "animal" { mode = "authoritative" }
  manage "job" { mode = "authoritative" }
}
den "north" {
  place = "Hill"
  jobs  = { Ibis = "guard", Zebu = "guard" }
}
`

// toyLater is the head from the second step on: the den has moved and the ibis has
// another level.
var toyLater = strings.NewReplacer("Hill", "Lake", `Ibis = "guard"`, `Ibis = "chief"`).Replace(toyHead)

var toyStory = []Step{
	{
		Name: "everything is new",
		HCL:  toyHead + `animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["hay", "corn"] }`,
		Expect: map[string]schema.Action{
			"den.north": schema.Create, "animal.ibis": schema.Create, "animal.emu": schema.Create,
			"job.north/ibis": schema.Create, "job.north/zebu": schema.Create, // nobody knows a zebu
		},
	},
	{
		Name: "attributes change",
		HCL: toyLater + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.south }` + "\n" + `animal "emu" { food = ["corn"] }`,
		Expect: map[string]schema.Action{
			"job.north/ibis": schema.Update, "den.north": schema.Update, "den.south": schema.Create, "animal.ibis": schema.Update, "animal.emu": schema.Update,
		},
	},
	{
		Name: "somebody else feeds",
		HCL: toyLater + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["corn", "figs"] }`,
		Meanwhile: toyLater + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.south }` + "\n" + `animal "emu" { food = ["meat"] }`,
		Expect: map[string]schema.Action{"animal.ibis": schema.Update, "animal.emu": schema.Update},
		Stale:  []string{"animal.emu"},
	},
	{
		Name: "a den gets another name",
		HCL: toyLater + `den "deep_south" {
  previously = ["south"]
  jobs       = { emu = "guard" }
}` + "\n" +
			`animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["corn", "figs"] }`,
		Expect: map[string]schema.Action{"den.deep_south": schema.Rename, "job.deep_south/emu": schema.Create},
	},
	{
		Name: "animals leave, and a den with its jobs",
		HCL: strings.Replace(toyLater, `, Zebu = "guard"`, "", 1) + `removed "den" "deep_south" {}` + "\n" +
			`removed "animal" "emu" {}` + "\n" + `animal "Ibis" { asleep = true }`,
		Expect: map[string]schema.Action{"den.deep_south": schema.Delete, "animal.emu": schema.Deactivate, "animal.ibis": schema.Update, "job.north/zebu": schema.Delete},
	},
}

func toySuite(m mistakes) Suite {
	return Suite{
		Provider: toyProvider(m), Start: startToy, Story: toyStory,
		Excused: map[string]string{"animal delete": "leaving the file puts it to sleep"},
	}
}

func TestToy(t *testing.T) { Run(t, toySuite(mistakes{})) }

// The suite must notice what a provider does wrong.
func TestMistakesAreNoticed(t *testing.T) {
	tests := map[string]struct {
		mistakes mistakes
		how      mode
		want     string
	}{
		"a list that writes":     {mistakes{listWrites: true}, mode{}, "only reads are allowed"},
		"a list with holes":      {mistakes{listForgets: true}, mode{}, "the second plan is not empty"},
		"an attribute is lost":   {mistakes{dropsFood: true}, mode{}, "differs in [food]"},
		"a create sent repeated": {mistakes{repeatsCreates: true}, mode{trouble: lostAfter, at: 1}, "twice"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			good, bad := toySuite(mistakes{}), toySuite(test.mistakes)
			told := &record{suite: &good}
			if err := good.tell(t, nil, mode{record: told}); err != nil {
				t.Fatal(err)
			}
			if test.how.trouble == none {
				test.how.record = &record{suite: &bad}
			} else {
				test.how.compare = told
			}
			if err := bad.tell(t, nil, test.how); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("noticed %v, want %q", err, test.want)
			}
		})
	}
}

// A story that leaves something out is noticed, and so is a needless excuse.
func TestLeftOut(t *testing.T) {
	s := toySuite(mistakes{})
	s.Story = s.Story[:1]
	s.Excused["den create"] = "not needed"
	told := &record{suite: &s}
	if err := s.tell(t, nil, mode{record: told}); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(told.leftOut(), "\n")
	for _, want := range []string{"never shows: den.name", "never shows: den delete", "never shows: animal.food", "never shows: animal deactivate", "all the same: den create"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}
