package emulator

import (
	"fmt"
	"path/filepath"
	"testing"
)

// crowd is a seed of n users, each a manager of one store.
func crowd(n int) *Seed {
	seed := &Seed{Users: make([]SeedUser, n), Businesses: make([]SeedBusiness, n)}
	for i := range n {
		code := fmt.Sprintf("STORE%06d", i)
		seed.Businesses[i] = SeedBusiness{Code: code, Name: code}
		seed.Users[i] = SeedUser{Email: code + "@crowd.example", FirstName: "Manager", LastName: code, Role: roleBusinessManager, Businesses: []string{code}}
	}
	return seed
}

func BenchmarkPage(b *testing.B) {
	s := open(b, Options{Seed: crowd(100_000), Rate: -1})
	for name, path := range map[string]string{
		"last":     "GET /user/search?page=1000&per_page=100",
		"filtered": "GET /user/search?page=500&per_page=100&status=active&order_by=email",
		"business": "GET /business/search?page=1000&per_page=100",
		"email":    "GET /user/search?email=STORE099999@crowd.example",
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

func BenchmarkCreateUserOnDisk(b *testing.B) {
	s := open(b, Options{State: filepath.Join(b.TempDir(), "state"), Seed: crowd(20_000), Rate: -1})
	n := 0
	for b.Loop() {
		n++
		if res, _ := send(b, s, DefaultKey, create(fmt.Sprintf("n%d@crowd.example", n), "")); res.StatusCode != 200 {
			b.Fatal(res.StatusCode)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	o := Options{State: filepath.Join(b.TempDir(), "state"), Seed: crowd(20_000)}
	open(b, o)
	for b.Loop() {
		s, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
