package cmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/config/filetree"
	"github.com/rolecall-dev/rolecall/plan/fleet"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// fleetFlags let a command run for the tenants of a fleet.
type fleetFlags struct {
	fleetSelection
	file        string
	keys        string
	data        string
	termination string
	exitZero    bool
}

// terminationLog is where Kubernetes reads the termination message of a container, unless the pod says otherwise.
const terminationLog = "/dev/termination-log"

func (o *fleetFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&o.file, "fleet", "", "run for the tenants of the fleet `FILE`, one after the other, and print a line of JSON for each")
	o.fleetSelection.register(c)
	c.Flags().StringVar(&o.keys, "keys", "", "with --fleet: take the key of each tenant from the file with its name in `DIR`")
	c.Flags().StringVar(&o.data, "data", "", "with --fleet: keep journals and baselines in a folder of `DIR` for each tenant (default: beside the configurations)")
	c.Flags().StringVar(&o.termination, "termination-log", terminationLog, "with --fleet: also write the last results to `FILE`, if it exists")
	if c.Flags().Lookup("exit-zero") == nil {
		c.Flags().BoolVar(&o.exitZero, "exit-zero", false, "with --fleet: exit with code 0 whatever the results are, for rolecall fleet report to judge")
	}
}

// singleTenantFlags are the flags that mean one configuration.
var singleTenantFlags = []string{"json", "format", "out", "report", "junit", "digest", "dir"}

// check refuses flags that have no meaning without --fleet, or with it.
func (o *fleetFlags) check(c *cobra.Command, args []string) error {
	if !c.Flags().Changed("fleet") {
		for _, name := range []string{"tenant", "wave", "shard", "changed-since", "keys", "data", "termination-log", "digests"} {
			if f := c.Flags().Lookup(name); f != nil && f.Changed {
				return advise("Name the fleet file, such as --fleet fleet.hcl.", "--%s is for the tenants of a fleet", name)
			}
		}
		if o.exitZero && c.Name() != "drift" {
			return advise("Name the fleet file, such as --fleet fleet.hcl.", "--exit-zero is for the tenants of a fleet")
		}
		return nil
	}
	if len(args) > 0 {
		return advise("The fleet file names the directories. Leave out "+args[0]+".", "--fleet and a directory cannot be used together")
	}
	for _, name := range singleTenantFlags {
		if f := c.Flags().Lookup(name); f != nil && f.Changed {
			return advise("With --fleet, standard output has a line of JSON for each tenant, and the error stream what people read. For one tenant, run the command in its directory.",
				"--fleet and --%s cannot be used together", name)
		}
	}
	return nil
}

// run runs a command for the chosen tenants. One runs it for a tenant, and c has the flags that the evaluation
// of the fleet file shares with that of the tenants' files.
func (o *fleetFlags) run(ctx context.Context, f *Factory, command string, c *configFlags, one func(context.Context, *Factory, *config.FleetTenant) error) error {
	path := fleetPath(o.file)
	all, err := c.loadFleet(f, path)
	if err != nil {
		return err
	}
	chosen, err := o.choose(ctx, f, all, c)
	if err != nil {
		return err
	}
	if err := o.checkKeys(path, c.root); err != nil {
		return err
	}
	if o.data != "" {
		if info, err := os.Stat(o.data); err != nil || !info.IsDir() {
			return advise("Name a directory that exists, such as the mount of a volume.", "there is no directory %s for the data of the tenants", o.data)
		}
	}
	if len(chosen) == 0 {
		fmt.Fprintln(f.Err, "No tenant is chosen, so there is nothing to do.")
	}
	return (&fleetRun{f: f, command: command, o: o, tenants: chosen, one: one, organizations: map[string]string{}}).all(ctx)
}

// checkKeys makes sure that no configuration can read the files with keys.
func (o *fleetFlags) checkKeys(path, root string) error {
	if o.keys == "" {
		return nil
	}
	keys, err := filetree.RealPath(o.keys)
	if err != nil {
		return withCode(exitCredentials, advise("Name the directory with a file for each tenant, such as the mount of a secret.", "the keys in %s cannot be read: %w", o.keys, bare(err)))
	}
	for _, dir := range []string{filepath.Dir(path), root} {
		if dir == "" {
			continue
		}
		at, err := filetree.RealPath(dir)
		if err != nil {
			return err
		}
		if inside(at, keys) || inside(keys, at) {
			return advise("Keep the keys apart from the files, so that no configuration can read the key of another tenant.",
				"the directory of keys %s and the directory of configurations %s are inside one another", text.Clean(o.keys), text.Clean(dir))
		}
	}
	return nil
}

// inside reports whether a path is that of a directory or below it.
func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// saveLast writes the lines to the termination log, if there is one. It is written in place, because Kubernetes
// mounts the file.
func (o *fleetFlags) saveLast(f *Factory, lines []fleet.Line) error {
	info, err := os.Stat(o.termination)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	b, err := fleet.Last(lines)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(o.termination, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return fmt.Errorf("the termination log: %w", err)
	}
	_, err = file.Write(f.secrets.RedactKnown(b))
	if e := file.Close(); err == nil {
		err = e
	}
	return err
}
