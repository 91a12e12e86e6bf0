package emulator

import (
	"flag"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/providertest"
)

var update = flag.Bool("update", false, "rewrite generated parts of README.md")

// The list of variants in README.md is the table, and its example seed is one.
func TestReadme(t *testing.T) {
	text := providertest.CheckReadme(t, Variants(), *update)
	_, seed, _ := strings.Cut(text, "```json\n")
	seed, _, _ = strings.Cut(seed, "```")
	s := open(t, Options{Seed: parse(t, seed)})
	play(t, s, []step{
		{"full", "GET /user/search", `200 ~"count":3`},
		{"full", "GET /sections/1/groups/1", `200 ~"name":"Birds"`},
		{"narrow", "GET /user/me", `200 ~"permissions":["business_edit"]`},
	})
}
