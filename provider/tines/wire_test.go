package tines

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// page plays one page of teams; next 0 is null and pages 0 is not said.
func teamPage(count, pages, next int, ids ...int) string {
	var rows []string
	for _, id := range ids {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"name":"T%d"}`, id, id))
	}
	meta := fmt.Sprintf(`"count":%d,"next_page_number":%d`, count, next)
	meta = strings.ReplaceAll(meta, `"next_page_number":0`, `"next_page_number":null`)
	if pages > 0 {
		meta += fmt.Sprintf(`,"pages":%d`, pages)
	}
	return fmt.Sprintf(`200 {"teams":[%s],"meta":{%s}}`, strings.Join(rows, ","), meta)
}

func TestPages(t *testing.T) {
	for _, test := range []struct {
		name   string
		script script
		want   []string // nil: the list does not hold
	}{
		{"none", script{"GET /teams": {teamPage(0, 0, 0)}}, []string{}},
		{"none, on one page", script{"GET /teams": {teamPage(0, 1, 0)}}, []string{}},
		{"three pages that are announced", script{"GET /teams": {teamPage(3, 3, 2, 1)}, "GET /teams 2": {teamPage(3, 3, 3, 2)}, "GET /teams 3": {teamPage(3, 3, 0, 3)}},
			[]string{"1", "2", "3"}},
		{"three pages one after the other", script{"GET /teams": {teamPage(3, 0, 2, 1)}, "GET /teams 2": {teamPage(3, 0, 3, 2)}, "GET /teams 3": {teamPage(3, 0, 0, 3)}},
			[]string{"1", "2", "3"}},
		{"pages that are numbered in another way", script{"GET /teams": {teamPage(2, 1, 7, 1)}, "GET /teams 7": {teamPage(2, 1, 0, 2)}}, []string{"1", "2"}},
		{"one twice", script{"GET /teams": {teamPage(2, 2, 2, 1)}, "GET /teams 2": {teamPage(2, 2, 0, 1)}}, nil},
		{"one too few", script{"GET /teams": {teamPage(3, 2, 2, 1)}, "GET /teams 2": {teamPage(3, 2, 0, 2)}}, nil},
		{"more while reading", script{"GET /teams": {teamPage(2, 2, 2, 1)}, "GET /teams 2": {teamPage(3, 3, 3, 2)}}, nil},
		{"an end before the end", script{"GET /teams": {teamPage(3, 3, 2, 1)}, "GET /teams 2": {teamPage(3, 3, 0, 2)}, "GET /teams 3": {teamPage(3, 3, 0, 3)}}, nil},
		{"pages that lead back", script{"GET /teams": {teamPage(2, 0, 2, 1)}, "GET /teams 2": {teamPage(2, 0, 1, 2)}}, nil},
		{"steady at the second look", script{"GET /teams": {teamPage(1, 1, 0), teamPage(1, 1, 0, 1)}}, []string{"1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := test.script.connect(Settings{})
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for o, err := range c.List(context.Background(), &teamKind) {
				if err != nil {
					if test.want != nil || !errors.Is(err, rest.ErrListChanged) {
						t.Error(err)
					}
					return
				}
				got = append(got, o.ID)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

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
