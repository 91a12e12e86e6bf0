package cmd

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/splice"
	"github.com/rolecall-dev/rolecall/plan/since"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// settle makes the files, and checks that they are as before but for what was tidied.
func (t *tidying) settle() error {
	for file, blocks := range t.added {
		file.edits = append(file.edits, appendRemoved(file, blocks)...)
	}
	files, err := t.files.render()
	if err != nil {
		return err
	}
	t.result = files
	changed := map[string][]byte{}
	for _, x := range files {
		if err := x.keepFormatted(); err != nil {
			return err
		}
		changed[x.target] = x.after
		if err := x.keepsComments(); err != nil {
			return fmt.Errorf("%s %w", text.Clean(x.path), err)
		}
	}
	flags := t.options.config
	flags.changed = changed
	after, diags := flags.load(t.f, t.dir)
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			return advise("No file was changed. This is an error of rolecall: please report it with the files.", "the files would be wrong: %s", text.Clean(d.Summary))
		}
	}
	return t.sameAsBefore(after)
}

// appendRemoved adds blocks behind the last removed block of a file that stays, or at its end.
func appendRemoved(file *editedFile, blocks string) []splice.Edit {
	for _, b := range slices.Backward(file.parsed.Body.Blocks) {
		start := b.TypeRange.Start.Byte
		deleted := func(e splice.Edit) bool { return e.Start <= start && start < e.End }
		if b.Type == "removed" && !slices.ContainsFunc(file.removed, deleted) {
			return file.parsed.Insert(b, blocks)
		}
	}
	return file.parsed.Append(blocks)
}

// keepFormatted formats the file if it was formatted before.
func (x *editedFile) keepFormatted() error {
	if out, diags := config.Format(x.before, x.path); diags.HasErrors() || !bytes.Equal(out, x.before) {
		return nil
	}
	out, diags := config.Format(x.after, x.path)
	if diags.HasErrors() {
		return fmt.Errorf("%s would have errors: %w", text.Clean(x.path), diags)
	}
	x.after = append([]byte{}, out...) // nil would delete the file
	return nil
}

// sameAsBefore checks that the files declare what they did but for what was tidied.
func (t *tidying) sameAsBefore(after *config.Config) error {
	wrong := func(what string) error {
		return advise("No file was changed. If nobody else changes the files now, this is an error of rolecall: please report it.", "the files would also change %s", what)
	}
	if len(after.Tenants) != len(t.before.Tenants) {
		return wrong("the provider blocks")
	}
	for i, before := range t.before.Tenants {
		s := since.Between(t.expected(i), after.Tenants[i])
		switch {
		case s.Everything != "":
			return wrong("more: " + s.Everything)
		case len(s.Changed)+len(s.Undeclared)+len(s.Left) > 0 || len(after.Tenants[i].Removed) != len(t.expected(i).Removed) ||
			len(after.Tenants[i].Objects) != len(before.Objects):
			return wrong("what " + before.Name + " declares")
		}
	}
	return nil
}

// expected is a tenant as the tidied files have to declare it.
func (t *tidying) expected(tenant int) *schema.Tenant {
	out := *t.before.Tenants[tenant]
	out.Objects, out.Removed = slices.Clone(out.Objects), slices.Clone(out.Removed)
	entries := map[schema.Address][]string{}
	for _, x := range t.done {
		switch s := x.step; {
		case x.tenant != tenant:
		case x.Change == "add":
			out.Removed = append(out.Removed, schema.Removal{Kind: s.Addr.Kind, Key: s.Addr.Key})
		case s.Earlier != "":
			entries[s.Addr] = append(entries[s.Addr], s.Earlier)
		default:
			out.Removed = slices.DeleteFunc(out.Removed, func(r schema.Removal) bool { return r.Kind == s.Addr.Kind && r.Key == s.Addr.Key })
		}
	}
	for i := range out.Objects {
		if done := entries[out.Objects[i].Addr]; done != nil {
			o := &out.Objects[i]
			o.Previously = slices.DeleteFunc(slices.Clone(o.Previously), func(key string) bool { return slices.Contains(done, key) })
		}
	}
	return &out
}
