package emulator

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
)

var update = flag.Bool("update", false, "rewrite generated parts of README.md")

// The list of variants in README.md is the table, and its example seed is one.
func TestReadme(t *testing.T) {
	text := providertest.CheckReadme(t, Variants(), *update)
	_, seed, _ := strings.Cut(text, "```json\n")
	seed, _, _ = strings.Cut(seed, "```")
	s := open(t, Options{Seed: parse(t, seed)})
	if c := s.Credentials(); c != (Credentials{"rolecall", "secret", "7b0ae1b6-9a5b-4a53-8f3c-5f7d1e2c3a4b", uuid("user", "robot@freight.example")}) {
		t.Errorf("credentials %+v", c)
	}
	reach, err := s.Rights()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"order create", "order board order", "order.status read", "order.margin read"}, reach["sales"]); diff != "" {
		t.Errorf("sales (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"in group Dispatch"}, reach[uuid("user", "ana@freight.example")]); diff != "" {
		t.Errorf("ana (-want +got):\n%s", diff)
	}
}
