package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// importTarget returns the product of a new configuration, or nil, and the directory. One argument
// is a directory if there is one with this name.
func importTarget(products Products, args []string) (*Product, string, error) {
	if len(args) == 0 {
		return nil, directory(args), nil
	}
	if len(args) == 1 {
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() || !slices.Contains(products.names(), args[0]) {
			return nil, args[0], nil
		}
	}
	p, err := products.find(args[0])
	if err != nil && len(args) == 2 && slices.Contains(products.names(), args[1]) {
		err = advise("Write the product first: "+commandLine("import", args[1], args[0]), "%q is not a product", args[0])
	}
	if _, _, address := strings.Cut(args[0], "."); err != nil && address {
		err = advise("rolecall import writes everything that no file declares yet. To import a part, use --kind and --only: "+
			"rolecall import --kind user --only 'ana@zoo.example'", "%q is neither a product nor a directory", args[0])
	}
	return p, directory(args[1:]), err
}

// needConfiguration says how to start if the directory has no configuration.
func needConfiguration(products Products, dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil {
		if ours, _ := configurationFiles(entries); len(ours) > 0 {
			return nil
		}
	}
	shown := "the current directory"
	if dir != "." {
		shown = text.Clean(dir)
	}
	return advise(fmt.Sprintf("Name the product to start from nothing: %s. Products: %s.",
		commandLine("import", products.names()[0], dir), strings.Join(products.names(), ", ")), "%s holds no configuration", shown)
}

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
