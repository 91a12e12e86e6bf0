package providertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// checkImport writes the tenant as rolecall import does and plans the files, in both modes that
// write. The plan must be empty.
func (c *scenarioRun) checkImport(ctx context.Context) error {
	tenant := *c.last
	in := live.Input{Tenant: &tenant, Index: &schema.Index{}, Endpoint: c.product.Endpoint}
	client, _, err := c.connect(ctx, &tenant, in.Index)
	if err != nil {
		return err
	}
	in.Client = client
	kinds := importedKinds(&tenant)
	tenant.Objects = nil
	for _, a := range slices.SortedFunc(maps.Keys(c.declared), schema.Address.Compare) {
		tenant.Objects = append(tenant.Objects, c.declared[a])
	}
	objects, err := live.Read(ctx, in, kinds)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	dir, err := writeImport(ctx, client, tenant, objects, kinds)
	defer os.RemoveAll(dir)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	for _, mode := range []schema.Mode{schema.Additive, schema.Authoritative} {
		cfg, diags := config.Load(dir, config.Options{Products: []*schema.Product{&c.suite.Provider.Product}})
		if diags.HasErrors() {
			return fmt.Errorf("import wrote files with errors: %w\n%s", diags, files(dir))
		}
		in.Tenant = cfg.Tenants[0]
		for _, kind := range kinds {
			if m := in.Tenant.Manage[kind]; !in.Tenant.Product.Kind(kind).NoList && m.Mode != schema.Observe {
				m.Mode = mode
				in.Tenant.Manage[kind] = m
			}
		}
		p, err := live.Plan(ctx, in)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		for _, f := range p.Findings {
			if f.Severity == schema.Error {
				return fmt.Errorf("the plan of what import wrote (mode %s) has an error: %s %s: %s. %s\n%s", mode, f.Code, f.Addr, f.Summary, f.Detail, files(dir))
			}
		}
		if len(p.Changes)+len(p.Observed) > 0 {
			return fmt.Errorf("the plan of what import wrote (mode %s) is not empty: %s\n%s", mode, pending(p), files(dir))
		}
	}
	return nil
}

// importedKinds returns the kinds that import reads: those that the settings do not leave to another
// system.
func importedKinds(t *schema.Tenant) []string {
	var observed, out []string
	if t.Product.ReadOnlyKinds != nil {
		observed = t.Product.ReadOnlyKinds(&t.Settings)
	}
	for _, k := range t.Product.Kinds {
		if !k.Virtual && !k.Fixed() && !slices.Contains(observed, k.Name) {
			out = append(out, k.Name)
		}
	}
	return out
}

// writeImport writes the files that declare the objects. With a threshold of 1, rosters are used
// wherever they can be.
func writeImport(ctx context.Context, client provider.Client, tenant schema.Tenant, objects map[string][]schema.Object, kinds []string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "rolecall-import-"); err != nil {
		return "", err
	}
	if d, ok := client.(provider.Declarer); ok {
		for kind, list := range objects {
			if objects[kind], err = d.Declare(ctx, list); err != nil {
				return dir, err
			}
		}
	}
	buffers := map[string]*bytes.Buffer{}
	open := func(name string) (io.Writer, string) {
		buffers[name] = &bytes.Buffer{}
		return buffers[name], name
	}
	tenant.Objects, tenant.Manage, tenant.Removed = nil, nil, nil
	result, err := writer.Write(writer.Input{Tenant: &tenant, Objects: objects, RosterAbove: 1}, open)
	if err != nil {
		return dir, err
	}
	block := writer.ProviderBlock{Product: tenant.Product, Settings: tenant.Settings, Ignore: map[string][]string{}}
	for _, kind := range kinds {
		if !tenant.Product.Kind(kind).NoList {
			block.Manage = append(block.Manage, kind)
		}
	}
	for _, s := range result.Skipped {
		if s.Ignore {
			kind := s.Object.Kind.Name
			block.Ignore[kind] = schema.Canonical(append(block.Ignore[kind], s.Object.Addr.Key))
		}
	}
	out, _ := open("provider.hcl")
	if err := writer.WriteProvider(out, block); err != nil {
		return dir, err
	}
	for name, b := range buffers {
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			return dir, err
		}
		if filepath.Ext(name) != ".hcl" {
			continue
		}
		if again, diags := config.Format(b.Bytes(), name); diags.HasErrors() || !bytes.Equal(again, b.Bytes()) {
			return dir, fmt.Errorf("%s is not formatted (%v):\n%s", name, diags, b)
		}
	}
	return dir, nil
}

// files returns the texts of the files in a directory, for messages.
func files(dir string) string {
	var b bytes.Buffer
	names, _ := filepath.Glob(filepath.Join(dir, "*")) // the pattern is valid
	for _, name := range names {
		text, err := os.ReadFile(name)
		fmt.Fprintf(&b, "-- %s --\n%s", filepath.Base(name), text)
		if err != nil {
			fmt.Fprintln(&b, err)
		}
	}
	return b.String()
}
