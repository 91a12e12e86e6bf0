package config

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// A directory with thousands of wrong references stops guessing.
func TestSuggestionsEnd(t *testing.T) {
	at := hcl.Range{Filename: "a.hcl", Start: hcl.InitialPos, End: hcl.InitialPos}
	l := newLoader(t.TempDir(), Options{}, nil)
	defer l.directory.tree.Close()
	l.evaluator.locals = map[string]*local{"people": {}, "groups": {}}
	l.guesses = 3
	n := l.evaluator.namesIn(nil, "a test")
	for range 2 {
		n.addLocal(hcl.Traversal{hcl.TraverseRoot{Name: "local", SrcRange: at}, hcl.TraverseAttr{Name: "peple", SrcRange: at}}, &uses{})
	}
	if len(l.diags) != 2 || !strings.Contains(l.diags[0].Detail, "Did you mean") || strings.Contains(l.diags[1].Detail, "people") {
		t.Errorf("got %v", l.diags)
	}
}
