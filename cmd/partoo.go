package cmd

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/writer"
	"github.com/rolecall-dev/rolecall/plan/live"
	"github.com/rolecall-dev/rolecall/provider/partoo"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func newPartooCommand(f *Factory) *cobra.Command {
	c := &cobra.Command{
		Use:     "partoo COMMAND",
		Short:   "What only Partoo has: its legacy permissions",
		Long:    "Commands for what only Partoo has.",
		Example: "  rolecall partoo legacy my-access",
		GroupID: groupProducts,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newPartooLegacyCommand(f))
	return c
}

type legacyOptions struct {
	connectionFlags
	generate, mapping, saved       string
	businesses, json, printMapping bool
	rosterAbove                    int
}

func newPartooLegacyCommand(f *Factory) *cobra.Command {
	o := legacyOptions{connectionFlags: connectionFlags{config: configFlags{blocks: true}}}
	c := &cobra.Command{
		Use:   "legacy [DIR]",
		Short: "Show Partoo's legacy permissions and what the switch to custom roles changes",
		Long: "Reads the organizations of the configuration in DIR (default: the current directory) and shows what the legacy permissions are: whether custom roles decide, " +
			"which Business Fields are closed, and who lacks which Sidebar Pages. Then it shows for all users what they gain and lose if nothing is done, " +
			"if the organization only switches, and with generated roles. It only reads.\n\n" +
			"--generate writes files with the fewest roles that keep what everybody can do now, the users who get them, and the switch. " +
			"If that is the directory of the configuration, what its files declare already is left out. Nothing is changed in Partoo until you apply them.\n\n" +
			"In an organization that has switched, it shows who can do more than the sidebar pages allowed, from what Partoo still shows or from an earlier --json (--saved).\n\n" +
			"Which permissions a page or a field stands for is inferred from names, because Partoo publishes no table: print it with --print-mapping, and use a corrected one with --mapping.",
		Example: "  rolecall partoo legacy my-access\n" +
			"  rolecall partoo legacy --json my-access > before.json    # keep it: Partoo deletes the data\n" +
			"  rolecall partoo legacy --generate my-access my-access\n" +
			"  rolecall partoo legacy --saved before.json my-access",
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if o.printMapping {
				fmt.Fprint(f.Out, partoo.LegacyMapping())
				return nil
			}
			return runPartooLegacy(c.Context(), f, directory(args), &o)
		},
	}
	o.register(c)
	c.Flags().StringVar(&o.generate, "generate", "", "write roles, their users and the switch as files into `DIR`")
	c.Flags().StringVar(&o.mapping, "mapping", "", "read from `FILE` which permissions fields and pages stand for")
	c.Flags().BoolVar(&o.printMapping, "print-mapping", false, "print the mapping that is used without --mapping")
	c.Flags().StringVar(&o.saved, "saved", "", "take sidebar pages that Partoo no longer shows from `FILE`, an earlier output of --json")
	c.Flags().BoolVar(&o.businesses, "businesses", false, "also read the Business Fields of every business, with one request each")
	c.Flags().IntVar(&o.rosterAbove, "roster-above", writer.DefaultRosterAbove, "write more than `N` similar objects as a CSV file")
	jsonFlag(c, &o.json)
	c.MarkFlagsMutuallyExclusive("generate", "json")
	c.MarkFlagsMutuallyExclusive("generate", "saved")
	return c
}

// A legacyReader is the client of Partoo.
type legacyReader interface {
	ReadLegacy()
	Legacy(ctx context.Context, o partoo.LegacyOptions) (*partoo.Legacy, error)
}

// legacyJSON is what partoo legacy --json prints; docs/json.md describes it.
type legacyJSON struct {
	FormatVersion int              `json:"format_version"`
	Tenants       []*partoo.Legacy `json:"tenants"`
}

func runPartooLegacy(ctx context.Context, f *Factory, dir string, o *legacyOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	if o.rosterAbove < 1 {
		return advise("Write a number of 1 or more.", "flag --roster-above cannot be %d", o.rosterAbove)
	}
	saved, err := readSavedLegacy(o.saved)
	if err != nil {
		return err
	}
	cfg, reader, err := loadToConnect(f, dir, &o.config, nil)
	if err != nil {
		return err
	}
	blocks := len(cfg.Tenants)
	cfg.Tenants = slices.DeleteFunc(cfg.Tenants, func(t *schema.Tenant) bool {
		_, ours := t.Settings.Body.(*partoo.Settings)
		return !ours
	})
	if o.mapping != "" {
		if err := useMapping(cfg, o.mapping); err != nil {
			return err
		}
	}
	switch {
	case len(cfg.Tenants) == 0:
		return advise("Legacy permissions are Partoo's. Name a directory with a provider \"partoo\" block.", "the configuration has no organization of Partoo")
	case len(cfg.Tenants) > 1 && o.generate != "":
		return advise("Use a directory with one provider block.", "--generate needs a configuration of one organization, and this has %d", len(cfg.Tenants))
	case blocks > 1 && o.generate != "" && sameDirectory(dir, o.generate):
		return advise("Name a directory without configuration files.", "--generate cannot write into a directory with %d provider blocks", blocks)
	}
	c, err := connectAll(ctx, f, dir, cfg, reader, &o.hosts, false)
	if err != nil {
		return interrupted(ctx, err)
	}
	defer c.close()
	all := legacyJSON{FormatVersion: 2, Tenants: []*partoo.Legacy{}}
	for i := range c.all {
		reader, ok := c.all[i].client.(legacyReader)
		if !ok {
			continue
		}
		reader.ReadLegacy()
		progress := newReadProgress(&f.Streams, "Reading")
		objects, err := live.Read(ctx, c.input(i, progress), partoo.LegacyKinds())
		progress.done()
		if err != nil {
			return interrupted(ctx, err)
		}
		from := partoo.LegacyOptions{Live: objects, Saved: saved[c.all[i].tenantID()], Businesses: o.businesses}
		if o.generate == "" || sameDirectory(dir, o.generate) {
			from.Files = cfg.Tenants[i]
		}
		l, err := reader.Legacy(ctx, from)
		if err == nil {
			err = checkSaved(o.saved, saved, l)
		}
		if err != nil {
			return interrupted(ctx, err)
		}
		all.Tenants = append(all.Tenants, l)
		if o.generate != "" {
			return generateLegacy(f, c, i, l, dir, o)
		}
	}
	if o.json {
		return f.printJSON(all)
	}
	for i, l := range all.Tenants {
		if i > 0 {
			fmt.Fprintln(f.Out)
		}
		printLegacy(&f.Streams, l, dir, o)
	}
	return nil
}

// useMapping lets all tenants use the mapping in a file instead of their own.
func useMapping(cfg *config.Config, path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		err = partoo.CheckLegacyMapping(string(b))
	}
	if err != nil {
		return fmt.Errorf("flag --mapping: %s: %w", text.Clean(path), pathCause(err))
	}
	for _, t := range cfg.Tenants {
		t.Settings.Body.(*partoo.Settings).LegacyMapping = string(b)
	}
	return nil
}
