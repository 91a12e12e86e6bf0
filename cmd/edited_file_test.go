package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that another program changed between reading and writing stays as it is, and so do all others.
func TestEditedFilesChangedMeanwhile(t *testing.T) {
	for _, x := range []struct {
		name    string
		between func(t *testing.T, dir string)
		fails   string
	}{
		{"nothing", func(*testing.T, string) {}, ""},
		{"other text", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "b.hcl"), "c") }, "another program changed b.hcl meanwhile"},
		{"deleted", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "b.hcl")) }, "b.hcl"},
		{"a link to the same text", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "real"), "b")
			remove(t, filepath.Join(dir, "b.hcl"))
			if err := os.Symlink("real", filepath.Join(dir, "b.hcl")); err != nil {
				t.Skip(err)
			}
		}, "another program changed b.hcl meanwhile"},
		{"the new file exists", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "new.hcl"), "n") }, "another program changed new.hcl meanwhile"},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := t.TempDir()
			var files []*editedFile
			for _, name := range []string{"a", "b"} {
				path := filepath.Join(dir, name+".hcl")
				write(t, path, name)
				files = append(files, &editedFile{path: name + ".hcl", target: path, before: []byte(name), after: []byte(name + "2")})
			}
			files = append(files, &editedFile{path: "new.hcl", target: filepath.Join(dir, "new.hcl"), after: []byte("new")})
			x.between(t, dir)
			before := contents(t, dir)
			err := writeEdited(files)
			if x.fails == "" {
				if err != nil || contents(t, dir) != "a.hcl=a2 b.hcl=b2 new.hcl=new" {
					t.Errorf("%v, %s", err, contents(t, dir))
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), x.fails) {
				t.Errorf("%v, want %s", err, x.fails)
			}
			if after := contents(t, dir); after != before {
				t.Errorf("%s became %s", before, after)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e.Name()+"="+string(b))
	}
	return strings.Join(out, " ")
}
