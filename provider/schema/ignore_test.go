package schema

import (
	"fmt"
	"testing"
)

// Entries that are keys are looked up, and compared with no key one by one.
func TestKeysOfIgnoreAreLookedUp(t *testing.T) {
	k := &Kind{Name: "user"}
	own := &patterns{keys: map[string]int{}}
	for i := range 1000 {
		own.add(newPattern(k, fmt.Sprintf("u%d@zoo.example", i)))
	}
	own.add(newPattern(k, "*@x.example"))
	if len(own.globs) != 1 {
		t.Errorf("%d patterns are compared with each key", len(own.globs))
	}
	for key, want := range map[string]bool{"u999@zoo.example": true, "u1000@zoo.example": false, "ana@x.example": true} {
		if _, got := own.match(key); got != want {
			t.Errorf("%s: got %t", key, got)
		}
	}
}
