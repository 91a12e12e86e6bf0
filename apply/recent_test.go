package apply_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/apply/datadir"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestReadRecent(t *testing.T) {
	type person struct {
		Email  string
		Barred bool
	}
	kind := &schema.Kind{
		Name: "user", Subject: true,
		Inactive: func(o *schema.Object) bool { return o.Body.(*person).Barred },
		Attributes: []schema.Attribute{
			schema.String("email", "Address.", func(p *person) *string { return &p.Email }).With(schema.Key | schema.Label),
			schema.Bool("barred", "Cannot sign in.", func(p *person) *bool { return &p.Barred }),
		},
	}
	products := []*schema.Product{{Name: "club", Title: "Club", Kinds: []*schema.Kind{kind}}}
	now := time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)
	header := func(tenant, endpoint string) string {
		return fmt.Sprintf(`{"header":{"format_version":2,"started":"2026-05-02T10:00:00Z","provider":"club","product":"club","tenant":%q,"endpoint":%q}}`, tenant, endpoint)
	}
	begin := func(n int, action, key, more string) string {
		return fmt.Sprintf(`{"begin":{"change":%d,"at":"2026-05-02T10:00:00Z","action":%q,"kind":"user","key":%q%s}}`, n, action, key, more)
	}
	end := func(n int, action, key, status, more string) string {
		return fmt.Sprintf(`{"result":{"change":%d,"at":"2026-05-02T10:00:01Z","action":%q,"kind":"user","key":%q,"status":%q%s}}`, n, action, key, status, more)
	}
	barred := func(is bool) string { return fmt.Sprintf(`{"key":"x","attributes":{"email":"x","barred":%t}}`, is) }
	here := header("42", "https://club.example")
	yesterday := strings.NewReplacer("2026-05-02T10:00", "2026-05-01T11:00")
	tomorrow := strings.NewReplacer("2026-05-02T10:00", "2026-05-03T10:00")
	later := strings.NewReplacer("2026-05-02T10:00", "2026-05-04T10:00")
	for _, c := range []struct {
		name  string
		file  string
		lines []string
		want  string
	}{
		{"deleted and deactivated", "a", []string{here, begin(0, "delete", "ana", ""), end(0, "delete", "ana", "done", ""),
			begin(1, "deactivate", "ben", ""), end(1, "deactivate", "ben", "done", "")}, "ana ben"},
		{"failed", "a", []string{here, begin(0, "delete", "ana", ""), end(0, "delete", "ana", "failed", "")}, ""},
		{"stopped between the write and the line about it", "a", []string{here, begin(0, "delete", "ana", "")}, "ana"},
		{"unknown", "a", []string{here, begin(0, "delete", "ana", ""), end(0, "delete", "ana", "failed", `,"outcome_unknown":true`)}, "ana"},
		{"nothing was sent", "a", []string{here, end(0, "delete", "ana", "done", "")}, ""},
		{"barred by an update", "a", []string{here, begin(0, "update", "ana", `,"before":`+barred(false)), end(0, "update", "ana", "done", `,"after":`+barred(true))}, "ana"},
		{"lost everything through a change", "a", []string{here, begin(0, "update", "ana", `,"removes":["user.ben","user.cem"]`), end(0, "update", "ana", "done", "")}, "ben cem"},
		{"such a change stopped in the middle", "a", []string{here, begin(0, "update", "ana", `,"removes":["user.ben"]`)}, "ben"},
		{"created again", "a", []string{here, begin(0, "delete", "ana", ""), end(0, "delete", "ana", "done", ""),
			begin(1, "create", "ana", ""), end(1, "create", "ana", "done", `,"after":`+barred(false))}, "ana"},
		{"made active again", "a", []string{here, begin(0, "update", "ana", `,"before":`+barred(false)), end(0, "update", "ana", "done", `,"after":`+barred(true)),
			begin(1, "update", "ana", `,"before":`+barred(true)), end(1, "update", "ana", "done", `,"after":`+barred(false))}, "ana"},
		{"by a clock that is fast", "a", []string{tomorrow.Replace(here), tomorrow.Replace(begin(0, "delete", "ana", ""))}, "ana"},
		{"in two days", "a", []string{later.Replace(here), later.Replace(begin(0, "delete", "ana", ""))}, "unknown"},
		{"nothing was removed in two days", "a", []string{later.Replace(here), later.Replace(begin(0, "create", "ana", ""))}, ""},
		{"more than a day ago", "a", []string{yesterday.Replace(here), yesterday.Replace(begin(0, "delete", "ana", ""))}, ""},
		{"begun more than a day ago and ended since", "a", []string{yesterday.Replace(here), yesterday.Replace(begin(0, "delete", "ana", "")), begin(1, "delete", "ben", "")}, "ben"},
		{"of another tenant", "a", []string{header("43", "https://club.example"), begin(0, "delete", "ana", "")}, ""},
		{"by another spelling of the endpoint", "a", []string{header("42", "https://CLUB.example/"), begin(0, "delete", "ana", "")}, "ana"},
		{"in the emulator", "a", []string{header("42", "emulator"), begin(0, "delete", "ana", "")}, ""},
		{"damaged", "a", []string{here, `{"begin":`, ""}, "unknown"},
		{"after which every run would be an older one", "a", []string{strings.Replace(here, `"format_version":`, `"sequence":9223372036854775807,"format_version":`, 1)}, "unknown"},
		{"took less in two steps", "a", []string{here, begin(0, "update", "ana", `,"narrows":{"user.ben":0.75,"user.cem":0.5}`), end(0, "update", "ana", "done", ""),
			begin(1, "update", "ana", `,"narrows":{"user.ben":0.5}`)}, "ben=0.375 cem=0.5"},
		{"keeps more than everything", "a", []string{here, begin(0, "update", "ana", `,"narrows":{"user.ben":2}`)}, "unknown"},
		{"damaged, and old by its name", "20260401T000000Z-club", []string{here, `{"begin":`, ""}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, c.file+".jsonl"), []byte(strings.Join(c.lines, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			journals, err := datadir.Open(dir, false)
			if err != nil {
				t.Fatal(err)
			}
			defer journals.Close()
			r := apply.ReadRecent(journals, products, apply.Header{Provider: "club", Product: "club", Tenant: "42", Endpoint: "https://club.example"}, now)
			var keys []string
			for _, a := range r.Removed {
				keys = append(keys, a.Key)
			}
			if r.Unknown != "" {
				keys = append(keys, "unknown")
			}
			for _, a := range slices.SortedFunc(maps.Keys(r.Narrowed), schema.Address.Compare) {
				keys = append(keys, fmt.Sprintf("%s=%v", a.Key, r.Narrowed[a]))
			}
			if diff := cmp.Diff(c.want, strings.Join(keys, " ")); diff != "" {
				t.Errorf("%s (%s)", diff, r.Unknown)
			}
		})
	}
	if r := apply.ReadRecent(nil, products, apply.Header{}, now); len(r.Removed) > 0 || r.Unknown != "" {
		t.Errorf("%+v", r)
	}
}
