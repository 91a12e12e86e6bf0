package tines

import (
	"context"
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/tines/emulator"
)

// crowd is a tenant of so many users and teams, where everybody is in three teams.
func crowd(users, teams int) *emulator.Seed {
	s := &emulator.Seed{
		Roles: []emulator.SeedRole{{Name: "ANALYST", Permissions: []string{"CASE_CREATE"}}},
		Users: []emulator.SeedUser{{Email: "owner@zoo.example", Admin: true}},
		Keys:  []emulator.SeedKey{{Key: placeKey, Kind: "personal", User: "owner@zoo.example"}},
	}
	for i := range teams {
		s.Teams = append(s.Teams, emulator.SeedTeam{Name: fmt.Sprintf("Team %03d", i)})
	}
	for i := range users {
		email := fmt.Sprintf("user%05d@zoo.example", i)
		s.Users = append(s.Users, emulator.SeedUser{Email: email, FirstName: "User", LastName: fmt.Sprint(i)})
		for j := range 3 {
			t := &s.Teams[(i+j*7)%teams]
			t.Members = append(t.Members, emulator.SeedMember{Email: email, Role: []string{"VIEWER", "ANALYST", "EDITOR"}[j]})
		}
	}
	return s
}

// listed reads the kinds side by side, as planning does, and counts their objects.
func listed(tb testing.TB, c provider.Client) map[string]int {
	tb.Helper()
	kinds := []*schema.Kind{&roleKind, &teamKind, &userKind, &membershipKind}
	counts := make([]int, len(kinds))
	g, ctx := errgroup.WithContext(context.Background())
	for i, kind := range kinds {
		g.Go(func() error {
			for _, err := range c.List(ctx, kind) {
				if err != nil {
					return err
				}
				counts[i]++
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		tb.Fatal(err)
	}
	out := map[string]int{}
	for i, kind := range kinds {
		out[kind.Name] = counts[i]
	}
	return out
}

func crowded(tb testing.TB, users, teams int) func() connection {
	tb.Helper()
	s, err := emulator.New(emulator.Options{Seed: crowd(users, teams), Rate: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return func() connection {
		c, err := Provider().Connect(context.Background(), provider.Options{
			Tenant: "tines", Settings: schema.Object{Kind: &settingsKind, Body: &Settings{}}, Key: placeKey,
			Endpoint: emulator.BaseURL, Transport: s.Transport(), Index: &schema.Index{},
		})
		if err != nil {
			tb.Fatal(err)
		}
		return c.(connection)
	}
}

// BenchmarkList reads 20,000 users with 60,000 memberships in 200 teams.
func BenchmarkList(b *testing.B) {
	connect := crowded(b, 20_000, 200)
	for b.Loop() {
		c := connect()
		if n := listed(b, c)["membership"]; n != 60_000 {
			b.Fatal(n)
		}
		b.ReportMetric(float64(c.Sent()), "requests")
	}
}

// Reading takes one request for each page of roles, teams and users and one for
// each team, and no more.
func TestListRequests(t *testing.T) {
	c := crowded(t, 1200, 30)()
	if got := listed(t, c); got["user"] != 1201 || got["membership"] != 3600 || got["team"] != 30 {
		t.Error(got)
	}
	if want := 1 + 1 + 3 + 30; c.Sent() != want {
		t.Errorf("%d requests, and %d are needed", c.Sent(), want)
	}
}
