package tines

import (
	"context"
	"strings"
	"testing"
)

func TestWireID(t *testing.T) {
	for text, want := range map[string]string{`7`: "7", `"7"`: "7", `"TEAM_ADMIN"`: "TEAM_ADMIN", `null`: "", `12345678901234567890`: "12345678901234567890"} {
		var id wireID
		if err := id.UnmarshalJSON([]byte(text)); err != nil || string(id) != want {
			t.Errorf("%s: %q, %v", text, id, err)
		}
	}
	for _, text := range []string{`true`, `{}`, `[7]`} {
		var id wireID
		if err := id.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s: %q", text, id)
		}
	}
}

// A user who does not say who it is, or whether it is an owner, is none. TestOlderTenants
// is about what may be missing.
func TestUserMustTell(t *testing.T) {
	for _, without := range []string{`"admin":false,`, `"id":3,`, `"email":"Ana@zoo.example",`} {
		c, err := script{"GET /admin/users": {strings.Replace(usersOK, without, "", 1)}}.connect(Settings{})
		if err != nil {
			t.Fatal(err)
		}
		for o, err := range c.List(context.Background(), &userKind) {
			if err == nil {
				t.Errorf("without %s a user comes: %+v", without, o.Body)
			}
		}
	}
}
