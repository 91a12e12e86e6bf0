package emulator

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReach(t *testing.T) {
	var moments []map[string][]string
	s := open(t, Options{Seed: parse(t, yard), Watch: func(all map[string][]string) { moments = append(moments, all) }})
	play(t, s, []step{
		{"", "GET " + sales, "200 "},
		{"", "POST " + sales + " " + string(s.permissions.Find(at("sales", "order")).Document), "200 "}, // as it is
		{"", "POST " + sales + " " + paper("noAccess", row("cost", "editor", false)), "200 "},
		{"", `POST /userGroups/g1/members {"add":["ben"]}`, "200 "},
		{"", "POST " + sales + " nonsense", "400 "},
	})
	if len(moments) != 3 {
		t.Fatalf("told of %d moments", len(moments))
	}
	always := []string{"userGroup create", "userGroup delete", "userGroup.name read", "userGroup.name edit"}
	want := append([]string{
		"order create", "order board dispatch", "order.status read", "order.status edit", "order.margin read",
		"order.customer read", "order.customer edit", "order.po__c read", "order.po__c edit"}, always...)
	if diff := cmp.Diff(want, moments[0]["sales"]); diff != "" {
		t.Errorf("sales at first (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{"order create", "order board dispatch"}, always...), moments[1]["sales"]); diff != "" {
		t.Errorf("sales without access (-want +got):\n%s", diff)
	}
	for who, words := range map[string][]string{
		"csr":   {"order board dispatch", "order board embeddedOrder", "order.status read", "order.cost read", "order.margin read", "order.customer read", "order.po__c read", "userGroup.name read"},
		"guest": {"order board dispatch", "order board embeddedOrder"}, "ana": {"in group Dispatch"}, "ben": {"in group Dispatch"},
	} {
		if diff := cmp.Diff(words, moments[2][who]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
	}
	if moments[1]["ben"] != nil || len(moments[0]) != 11+1 {
		t.Errorf("at first there are %d who can do something", len(moments[0]))
	}
	now, err := s.Rights()
	if diff := cmp.Diff(moments[2], now); err != nil || diff != "" {
		t.Error(err, diff)
	}
	s.rightsIndex = newRightsIndex() // what was remembered says the same as all of it from scratch
	for id, p := range s.permissions.All() {
		s.rightsIndex.changed(id, nil, p)
	}
	if diff := cmp.Diff(now, s.rights()); diff != "" {
		t.Errorf("from scratch (-remembered +scratch):\n%s", diff)
	}
}

// An option that is not the custom one counts more than the fields beside it.
func TestReachByOption(t *testing.T) {
	for option, want := range map[string][]string{
		"full":     {"order.cost read", "order.cost edit", "order.margin read"},
		"readOnly": {"order.cost read", "order.margin read"},
		"custom":   {"order.margin read"},
		"noAccess": {},
	} {
		s := seeded(t, yard)
		play(t, s, []step{{"", "POST " + sales + ` {"data":{"option":"` + option + `","fields":[` + bare("cost", "viewer", true) + "," + bare("margin", "viewer", false) + `]}}`, "200 "}})
		if diff := cmp.Diff(want, s.rightsOf(s.permissions.Find(at("sales", "order")))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", option, diff)
		}
	}
}

// A client that loses members which it does not know opens something, at every level.
func TestReachOfLostMembers(t *testing.T) {
	s := seeded(t, yard, "extra-keys=some")
	before := s.rightsOf(s.permissions.Find(at("sales", "order")))
	play(t, s, []step{{"", "POST " + sales + " " + live(), "200 "}})
	after := s.rightsOf(s.permissions.Find(at("sales", "order")))
	gained := []string{}
	had := map[string]bool{}
	for _, w := range before {
		had[w] = true
	}
	for _, w := range after {
		if !had[w] {
			gained = append(gained, w)
		}
	}
	want := []string{"order summary", "order share", "order board dispatch share", "order.status export", "order.margin export", "order.customer export", "order.po__c export"}
	if diff := cmp.Diff(want, gained); diff != "" {
		t.Errorf("gained (-want +got):\n%s", diff)
	}
}

// matrix is a seed of as many objects with as many fields each.
func matrix(objects, fields int) *Seed {
	seed := &Seed{}
	for i := range objects {
		o := Object{Key: fmt.Sprintf("object%02d", i), Boards: []string{fmt.Sprintf("board%02d", i)}}
		for j := range fields {
			o.Fields = append(o.Fields, Field{Key: fmt.Sprintf("field%02d", j), Description: "A field of the matrix", Derived: j%10 == 9})
		}
		seed.Objects = append(seed.Objects, o)
	}
	return seed
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		open(b, Options{Seed: matrix(60, 60)})
	}
}

func BenchmarkRead(b *testing.B) {
	s := open(b, Options{Seed: matrix(60, 60)})
	access := tokenOf(b, s, DefaultLogin().UserID)
	for b.Loop() {
		if res, _ := ask(b, s, access, "GET", BaseURL+"/permissions/roles/sales/objectKey/object42", ""); res.StatusCode != 200 {
			b.Fatal(res.StatusCode)
		}
	}
}

// A write of a document, and who can do what after it.
func BenchmarkWatchedWrite(b *testing.B) {
	s := open(b, Options{Seed: matrix(60, 60), Watch: func(map[string][]string) {}})
	access, url := tokenOf(b, s, DefaultLogin().UserID), BaseURL+"/permissions/roles/sales/objectKey/object42"
	_, text := ask(b, s, access, "GET", url, "")
	bodies := []string{text, `{"data":{"option":"noAccess"}}`}
	for i := 0; b.Loop(); i++ {
		if res, _ := ask(b, s, access, "POST", url, bodies[i%2]); res.StatusCode != 200 {
			b.Fatal(res.StatusCode)
		}
	}
}
