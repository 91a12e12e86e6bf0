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
		{"full", "GET /admin/users", `200 ~"count":4`},
		{"full", "GET /admin/roles/7", `200 ~"name":"ANALYST"`},
		{"own", "GET /teams/3/members", `200 ~"email":"noor@soc.example"`},
		{"log", "GET /audit_logs", `200 ~"count":0`},
		{"team", "GET /teams", `200 ~"name":"Response"`},
	})
}
