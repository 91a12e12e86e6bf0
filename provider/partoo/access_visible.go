package partoo

import (
	"maps"
	"slices"
	"strings"
)

// Visible returns the businesses that a user with the accesses sees, sorted and without
// duplicates. Inside an access, groups of the same section mean OR and groups of different
// sections mean AND; several accesses add up. An access without a group filters nothing:
// then everything is true. Without any access the user sees nothing.
//
// groups returns the section of a group and the businesses in it.
func Visible(accesses [][]string, groups func(key string) (section string, businesses []string)) (seen []string, everything bool) {
	all := map[string]bool{}
	for _, access := range accesses {
		if len(access) == 0 {
			return nil, true
		}
		for id := range visibleThrough(access, groups) {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all)), false
}

// visibleThrough returns the businesses that one access, with at least one group, shows.
func visibleThrough(access []string, groups func(key string) (string, []string)) map[string]bool {
	sections := map[string]map[string]bool{}
	for _, key := range access {
		section, businesses := groups(key)
		if sections[section] == nil {
			sections[section] = map[string]bool{}
		}
		for _, id := range businesses {
			sections[section][id] = true
		}
	}
	var seen map[string]bool
	for _, labelled := range sections {
		if seen == nil {
			seen = maps.Clone(labelled)
			continue
		}
		maps.DeleteFunc(seen, func(id string, _ bool) bool { return !labelled[id] })
	}
	return seen
}

// sectionOf returns the section in the key of a group. A group whose name is not known
// counts as in a section of its own.
func sectionOf(group string) string {
	section, _, named := strings.Cut(group, "/")
	if !named {
		return "/" + group // no section in a key has a slash
	}
	return section
}

// accessWords describes an access: "(Class/Birds or Class/Reptiles) and Continent/Europe".
// The groups are sorted, so groups of a section are next to each other.
func accessWords(access []string) string {
	var parts []string
	for i := 0; i < len(access); {
		j := i + 1
		for j < len(access) && sectionOf(access[j]) == sectionOf(access[i]) {
			j++
		}
		part := strings.Join(access[i:j], " or ")
		if j-i > 1 && j-i < len(access) {
			part = "(" + part + ")"
		}
		parts = append(parts, part)
		i = j
	}
	return strings.Join(parts, " and ")
}

// lostSections finds accesses that show more because groups are removed from them: an access
// of after that is one of before without all its groups of some section. It returns the
// access of before, by the index of the access of after.
func lostSections(before, after [][]string) map[int][]string {
	out := map[int][]string{}
	for i, now := range after {
		if slices.ContainsFunc(before, func(was []string) bool { return slices.Equal(was, now) }) {
			continue
		}
		for _, was := range before {
			if len(now) < len(was) && subset(now, was) && len(sectionsOf(now)) < len(sectionsOf(was)) {
				out[i] = was
				break
			}
		}
	}
	return out
}

func subset(small, large []string) bool {
	for _, s := range small {
		if _, found := slices.BinarySearch(large, s); !found {
			return false
		}
	}
	return true
}

func sectionsOf(access []string) []string {
	var out []string
	for _, g := range access {
		if s := sectionOf(g); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
