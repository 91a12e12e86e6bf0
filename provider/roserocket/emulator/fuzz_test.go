package emulator

import (
	"encoding/json"
	"testing"
)

// Whatever is sent, the answer is JSON, and what was stored can be read again and
// sent back without a change.
func FuzzSetPermission(f *testing.F) {
	for _, body := range []string{
		live(), "{}", "[]", "{", `{"boards":[{"key":"dispatch","Key":5,"isDisabled":false}]}`, `{"xSummaries":3,"record":{"xShareAllowed":"no"}}`,
		`{"data":{"option":"custom","fields":[{"key":"cost","KEY":1,"permissionType":"none","isDisabled":true,"isDerived":"x"}]}}`,
	} {
		f.Add(body, byte(0))
		f.Add(body, byte(1))
	}
	choices := [][]string{
		nil, {"extra-keys=some", "extra-keys=some"}, {"write=merge", "hidden=none", "option=from-fields"},
		{"write=reset", "option=recomputes-fields", "boards-follow=yes"}, {"unknown-key=empty", "derived=stored"},
	}
	f.Fuzz(func(t *testing.T, body string, choice byte) {
		s := seeded(t, yard, choices[int(choice)%len(choices)]...)
		access := tokenOf(t, s, "admin")
		for _, path := range []string{sales, "/permissions/roles/king/objectKey/moon"} {
			res, text := ask(t, s, access, "POST", BaseURL+path, body)
			if !json.Valid([]byte(text)) {
				t.Fatalf("%d %s", res.StatusCode, text)
			}
			if _, err := s.Rights(); err != nil {
				t.Fatal(err)
			}
			if res.StatusCode != 200 {
				continue
			}
			if again, echo := ask(t, s, access, "POST", BaseURL+path, text); again.StatusCode != 200 || echo != text {
				t.Fatalf("%s\nwas stored as\n%s\nand then as\n%d %s", body, text, again.StatusCode, echo)
			}
		}
	})
}
