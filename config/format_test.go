package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormat(t *testing.T) {
	tests := map[string]struct{ src, want string }{
		"aligned": {
			"role \"a\" {\nname=\"A\"\n  permissions   = [\"x\",\n\"y\"]\n}\n",
			"role \"a\" {\n  name = \"A\"\n  permissions = [\"x\",\n  \"y\"]\n}\n",
		},
		"comments stay": {
			"# who\nuser \"ana@zoo.example\" { } // here\n/* end */",
			"# who\nuser \"ana@zoo.example\" {} // here\n/* end */\n",
		},
		"heredoc stays": {
			"locals {\n  t = <<EOT\n   as it is\nEOT\n}\n\n\n",
			"locals {\n  t = <<EOT\n   as it is\nEOT\n}\n",
		},
		"line ends of Windows": {"a = 1\r\nbcd = 2\r\n", "a   = 1\r\nbcd = 2\r\n"},
		"byte order mark":      {"\ufeffa = 1\n", "a = 1\n"},
		"empty":                {"", ""},
		"only space":           {"\n\n  \n", ""},
		"no newline at end":    {"a = 1", "a = 1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, diags := Format([]byte(tt.src), "a.hcl")
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
			again, _ := Format(got, "a.hcl")
			if diff := cmp.Diff(string(got), string(again)); diff != "" {
				t.Errorf("formatting twice changes the text:\n%s", diff)
			}
		})
	}
}

func TestFormatRefuses(t *testing.T) {
	tests := map[string]struct {
		src     string
		line    int
		summary string
	}{
		"unclosed block": {"role \"a\" {\n  name = \"A\"\n", 1, "Unclosed configuration block"},
		"not UTF-8":      {"a = 1\nb = \"\xe9\"\n", 2, "File is not UTF-8"},
		"not HCL":        {"{\"role\": {}}\n", 1, "Argument or block definition required"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, diags := Format([]byte(tt.src), "a.hcl")
			if got != nil || !diags.HasErrors() {
				t.Fatalf("got %q and %v, want an error and no text", got, diags)
			}
			d := diags[0]
			if d.Summary != tt.summary || d.Subject.Start.Line != tt.line || d.Subject.Filename != "a.hcl" {
				t.Errorf("got %v, want %q in line %d", d, tt.summary, tt.line)
			}
		})
	}
}

func FuzzFormat(f *testing.F) {
	f.Add("role \"a\" {\n  name = \"A\"\n}\n")
	f.Add("a=<<E\nx\nE\n\n")
	f.Add("x = [for a in b : a if \"${c}\" == 1]")
	f.Fuzz(func(t *testing.T, src string) {
		once, diags := Format([]byte(src), "a.hcl")
		if diags.HasErrors() {
			return
		}
		twice, diags := Format(once, "a.hcl")
		if diags.HasErrors() {
			t.Fatalf("formatting broke the file: %v", diags)
		}
		if strings.Count(string(once), "\n") != strings.Count(string(twice), "\n") {
			t.Errorf("lines come or go: %q, %q", once, twice)
		}
	})
}
