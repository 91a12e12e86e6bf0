package cmd

import (
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
)

// configFlags are the flags of every command that reads a configuration. The
// later of two values for a variable wins, so their order is kept.
type configFlags struct {
	inputs        []config.Input
	root          string
	maxEvalTime   time.Duration
	maxEvalMemory uint64            // MB
	blocks        bool              // for import
	changed       map[string][]byte // for adopt
	now           time.Time         // of the first load, so that nothing expires between two of one run
}

func (c *configFlags) register(cmd *cobra.Command) {
	cmd.Flags().Var(&inputFlag{c, func(s string) config.Input { return config.Input{Var: s} }}, "var",
		"set variable NAME to VALUE; can be repeated")
	cmd.Flags().Var(&inputFlag{c, func(s string) config.Input { return config.Input{File: s} }}, "var-file",
		"read variables from `FILE`, inside or outside the configuration; can be repeated")
	c.registerBudget(cmd)
	cmd.Flags().StringVar(&c.root, "root", "", "allow the configuration to read files below `DIR`, which must contain it (default: its own directory)")
}

// with returns the flags with the values of one tenant of a fleet.
func (c *configFlags) with(t *config.FleetTenant) configFlags {
	out := *c
	out.inputs = slices.Concat(c.inputs, t.Inputs())
	return out
}

// registerBudget declares the flags about what evaluation may take.
func (c *configFlags) registerBudget(cmd *cobra.Command) {
	cmd.Flags().DurationVar(&c.maxEvalTime, "max-eval-time", config.DefaultTime, "stop if evaluating the files takes longer than `DURATION`")
	cmd.Flags().Uint64Var(&c.maxEvalMemory, "max-eval-memory", config.DefaultMemory>>20, "stop if evaluating the files takes more than `N` MB of memory")
}

// An inputFlag appends each value to the flags that it shares with others.
type inputFlag struct {
	to   *configFlags
	read func(string) config.Input
}

func (f *inputFlag) Set(s string) error {
	f.to.inputs = append(f.to.inputs, f.read(s))
	return nil
}

func (f *inputFlag) Type() string   { return "NAME=VALUE" } // as the help shows it
func (f *inputFlag) String() string { return "" }

// load reads the configuration in a directory. Only the directory and the variables
// matter: it needs no network and no key.
func (c *configFlags) load(f *Factory, dir string) (*config.Config, hcl.Diagnostics) {
	return c.loadFrom(f, dir, nil, f.Version.Release)
}

// loadFrom reads the configuration that a directory has in a commit, or on the disk if the commit is
// nil, for a version of rolecall.
func (c *configFlags) loadFrom(f *Factory, dir string, commit config.Commit, version string) (*config.Config, hcl.Diagnostics) {
	if c.now.IsZero() {
		c.now = f.Now()
	}
	reader := c.reader(f.Environ)
	reader.Commit = commit
	return config.Load(dir, config.Options{
		Root:     c.root,
		Budget:   c.budget(f, reader),
		Products: f.Products.schemas(),
		Inputs:   c.inputs,
		Environ:  f.Environ,
		Version:  version,
		Now:      c.now,
		Blocks:   c.blocks,
		Commit:   commit,
		Changed:  c.changed,
	})
}

// budget is what evaluation may take.
func (c *configFlags) budget(f *Factory, reader config.Reader) config.Budget {
	budget := config.Budget{Time: c.maxEvalTime, Memory: c.maxEvalMemory << 20}
	if f.Exit != nil {
		// Nothing can stop evaluation from inside, so the program ends. That is before
		// anything was sent or written.
		budget.Exceeded = func(d *hcl.Diagnostic) {
			if err := f.printDiagnostics(reader, hcl.Diagnostics{d}); err != nil {
				f.report(err)
			}
			f.Exit(exitError)
		}
	}
	return budget
}

// reader reads the lines that diagnostics show.
func (c *configFlags) reader(e Environment) config.Reader {
	return config.Reader{Root: c.root, Environ: e}
}
