package emulator

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type thing struct{ Name string }

func things(t testing.TB, path string) (*Store, *Table[thing]) {
	t.Helper()
	s := NewStore("test", path)
	table := NewTable[thing](s, "thing")
	if _, err := s.Load(); err != nil {
		t.Fatal(err)
	}
	return s, table
}

func listing(table *Table[thing]) string {
	var words []string
	for id, v := range table.All() {
		words = append(words, id+"="+v.Name)
	}
	return strings.Join(words, " ")
}

func commit(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestTableKeepsItsOrder(t *testing.T) {
	_, table := things(t, "")
	var seen []string
	table.OnChange = func(id string, old, now *thing) {
		seen = append(seen, fmt.Sprintf("%s %t %t", id, old != nil, now != nil))
	}
	for _, id := range []string{"c", "a", "b"} {
		table.Put(id, &thing{id})
	}
	table.Put("a", &thing{"A"})
	table.Delete("c")
	table.Delete("none")
	table.Put("c", &thing{"C"})
	if got := listing(table); got != "a=A b=b c=C" {
		t.Errorf("rows are %s", got)
	}
	want := []string{"c false true", "a false true", "b false true", "a true true", "c true false", "c false true"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
	if table.Find("none") != nil || table.Len() != 3 || len(table.Span(1, 9)) != 2 || len(table.Span(7, 9)) != 0 {
		t.Error("looking up or cutting out is wrong")
	}
}

func TestViewIsMadeOncePerVersion(t *testing.T) {
	_, table := things(t, "")
	made := 0
	view := func(key string) []*thing {
		return table.View(key, func() []*thing { made++; return table.Span(0, 1) })
	}
	table.Put("a", &thing{"a"})
	view("x")
	view("x")
	view("y")
	table.Put("b", &thing{"b"})
	view("x")
	if made != 3 {
		t.Errorf("made %d views", made)
	}
	for i := range 2 * maxViews {
		view(fmt.Sprint(i))
	}
	if len(table.views) > maxViews {
		t.Errorf("remembers %d views", len(table.views))
	}
}

func TestStoreCountsOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "state")
	s, table := things(t, path)
	table.Put("a", &thing{"one"})
	s.Next("n")
	for _, id := range []int{7, 3} {
		s.Number("n", &id)
	}
	commit(t, s)
	table.Put("a", &thing{"two"})
	table.Put("b", &thing{"b"})
	commit(t, s)
	again, reread := things(t, path) // without a Close, as after a kill
	if got := listing(reread); got != "a=two b=b" {
		t.Errorf("rows are %s", got)
	}
	if n := again.Next("n"); n != 8 {
		t.Errorf("the next number is %d", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := again.Dump()
	if diff := cmp.Diff([]any{"n 8"}, all["sequence"]); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestStoreLeavesOutAnInterruptedLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, table := things(t, path)
	table.Put("a", &thing{"a"})
	commit(t, s)
	table.Put("b", &thing{"b"})
	commit(t, s)
	if err := s.release(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(data) {
		if err := os.WriteFile(path, data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s, table := things(t, path)
		if got := listing(table); !slices.Contains([]string{"", "a=a", "a=a b=b"}, got) {
			t.Fatalf("cut at %d: rows are %s", cut, got)
		}
		had := listing(table)
		table.Put("c", &thing{"c"})
		commit(t, s)
		again, reread := things(t, path)
		if got := listing(reread); got != strings.TrimSpace(had+" c=c") {
			t.Fatalf("cut at %d and written: rows are %s", cut, got)
		}
		for _, s := range []*Store{s, again} {
			if err := s.release(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestStoreRefusesWhatAnotherProcessWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, table := things(t, path)
	table.Put("a", &thing{"a"})
	commit(t, s)
	other, others := things(t, path)
	others.Put("b", &thing{"b"})
	commit(t, other)
	table.Put("c", &thing{"c"})
	for range 2 {
		if err := s.Commit(); err == nil || !strings.Contains(err.Error(), "another process has written the file") {
			t.Errorf("got %v", err)
		}
	}
	if err := s.Close(); err == nil {
		t.Error("closing loses the effects without a word")
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if _, last := things(t, path); listing(last) != "a=a b=b" {
		t.Errorf("rows are %s", listing(last))
	}
}

func TestStoreRewritesALongHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, table := things(t, path)
	for i := range 10_100 {
		table.Put("a", &thing{fmt.Sprint(i)})
		commit(t, s)
	}
	if s.lines > 200 {
		t.Errorf("the file has %d lines", s.lines)
	}
	if _, last := things(t, path); listing(last) != "a=10099" {
		t.Errorf("rows are %s", listing(last))
	}
	s.Empty()
	table.Put("z", &thing{"z"})
	commit(t, s)
	if _, last := things(t, path); listing(last) != "z=z" {
		t.Errorf("rows are %s", listing(last))
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestReadingWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	s, table := things(t, path)
	table.Put("a", &thing{"a"})
	commit(t, s)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	reader, _ := things(t, path)
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
		t.Error("a store that only read has written", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
