package emulator

import (
	"fmt"
	"testing"
)

// crowd is a seed of n users, each a location manager of its own location.
func crowd(n int) *Seed {
	seed := &Seed{Businesses: []Business{{ID: 1, Name: "crowd"}}, Locations: make([]Location, n), Users: make([]User, n)}
	for i := range n {
		store := fmt.Sprintf("S%06d", i)
		seed.Locations[i] = Location{ID: 1 + i, Identifier: store, Name: store, Business: 1}
		seed.Users[i] = User{Email: store + "@crowd.example", Firstname: "Manager", Lastname: store, Role: locationManager, Locations: []int{1 + i}}
	}
	return seed
}

func BenchmarkPage(b *testing.B) {
	s := open(b, Options{Seed: crowd(20_000), Rate: -1})
	for name, path := range map[string]string{
		"users":      "GET /users?max=1000&offset=19000&sort=id",
		"identifier": "GET /users?max=1&query=S019999@crowd.example",
		"locations":  "GET /locations?max=1000&offset=19000&fieldMask=id&fieldMask=identifier",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if res, _ := send(b, s, DefaultKey, path); res.StatusCode != 200 {
					b.Fatal(res.StatusCode)
				}
			}
		})
	}
}
