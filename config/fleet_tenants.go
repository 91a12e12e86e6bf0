package config

import (
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/rolecall-dev/rolecall/config/filetree"
)

var fleetTenantBody = &hcl.BodySchema{Attributes: []hcl.AttributeSchema{
	{Name: "directory"}, {Name: "variables"}, {Name: "variables_file"}, {Name: "wave"}, {Name: metaForEach},
}}

// maxWave is the last wave that a fleet file may write.
const maxWave = 1000

// tenants adds the tenants of one block.
func (r *fleetReader) tenants(b *hcl.Block) {
	content := r.declarer.content(b, fleetTenantBody)
	attrs := content.Attributes
	if attrs["directory"] == nil {
		r.report(problem("config/missing-attribute", b.DefRange.Ptr(), "The tenant has no directory",
			"Write directory = \"…\": the directory with its configuration, relative to that of the fleet file."))
		return
	}
	names := r.evaluator.namesIn(nil, "a fleet file")
	forEach := attrs[metaForEach]
	var each uses
	if forEach != nil {
		each = names.add(forEach.Expr)
		names.each = true
	}
	all := each
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if name != metaForEach {
			all.merge(names.add(attrs[name].Expr))
		}
	}
	if all.failed {
		return
	}
	ctx := names.context()
	if forEach == nil {
		r.tenant(FleetTenant{Name: b.Labels[0], at: b.DefRange, Pos: posOf(b.DefRange)}, attrs, &scope{ctx: ctx})
		return
	}
	elements := (&builder{evaluator: r.evaluator, r: &resource{forEach: forEach}, ctx: ctx, each: each}).elements()
	if elements == nil {
		return
	}
	for i := range elements.len() {
		inner := ctx.NewChild()
		inner.Variables = map[string]cty.Value{"each": elements.each(i)}
		row := &rowQuery{keys: []string{elements.key(i)}, element: elements.texts(i)}
		r.tenant(FleetTenant{Name: elements.key(i), at: forEach.Expr.Range(), Pos: posOf(b.DefRange), row: row}, attrs, &scope{ctx: inner})
	}
}

// tenant evaluates the attributes of one tenant and adds it.
func (r *fleetReader) tenant(t FleetTenant, attrs hcl.Attributes, s *scope) {
	complete := true
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		a, ok := attrs[name], true
		switch name {
		case "directory":
			t.Directory, t.RealDirectory, ok = r.path(&t, a, s, true)
		case "variables_file":
			t.VariablesFile, t.RealFile, ok = r.path(&t, a, s, false)
		case "variables":
			t.Variables, ok = r.values(&t, a, s)
		case "wave":
			t.Wave, ok = r.wave(&t, a, s)
		}
		complete = complete && ok
	}
	if complete {
		r.fleet.Tenants = append(r.fleet.Tenants, t)
	}
}

// about reports a problem of a tenant, with its row.
func (r *fleetReader) about(t *FleetTenant, d *hcl.Diagnostic) {
	if t.row != nil {
		e, _ := d.Extra.(extra)
		e.rows = append(e.rows, *t.row)
		d.Extra = e
	}
	r.report(d)
}

// path evaluates the path of a directory or file below the directory of the fleet file.
func (r *fleetReader) path(t *FleetTenant, a *hcl.Attribute, s *scope, directory bool) (path, real string, ok bool) {
	val, ok := r.evaluator.value(a.Name, a.Expr, s, cty.String)
	if !ok {
		return "", "", false
	}
	written, at := filepath.FromSlash(val.AsString()), a.Expr.Range()
	if written == "" || !filepath.IsLocal(written) {
		r.about(t, problem("fleet/path", &at, a.Name+" is not below the fleet file",
			"%q must be a path below the directory of the fleet file, and relative to it.", val.AsString()))
		return "", "", false
	}
	path = filepath.Join(r.directory.dir, written)
	if r.commit {
		return path, "", true
	}
	real, err := r.directory.tree.Path(written)
	if err == nil {
		err = r.directory.tree.Check(written)
	}
	if is := errors.Is(err, filetree.ErrIsDirectory); is == directory && (is || err == nil) {
		return path, real, true
	}
	r.about(t, r.wrongPath(a.Name, &at, path, directory, err))
	return "", "", false
}

// wrongPath says why a path of a tenant cannot be used. The error is nil for a file in place of a directory.
func (r *fleetReader) wrongPath(name string, at *hcl.Range, path string, directory bool, err error) *hcl.Diagnostic {
	if refusal, is := errors.AsType[*filetree.Refusal](err); is && !errors.Is(err, filetree.ErrIsDirectory) {
		return problem("config/not-allowed", at, name+" must not be read", "%s %s.", path, refusal.Why)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && directory:
		return problem("fleet/path", at, "Directory does not exist", "There is no directory %q.%s", path, nearDirectory(path))
	case errors.Is(err, fs.ErrNotExist):
		return problem("fleet/path", at, "File does not exist", "There is no file %q.", path)
	case directory && err == nil:
		return problem("fleet/path", at, "Not a directory", "%s is a file. Name the directory that holds the configuration.", path)
	case err == nil || errors.Is(err, filetree.ErrIsDirectory):
		return problem("fleet/path", at, "Not a file", "%s is a directory. Name a file with values of variables.", path)
	}
	return problem("fleet/path", at, name+" cannot be read", "%s: %s.", path, filetree.Cause(err))
}

// wave evaluates the number of a wave.
func (r *fleetReader) wave(t *FleetTenant, a *hcl.Attribute, s *scope) (int, bool) {
	val, ok := r.evaluator.value(a.Name, a.Expr, s, cty.Number)
	if !ok {
		return 0, false
	}
	f := val.AsBigFloat()
	n, _ := f.Int64()
	if !f.IsInt() || n < 1 || n > maxWave {
		r.about(t, problem("config/wrong-type", a.Expr.Range().Ptr(), "wave is out of range", "It must be a whole number from 1 to %d.", maxWave))
		return 0, false
	}
	return int(n), true
}

// values evaluates the variables of a tenant.
func (r *fleetReader) values(t *FleetTenant, a *hcl.Attribute, s *scope) (map[string]string, bool) {
	defer r.evaluator.watch.during(a.Range)()
	val, diags := evaluateExpr(a.Expr, s.ctx)
	r.report(explain(diags, false)...)
	if diags.HasErrors() {
		return nil, false
	}
	at := a.Expr.Range()
	if typ := val.Type(); val.IsNull() || !typ.IsObjectType() && !typ.IsMapType() {
		r.about(t, problem("config/wrong-type", &at, "variables must be a map", "Write the values by name, as in { country = each.value.country }."))
		return nil, false
	}
	out, ok := map[string]string{}, true
	for it := val.ElementIterator(); it.Next(); {
		name, v := it.Element()
		if v.IsNull() {
			continue
		}
		text, err := convert.Convert(v, cty.String)
		if err != nil {
			r.about(t, problem("config/wrong-type", &at, "Value of "+quoted(name.AsString())+" is not a text",
				"A tenant gives texts, numbers, true and false as variables. Write lists and maps into a file, and name it with variables_file."))
			ok = false
			continue
		}
		out[name.AsString()] = text.AsString()
	}
	return out, ok
}
