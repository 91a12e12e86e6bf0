package partoo

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The zoo of Partoo's guide to groups and accesses: which animal wears which label.
var zoo = map[string][]string{
	"Class/Birds":         {"Canary", "Chicken", "Eagle", "Hawk", "Owl", "Sparrow", "Turkey"},
	"Class/Reptiles":      {"Crocodile", "Lizard"},
	"Class/Fish":          {"Carp", "Trout"},
	"Continent/Europe":    {"Canary", "Chicken", "Eagle", "Lizard", "Owl", "Sparrow", "Trout", "Turkey"},
	"Continent/Africa":    {"Crocodile"},
	"Food/Omnivore":       {"Canary", "Chicken", "Sparrow", "Turkey"},
	"Food/Carnivore":      {"Crocodile", "Eagle", "Hawk", "Owl", "Trout"},
	"Food/Nothing at all": {},
}

func zooGroup(key string) (string, []string) { return sectionOf(key), zoo[key] }

// The rows of the guide's table, then what follows from its rules.
func TestVisible(t *testing.T) {
	for _, test := range []struct {
		name       string
		accesses   [][]string
		want       []string
		everything bool
	}{
		{"class: birds, reptiles", [][]string{{"Class/Birds", "Class/Reptiles"}},
			[]string{"Canary", "Chicken", "Crocodile", "Eagle", "Hawk", "Lizard", "Owl", "Sparrow", "Turkey"}, false},
		{"class: birds / continent: europe / food: omnivore", [][]string{{"Class/Birds", "Continent/Europe", "Food/Omnivore"}},
			[]string{"Canary", "Chicken", "Sparrow", "Turkey"}, false},
		{"continent: europe", [][]string{{"Continent/Europe"}},
			[]string{"Canary", "Chicken", "Eagle", "Lizard", "Owl", "Sparrow", "Trout", "Turkey"}, false},
		{"no filters applied", [][]string{{}}, nil, true},
		{"two accesses add up", [][]string{{"Class/Birds", "Continent/Europe", "Food/Carnivore"}, {"Class/Reptiles", "Continent/Africa"}},
			[]string{"Crocodile", "Eagle", "Owl"}, false},
		{"one access without a group opens everything", [][]string{{"Class/Fish"}, {}}, nil, true},
		{"or inside a section, and across", [][]string{{"Class/Birds", "Class/Fish", "Continent/Europe", "Food/Carnivore"}},
			[]string{"Eagle", "Owl", "Trout"}, false},
		{"an empty group lets nothing through", [][]string{{"Class/Birds", "Food/Nothing at all"}}, nil, false},
		{"no access", nil, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			seen, everything := Visible(test.accesses, zooGroup)
			if diff := cmp.Diff(test.want, seen); diff != "" || everything != test.everything {
				t.Errorf("everything is %t, want %t; seen (-want +got):\n%s", everything, test.everything, diff)
			}
		})
	}
}

func TestAccessWords(t *testing.T) {
	for want, access := range map[string][]string{
		"Continent/Europe":                                     {"Continent/Europe"},
		"Class/Birds or Class/Fish":                            {"Class/Birds", "Class/Fish"},
		"Class/Birds and Continent/Europe":                     {"Class/Birds", "Continent/Europe"},
		"(Class/Birds or Class/Fish) and Continent/Europe":     {"Class/Birds", "Class/Fish", "Continent/Europe"},
		"Class/Birds and (Continent/Africa or Continent/Asia)": {"Class/Birds", "Continent/Africa", "Continent/Asia"},
		"#7 and Continent/Europe":                              {"#7", "Continent/Europe"},
	} {
		if got := accessWords(access); got != want {
			t.Errorf("%v: %q, want %q", access, got, want)
		}
	}
}

func TestLostSections(t *testing.T) {
	was := [][]string{{"Class/Birds", "Continent/Africa", "Continent/Europe"}}
	for _, test := range []struct {
		name string
		now  [][]string
		want []int
	}{
		{"unchanged", [][]string{{"Class/Birds", "Continent/Africa", "Continent/Europe"}}, nil},
		{"one of two groups of a section", [][]string{{"Class/Birds", "Continent/Africa"}}, nil},
		{"the only group of a section", [][]string{{"Continent/Africa", "Continent/Europe"}}, []int{0}},
		{"all groups of a section", [][]string{{"Class/Birds"}}, []int{0}},
		{"another group instead", [][]string{{"Class/Fish"}}, nil},
		{"the access is gone", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			for i := range lostSections(was, test.now) {
				got = append(got, i)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
