package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A legacyFiles writes the files of partoo legacy --generate.
type legacyFiles struct {
	*importFiles
	f        *Factory
	o        *legacyOptions
	legacy   *partoo.Legacy
	tenant   *schema.Tenant
	own      bool             // the directory is that of the configuration
	declared [][2]string      // where the files declare what otherwise, and what to write there
	ignored  []schema.Address // what manage blocks ignore, so that no file can declare it
	counts   map[string]int
	skipped  int // generated objects that no file can declare
}

// generateLegacy writes the files that reproduce what people can do now, and says what is in them.
func generateLegacy(f *Factory, c *connections, i int, l *partoo.Legacy, dir string, o *legacyOptions) error {
	if l.HasSwitched {
		return advise("What its users have more than their sidebar pages is shown without --generate.", "organization %s has switched to custom roles, so there is nothing to reproduce", l.Tenant)
	}
	w := &legacyFiles{importFiles: &importFiles{command: "partoo legacy", dir: o.generate, base: o.generate}, f: f, o: o, legacy: l, tenant: c.config.Tenants[i], own: sameDirectory(dir, o.generate)}
	existing := writer.Existing{}
	if w.own {
		all, err := existingBlocks(c.config, dir)
		if err != nil {
			return err
		}
		existing = all[i]
	} else if err := ensureEmpty("partoo", o.generate, nil); err != nil {
		return err
	}
	result, err := writer.Write(writer.Input{
		Tenant: w.tenant, Objects: w.undeclared(), Existing: existing, RosterAbove: o.rosterAbove,
		Secret: func(s string) bool { return f.secrets.In(s) },
	}, w.open)
	if err != nil {
		return err
	}
	w.counts, w.skipped = result.Declared, len(result.Skipped)
	if !w.own {
		to, _ := w.opener("")(providerFile)
		if err := writer.WriteProvider(to, writer.ProviderBlock{Product: w.tenant.Product, Settings: w.settings()}); err != nil {
			return err
		}
	}
	if err := w.put(); err != nil {
		return err
	}
	if _, diags := o.config.load(f, o.generate); diags.HasErrors() {
		if err := errors.Join(f.printDiagnostics(o.config.reader(f.Environ), diags), w.takeBack()); err != nil {
			return err
		}
		return advise("No file was written. If an expression of your files reads all files of the directory, this is why. Otherwise it is a mistake of rolecall: please report it.",
			"the files that would be written have errors")
	}
	w.report()
	return nil
}

