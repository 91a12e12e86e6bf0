package emulator

import (
	"testing"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

func TestParseSeedSaysWhere(t *testing.T) {
	for seed, want := range map[string]string{
		"{\n  \"users\": [\n  }\n}":     "line 3: invalid character '}' looking for beginning of value",
		"{\n  \"users\": 3\n}":          "line 2: json: cannot unmarshal number into Go struct field Seed.users of type []emulator.SeedUser",
		"{\"user\": []}":                `json: unknown field "user"`,
		"{} {}":                         "something follows the seed",
		"{\n  \"users\": [{\"email\":":  "unexpected EOF",
		"{\n\n  \"users\": [{\"email\n": "line 3: invalid character '\\n' in string literal",
	} {
		if _, err := emulator.ParseSeed[Seed]([]byte(seed)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", seed, err, want)
		}
	}
}
