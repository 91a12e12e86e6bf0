package rest

import (
	"encoding/json"
	"testing"
)

func TestLocate(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"rows":[{"b":"]}\\\""},2]}`:    `[{"b":"]}\\\""},2]`,
		` { "rows" : null , "a":{"rows":[]}} `: `null`,
		`{"a":"\"rows\":[1]","rows":"x,}"}`:    `"x,}"`,
		`{"rows":[1],"b":true,"rows":[2]}`:     `[2]`,
		`{"rows":7}`:                           `7`,
		`{"rows":[1`:                           `[1`,
		`{"a":1}`:                              ``, `{}`: ``, `[]`: ``, `"rows"`: ``, ``: ``, `{"rows"`: ``, `{"rows":`: ``, `{"a":}}`: ``, `{"a`: ``, `{,`: ``,
	} {
		from, to := locate([]byte(text), "rows")
		if got := text[from:to]; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	text := `{"meta":{"x":[],"rows":[1]},"rows":[2]}`
	if from, to := locate([]byte(text), "meta.rows"); text[from:to] != `[1]` {
		t.Errorf("meta.rows is %s", text[from:to])
	}
}

// FuzzLocate: in valid JSON a member is where encoding/json finds it, unless the name has
// escapes, and in any text the search ends.
func FuzzLocate(f *testing.F) {
	f.Add([]byte(`{"a":{"b":"\\"},"rows":[1,{"c":"]"}]}`))
	f.Add([]byte(`{"rows":`))
	f.Fuzz(func(t *testing.T, text []byte) {
		from, to := locate(text, "rows")
		var all map[string]json.RawMessage
		if json.Unmarshal(text, &all) != nil || to == 0 {
			return
		}
		if got := string(text[from:to]); got != string(all["rows"]) {
			t.Errorf("%q: %q, want %q", text, got, all["rows"])
		}
	})
}
