package tines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/providertest/trip"
)

// travel goes to examples/soc one write at a time, so that ids are given out in
// order.
func travel(t *testing.T, roads ...providertest.Middleware) *trip.Trip {
	t.Helper()
	tr := trip.RunExample(t, "tines", "soc", roads...)
	tr.Flags = []string{"--parallelism", "1"}
	return tr
}

func TestExampleKeepsTheContract(t *testing.T) {
	travel(t, providertest.Described(t).Guarded(t)).Converge()
}

// What a newer Tines adds to its answers makes no difference to what is written.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := travel(t).Converge()
	if d := cmp.Diff(plain, travel(t, providertest.Edited(t, withNewFields)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Tines may use are read, and what carries them and is not in
// the files stays as it is.
func TestUnknownWordsMakeNoDifference(t *testing.T) {
	plain := travel(t).Converge()
	if d := cmp.Diff(plain, travel(t, providertest.Edited(t, withNewWords)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown words):\n%s", d)
	}
}
