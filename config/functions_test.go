package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// evaluate returns the value of an expression as JSON, or its first error.
func evaluate(t *testing.T, dir, src string) (string, string) {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(src), "test.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if diags := checkKeysIn(e); diags.HasErrors() {
		return "", diags[0].Detail
	}
	v, diags := e.Value(&hcl.EvalContext{Functions: functions(treeOf(t, dir)), Variables: map[string]cty.Value{
		"nothing": cty.NullVal(cty.String),
	}})
	if diags.HasErrors() {
		return "", diags[0].Detail
	}
	j, err := stdlib.JSONEncode(v)
	if err != nil {
		t.Fatal(err)
	}
	return j.AsString(), ""
}

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFunctions(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"conf/stores.csv":        "\ufeffcode,continent\nzoo-1,Europe\nzoo-2,Asia\n",
		"conf/a/one.csv":         "x\n",
		"conf/a/b/two.csv":       "x\n",
		"conf/hello.tmpl":        "Hello ${name}%{ for d in days } ${upper(d)}%{ endfor }",
		"conf/plain.tmpl":        "no value here",
		"conf/beside/words.json": `{"a": 1}`,
	})
	tests := map[string]string{
		`csvdecode(file("stores.csv"))`:                                              `[{"code":"zoo-1","continent":"Europe"},{"code":"zoo-2","continent":"Asia"}]`,
		`[for r in csvdecode(file("stores.csv")) : r.code if r.continent == "Asia"]`: `["zoo-2"]`,
		`jsondecode(file("beside/words.json")).a`:                                    `1`,
		`yamldecode("a: [1, 2]").a[1]`:                                               `2`,
		`yamlencode({a = 1})`:                                                        `"\"a\": 1\n"`,
		`fileset(".", "**/*.csv")`:                                                   `["a/b/two.csv","a/one.csv","stores.csv"]`,
		`fileset("a", "*.json")`:                                                     `[]`,
		`fileexists("stores.csv")`:                                                   `true`,
		`fileexists("none.csv")`:                                                     `false`,
		`templatefile("hello.tmpl", {name = "Ana", days = ["mon", "tue"]})`:          `"Hello Ana MON TUE"`,
		`templatefile("plain.tmpl", {})`:                                             `"no value here"`,
		`basename("a/b.csv")`:                                                        `"b.csv"`,
		`dirname("a/b.csv")`:                                                         `"a"`,
		`try(file("none.csv"), "fallback")`:                                          `"fallback"`,
		`can(file("none.csv"))`:                                                      `false`,
		`coalesce("", nothing, "x")`:                                                 `"x"`,
		`coalesce(nothing, 3)`:                                                       `"3"`,
		`lookup({a = 1}, "a")`:                                                       `1`,
		`lookup({a = 1}, "b", "none")`:                                               `"none"`,
		`lookup(tomap({a = 1}), "b", 2)`:                                             `2`,
		`length("héllo")`:                                                            `5`,
		`length({a = 1, b = 2})`:                                                     `2`,
		`length([])`:                                                                 `0`,
		`length(toset(["a", "a"]))`:                                                  `1`,
		`replace("a.b.c", ".", "-")`:                                                 `"a-b-c"`,
		`replace("a1b22", "/[0-9]+/", "#")`:                                          `"a#b#"`,
		`startswith("store_1", "store")`:                                             `true`,
		`endswith("ana@zoo.example", "@zoo.example")`:                                `true`,
		`strcontains("business_edit", "_")`:                                          `true`,
		`alltrue([])`:                                                                `true`,
		`alltrue([true, false])`:                                                     `false`,
		`anytrue([false, true])`:                                                     `true`,
		`anytrue([])`:                                                                `false`,
		`one([])`:                                                                    `null`,
		`one(["a"])`:                                                                 `"a"`,
		`index(["a", "b"], "b")`:                                                     `1`,
		`sum([1, 2.5, "3"])`:                                                         `6.5`,
		`merge({a = 1}, {b = 2})`:                                                    `{"a":1,"b":2}`,
		`setproduct(["a"], ["x", "y"])`:                                              `[["a","x"],["a","y"]]`,
		`tolist(toset(["b", "a"]))`:                                                  `["a","b"]`,
		`formatdate("YYYY-MM-DD", "2026-01-02T03:04:05Z")`:                           `"2026-01-02"`,
		`reverse(["a", "b"])`:                                                        `["b","a"]`,
		`join("/", compact(["a", "", "b"]))`:                                         `"a/b"`,
	}
	for src, want := range tests {
		t.Run(src, func(t *testing.T) {
			got, problem := evaluate(t, filepath.Join(dir, "conf"), src)
			if problem != "" {
				t.Fatal(problem)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFunctionMistakes(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"stores.csv":    "code\nzoo-1\n",
		"latin.csv":     "name\nAna\nJos\xe9\n",
		"semicolon.csv": "email;role\na;b\n",
		"ragged.csv":    "email,role\na,b\nc\n",
		"spaced.csv":    "email, role\na,b\n",
		"empty.csv":     "",
		"bad.tmpl":      "one\n${nobody}",
		"again.tmpl":    `${templatefile("again.tmpl", {})}`,
		"sub/x":         "",
	})
	tests := map[string]string{
		`file("store.csv")`:                 `no file "store.csv", but there is "stores.csv"`,
		`file("something-else")`:            `no file "something-else"; paths start at the directory of the configuration`,
		`file("nowhere/stores.csv")`:        `no file "nowhere/stores.csv", because there is no directory "nowhere"`,
		`file("sub")`:                       `"sub" is a directory; to list the files in it, use fileset`,
		`file("latin.csv")`:                 `"latin.csv" is not UTF-8 text (line 3), perhaps Windows-1252; save it as UTF-8`,
		`csvdecode(file("semicolon.csv"))`:  `semicolon.csv line 1: the columns of "email;role" are separated by semicolons; write csvdecode(text, ";")`,
		`csvdecode(file("ragged.csv"))`:     `ragged.csv line 3: this row has 1 cell, and the header line 1 names 2 columns`,
		`csvdecode(file("spaced.csv"))`:     `the header line has a column " role"`,
		`csvdecode(file("empty.csv"))`:      `empty.csv: the text is empty; its first line must name the columns`,
		`templatefile("bad.tmpl", {})`:      `bad.tmpl:2: Unknown variable`,
		`templatefile("again.tmpl", {})`:    `templatefile`,
		`templatefile("bad.tmpl", "x")`:     `an object with a value for each name`,
		`fileset("nowhere", "*")`:           `no directory "nowhere"`,
		`fileset(".", "[")`:                 `"[" is not a pattern`,
		`fileexists("sub")`:                 `"sub" is a directory, not a file`,
		`lookup({role = 1}, "rol")`:         `no element "rol", but there is "role"`,
		`lookup(["a"], "a")`:                `must be a map or an object`,
		`lookup(tomap({a = 1}), "b", "x")`:  `the default must be like the elements of the map`,
		`one(["a", "b"])`:                   `has 2 elements, and the function one takes at most one`,
		`index(["a"], "b")`:                 `the value is not in the list`,
		`index(toset(["a"]), "a")`:          `a set has no order`,
		`sum(["x"])`:                        `has an element that is not a number`,
		`coalesce("", nothing)`:             `every value is null or empty`,
		`replace("a", "/(/", "")`:           `missing closing )`,
		`alltrue(["maybe"])`:                `bool`,
		`length(true)`:                      `must be a list, a map or a tuple`,
		`csvdecode("email,email\na,b\n")`:   `line 1: two columns are named "email"`,
		`csvdecode("email,Email\na,b\n")`:   `line 1: the columns "email" and "Email" differ in upper and lower case only`,
		`jsondecode("{")`:                   `the text ends too early`,
		`lookup({a = 1}, "a", "b", "c")`:    `takes a map, a key and one default`,
		`file(nothing)`:                     `must not be null`,
		`csvdecode(format("%s", "a\n\"b"))`: `line 2: a quote is not closed`,
	}
	for src, want := range tests {
		t.Run(src, func(t *testing.T) {
			got, problem := evaluate(t, dir, src)
			if !strings.Contains(problem, want) {
				t.Errorf("got value %q and problem %q, want a problem with %q", got, problem, want)
			}
		})
	}
}

func TestFileTooLarge(t *testing.T) {
	p := filepath.Join(t.TempDir(), "disk.img")
	f, err := os.Create(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(maxFile + 1); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, problem := evaluate(t, filepath.Dir(p), `file("disk.img")`)
	if want := `"disk.img" is larger than the 32 MB that an expression may read`; !strings.Contains(problem, want) {
		t.Errorf("got %q, want %q", problem, want)
	}
}

func roster(n int) string {
	var b strings.Builder
	b.WriteString("email,first_name,last_name,role,continent,store\n")
	for i := range n {
		fmt.Fprintf(&b, "manager.%d@zoo.example,First%d,Last%d,store_manager,Europe,zoo-%d\n", i, i, i, i)
	}
	return b.String()
}

func TestYAMLKeepsForms(t *testing.T) {
	for text, want := range map[string]string{
		"0047": "refused", "012": "refused", "1e3": "refused", "1.10": "refused", "1.0": "refused", "+5": "refused", "0x1F": "refused", "0o17": "refused",
		"2026-01-01": "refused", "NO": "refused", "no": "refused", "yes": "refused", "On": "refused", "off": "refused", "y": "refused", "N": "refused",
		"54091234567890123456e890": "refused", "{ a: [b, NO] }": "refused", "{ 47: a }": "refused", "{ ~: a }": "refused", "{ true: a }": "refused",
		"{ [a]: b }": "refused", "{ a: 1, \"a\": 2 }": "refused", "{ e\u0301: 1, \u00e9: 2 }": "refused",
		"47": "47", "-3": "-3", "0.5": "0.5", "true": "true", "True": "true", "~": "null", "'NO'": `"NO"`, "!!str 0047": `"0047"`, "1_000": `"1_000"`,
		"12345678901234567890123": "12345678901234567890123", "a: &x { b: 1 }\nc: { <<: *x, b: 2 }": `{"a":{"b":1},"c":{"b":2}}`,
		"a: &x { b: 1 }\nc: { b: 2, <<: *x }": "refused", "a: &x { b: 1 }\nc: &z { <<: *x }\nd: { b: 2, <<: *z }": "refused",
		"a: &x { b: 1 }\nc: { d: 2, <<: *x }": `{"a":{"b":1},"c":{"b":1,"d":2}}`, "c: { '<<': { b: 1 } }": "refused",
		"a: &x { b: 1 }\nc: &z { b: 2 }\nd: { <<: [*x, *z] }": "refused", "a: &x { b: 1 }\nc: &z { d: 2 }\ne: { <<: [*x, *z] }": `{"a":{"b":1},"c":{"d":2},"e":{"b":1,"d":2}}`,
		"a: &x { b: 1 }\nc: &z { b: 2 }\nd: { <<: [*x, *z], b: 3 }": `{"a":{"b":1},"c":{"b":2},"d":{"b":3}}`,
		"'0047': Lyon": `{"0047":"Lyon"}`, "|-\n  0047": "refused", "|\n  0047\n  0048\n": `"0047\n0048\n"`, "ana@zoo.example": `"ana@zoo.example"`,
	} {
		src := fmt.Sprintf("try(yamldecode(%q), \"refused\")", text)
		if got, problem := evaluate(t, t.TempDir(), src); strings.Trim(got, `"`) != strings.Trim(want, `"`) {
			t.Errorf("%s gives %s %s, want %s", text, got, problem, want)
		}
	}
}

func TestJSONKeepsForms(t *testing.T) {
	for text, want := range map[string]string{
		"1e3": "1e3 is read as the number 1000", "[1.10]": "1.10 is read as the number 1.1", "{\"a\":\n1.0}": "line 2: 1.0 is read as the number 1",
		"54091234567890123456e890": "is read as the number", "[12, -3, 0.5, 12345678901234567890123]": "",
	} {
		if _, problem := evaluate(t, t.TempDir(), fmt.Sprintf("jsondecode(%q)", text)); !strings.Contains(problem, want) || want == "" && problem != "" {
			t.Errorf("%s: got %q, want %q", text, problem, want)
		}
	}
}

func TestZipmapRefusesAKeyTwice(t *testing.T) {
	if got, problem := evaluate(t, t.TempDir(), `zipmap(["ana", "bo", "ana"], ["a", "b", "c"])`); !strings.Contains(problem, `"ana" is used twice`) {
		t.Errorf("got %s %q", got, problem)
	}
	if got, _ := evaluate(t, t.TempDir(), `zipmap(["ana", "bo"], ["a", "b"])`); got != `{"ana":"a","bo":"b"}` {
		t.Errorf("got %s", got)
	}
}

// Line ends are no content, and a file that is no text in UTF-8 says so.
func TestFileText(t *testing.T) {
	dir := writeFiles(t, map[string]string{
		"windows.txt": "a\r\nb\r\n", "windows.csv": "email,note\r\nana@zoo.example,\"x\r\ny\"\r\n", "mac.txt": "a\rb\r", "mixed.csv": "email\nana@zoo.example\rbo@zoo.example\n",
		"utf16le.csv": "\xff\xfea\x00,\x00b\x00", "utf16be.csv": "\xfe\xff\x00a\x00,", "naked16.csv": "a\x00,\x00b\x00\n\x00", "latin.csv": "email\nAm\xe9lie\n",
		"double.txt": "a\r\r\nb\r\r\n", "bom.csv": "\ufeffemail\na\n", "windows.tmpl": "a${x}\r\nb", "windows.yaml": "a: |\r\n  b\r\n  c\r\n",
	})
	for src, want := range map[string]string{
		`split("\n", file("windows.txt"))`:        `["a","b",""]`,
		`csvdecode(file("windows.csv"))[0].note`:  `"x\ny"`,
		`csvdecode("email\r\nana\r\n")[0].email`:  `"ana"`,
		`csvdecode("a;b\n1;2,3", ";")[0].b`:       `"2,3"`,
		`csvdecode("a\tb\n0047\tNO", "\t")[0].a`:  `"0047"`,
		`csvdecode(file("bom.csv"))[0].email`:     `"a"`,
		`templatefile("windows.tmpl", { x = 1 })`: `"a1\nb"`,
		`yamldecode(file("windows.yaml")).a`:      `"b\nc\n"`,
		`length(csvdecode("a;b\n", ";"))`:         `0`,
	} {
		if got, problem := evaluate(t, dir, src); got != want {
			t.Errorf("%s gives %s %s, want %s", src, got, problem, want)
		}
	}
	for name, want := range map[string]string{
		"mac.txt": `"mac.txt" has a line that ends in CR alone (line 1)`, "mixed.csv": `CR alone (line 2)`, "double.txt": "CR alone (line 1)",
		"utf16le.csv": "is UTF-16", "utf16be.csv": "is UTF-16", "naked16.csv": "NUL byte (line 1)", "latin.csv": `(line 2), perhaps Windows-1252`,
	} {
		if got, problem := evaluate(t, dir, fmt.Sprintf("file(%q)", name)); !strings.Contains(problem, want) {
			t.Errorf("%s gives %s %s, want %s", name, got, problem, want)
		}
	}
}

// A roster is decoded once however often it is named.
func TestDecodeRemembers(t *testing.T) {
	dir := writeFiles(t, map[string]string{"r.csv": roster(2000)})
	e, _ := hclsyntax.ParseExpression([]byte(`csvdecode(file("r.csv"))`), "", hcl.InitialPos)
	ctx := &hcl.EvalContext{Functions: functions(treeOf(t, dir))}
	if _, diags := e.Value(ctx); diags.HasErrors() {
		t.Fatal(diags)
	}
	allocs := testing.AllocsPerRun(5, func() { e.Value(ctx) })
	if allocs > 200 {
		t.Errorf("%v allocations for a roster that is known already", allocs)
	}
}

func BenchmarkCSVDecode(b *testing.B) {
	for _, n := range []int{1_000, 20_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "r.csv"), []byte(roster(n)), 0o644); err != nil {
				b.Fatal(err)
			}
			e, _ := hclsyntax.ParseExpression([]byte(`csvdecode(file("r.csv"))`), "", hcl.InitialPos)
			b.ReportAllocs()
			for b.Loop() {
				if _, diags := e.Value(&hcl.EvalContext{Functions: functions(treeOf(b, dir))}); diags.HasErrors() {
					b.Fatal(diags)
				}
			}
		})
	}
}

// Every function is documented, for the help and the reference.
func TestFunctionsAreDocumented(t *testing.T) {
	for _, f := range Functions() {
		if !strings.HasSuffix(f.Doc, ".") || !strings.HasPrefix(f.Call, f.Name+"(") {
			t.Errorf("%s: %q says %q", f.Name, f.Call, f.Doc)
		}
	}
}
