package config

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
)

// envPrefix begins the names of environment variables that carry a value.
const envPrefix = "ROLECALL_VAR_"

// giveValues gives the variables the values from outside, the strongest last.
func (l *loader) giveValues() {
	for _, pair := range l.opts.Environ {
		name, text, _ := strings.Cut(pair, "=")
		if v := l.variables[strings.TrimPrefix(name, envPrefix)]; v != nil && strings.HasPrefix(name, envPrefix) {
			l.giveText(v, text, "the environment variable "+name)
		}
	}
	for _, path := range l.auto {
		l.giveFile(path, l.tree, filepath.Base(path))
	}
	inputs := make([]Input, 0, len(l.opts.VarFiles)+len(l.opts.Vars)+len(l.opts.Inputs))
	for _, path := range l.opts.VarFiles {
		inputs = append(inputs, Input{File: path})
	}
	for _, pair := range l.opts.Vars {
		inputs = append(inputs, Input{Var: pair})
	}
	for _, in := range append(inputs, l.opts.Inputs...) {
		if in.File != "" {
			l.giveNamed(in.File)
		} else {
			l.givePair(in.Var)
		}
	}
}

// givePair takes one --var name=value.
func (l *loader) givePair(pair string) {
	name, text, found := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	if !found || name == "" {
		l.report(problem("config/var-flag", nil, "--var needs name=value", "%q has no name and value. Write it as --var name=value.", pair))
		return
	}
	v := l.variables[name]
	if v == nil {
		l.report(problem(codeUndeclared, nil, "Variable "+quoted(name)+" is not declared",
			"--var %s=… gives a value to a variable that no file declares.%s Correct the name, or declare the variable with a variable block.", name, l.meant(name, len(l.variables), l.variableNames)))
		return
	}
	l.giveText(v, text, "--var")
}

// giveText gives a variable a value that came as text. Where the variable is a
// text, a number or a bool, the text is the value; else it is an expression.
func (l *loader) giveText(v *variable, text, from string) {
	val := cty.StringVal(text)
	if !v.typ.IsPrimitiveType() && v.typ != cty.DynamicPseudoType {
		expr, diags := parseExpression([]byte(text), "the value of "+v.name, hcl.InitialPos)
		if !diags.HasErrors() {
			diags = checkKeysIn(expr)
		}
		if !diags.HasErrors() {
			val, diags = valueOf(expr, nil)
		}
		if diags.HasErrors() {
			v.failed = true
			l.report(problem("config/variable-type", nil, "Value of "+quoted(v.name)+" cannot be read",
				"The value from %s must be an expression for %s, such as [\"a\", \"b\"]: %s", from, typeexpr.TypeString(v.typ), diags[0].Detail))
			return
		}
	}
	l.give(v, val, from, nil)
}

// giveNamed takes a file that the command line names, which may be anywhere. Links
// to it are followed inside the tree of the configuration, the working directory, or
// its own directory, whichever it is in: who names a file of a checkout must not be
// given another one by whoever replaced it with a link.
func (l *loader) giveNamed(path string) {
	files, name, err := l.treeFor(path)
	if err != nil {
		l.unreadValues = true
		l.report(unreadableFile(path, err))
		return
	}
	if files.root != l.tree.root {
		defer files.close()
	}
	l.giveFile(path, files, name)
}

func (l *loader) treeFor(path string) (*tree, string, error) {
	if whole, err := filepath.Abs(path); err == nil {
		if rel, in := l.tree.below(whole); in {
			files := *l.tree
			files.named = rel
			return &files, whole, nil
		}
	}
	return Reader{Root: ".", Environ: l.opts.Environ}.treeFor(path)
}

// giveFile takes a file of name = value lines, or a JSON object. The path is the one
// for messages.
func (l *loader) giveFile(path string, files *tree, name string) {
	src, d := readFile(files, name, path)
	if d == nil {
		d = loneReturn(path, src)
	}
	if d != nil {
		l.unreadValues = true
		l.report(d)
		return
	}
	l.files = append(l.files, path)
	file, diags := parse(path, src)
	l.report(diags...)
	if diags.HasErrors() {
		l.unreadValues = true
	}
	if file == nil {
		return
	}
	attrs, diags := file.Body.JustAttributes()
	l.report(diags...)
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		a := attrs[name]
		v := l.variables[name]
		if v == nil {
			l.report(warning(problem(codeUndeclared, a.NameRange.Ptr(), "Variable "+quoted(name)+" is not declared",
				"This value is not used, because no file declares the variable.%s", l.meant(name, len(l.variables), l.variableNames))))
			continue
		}
		done := l.watch.on(a.Range)
		val, diags := valueOf(a.Expr, nil)
		done()
		l.report(diags...)
		if diags.HasErrors() {
			v.failed = true
			continue
		}
		l.give(v, val, place(a.NameRange), a.Expr.Range().Ptr())
	}
}

// give gives a variable a value in place of the one that it had.
func (l *loader) give(v *variable, val cty.Value, from string, at *hcl.Range) {
	val, err := v.convert(val)
	if err != nil {
		v.failed = true
		l.report(problem("config/variable-type", at, "Value of "+quoted(v.name)+" has the wrong type",
			"The variable is declared as %s, and the value from %s does not fit: %s.", typeexpr.TypeString(v.typ), from, err))
		return
	}
	v.value, v.from = val, from
}

func (l *loader) variableNames() []string { return slices.Sorted(maps.Keys(l.variables)) }

// literal evaluates an attribute that must be written out, without variables.
func (l *loader) literal(a *hcl.Attribute, typ cty.Type) (cty.Value, bool) {
	defer l.watch.on(a.Range)()
	val, diags := valueOf(a.Expr, nil)
	l.report(diags...)
	if diags.HasErrors() {
		return val, false
	}
	if val.IsNull() || !val.Type().Equals(typ) {
		l.report(mustBe(a.Name, a.Expr, typ, val, false))
		return val, false
	}
	return val, true
}
