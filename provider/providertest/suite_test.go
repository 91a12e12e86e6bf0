package providertest

import (
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

const sampleHead = `
provider "sample" {
  manage "animal" { mode = "authoritative" }
  manage "job" { mode = "authoritative" }
}
den "north" {
  place = "Hill"
  jobs  = { Ibis = "guard", Zebu = "guard" }
}
`

// sampleHeadMoved is the head from the second step on: the den has another place, and the
// ibis another level.
var sampleHeadMoved = strings.NewReplacer("Hill", "Lake", `Ibis = "guard"`, `Ibis = "chief"`).Replace(sampleHead)

var sampleSteps = []Step{
	{
		Name: "create",
		HCL:  sampleHead + `animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["hay", "corn"] }`,
		Expect: map[string]schema.Action{
			"den.north": schema.Create, "animal.ibis": schema.Create, "animal.emu": schema.Create,
			"job.north/ibis": schema.Create, "job.north/zebu": schema.Create, // no animal block declares a zebu
		},
	},
	{
		Name: "update",
		HCL: sampleHeadMoved + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.south }` + "\n" + `animal "emu" { food = ["corn"] }`,
		Expect: map[string]schema.Action{
			"job.north/ibis": schema.Update, "den.north": schema.Update, "den.south": schema.Create, "animal.ibis": schema.Update, "animal.emu": schema.Update,
		},
	},
	{
		Name: "another user changes an animal",
		HCL: sampleHeadMoved + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["corn", "figs"] }`,
		Meanwhile: sampleHeadMoved + `den "south" {}` + "\n" +
			`animal "Ibis" { den = den.south }` + "\n" + `animal "emu" { food = ["meat"] }`,
		Expect: map[string]schema.Action{"animal.ibis": schema.Update, "animal.emu": schema.Update},
		Stale:  []string{"animal.emu"},
	},
	{
		Name: "rename",
		HCL: sampleHeadMoved + `den "deep_south" {
  previously = ["south"]
  jobs       = { emu = "guard" }
}` + "\n" +
			`animal "Ibis" { den = den.north }` + "\n" + `animal "emu" { food = ["corn", "figs"] }`,
		Expect: map[string]schema.Action{"den.deep_south": schema.Rename, "job.deep_south/emu": schema.Create},
	},
	{
		Name: "delete and deactivate",
		HCL: strings.Replace(sampleHeadMoved, `, Zebu = "guard"`, "", 1) + `removed "den" "deep_south" {}` + "\n" +
			`removed "animal" "emu" {}` + "\n" + `animal "Ibis" { asleep = true }`,
		Expect: map[string]schema.Action{"den.deep_south": schema.Delete, "animal.emu": schema.Deactivate, "animal.ibis": schema.Update, "job.north/zebu": schema.Delete},
	},
}

func sampleSuite(m mistakes) Suite {
	return Suite{
		Provider: sampleProvider(m), Start: startSample, Steps: sampleSteps,
		NotCovered: map[string]string{"animal delete": "an animal whose block is removed is deactivated"},
	}
}

func TestSample(t *testing.T) { Run(t, sampleSuite(mistakes{})) }

// The suite must report mistakes of a provider.
func TestReportsMistakes(t *testing.T) {
	tests := map[string]struct {
		mistakes mistakes
		how      mode
		want     string
	}{
		"a list that writes":     {mistakes{listWrites: true}, mode{}, "only reads are allowed"},
		"a list with holes":      {mistakes{listForgets: true}, mode{}, "the second plan is not empty"},
		"an attribute is lost":   {mistakes{dropsFood: true}, mode{}, "differs from what was written in food"},
		"a create sent repeated": {mistakes{repeatsCreates: true}, mode{fault: answerLost, at: 1}, "twice"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			good, bad := sampleSuite(mistakes{}), sampleSuite(test.mistakes)
			first := &record{suite: &good}
			if err := good.run(t, nil, mode{record: first}); err != nil {
				t.Fatal(err)
			}
			if test.how.fault == noFault {
				test.how.record = &record{suite: &bad}
			} else {
				test.how.compare = first
			}
			if err := bad.run(t, nil, test.how); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// What no step covers is reported, and so is a needless entry of NotCovered.
func TestUncovered(t *testing.T) {
	s := sampleSuite(mistakes{})
	s.Steps = s.Steps[:1]
	s.NotCovered["den create"] = "not needed"
	first := &record{suite: &s}
	if err := s.run(t, nil, mode{record: first}); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(first.uncovered(), "\n")
	for _, want := range []string{"no step covers: den.name", "no step covers: den delete", "no step covers: animal.food", "no step covers: animal deactivate", "against NotCovered: den create"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}
