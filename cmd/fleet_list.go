package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type fleetListOptions struct {
	fleetSelection
	config configFlags
	format string
	shards int
}

func newFleetListCommand(f *Factory) *cobra.Command {
	var o fleetListOptions
	c := &cobra.Command{
		Use:   "list [FLEET]",
		Short: "List the tenants of a fleet, or those that changed",
		Long: "Lists the tenants of the fleet file FLEET (default: fleet.hcl). It needs no key and no network, and reads no file of a tenant.\n\n" +
			"With --changed-since, it lists the tenants that may plan something else than at a commit: those with a changed file in their directory, " +
			"and those whose own values in the fleet file changed. Changes that are not committed count. " +
			"With --root, which plan then needs too, a changed file below DIR that is in the directory of no tenant concerns all of them.\n\n" +
			"--format matrix prints one line for the matrix of a job in GitHub Actions, with tenant, directory and wave of each job; with --shards, with the shard.",
		Example: "  rolecall fleet list\n" +
			"  rolecall fleet list --wave 1                        # the tenants that come first\n" +
			"  rolecall fleet list --changed-since origin/main\n" +
			"  rolecall fleet list --format matrix --shards 20     # a job for each part of the fleet",
		Args: between(0, 1, "at most one fleet file"),
		RunE: func(c *cobra.Command, args []string) error {
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return runFleetList(c.Context(), f, fleetPath(path), &o)
		},
	}
	o.register(c)
	o.config.registerBudget(c)
	c.Flags().StringVar(&o.config.root, "root", "", "for --changed-since: the tenants may read files below `DIR`")
	formatFlag(c, &o.format, "lines", "matrix", "json")
	c.Flags().IntVar(&o.shards, "shards", 0, "with --format matrix: a job for each of `N` shards that has tenants")
	return c
}

func runFleetList(ctx context.Context, f *Factory, path string, o *fleetListOptions) error {
	switch {
	case o.shards != 0 && o.format != "matrix":
		return advise("Write --format matrix, or --shard I/N to list the tenants of one shard.", "--shards is for --format matrix")
	case o.shards < 0 || o.shards > maxMatrix:
		return advise(fmt.Sprintf("Write a number from 1 to %d, the most jobs of a matrix.", maxMatrix), "flag --shards cannot be %d", o.shards)
	}
	fleet, err := o.config.loadFleet(f, path)
	if err != nil {
		return err
	}
	chosen, err := o.choose(ctx, f, fleet, &o.config)
	if err != nil {
		return err
	}
	switch o.format {
	case "json":
		return f.printJSON(newFleetJSON(fleet, chosen))
	case "matrix":
		return printMatrix(f, chosen, o.shards)
	}
	for i := range chosen {
		if _, err := fmt.Fprintln(f.Out, chosen[i].Name); err != nil {
			return err
		}
	}
	return nil
}

// fleetJSON is what fleet list --format json prints; docs/json.md describes it.
type fleetJSON struct {
	FormatVersion int               `json:"format_version"`
	Waves         int               `json:"waves"`
	Tenants       []fleetTenantJSON `json:"tenants"`
}

type fleetTenantJSON struct {
	Name          string            `json:"tenant"`
	Directory     string            `json:"directory"`
	VariablesFile string            `json:"variables_file,omitempty"`
	Variables     map[string]string `json:"variables,omitempty"`
	Wave          int               `json:"wave"`
}

func newFleetJSON(fleet *config.Fleet, chosen []config.FleetTenant) fleetJSON {
	out := fleetJSON{FormatVersion: 1, Waves: fleet.Waves, Tenants: []fleetTenantJSON{}}
	for i := range chosen {
		t := &chosen[i]
		out.Tenants = append(out.Tenants, fleetTenantJSON{t.Name, t.Directory, t.VariablesFile, t.Variables, t.Wave})
	}
	return out
}

// maxMatrix is the number of jobs that GitHub runs for a matrix.
const maxMatrix = 256

// A matrixJob is one job of a matrix of GitHub Actions: of a tenant, or of a shard.
type matrixJob struct {
	Tenant    string `json:"tenant,omitempty"`
	Directory string `json:"directory,omitempty"`
	Wave      int    `json:"wave,omitempty"`
	Shard     string `json:"shard,omitempty"`
}

// printMatrix prints a matrix with a job for each tenant, or for each of so many shards that has one.
func printMatrix(f *Factory, chosen []config.FleetTenant, shards int) error {
	jobs := []matrixJob{}
	if shards > 0 {
		used := make([]bool, shards)
		for i := range chosen {
			used[shardOf(chosen[i].Name, uint64(shards))] = true
		}
		for i := range used {
			if used[i] {
				jobs = append(jobs, matrixJob{Shard: fmt.Sprintf("%d/%d", i, shards)})
			}
		}
	} else {
		for i := range chosen {
			jobs = append(jobs, matrixJob{Tenant: chosen[i].Name, Directory: chosen[i].Directory, Wave: chosen[i].Wave})
		}
	}
	if len(jobs) > maxMatrix {
		return advise("Let each job run a shard of them: write --shards 100 here, and rolecall plan --fleet with --shard ${{ matrix.shard }} in the job.",
			"%s are too many for a matrix: GitHub runs %d jobs of one at most", text.Count(len(jobs), "tenant", "tenants"), maxMatrix)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{"include": jobs}); err != nil {
		return err
	}
	_, err := f.Out.Write(text.JSON(b.Bytes()))
	return err
}
