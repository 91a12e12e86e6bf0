package partoo

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/partoo/emulator"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// stores is an organization with n businesses, coded S0001 and so on.
func stores(n int) *emulator.Seed {
	s := seed()
	for i := 1; i <= n; i++ {
		s.Businesses = append(s.Businesses, emulator.SeedBusiness{ID: fmt.Sprintf("id%04d", i), Code: fmt.Sprintf("S%04d", i), Name: "Store"})
	}
	return s
}

func manager(codes, ids []string) schema.Object {
	values := map[string]any{"email": "m@zoo.example", "role": "BUSINESS_MANAGER"}
	if codes != nil {
		values["store_codes"] = codes
	}
	if ids != nil {
		values["businesses"] = ids
	}
	return declare(&userKind, values)
}

func TestResolve(t *testing.T) {
	many := func(n int) (codes, ids []string) {
		for i := 1; i <= n; i++ {
			codes, ids = append(codes, fmt.Sprintf("S%04d", i)), append(ids, fmt.Sprintf("id%04d", i))
		}
		return codes, ids
	}
	codes, ids := many(300)
	for _, test := range []struct {
		name       string
		stores     int
		codes, has []string
		want       []string
		requests   int
	}{
		{"nothing to look up", 500, nil, nil, nil, 0},
		{"one code", 500, []string{"S0499"}, nil, []string{"id0499"}, 1},
		{"two codes of many", 500, []string{"S0450", "S0499"}, nil, []string{"id0450", "id0499"}, 3},
		{"two codes of few", 20, []string{"S0003", "S0007"}, nil, []string{"id0003", "id0007"}, 1},
		{"three hundred of five hundred", 500, codes, nil, ids, 6},
		{"codes and ids together", 20, []string{"S0003", "0001"}, []string{"id0007"}, []string{"b1", "id0003", "id0007"}, 1},
		{"ids are looked up at once", 500, nil, ids[:150], ids[:150], 3}, // 100 ids, then 50, on pages of 100
		{"too many ids are taken as they are", 500, nil, append(ids[:300:300], "more"), append(ids[:300:300], "more"), 0},
		{"an empty list of codes", 20, []string{}, nil, nil, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := open(t, stores(test.stores))
			desired := []schema.Object{manager(test.codes, test.has)}
			got, err := p.Resolve(context.Background(), desired)
			if err != nil || len(got.Findings) != 0 {
				t.Fatal(err, got.Findings)
			}
			if diff := cmp.Diff(test.want, desired[0].Body.(*User).Businesses); diff != "" {
				t.Error(diff)
			}
			if set := desired[0].Has("businesses"); set != (test.codes != nil || test.has != nil) {
				t.Errorf("businesses are set: %t", set)
			}
			if n := len(p.requests()); n > test.requests {
				t.Errorf("%d requests, want at most %d: %v", n, test.requests, p.requests())
			}
			for i, code := range test.codes {
				if id := desired[0].Body.(*User).Businesses[i]; got.Labels[id] == "" {
					t.Errorf("%s (%s) has no label", id, code)
				}
			}
		})
	}
}

func TestResolveMistakes(t *testing.T) {
	p := open(t)
	group := declare(&groupKind, map[string]any{"section": "A", "name": "B", "store_codes": []string{"0001", "002", "9999999"}, "businesses": []string{"0003", "b2", "nobody"}})
	desired := []schema.Object{group}
	got, err := p.Resolve(context.Background(), desired)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`error businesses 0003: This is a store code, not a business id. "0003" is a store code. Move it to store_codes.`,
		`warning businesses nobody: No business with this id was found. Partoo's business search finds no business with the id "nobody". A business that is closed may be hidden from the search. Otherwise check the id.`,
		`error store_codes 002: No business has this store code. Partoo's business search finds no business with the code "002". Did you mean "0002"? Correct the code. A business that is closed may be hidden from the search: write its id into businesses.`,
		`error store_codes 9999999: No business has this store code. Partoo's business search finds no business with the code "9999999". Correct the code. A business that is closed may be hidden from the search: write its id into businesses.`,
	}
	if diff := cmp.Diff(want, spoken(got.Findings)); diff != "" {
		t.Error(diff)
	}
}

// spoken writes findings out as a person reads them.
func spoken(findings []schema.Finding) []string {
	var out []string
	for _, f := range findings {
		at := f.Attribute
		if f.Value != "" {
			at += " " + f.Value
		}
		if at == "" {
			at = f.Addr.String()
		}
		out = append(out, fmt.Sprintf("%s %s: %s. %s", f.Severity, at, f.Summary, f.Detail))
	}
	return out
}

// What no custom role means is written out before anything is compared.
func TestResolveRoles(t *testing.T) {
	for _, test := range []struct {
		role   string
		custom any // nil: not set
		want   any
	}{
		{"GROUP_MANAGER", "", "builtin_2"},
		{"GROUP_MANAGER", nil, nil},
		{"GROUP_MANAGER", "editor", "editor"},
		{"ORG_MANAGER", "", ""},
		{"ORG_ADMIN", "", ""},
	} {
		t.Run(fmt.Sprint(test.role, test.custom), func(t *testing.T) {
			values := map[string]any{"email": "m@zoo.example", "role": test.role}
			if test.custom != nil {
				values["custom_role"] = test.custom
			}
			desired := []schema.Object{declare(&userKind, values)}
			if _, err := open(t, "builtin-ids=opaque").Resolve(context.Background(), desired); err != nil {
				t.Fatal(err)
			}
			if got := desired[0].Any("custom_role"); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}
