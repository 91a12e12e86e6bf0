package providertest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPairs(t *testing.T) {
	factors := [][]string{{"a=0", "a=1"}, {"b=0", "b=1", "b=2"}, {"c=0", "c=1"}, {"d=0", "d=1", "d=2", "d=bad"}, {"e=0", "e=bad"}}
	late := func(v string) bool { return strings.HasSuffix(v, "bad") }
	rows := Pairs(factors, late)
	has := func(row, factor []string, v string) bool {
		if v == factor[0] {
			return !slices.ContainsFunc(factor[1:], func(w string) bool { return slices.Contains(row, w) })
		}
		return slices.Contains(row, v)
	}
	for i, f := range factors {
		for _, g := range factors[i+1:] {
			for _, v := range f {
				for _, w := range g {
					if !slices.ContainsFunc(rows, func(row []string) bool { return has(row, f, v) && has(row, g, w) }) {
						t.Errorf("no combination has %s and %s", v, w)
					}
				}
			}
		}
	}
	if len(rows) > 18 {
		t.Errorf("%d combinations, far more than the 12 that are needed", len(rows))
	}
	bad := slices.IndexFunc(rows, func(row []string) bool { return slices.ContainsFunc(row, late) })
	for _, row := range rows[bad:] {
		if !slices.ContainsFunc(row, late) {
			t.Errorf("%v comes after combinations with rare values", row)
		}
	}
	if d := cmp.Diff(rows, Pairs(factors, late)); d != "" {
		t.Errorf("a second time (-first +second):\n%s", d)
	}
}
