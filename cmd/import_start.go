package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// start connects to a tenant without a configuration: the provider block comes from flags and
// answers. Until everything was read and checked, it exists in a temporary directory only.
func (i *importing) start(ctx context.Context, p *Product) (err error) {
	i.product = p
	if err := ensureEmpty(p.Provider.Name, i.dir, nil); err != nil {
		return err
	}
	if err := checkWritable(i.dir); err != nil {
		return err
	}
	settings, err := i.settings(ctx, p)
	if err != nil {
		return err
	}
	if k := p.Provider.Settings; k.Validate != nil {
		for _, f := range k.Validate(&settings) {
			if f.Severity == schema.Error {
				return advise(f.Detail, "%s", f.Summary)
			}
		}
	}
	if i.stage, err = os.MkdirTemp("", "rolecall-import-"); err != nil {
		return fmt.Errorf("cannot create a temporary directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(i.stage, providerFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := writer.WriteProvider(f, writer.ProviderBlock{Product: &p.Provider.Product, Settings: settings}); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	cfg, diags := i.options.config.load(i.f, i.stage)
	reader := i.options.config.reader(i.f.Environ)
	if err := i.f.printDiagnostics(reader, diags); err != nil {
		return err
	}
	if diags.HasErrors() {
		return advise("Correct the values of --set. "+describeSettings(p.Provider.Settings), "the provider block would not be valid")
	}
	hosts := i.options.hosts
	b, err := newBlock(i.f.Products, cfg.Tenants[0])
	if err != nil {
		return err
	}
	if server, err := serverOf(b.endpoint()); err == nil { // a person typed it, as with --allow-host
		hosts.allowed = append(slices.Clone(hosts.allowed), server.Name)
	}
	i.c, err = connectAll(ctx, i.f, i.dir, cfg, reader, &hosts, false)
	return err
}

// checkWritable makes sure that files can be written to a directory, or that it can be created, before
// anything is read.
func checkWritable(dir string) error {
	at := dir
	for _, err := os.Stat(at); errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at; _, err = os.Stat(at) {
		at = filepath.Dir(at)
	}
	f, err := os.CreateTemp(at, ".rolecall-import-*.tmp")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return advise("Choose a directory to which you can write.", "cannot write to %s: %w", text.Clean(at), pathCause(err))
	}
	return nil
}

// pathCause drops the operation and the path from an error of the file system.
func pathCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// settings returns the attributes of the new provider block: those of --set, and answers for
// those that are missing.
func (i *importing) settings(ctx context.Context, p *Product) (schema.Object, error) {
	k := p.Provider.Settings
	o := schema.Object{Kind: k, Body: k.New()}
	for _, entry := range i.options.set {
		name, value, ok := strings.Cut(entry, "=")
		at := k.Index(name)
		if !ok || at < 0 {
			return o, advise(describeSettings(k), "flag --set: %q is not NAME=VALUE with an attribute of the provider block", entry)
		}
		if err := setSetting(&o, at, value); err != nil {
			return o, err
		}
	}
	if b := (block{p.Provider.Name, &o, p}); i.f.InTerminal && !b.emulated() {
		if _, _, err := b.findKey(i.f.Environ); err != nil {
			return o, err // before questions are asked for nothing
		}
	}
	var names, flags []string
	for at := range k.Attributes {
		a := &k.Attributes[at]
		switch {
		case !needed(&o, at):
		case i.f.InTerminal:
			if err := i.askSetting(ctx, &o, at); err != nil {
				return o, err
			}
		default:
			names = append(names, a.Name)
			flags = append(flags, fmt.Sprintf("--set %s=%s", a.Name, example(a)))
		}
	}
	if len(names) > 0 {
		return o, advise("Example:\n  "+commandLine("import", p.Provider.Name, i.dir)+" "+strings.Join(flags, " "),
			"the provider block of %s needs %s", p.Provider.Title, text.And(names))
	}
	return o, nil
}

// askSetting asks for an attribute until the answer is valid.
func (i *importing) askSetting(ctx context.Context, o *schema.Object, at int) error {
	a := &o.Kind.Attributes[at]
	fmt.Fprintln(i.f.Err, text.Wrap(a.Doc, i.f.helpWidth()))
	for {
		answer, err := i.f.ask(ctx, fmt.Sprintf("  %s, such as %s: ", a.Name, example(a)))
		if err != nil {
			return advise("No file was written.", "interrupted before %s was answered", a.Name)
		}
		if answer == "" {
			continue
		}
		if err = setSetting(o, at, strings.Trim(answer, `"`)); err == nil {
			return nil
		}
		fmt.Fprintln(i.f.Err, text.Indent(text.Error(err)+".", "  ", i.f.helpWidth()))
	}
}

// example returns the example of an attribute as people type it.
func example(a *schema.Attribute) string { return strings.Trim(a.Example, `"`) }

// needed reports whether a provider block cannot do without an attribute that is not set.
func needed(o *schema.Object, at int) bool {
	a := &o.Kind.Attributes[at]
	switch {
	case o.Set.Has(at):
		return false
	case a.Is(schema.Required):
		return true
	case o.Kind.Validate == nil:
		return false
	}
	return slices.ContainsFunc(o.Kind.Validate(o), func(f schema.Finding) bool {
		return f.Severity == schema.Error && f.Attribute == a.Name
	})
}

// setSetting stores a text as the value of an attribute.
func setSetting(o *schema.Object, at int, value string) error {
	a := &o.Kind.Attributes[at]
	var v any
	var err error
	switch a.Type {
	case schema.TypeString:
		v = value
	case schema.TypeInt:
		v, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	case schema.TypeBool:
		v, err = strconv.ParseBool(strings.TrimSpace(value))
	case schema.TypeSet:
		v = strings.Split(value, ",")
	default:
		return advise("Import first, and then write it into "+providerFile+".", "--set cannot set %s", a.Name)
	}
	if err != nil {
		return advise("Example: "+a.Name+" = "+a.Example, "%s must be a %s; this is %q", a.Name, a.Type, value)
	}
	a.SetAny(o.Body, v)
	a.Each(o.Body, func(s string) {
		if wrong := a.Valid(s); wrong != nil && err == nil {
			err = advise("Example: "+a.Name+" = "+a.Example, "%s %w", a.Name, wrong)
		}
	})
	o.Set = o.Set.With(at)
	return err
}

func describeSettings(k *schema.Kind) string {
	var names []string
	for at := range k.Attributes {
		names = append(names, k.Attributes[at].Name)
	}
	return "Attributes: " + strings.Join(names, ", ") + "."
}

// providerFile is the file of the provider block.
const providerFile = "provider.hcl"

// writeProvider adds the provider block, with the administrators in protect, and a manage block
// for each kind that the settings do not leave to another system.
func (i *importing) writeProvider(files *importFiles, kinds []string) error {
	t := i.c.config.Tenants[0]
	b := writer.ProviderBlock{Product: t.Product, Settings: t.Settings, Ignore: map[string][]string{}}
	for _, kind := range kinds {
		if k := t.Product.Kind(kind); !k.NoList {
			b.Manage = append(b.Manage, kind)
		}
	}
	b.Protect = administratorsOf(t.Product, i.c.listed[0])
	for _, s := range files.results[0].Skipped {
		if s.Ignore {
			b.Ignore[s.Object.Kind.Name] = append(b.Ignore[s.Object.Kind.Name], s.Object.Addr.Key)
		}
	}
	for kind, keys := range b.Ignore {
		slices.Sort(keys)
		b.Ignore[kind] = slices.Compact(keys)
		b.Protect = slices.DeleteFunc(b.Protect, func(address string) bool {
			of, key, _ := strings.Cut(address, ".")
			return of == kind && slices.Contains(keys, key)
		})
	}
	out, _ := files.opener("")(providerFile)
	return writer.WriteProvider(out, b)
}

// administratorsOf returns the addresses of the active administrators, sorted.
func administratorsOf(p *schema.Product, listed map[string][]schema.Object) []string {
	var out []string
	for _, k := range p.Kinds {
		if k.Administers == nil {
			continue
		}
		for n := range listed[k.Name] {
			if o := &listed[k.Name][n]; k.Administers(o) {
				out = append(out, k.Name+"."+o.Addr.Key)
			}
		}
	}
	slices.Sort(out)
	return out
}
