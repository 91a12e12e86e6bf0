package roserocket

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// paper makes a document of an option and the rights on three fields, the last of
// which is derived.
func paper(option string, rights ...string) *document {
	p := &Permission{Option: option, Access: map[string]string{}, Boards: map[string]bool{}}
	for i, r := range rights {
		p.Access[string(rune('a'+i))] = r
	}
	text, err := composed(p)
	if err != nil {
		panic(err)
	}
	d := &document{}
	if err := json.Unmarshal(text, d); err != nil {
		panic(err)
	}
	(*d.Data.Fields)[len(rights)-1].Derived = true
	return d
}

func TestLearn(t *testing.T) {
	full, readOnly, custom := paper("F", edit, edit, read), paper("R", read, read, read), paper("C", hide, edit, read)
	for _, c := range []struct {
		name string
		said map[string]string
		docs []*document
		want map[string]string
	}{
		{name: "one of each", docs: []*document{full, readOnly, custom, paper(noAccess, hide, hide, hide)}, want: map[string]string{dataFull: "F", dataRead: "R", dataCustom: "C"}},
		{name: "nothing is made of noAccess", docs: []*document{paper(noAccess, edit, edit, read)}, want: map[string]string{}},
		{name: "a literal over several shapes is custom", docs: []*document{paper("C", edit, edit, read), paper("C", read, read, read), full}, want: map[string]string{dataCustom: "C", dataFull: "F"}},
		{name: "two literals for one word", docs: []*document{full, paper("G", edit, edit, read)}, want: map[string]string{}},
		{name: "read and edited fields show nothing for certain", docs: []*document{paper("X", edit, read, read)}, want: map[string]string{}},
		{name: "words of its own show nothing", docs: []*document{paper("X", edit, hide, read), func() *document {
			d := paper("Y", edit, edit, read)
			(*d.Data.Fields)[0].Kind = "approver"
			return d
		}()}, want: map[string]string{dataCustom: "X"}},
		{name: "what the settings say is not learned", said: map[string]string{dataFull: "F"}, docs: []*document{full, paper("G", edit, edit, read)}, want: map[string]string{}},
		{name: "nothing was read", want: map[string]string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := literals{said: c.said}
			l.learn(c.docs)
			if diff := cmp.Diff(c.want, l.learned); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLiteralsBothWays(t *testing.T) {
	l := literals{said: map[string]string{dataFull: "everything"}}
	l.learn([]*document{paper("R", read, read, read)})
	for _, c := range []struct{ word, literal string }{{dataFull, "everything"}, {dataRead, "R"}, {dataNone, noAccess}} {
		if got, ok := l.literal(c.word); !ok || got != c.literal {
			t.Errorf("%s is spelt %q, %t", c.word, got, ok)
		}
		if got := l.word(c.literal, nil); got != c.word {
			t.Errorf("%q means %q", c.literal, got)
		}
	}
	if got, ok := l.literal(dataCustom); ok {
		t.Errorf("custom is spelt %q, which nothing says", got)
	}
	if got := l.word("strange", nil); got != "strange" {
		t.Errorf("an unknown literal means %q", got)
	}
	if got := l.word("strange", &Permission{Option: "strange", Data: dataCustom}); got != dataCustom {
		t.Errorf("a literal that a plan names means %q", got)
	}
}
