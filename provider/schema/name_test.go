package schema_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

type badge struct{ Team, Person, Serial string }

var badgeKind = schema.Kind{Name: "badge", Attributes: []schema.Attribute{
	schema.String("team", "", func(b *badge) *string { return &b.Team }).With(schema.Key),
	schema.String("person", "", func(b *badge) *string { return &b.Person }).With(schema.Key | schema.FoldCase),
	schema.String("serial", "", func(b *badge) *string { return &b.Serial }).With(schema.FoldHex),
}}

func TestForm(t *testing.T) {
	team, person, serial := &badgeKind.Attributes[0], &badgeKind.Attributes[1], &badgeKind.Attributes[2]
	for _, c := range []struct {
		row        *schema.Attribute
		text, form string
	}{
		{team, "SOC", "SOC"},
		{team, "Co\u0302te", "C\u00f4te"},
		{person, "Ana@Zoo.Example", "ana@zoo.example"},
		{person, "JOSE\u0301@zoo.example", "jos\u00e9@zoo.example"},
		{person, "adm\u0130n@zoo.example", "adm\u0130n@zoo.example"}, // not the address of admin
		{serial, "00000000-0000-4000-8000-0000000001AB", "00000000-0000-4000-8000-0000000001ab"},
		{serial, "Not-Hex", "Not-Hex"},
	} {
		if got := c.row.Form(c.text); got != c.form {
			t.Errorf("%s %q has the form %q, want %q", c.row.Name, c.text, got, c.form)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		for i := range badgeKind.Attributes {
			a := &badgeKind.Attributes[i]
			form := a.Form(s)
			if a.Form(form) != form {
				t.Errorf("%s: the form %q of %q has the form %q", a.Name, form, s, a.Form(form))
			}
			if decomposed := a.Form(norm.NFD.String(s)); decomposed != form {
				t.Errorf("%s: %q has the form %q, and %q where it is decomposed", a.Name, s, form, decomposed)
			}
		}
	})
}

func TestFormOfPlainNamesIsFree(t *testing.T) {
	person := &badgeKind.Attributes[1]
	list := []schema.Object{{Kind: &badgeKind, Addr: schema.Address{Key: "SOC/ana@zoo.example"}, Body: &badge{"SOC", "ana@zoo.example", "01ab"}}}
	if n := testing.AllocsPerRun(100, func() {
		if person.Form("ana@zoo.example") != "ana@zoo.example" || person.Valid("ana@zoo.example") != nil || schema.Likeness("ana@zoo.example") == "" {
			t.Error("a plain address is not plain")
		}
	}); n > 0 {
		t.Errorf("the form of a plain address takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { schema.Normal(list) }); n > 4 {
		t.Errorf("a list in its form takes %v allocations", n)
	}
}

func TestUnclean(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"ana@zoo.example", ""},
		{"North America", ""},
		{"C\u00f4te d\u2019Azur", ""},
		{"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", ""}, // Persian joins with U+200C
		{"Devs \U0001F469\u200d\U0001F4BB", ""},
		{"Ops \u2699\ufe0f", ""},
		{" North", "must not begin with U+0020 (space)"},
		{"North\r", "must not end with U+000D (carriage return)"},
		{"ana@zoo.example\u00a0", "must not end with U+00A0 (no-break space)"},
		{"\u200bana@zoo.example", "must not begin with U+200B (zero-width space)"},
		{"a\u200bna", "must not contain U+200B (zero-width space)"},
		{"a\u200dna", "must not contain U+200D (zero-width joiner)"},
		{"a\u202ena", "must not contain U+202E (right-to-left override)"},
		{"so\u00adc", "must not contain U+00AD (soft hyphen)"},
		{"a\tb", "must not contain U+0009 (tab)"},
		{"a\u3164b", "must not contain U+3164"},
		{"a\u2d7fb", "must not contain U+2D7F"},
		{"a\U0001107fb", "must not contain U+1107F"},
		{"a\u17d2b", "must not contain U+17D2"},
		{"a\u1039b", "must not contain U+1039"},
		{"a\U00013441b", "must not contain U+13441"},
		{"a\u0336b", "must not contain U+0336"},
		{"\u1781\u17d2\u1798\u17c2\u179a", ""}, // Khmer, in Khmer
		{"bad\xff", "must be text in UTF-8"},
	} {
		err := schema.Unclean(c.text)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.text, err)
		case c.says != "" && (err == nil || !strings.HasPrefix(err.Error(), c.says)):
			t.Errorf("%q: %v, want %s", c.text, err, c.says)
		}
	}
	if err := badgeKind.Attributes[1].Valid("de\u0645\u200c\u062ev@zoo.example"); err == nil {
		t.Error("an address may hold a joiner")
	}
}

func TestLikeness(t *testing.T) {
	for _, same := range [][]string{
		{"Region", "region", "REGION", "Re\u200bgion", " Region ", "Region\r", "\uff32egion"},
		{"Night shift", "night  shift", "Night\u00a0shift"},
		{"C\u00f4te", "co\u0302te"},
		{"Stra\u00dfe", "STRASSE"},
	} {
		for _, s := range same[1:] {
			if schema.Likeness(s) != schema.Likeness(same[0]) {
				t.Errorf("%q is like %q, want like %q", s, schema.Likeness(s), schema.Likeness(same[0]))
			}
		}
	}
	if schema.Likeness("C\u00f4te") == schema.Likeness("Cote") {
		t.Error("an accent makes no difference")
	}
}

func TestKeysDoNotCollide(t *testing.T) {
	if a, b := schema.JoinKey("A/B", "C"), schema.JoinKey("A", "B/C"); a != "A%2FB/C" || b != "A/B%2FC" {
		t.Errorf("keys %q and %q", a, b)
	}
	part := rapid.StringMatching(`[ab/%25Ff]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(part, 1, 3).Draw(t, "parts")
		got, ok := schema.SplitKey(schema.JoinKey(parts...), len(parts))
		if !ok || strings.Join(got, "\x00") != strings.Join(parts, "\x00") {
			t.Errorf("%q became %q and then %q", parts, schema.JoinKey(parts...), got)
		}
	})
}

func TestWrittenKeys(t *testing.T) {
	for _, c := range []struct{ written, key string }{
		{"SOC/Ana@Zoo.Example", "SOC/ana@zoo.example"},
		{"A%2fB/Ana@zoo.example", "A%2FB/ana@zoo.example"},
		{"Co\u0302te/ana@zoo.example", "C\u00f4te/ana@zoo.example"},
		{"*/*@Partner.example", "*/*@partner.example"},
	} {
		if got, ok := badgeKind.NormalKey(c.written); !ok || got != c.key {
			t.Errorf("%q is the key %q, want %q", c.written, got, c.key)
		}
	}
	if _, ok := badgeKind.NormalKey("A/B/ana@zoo.example"); ok {
		t.Error("a key of three parts is taken for one of two")
	}
	for earlier, key := range map[string]string{"Bo@zoo.example": "SOC/bo@zoo.example", "IT/bo@zoo.example": "IT/bo@zoo.example", "a%2Fb": "SOC/a%2Fb"} {
		if got := badgeKind.EarlierKey("SOC/ana@zoo.example", earlier); got != key {
			t.Errorf("once %q: %q, want %q", earlier, got, key)
		}
	}
}
