package people

import (
	"slices"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

func user(key string) schema.Address { return schema.Address{Kind: "user", Key: key} }

func TestIn(t *testing.T) {
	set := NewSet([]schema.Address{user("an@zoo.example"), user("O'Brien@zoo.example"), user("Eve Ng"), user("42")})
	for text, want := range map[string]string{
		"an@zoo.example is ORG_ADMIN":                "an@zoo.example",
		"AN@ZOO.example.":                            "an@zoo.example",
		"user.an@zoo.example, and others":            "an@zoo.example",
		"membership.Team/an@zoo.example":             "an@zoo.example",
		`"an@zoo.example"`:                           "an@zoo.example",
		"held by: (an@zoo.example; dan@zoo.example)": "an@zoo.example",
		"dan@zoo.example":                            "",
		"jo.an@zoo.example":                          "",
		"an@zoo.example.org":                         "",
		"of o'brien@zoo.example":                     "O'Brien@zoo.example",
		"of O'Brien@zoo.example":                     "O'Brien@zoo.example",
		"became Eve Ng's":                            "Eve Ng",
		"142 users, 421":                             "",
		"42 users":                                   "42",
		"":                                           "",
	} {
		var got []string
		for _, a := range set.In(text) {
			got = append(got, a.Key)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func TestHide(t *testing.T) {
	set := NewSet([]schema.Address{user("eve@zoo.example"), user("ben@zoo.example"), user("Ann Lee")})
	in := `{"n": 12345678901234567890, "f": 1.50, "null": null, "t": true, "e": [], "o": {},
		"list": ["user.eve@zoo.example", "<Ann Lee> & Ben@zoo.example.", {"eve@zoo.example": "dan@zoo.example"}]}`
	var out strings.Builder
	if err := set.Hide(&out, strings.NewReader(in)); err != nil {
		t.Fatal(err)
	}
	want := `{"n":12345678901234567890,"f":1.50,"null":null,"t":true,"e":[],"o":{},` +
		`"list":["user.undeclared-user-3","<undeclared-user-1> & undeclared-user-2.",{"undeclared-user-3":"dan@zoo.example"}]}`
	if got := strings.ReplaceAll(out.String(), "\n", ""); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	for _, damaged := range []string{"", "{", `{"a"`, `{"a":`, `["a"`, "[1,]", `{"a" 1}`} {
		if err := set.Hide(&out, strings.NewReader(damaged)); err == nil {
			t.Errorf("%q is no error", damaged)
		}
	}
	if !slices.Equal(set.In("eve@zoo.example"), []schema.Address{user("eve@zoo.example")}) {
		t.Error("the set changed")
	}
}
