package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad: whatever stands in the files, loading and printing what is wrong with
// them ends without a panic, and every diagnostic has a text and a code.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "wrong", "*.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			f.Add(file.Data, filepath.Ext(file.Name) == ".json")
		}
	}
	f.Add([]byte(deskFiles), false)
	for name, text := range damaged {
		f.Add([]byte(text), strings.HasSuffix(name, ".json"))
	}
	f.Fuzz(func(t *testing.T, src []byte, json bool) {
		dir := t.TempDir()
		name := "a.hcl"
		if json {
			name = "a.hcl.json"
		}
		head := "provider \"desk\" {\n  team = 7\n}\n"
		if bytes.Contains(src, []byte(`provider "club"`)) {
			head = "" // a seed with a product of its own
		}
		for file, data := range map[string][]byte{name: src, "provider.hcl": []byte(head), "x.auto.vars.hcl": src} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c, diags := Load(dir, Options{Products: append(products(), clubProduct()), Version: "1.0.0"})
		var b bytes.Buffer
		if err := (Reader{}).WriteDiagnostics(&b, diags, 80, false); err != nil {
			t.Fatal(err)
		}
		for _, d := range diags {
			if d.Summary == "" || Code(d) == "" {
				t.Errorf("a diagnostic without a text or code: %v", d)
			}
		}
		for _, tn := range c.Tenants {
			for i := range tn.Objects {
				if o := &tn.Objects[i]; !diags.HasErrors() && o.Addr.Key == "" {
					t.Errorf("an object without a key: %v", o)
				}
			}
		}
	})
}
