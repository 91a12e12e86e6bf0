package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// readSavedLegacy reads an earlier output of --json, by tenant. The people of a tenant in it are not nil.
func readSavedLegacy(path string) (map[string][]partoo.LegacyPerson, error) {
	if path == "" {
		return nil, nil
	}
	wrong := func(format string, args ...any) error {
		return advise("Save one with rolecall partoo legacy --json before Partoo deletes the legacy data.", "flag --saved: %s: %s", text.Clean(path), text.Clean(fmt.Sprintf(format, args...)))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("flag --saved: %s: %w", text.Clean(path), pathCause(err))
	}
	var doc legacyJSON
	if err := json.Unmarshal(b, &doc); err != nil || doc.FormatVersion != 2 || len(doc.Tenants) == 0 {
		return nil, wrong("this is no output of rolecall partoo legacy --json")
	}
	out := map[string][]partoo.LegacyPerson{}
	for _, l := range doc.Tenants {
		if l == nil || l.Tenant == "" {
			return nil, wrong("an organization in it has no id")
		}
		if out[l.Tenant] != nil {
			return nil, wrong("organization %s is there twice", l.Tenant)
		}
		people, seen := []partoo.LegacyPerson{}, map[string]bool{}
		for _, p := range l.People {
			p, err := p.Checked()
			if err != nil {
				return nil, wrong("organization %s: %v", l.Tenant, err)
			}
			if seen[schema.FoldName(p.Email)] {
				return nil, wrong("organization %s: the user %s is there twice", l.Tenant, text.Quote(p.Email))
			}
			seen[schema.FoldName(p.Email)] = true
			people = append(people, p)
		}
		out[l.Tenant] = people
	}
	return out, nil
}

// checkSaved returns an error if a saved output says nothing about an organization, or must not: before the
// switch, Partoo itself says who has which pages.
func checkSaved(path string, saved map[string][]partoo.LegacyPerson, l *partoo.Legacy) error {
	switch {
	case path == "":
		return nil
	case !l.HasSwitched:
		return advise("Run the command without --saved.", "flag --saved is for organizations that have switched to custom roles, and organization %s has not: Partoo still shows its sidebar pages", l.Tenant)
	case saved[l.Tenant] == nil:
		return advise("Use the output of the command for that organization.", "flag --saved: %s is of organization %s; the files have %s", text.Clean(path), text.And(slices.Sorted(maps.Keys(saved))), l.Tenant)
	}
	return nil
}
