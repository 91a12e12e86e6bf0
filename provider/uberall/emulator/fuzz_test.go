package emulator

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever is sent, the answer is JSON, and what was stored can be sent back without a
// change.
func FuzzUpdateUser(f *testing.F) {
	for _, body := range []string{
		"{}", "[]", "{", `{"features":["ADS_READ"],"featuresDetailed":{"LOCATION_WRITE":[]}}`, `{"features":null,"managedLocations":[11,11]}`,
		`{"managedLocations":["11"],"managedBusinesses":[-1]}`, `{"role":"ADMIN","status":"INACTIVE","identifier":""}`,
		`{"emailSettings":[{"emailType":"DIGEST","frequency":"DAILY"},{}]}`, `{"featuresDetailed":[],"email":"a@b","email":1}`,
	} {
		f.Add(body, byte(0))
		f.Add(body, byte(1))
	}
	f.Fuzz(func(t *testing.T, body string, choice byte) {
		s := open(t, Options{Variants: [][]string{nil, {"sets=merge"}, {"ids=objects"}}[choice%3]})
		for _, request := range []string{"PATCH /users/5 ", "POST /users "} {
			if res, text := send(t, s, DefaultKey, request+body); !json.Valid([]byte(text)) {
				t.Fatalf("%s%s: %d %s", request, body, res.StatusCode, text)
			}
		}
		if _, err := s.Reach(); err != nil {
			t.Fatal(err)
		}
		_, text := send(t, s, DefaultKey, "GET /users/5")
		if choice%3 == 2 {
			return // objects are read and ids are written
		}
		var read struct {
			Response struct{ User json.RawMessage }
		}
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err)
		}
		res, again := send(t, s, DefaultKey, "PATCH /users/5 "+strings.ReplaceAll(string(read.Response.User), "\n", ""))
		if res.StatusCode != 200 || again != text {
			t.Fatalf("%s\nwas stored as\n%s\nand then as\n%d %s", body, text, res.StatusCode, again)
		}
	})
}
