package text

import (
	"strings"
	"testing"
)

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"Ana, Diaz": "Ana, Diaz", "": "", "=1+1": "'=1+1", "@x": "'@x", "+49 30 12": "+49 30 12", "-cmd": "'-cmd", "＝1": "'＝1",
		"a;=b;=c": "a;'=b;'=c", `a, "=b`: `a, "'=b`, "=a,=b": "'=a,'=b", "a\nb": `a\nb`, "\t=1": `\t=1`, "ana@zoo.example": "ana@zoo.example", "a, b": "a, b",
		"'=1": "'=1", ",": ",", ";;-x": ";;'-x", " =1": " '=1", `"=1`: `"'=1`,
	} {
		if got := Cell(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "a;=1", `a,";" =`, "+x", "''", "é,＠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Cell(s)
		if Formula(got) {
			t.Errorf("%q is the formula %q", s, got)
		}
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(Clean(s), "'", "") {
			t.Errorf("%q became %q", s, got)
		}
	})
}
