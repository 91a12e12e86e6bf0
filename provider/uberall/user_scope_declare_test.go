package uberall

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Locations are declared by identifiers that mean no other location.
func TestDistinctIdentifiers(t *testing.T) {
	n := placeNames{
		byID: accountsByID([]wireBusiness{{ID: 1, key: "north", Name: "Stores North"}, {ID: 2, key: "south", Name: "Stores South"}, {ID: 3, key: "a/b", Name: "a/b"}}),
		all: []wireLocation{
			{ID: 11, Identifier: "N1", BusinessID: 1},
			{ID: 12, Identifier: "same", BusinessID: 1}, {ID: 21, Identifier: "same", BusinessID: 2}, {ID: 31, Identifier: "same", BusinessID: 3},
			{ID: 13, Identifier: "twice", BusinessID: 1}, {ID: 14, Identifier: "twice", BusinessID: 1}, // one account
			{ID: 15, Identifier: "", BusinessID: 1},
			{ID: 16, Identifier: "#17", BusinessID: 1},                                                                                         // like an id
			{ID: 18, Identifier: "x", BusinessID: 2}, {ID: 19, Identifier: "south/x", BusinessID: 1}, {ID: 32, Identifier: "x", BusinessID: 9}, // an identifier like one with an account
		},
	}
	want := map[wireID]string{
		11: "N1", 12: "north/same", 21: "south/same", 31: "a%2Fb/same", 16: "north/#17", 18: "Stores South/x", 19: "north/south%2Fx",
	}
	if diff := cmp.Diff(want, n.distinct()); diff != "" {
		t.Error(diff)
	}
}
