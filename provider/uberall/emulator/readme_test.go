package emulator

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
)

var update = flag.Bool("update", false, "rewrite generated parts of README.md")

// The list of variants in README.md is the table, and its example seed is one.
func TestReadme(t *testing.T) {
	text := providertest.CheckReadme(t, Variants(), *update)
	_, seed, _ := strings.Cut(text, "```json\n")
	seed, _, _ = strings.Cut(seed, "```")
	parsed, err := emulator.ParseSeed[Seed]([]byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Seed: parsed})
	if s.Key() != DefaultKey || s.Admin() != olu || s.SalesPartner() != 42 {
		t.Errorf("key %q, admin %q, sales partner %d", s.Key(), s.Admin(), s.SalesPartner())
	}
	reach, err := s.Reach()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"LOCATION_WRITE at 11", "LOCATION_WRITE phone at 11"}, reach["kim@crumb.example"]); diff != "" {
		t.Errorf("kim (-want +got):\n%s", diff)
	}
}
