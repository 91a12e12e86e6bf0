package config

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

// A variableReader gives the variables their values.
type variableReader struct {
	*reporter
	*declarations
	directory    *directory
	options      Options
	watch        *watch
	unreadValues bool // a file of values could not be read
	uncommitted  []string
}

// setAll gives the variables the values from outside, the strongest last.
func (r *variableReader) setAll() {
	for _, pair := range r.options.Environ {
		name, text, _ := strings.Cut(pair, "=")
		if v := r.variables[strings.TrimPrefix(name, filetree.VariablePrefix)]; v != nil && strings.HasPrefix(name, filetree.VariablePrefix) {
			r.setText(v, text, "the environment variable "+name)
		}
	}
	for _, path := range r.directory.auto {
		r.setFromFile(path, r.directory.tree, filepath.Base(path))
	}
	for _, in := range r.options.Inputs {
		if in.File != "" {
			r.setFromNamedFile(in.File)
		} else {
			r.setFromFlag(in.Var)
		}
	}
}

// setFromFlag takes one --var name=value.
func (r *variableReader) setFromFlag(pair string) {
	name, text, found := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	if !found || name == "" {
		r.report(problem("config/var-flag", nil, "--var needs name=value", "%q has no name and value. Write it as --var name=value.", pair))
		return
	}
	v := r.variables[name]
	switch {
	case v == nil && r.options.Commit != nil:
		return // the command line is for the files on the disk
	case v == nil:
		r.report(problem(codeUndeclared, nil, "Variable "+quoted(name)+" is not declared",
			"--var %s=… gives a value to a variable that no file declares.%s Correct the name, or declare the variable with a variable block.", name, r.suggestion(name, len(r.variables), r.variableNames)))
		return
	}
	r.setText(v, text, "--var")
}

// setText gives a variable a value that came as text. Where the variable is a
// text, a number or a bool, the text is the value; else it is an expression.
func (r *variableReader) setText(v *variable, text, from string) {
	val := cty.StringVal(text)
	if !v.typ.IsPrimitiveType() && v.typ != cty.DynamicPseudoType {
		expr, diags := parseExpression([]byte(text), "the value of "+v.name, hcl.InitialPos)
		if !diags.HasErrors() {
			diags = checkKeysIn(expr)
		}
		if !diags.HasErrors() {
			val, diags = evaluateExpr(expr, nil)
		}
		if diags.HasErrors() {
			v.failed = true
			r.report(problem("config/variable-type", nil, "Value of "+quoted(v.name)+" cannot be read",
				"The value from %s must be an expression for %s, such as [\"a\", \"b\"]: %s", from, typeexpr.TypeString(v.typ), diags[0].Detail))
			return
		}
	}
	r.set(v, val, from, nil)
}

// setFromNamedFile takes a file that the command line names, which may be anywhere. Links
// to it are followed inside the tree of the configuration, the working directory, or
// its own directory, whichever it is in: who names a file of a checkout must not be
// given another one that replaced it with a link.
func (r *variableReader) setFromNamedFile(path string) {
	if r.options.Commit != nil {
		if r.setFromCommit(path) {
			return
		}
	} else if files, name, in := r.directory.tree.Choose(path); in {
		r.setFromFile(path, files, name)
		return
	}
	files, name, err := Reader{Root: ".", Environ: r.options.Environ}.treeFor(path)
	if err != nil {
		r.unreadValues = true
		r.report(unreadableFile(path, err))
		return
	}
	defer files.Close()
	r.setFromFile(path, files, name)
}

// setFromCommit takes a file that the command line names as the commit has it, and reports whether
// it has the file.
func (r *variableReader) setFromCommit(path string) bool {
	files, name, err := Reader{Root: r.directory.root, Environ: r.options.Environ, Commit: r.options.Commit}.treeFor(path)
	switch {
	case errors.Is(err, filetree.ErrOutside):
		return false
	case err == nil:
		defer files.Close()
		if err := files.Check(name); !errors.Is(err, fs.ErrNotExist) {
			r.setFromFile(path, files, name)
			return true
		}
	case !errors.Is(err, fs.ErrNotExist):
		r.unreadValues = true
		r.report(unreadableFile(path, err))
		return true
	}
	r.uncommitted = append(r.uncommitted, path)
	return false
}

// setFromFile takes a file of name = value lines, or a JSON object. The path is the one
// for messages.
func (r *variableReader) setFromFile(path string, files *filetree.Tree, name string) {
	src, d := readFile(files, name, path)
	if d == nil {
		d = loneReturn(path, src)
	}
	if d != nil {
		r.unreadValues = true
		r.report(d)
		return
	}
	r.directory.files = append(r.directory.files, path)
	file, diags := parse(path, src)
	r.report(diags...)
	if diags.HasErrors() {
		r.unreadValues = true
	}
	if file == nil {
		return
	}
	attrs, diags := file.Body.JustAttributes()
	r.report(diags...)
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		a := attrs[name]
		v := r.variables[name]
		if v == nil {
			r.report(warning(problem(codeUndeclared, a.NameRange.Ptr(), "Variable "+quoted(name)+" is not declared",
				"This value is not used, because no file declares the variable.%s", r.suggestion(name, len(r.variables), r.variableNames))))
			continue
		}
		done := r.watch.during(a.Range)
		val, diags := evaluateExpr(a.Expr, nil)
		done()
		r.report(diags...)
		if diags.HasErrors() {
			v.failed = true
			continue
		}
		r.set(v, val, lineOf(a.NameRange), a.Expr.Range().Ptr())
	}
}

// set gives a variable a value in place of the one that it had.
func (r *variableReader) set(v *variable, val cty.Value, from string, at *hcl.Range) {
	val, err := v.convert(val)
	if err != nil {
		v.failed = true
		r.report(problem("config/variable-type", at, "Value of "+quoted(v.name)+" has the wrong type",
			"The variable is declared as %s, and the value from %s does not fit: %s.", typeexpr.TypeString(v.typ), from, err))
		return
	}
	v.value, v.from = val, from
}

func (d *declarations) variableNames() []string { return slices.Sorted(maps.Keys(d.variables)) }
