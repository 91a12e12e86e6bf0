package cmd

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type importOptions struct {
	connectionFlags
	set         []string
	kinds       []string
	only        []string
	keys        map[string]*[]string // by attribute: parts of the keys of objects that have no list
	rosterAbove int
}

func newImportCommand(f *Factory) *cobra.Command {
	o := importOptions{connectionFlags: connectionFlags{config: configFlags{blocks: true}}, keys: map[string]*[]string{"role": {}, "object": {}}}
	c := &cobra.Command{
		Use:   "import [PRODUCT] [DIR]",
		Short: "Write what exists in the product as configuration files",
		Long: "Reads the tenants of the configuration in DIR (default: the current directory) and writes files that declare what exists there " +
			"and no file declares yet: one file for each kind, and a CSV file for long lists of similar objects. import only reads from the product. " +
			"It then plans the files, and succeeds only if that plan changes nothing.\n\n" +
			"With a PRODUCT, DIR needs no configuration: import asks for what the provider block needs, or takes it from --set, and writes the block too.\n\n" +
			"import never changes a file that it did not write. It writes nothing if a list may be incomplete. " +
			"What no file can declare stays as a comment that says why.",
		Example: "  rolecall import partoo my-access                        # start from nothing\n" +
			"  rolecall import partoo my-access --set org_id=42        # without questions\n" +
			"  rolecall import my-access                               # add what is new since\n" +
			"  rolecall import --kind user --only '*@zoo.example' my-access\n" +
			"  rolecall import --role sales --object order freight     # permissions of Rose Rocket, which has no list of them",
		GroupID: groupFiles,
		Args:    between(0, 2, "a product and at most one directory"),
		ValidArgsFunction: func(c *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return f.Products.names(), cobra.ShellCompDirectiveDefault
			}
			return completeDirectory(c, args[1:], start)
		},
		RunE: func(c *cobra.Command, args []string) error { return runImport(c.Context(), f, args, &o) },
	}
	o.register(c)
	c.Flags().StringArrayVar(&o.set, "set", nil, "set an attribute of the new provider block, as `NAME=VALUE`; can be repeated")
	c.Flags().StringArrayVar(&o.kinds, "kind", nil, "import only objects of `KIND`, such as user; can be repeated")
	c.Flags().StringArrayVar(&o.only, "only", nil, "import only objects whose key matches `PATTERN`, such as '*@zoo.example'; can be repeated")
	c.Flags().StringArrayVar(o.keys["role"], "role", nil, "import the permissions of `ROLE`, for products without a list of them; needs --object; can be repeated")
	c.Flags().StringArrayVar(o.keys["object"], "object", nil, "import the permissions for `OBJECT`; needs --role; can be repeated")
	c.Flags().IntVar(&o.rosterAbove, "roster-above", writer.DefaultRosterAbove, "write more than `N` similar objects as a CSV file")
	return c
}

func runImport(ctx context.Context, f *Factory, args []string, o *importOptions) (err error) {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	product, dir, err := importTarget(f.Products, args)
	if err != nil {
		return err
	}
	if err := o.check(f.Products, product, dir); err != nil {
		return err
	}
	i := &importing{f: f, options: o, dir: dir}
	defer func() {
		if left := i.close(); left != nil {
			err = errors.Join(err, left)
		}
	}()
	if product != nil {
		err = i.start(ctx, product)
	} else if err = needConfiguration(f.Products, dir); err == nil {
		i.c, err = openConnections(ctx, f, dir, &o.connectionFlags, nil, false)
	}
	if err == nil {
		err = i.run(ctx)
	}
	if err != nil {
		return interruptedImport(ctx, err)
	}
	return nil
}

// check refuses flags that make no sense.
func (o *importOptions) check(products Products, product *Product, dir string) error {
	switch {
	case o.rosterAbove < 1:
		return advise("Write a number of 1 or more.", "flag --roster-above cannot be %d", o.rosterAbove)
	case (len(*o.keys["role"]) == 0) != (len(*o.keys["object"]) == 0):
		return advise("Example: --role sales --object order", "--role and --object are used together")
	case product == nil && len(o.set) > 0:
		return advise("Write the attributes into the provider block in "+text.Clean(dir)+", or name a product to start a configuration: "+
			commandLine("import", products.names()[0], "my-access"), "flag --set is for a new provider block")
	}
	return nil
}

