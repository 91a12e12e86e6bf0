package tines_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/providertest/exampletest"
)

// runExample runs the program on examples/soc, one write at a time, so that ids are given out in
// order.
func runExample(t *testing.T, middlewares ...providertest.Middleware) *exampletest.Example {
	t.Helper()
	tr := exampletest.RunExample(t, "tines", "soc", middlewares...)
	tr.Flags = []string{"--parallelism", "1"}
	return tr
}

func TestExampleKeepsTheContract(t *testing.T) {
	runExample(t, providertest.MustOpenContract(t).Middleware(t)).Converge()
}

// What a newer Tines adds to its answers makes no difference to what is written.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := runExample(t).Converge()
	if d := cmp.Diff(plain, runExample(t, providertest.EditObjects(t, withNewFields)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Tines may use are read, and what carries them and is not in
// the files stays as it is.
func TestUnknownWordsMakeNoDifference(t *testing.T) {
	plain := runExample(t).Converge()
	if d := cmp.Diff(plain, runExample(t, providertest.EditObjects(t, withNewWords)).Converge()); d != "" {
		t.Errorf("writes (-without +with unknown words):\n%s", d)
	}
}
