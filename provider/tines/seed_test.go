package tines_test

import (
	"maps"
	"slices"

	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// zoo is the first state of the tenant.
func zoo() *emulator.Seed {
	return &emulator.Seed{
		Tenant: emulator.SeedTenant{ID: 42, Name: "zoo"},
		Users: []emulator.SeedUser{
			{Email: "owner@zoo.example", FirstName: "Olu", LastName: "Owner", Admin: true},
			{Email: "deputy@zoo.example", FirstName: "Dee", LastName: "Puty", Admin: true},
			{Email: "Ivy@zoo.example", FirstName: "Ivy", LastName: "Tee"},
			{Email: "api@zoo.example", FirstName: "Access", LastName: "Key", Service: true, Admin: true},
			{Email: "intake@zoo.example", FirstName: "Intake", LastName: "Key", Service: true},
		},
		Teams: []emulator.SeedTeam{{
			Name:    "IT",
			Members: []emulator.SeedMember{{Email: "Ivy@zoo.example", Role: "TEAM_ADMIN"}, {Email: "deputy@zoo.example", Role: "VIEWER"}},
			Groups:  []emulator.SeedTeam{{Name: "Forensics", Members: []emulator.SeedMember{{Email: "Ivy@zoo.example", Role: "VIEWER"}}}},
		}},
		Keys: []emulator.SeedKey{
			{Key: "owner", Kind: "personal", User: "owner@zoo.example"},
			{Key: "service", Kind: "tenant_owner", User: "api@zoo.example"},
			{Key: "team", Kind: "team", User: "intake@zoo.example", Team: "IT", Role: "TEAM_ADMIN"},
		},
		Mapping: emulator.Mapping{
			Rows:        []emulator.MappingRow{{Group: "IT people", Team: "IT", Role: "EDITOR"}},
			OwnersGroup: "Tines owners",
		},
	}
}

// seedOf is a drawn tenant as an emulator starts with it. One member of each team
// is nobody's business there, so that no team is left without anybody.
func seedOf(d drawn) *emulator.Seed {
	s := &emulator.Seed{
		Users: []emulator.SeedUser{{Email: "owner@zoo.example", Admin: true}, {Email: "stay@zoo.example"}},
		Keys:  []emulator.SeedKey{{Key: "owner", Kind: "personal", User: "owner@zoo.example"}},
	}
	for _, r := range slices.Sorted(maps.Keys(d.roles)) {
		s.Roles = append(s.Roles, emulator.SeedRole{Name: r, Permissions: d.roles[r]})
	}
	for _, u := range d.users {
		s.Users = append(s.Users, emulator.SeedUser{Email: u})
	}
	for _, name := range slices.Sorted(maps.Keys(d.teams)) {
		team := emulator.SeedTeam{Name: name, Members: []emulator.SeedMember{{Email: "stay@zoo.example"}}}
		for _, u := range slices.Sorted(maps.Keys(d.teams[name])) {
			team.Members = append(team.Members, emulator.SeedMember{Email: u, Role: d.teams[name][u]})
		}
		s.Teams = append(s.Teams, team)
	}
	return s
}
