package partoo

import (
	"maps"
	"slices"
	"strings"
)

// Visible says which businesses a set of accesses lets through. Inside an access,
// groups of the same section mean OR and groups of different sections mean AND;
// several accesses add up. An access without a group filters nothing: then
// everything is true. Without any access nothing is seen.
//
// groups tells of a group's key which section it is in and which businesses it
// labels. The result is sorted and without duplicates.
func Visible(accesses [][]string, groups func(key string) (section string, businesses []string)) (seen []string, everything bool) {
	all := map[string]bool{}
	for _, access := range accesses {
		if len(access) == 0 {
			return nil, true
		}
		for id := range through(access, groups) {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all)), false
}

// through is what one access, with at least one group, lets through.
func through(access []string, groups func(key string) (string, []string)) map[string]bool {
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

// sectionOf tells apart the sections in the keys of groups. A group whose name is
// not known is in a section of its own.
func sectionOf(group string) string {
	section, _, named := strings.Cut(group, "/")
	if !named {
		return "/" + group // no section in a key has a slash
	}
	return section
}

// accessWords says an access in words: "(Class/Birds or Class/Reptiles) and
// Continent/Europe". The groups are sorted, so groups of a section stand together.
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

// lostSections finds accesses that get wider because something is taken out of
// them: an access afterwards that is one from before without the only groups of a
// section. It returns the access from before for each.
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