// interruptedImport reports a Ctrl-C instead of the request that it stopped.
func interruptedImport(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, errFilesLeft) {
		return err
	}
	return advise("No file was written.", "interrupted before the import was complete")
}

// An importing is one run of import.
type importing struct {
	f       *Factory
	options *importOptions
	dir     string
	c       *connections
	product *Product // of a new configuration; nil if dir has one
	stage   string   // temporary directory in which a new configuration is checked; empty if dir has one
	// excluded are objects that a plan would change although the files say what exists, with the
	// reason.
	excluded map[schema.Address]string
	// remaining counts what a plan of the files changes, as it did before the import.
	remaining int
	notes     []schema.Finding // warnings of the plan that are about the tenant and not about a file
}

func (i *importing) close() error {
	if i.c != nil {
		i.c.close()
	}
	if i.stage != "" {
		return os.RemoveAll(i.stage)
	}
	return nil
}

// run reads all tenants, writes the files and checks that they plan to nothing.
func (i *importing) run(ctx context.Context) error {
	kinds, err := i.chosenKinds()
	if err != nil {
		return err
	}
	if err := i.read(ctx, kinds); err != nil {
		return err
	}
	before, err := i.planned(ctx)
	if err != nil {
		return err
	}
	existing, err := existingBlocks(i.c.config, i.base())
	if err != nil {
		return err
	}
	for round := 1; ; round++ {
		files, err := i.write(ctx, kinds, existing)
		if err != nil {
			return err
		}
		wrong, err := i.check(ctx, files, before, kinds)
		if err != nil {
			return err
		}
		if len(wrong) == 0 {
			return i.finish(files)
		}
		if round == maxRounds {
			return notEmpty(wrong)
		}
		i.exclude(wrong)
	}
}

// maxRounds limits how often objects that cannot be declared as they are are left out.
const maxRounds = 3

// write returns the files that declare what no file declares, without writing them to the directory.
func (i *importing) write(ctx context.Context, kinds [][]string, existing []writer.Existing) (*importFiles, error) {
	files := &importFiles{dir: i.dir, several: len(kinds) > 1, absent: map[schema.Address]bool{}}
	for n, t := range i.c.config.Tenants {
		objects := map[string][]schema.Object{}
		for _, kind := range kinds[n] {
			k := t.Product.Kind(kind)
			list, err := i.chosen(t, k, i.c.listed[n][kind])
			if err != nil {
				return nil, err
			}
			if d, ok := i.c.all[n].client.(provider.Declarer); ok {
				before := list
				if list, err = d.Declare(ctx, list); err != nil {
					return nil, notRead(err)
				}
				files.noteAbsent(before, list)
			}
			objects[kind] = list
		}
		result, err := writer.Write(writer.Input{
			Tenant: t, Objects: objects, Existing: existing[n], Excluded: i.excluded, Secret: i.secret, Several: len(kinds) > 1, RosterAbove: i.options.rosterAbove,
		}, files.opener(t.Name))
		if err != nil {
			return nil, err
		}
		files.results = append(files.results, result)
	}
	if i.product != nil {
		if err := i.writeProvider(files, kinds[0]); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// longestName is the length of a text in which only the secrets of this run are looked for, for speed.
const longestName = 32

// secret reports whether a text holds a key of this run, or, if it is longer than a name, what looks like
// one.
func (i *importing) secret(s string) bool {
	return i.f.secrets.In(s) || len(s) > longestName && i.f.secrets.Redact(s) != s
}

// noteAbsent records which objects a Declarer left out.
func (files *importFiles) noteAbsent(before, after []schema.Object) {
	if len(before) == len(after) {
		return
	}
	for n := range before {
		files.absent[before[n].Addr] = true
	}
	for n := range after {
		delete(files.absent, after[n].Addr)
	}
}

// base is the directory from which the configuration was loaded.
func (i *importing) base() string {
	if i.stage != "" {
		return i.stage
	}
	return i.dir
}

// load loads the configuration again, with the files that import wrote.
func (i *importing) load(dir string) (*config.Config, error) {
	cfg, diags := i.options.config.load(i.f, dir)
	if !diags.HasErrors() {
		return cfg, nil
	}
	if err := i.f.printDiagnostics(i.options.config.reader(i.f.Environ), diags); err != nil {
		return nil, err
	}
	return nil, advise("No file was written. If no expression of your files reads what import writes, as fileset(\".\", \"*.csv\") does, this is a mistake of rolecall: "+
		"please report it with the names of the objects above.",
		"the files that import would write have errors")
}
