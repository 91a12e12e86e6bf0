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
	declared []schema.Address // users that the files declare already, so that nothing is written about them
	counts   map[string]int
}

// generateLegacy writes the files that reproduce what people can do now, and says what is in them.
func generateLegacy(f *Factory, c *connections, i int, l *partoo.Legacy, dir string, o *legacyOptions) error {
	if l.HasSwitched {
		return advise("What its users have more than their sidebar pages is shown without --generate.", "organization %s has switched to custom roles, so there is nothing to reproduce", l.Tenant)
	}
	w := &legacyFiles{importFiles: &importFiles{dir: o.generate, base: o.generate}, f: f, o: o, legacy: l, tenant: c.config.Tenants[i], own: sameDirectory(dir, o.generate)}
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
	w.counts = result.Declared
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

// undeclared returns the generated objects that no file declares.
func (w *legacyFiles) undeclared() map[string][]schema.Object {
	declared := map[schema.Address]bool{}
	if w.own {
		for i := range w.tenant.Objects {
			declared[schema.Address{Kind: w.tenant.Objects[i].Addr.Kind, Key: w.tenant.Objects[i].Addr.Key}] = true
		}
	}
	out := map[string][]schema.Object{}
	for kind, list := range w.legacy.Generated() {
		for _, o := range list {
			switch {
			case !declared[schema.Address{Kind: kind, Key: o.Addr.Key}]:
				out[kind] = append(out[kind], o)
			case o.Kind.Subject:
				w.declared = append(w.declared, o.Addr)
			}
		}
	}
	return out
}

// open opens a file, with comments about what is inferred and what is missing.
func (w *legacyFiles) open(name string) (io.Writer, string) {
	file, real := w.opener("")(name)
	switch name {
	case "roles.hcl":
		w.comment(file, "Partoo publishes no table of what the legacy permissions stand for. Inferred from names:", w.legacy.Inferred())
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
	if len(names) == 0 {
		fmt.Fprintln(s.Out, text.Wrap("Nothing to write: the files declare the switch and everybody's role.", width))
	} else {
		fmt.Fprintln(s.Out, text.Wrap(fmt.Sprintf("Wrote %s into %s: %s.", text.And(counts), text.Clean(filepath.ToSlash(w.o.generate)), text.And(names)), width))
	}
	if len(w.declared) > 0 {
		roles := map[string]string{}
		for _, g := range w.legacy.Groups {
			for _, u := range g.Users {
				roles[schema.FoldName(u)] = g.Assigned
			}
		}
		fmt.Fprintln(s.Out, "\n"+text.Wrap(text.Count(len(w.declared), "user is", "users are")+" declared in your files already. Write their custom_role there:", width))
		for _, a := range w.declared {
			fmt.Fprintf(s.Out, "  %s  %s\n", text.Clean(a.String()), text.Clean(roles[a.Key]))
		}
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
	printSteps(s, [][2]string{{commandLine("plan", w.o.generate), "show the switch, and that nobody gains or loses"}})
}