// sameDirectory reports whether two paths name one directory.
func sameDirectory(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// settings are the settings of the provider block. A mapping of the command line is a file of its own.
func (w *legacyFiles) settings() schema.Object {
	s := w.tenant.Settings.Clone()
	if w.o.mapping != "" {
		s.Set = s.Set.Without(s.Kind.Index("legacy_mapping"))
	}
	return s
}

// undeclared returns the generated objects that the files can get, and notes why they do not get the others.
func (w *legacyFiles) undeclared() map[string][]schema.Object {
	generated := w.legacy.Generated()
	if !w.own {
		return generated
	}
	ignored := schema.NewIgnoreSet(w.tenant.Product, w.tenant.Manage)
	out := map[string][]schema.Object{}
	for _, k := range w.tenant.Product.Kinds {
		known := mentioned(w.tenant, k)
		for _, o := range generated[k.Name] {
			switch _, is := ignored.Match(k, o.Addr.Key); {
			case is:
				w.ignored = append(w.ignored, o.Addr)
			case known[o.Addr.Key] || o.Alias != "" && known[o.Alias]:
				w.differs(&o)
			default:
				out[k.Name] = append(out[k.Name], o)
			}
		}
	}
	return out
}

// differs notes a generated object that the files declare, unless they declare the same.
func (w *legacyFiles) differs(o *schema.Object) {
	for i := range w.tenant.Objects {
		d := &w.tenant.Objects[i]
		if d.Kind != o.Kind || d.Addr.Key != o.Addr.Key && d.Addr.Key != o.Alias {
			continue
		}
		write := ""
		switch want := o.Body.(type) {
		case *partoo.User:
			if d.Body.(*partoo.User).CustomRole != want.CustomRole {
				write = fmt.Sprintf("custom_role = %q", want.CustomRole)
			}
		case *partoo.PermissionSystem:
			if !d.Body.(*partoo.PermissionSystem).CustomRoles {
				write = "custom_roles = true"
			}
		case *partoo.BuiltinRole:
			if !slices.Equal(schema.Canonical(slices.Clone(d.Body.(*partoo.BuiltinRole).Permissions)), want.Permissions) {
				write = "permissions as the switch makes them, or no block"
			}
		}
		if write != "" {
			w.declared = append(w.declared, [2]string{placeOf(filepath.ToSlash(d.Pos.File), d.Pos.Line) + "  " + d.Addr.String(), write})
		}
	}
}

// open opens a file, with comments about what is inferred and what is missing.
func (w *legacyFiles) open(name string) (io.Writer, string) {
	file, real := w.opener("")(name)
	const inferred = "Partoo publishes no table of what the legacy permissions stand for. Inferred from names:"
	switch name {
	case "roles.hcl":
		w.comment(file, inferred, w.legacy.InferredPages())
	case "builtin_roles.hcl":
		w.comment(file, inferred, w.legacy.InferredFields())
	case "permission_systems.hcl":
		w.comment(file, "What the roles cannot reproduce:", w.legacy.Inexpressible)
	}
	return file, real
}

func (w *legacyFiles) comment(to io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(to, "# %s\n", title)
	for _, line := range lines {
		fmt.Fprintf(to, "# - %s\n", strings.ReplaceAll(text.Clean(line), "\n", " "))
	}
	fmt.Fprintln(to)
}

func (w *legacyFiles) report() {
	s, width := &w.f.Streams, w.f.helpWidth()
	var counts, names []string
	for _, k := range w.tenant.Product.Kinds {
		if n := w.counts[k.Name]; n > 0 {
			counts = append(counts, text.Count(n, text.Words(k.Name), text.Words(k.Many())))
		}
	}
	for _, f := range w.files {
		names = append(names, f.name)
	}
	slices.Sort(names)
	if len(names) == 0 && len(w.declared)+len(w.ignored) > 0 {
		fmt.Fprintln(s.Out, "No file was written.")
	} else if len(names) == 0 {
		fmt.Fprintln(s.Out, text.Wrap("Nothing to write: the files declare the switch and everybody's role.", width))
	} else {
		fmt.Fprintln(s.Out, text.Wrap(fmt.Sprintf("Wrote %s into %s: %s.", text.And(counts), text.Clean(filepath.ToSlash(w.o.generate)), text.And(names)), width))
	}
	if w.skipped > 0 {
		fmt.Fprintln(s.Out, notDeclared(w.skipped, width))
	}
	if len(w.declared) > 0 {
		fmt.Fprintln(s.Out, "\n"+text.Wrap("Your files declare "+text.Count(len(w.declared), "object", "objects")+" differently. Write there:", width))
		for _, d := range w.declared {
			fmt.Fprintf(s.Out, "  %s  %s\n", text.Clean(d[0]), text.Clean(d[1]))
		}
	}
	if len(w.ignored) > 0 {
		names := make([]string, len(w.ignored))
		for i, a := range w.ignored {
			names[i] = a.String()
		}
		fmt.Fprintln(s.Out, "\n"+text.Wrap(fmt.Sprintf("Left out, because a manage block of your files ignores %s: %s. Narrow the pattern and run the command again, or give users their role in the Partoo app. "+
			"Otherwise they gain what their sidebar pages keep from them now.", text.Choose(len(names) == 1, "it", "them"), text.Clean(text.List(names, 10))), width))
	}
	if len(w.legacy.Inexpressible) > 0 {
		fmt.Fprintln(s.Out, "\n"+text.Wrap("What the roles cannot reproduce:", width))
		for _, why := range w.legacy.Inexpressible {
			fmt.Fprintln(s.Out, text.Indent(text.Clean(why), "  ", width))
		}
	}
	if w.o.mapping != "" {
		fmt.Fprintln(s.Out, "\n"+text.Wrap("Plans need the same mapping: copy the file there, and write legacy_mapping = file(...) into the provider block.", width))
	}
	printSteps(s, [][2]string{{commandLine("plan", w.o.generate), "show the switch, and who gains or loses what"}})
}
