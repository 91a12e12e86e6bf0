package build

import (
	"strings"
	"testing"
)

// An earlier key that is nearly the one of a live object is told.
func TestPreviousKeyWithAnotherSpelling(t *testing.T) {
	for earlier, warned := range map[string]bool{"continent": true, "Continent ": true, "Con\u200btinent": true, "Contiment": false} {
		z := newZoo()
		z.files(&zooSection{Name: "Region"}).Previously = []string{earlier}
		z.live(&zooSection{Name: "Continent"})
		p := Build(z.in).Plan
		got := strings.Contains(strings.Join(tell(p), "\n"), "plan/previously-look-alike")
		if got != warned || p.Errors() != 0 {
			t.Errorf("%q: %q", earlier, tell(p))
		}
	}
	z := newZoo()
	z.files(&zooSection{Name: "Region"}).Previously = []string{"Continent", "continent"}
	z.live(&zooSection{Name: "Continent"})
	if p := Build(z.in).Plan; len(p.Findings) > 0 {
		t.Errorf("renamed: %q", tell(p))
	}
}
