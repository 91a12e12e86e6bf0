package cmd

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
)

// fleetFile is the fleet file of a directory.
const fleetFile = "fleet.hcl"

func newFleetCommand(f *Factory) *cobra.Command {
	c := &cobra.Command{
		Use:   "fleet",
		Short: "Many tenants: list them, and report what their runs found",
		Long: "A fleet file, fleet.hcl, names tenants: the directory of each, or one directory that they share, with the values of its variables.\n\n" +
			"plan, apply and drift run for the tenants of a fleet with --fleet, one after the other, and print a line of JSON for each. " +
			"What starts many such processes side by side is a job of Kubernetes or a matrix of GitHub Actions, each of whose processes takes a part of the fleet.",
		GroupID: groupMore,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newFleetListCommand(f), newFleetReportCommand(f))
	return c
}

// fleetPath returns the path of the fleet file that an argument names, which may be its directory.
func fleetPath(arg string) string {
	arg = cmp.Or(arg, fleetFile)
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		return filepath.Join(arg, fleetFile)
	}
	return arg
}

// loadFleet reads a fleet file and prints what is wrong with it.
func (c *configFlags) loadFleet(f *Factory, path string) (*config.Fleet, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, advise("Name the file that lists the tenants, or create it:\n  tenant \"NAME\" {\n    directory = \"DIR\"\n  }", "the fleet file %s cannot be read: %w", path, bare(err))
	}
	fleet, diags := c.readFleet(f, path, nil)
	if err := f.printDiagnostics(config.Reader{Environ: f.Environ}, diags); err != nil {
		return nil, err
	}
	if diags.HasErrors() {
		return nil, exitWith(exitError)
	}
	return fleet, nil
}

// readFleet reads a fleet file as a commit has it, or on the disk if the commit is nil.
func (c *configFlags) readFleet(f *Factory, path string, commit config.Commit) (*config.Fleet, hcl.Diagnostics) {
	return config.LoadFleet(path, config.Options{
		Products: f.Products.schemas(), Environ: f.Environ, Commit: commit,
		Budget: c.budget(f, config.Reader{Environ: f.Environ, Commit: commit}),
	})
}
