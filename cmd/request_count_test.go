package cmd_test

import (
	"testing"
)

// A plan that finds nothing to do sends exactly what docs/performance.md says: no
// request a user, none twice, and none that grows with anything but pages.
func TestEmptyPlanRequests(t *testing.T) {
	for _, s := range []fixture{
		partooTenant{users: 1_000}, partooTenant{users: 1_000, blocks: true}, partooTenant{users: 2_399}, partooTenant{users: 2_400},
		tinesTenant{499, 5, inYAML}, tinesTenant{500, 5, inCSV}, tinesTenant{1_200, 6, inBlocks},
		roserocketTenant{1, 3}, roserocketTenant{7, 60},
		uberallTenant{998, 3}, uberallTenant{999, 120},
	} {
		t.Run(s.product().Provider.Name+"/"+s.String(), func(t *testing.T) {
			r := record(t, s)
			r.sent.Store(0)
			r.plan(t)
			if got := int(r.sent.Load()); got != s.requests() {
				t.Errorf("%d requests, want %d", got, s.requests())
			}
		})
	}
}

// What one more user costs, in allocations, from the file to the end of the plan.
// The budgets are a fifth above what was measured: they are there to notice when
// something is done once more for every user.
func TestAllocationsPerUser(t *testing.T) {
	const few, more = 1_000, 3_000
	perUser := func(blocks bool, run func(*recording)) float64 {
		cost := func(n int) float64 {
			r := record(t, partooTenant{users: n, blocks: blocks})
			return testing.AllocsPerRun(2, func() { run(r) })
		}
		return (cost(more) - cost(few)) / (more - few)
	}
	validate := func(r *recording) {
		if code, out := program(nil, "", "validate", r.dir); code != 0 {
			t.Fatalf("exit code %d: %s", code, out)
		}
	}
	for _, c := range []struct {
		name   string
		blocks bool
		run    func(*recording)
		budget float64
	}{
		{"validate rows", false, validate, 26},
		{"validate blocks", true, validate, 270},
		{"plan rows", false, func(r *recording) { r.plan(t) }, 54},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := perUser(c.blocks, c.run)
			t.Logf("%.1f allocations a user", got)
			if got > c.budget {
				t.Errorf("%.1f allocations a user, want at most %.0f", got, c.budget)
			}
		})
	}
}
