package emulator

import "testing"

func TestParseSeedSaysWhere(t *testing.T) {
	type seed struct {
		Users []struct {
			Email string `json:"email"`
		} `json:"users"`
	}
	for text, want := range map[string]string{
		"{\n  \"users\": [\n  }\n}":     "line 3: invalid character '}' looking for beginning of value",
		"{\n  \"users\": 3\n}":          "line 2: json: cannot unmarshal number into Go struct field seed.users of type []struct { Email string \"json:\\\"email\\\"\" }",
		"{\"user\": []}":                `json: unknown field "user"`,
		`{"users":[{"k":1}]}`:           `json: unknown field "k"`,
		"{} {}":                         "there is data after the seed",
		"{\n  \"users\": [{\"email\":":  "unexpected EOF",
		"{\n\n  \"users\": [{\"email\n": "line 3: invalid character '\\n' in string literal",
	} {
		if _, err := ParseSeed[seed]([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
