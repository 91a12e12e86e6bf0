package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan/fleet"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/plan/render/html"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type fleetReportOptions struct {
	fleetSelection
	config            configFlags
	file, format, out string
	haltOn            []string
}

func newFleetReportCommand(f *Factory) *cobra.Command {
	var o fleetReportOptions
	c := &cobra.Command{
		Use:   "report [FILE | -]...",
		Short: "Merge the results of a fleet into one report",
		Long: "Reads the lines that plan, apply and drift printed with --fleet, or what \"kubectl get pods -o json\" printed, from files or with - from standard input, " +
			"and writes one report, failures first. A tenant of the fleet without a result is a failure. " +
			"So is a line that is no result. Of several results of a tenant, as of a pod that was started again, the newest counts.\n\n" +
			"The exit code is 1 if there is a failure. With --halt-on it is 5 if a user loses rights (loss), a user becomes administrator or gains privileged rights (new-admin), " +
			"or there is a failure (failure), so that a pipeline does not start the next wave.",
		Example: "  rolecall fleet report results.jsonl\n" +
			"  kubectl get pods -l job-name=rolecall-plan -o json | rolecall fleet report -\n" +
			"  rolecall fleet report --wave 1 --halt-on loss,new-admin,failure results.jsonl\n" +
			"  rolecall fleet report --format prometheus --out /var/lib/node_exporter/rolecall.prom results.jsonl",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return advise("Name the files with the lines that the runs printed, or - for standard input.", "fleet report needs the results")
			}
			return runFleetReport(c.Context(), f, args, &o)
		},
	}
	c.Flags().StringVar(&o.file, "fleet", fleetFile, "the fleet `FILE`, which says which tenants there must be")
	o.register(c)
	o.config.registerBudget(c)
	c.Flags().StringVar(&o.config.root, "root", "", "for --changed-since: the tenants may read files below `DIR`")
	var formats []string
	for _, f := range fleetFormats() {
		formats = append(formats, f.name)
	}
	formatFlag(c, &o.format, formats...)
	c.Flags().StringVar(&o.out, "out", "", "save the report in `FILE`, whole or not at all, readable by everybody")
	c.Flags().StringSliceVar(&o.haltOn, "halt-on", nil, "exit with code 5 if one of these `CONDITIONS` holds: "+strings.Join(fleet.Conditions(), ", "))
	return c
}

func runFleetReport(ctx context.Context, f *Factory, inputs []string, o *fleetReportOptions) error {
	for _, c := range o.haltOn {
		if !slices.Contains(fleet.Conditions(), c) {
			return advise("Write "+text.Or(fleet.Conditions())+", or several with commas between them.", "flag --halt-on cannot be %q", c)
		}
	}
	all, err := o.config.loadFleet(f, fleetPath(o.file))
	if err != nil {
		return err
	}
	chosen, err := o.choose(ctx, f, all, &o.config)
	if err != nil {
		return err
	}
	var expected []fleet.Expected
	for i := range chosen {
		expected = append(expected, fleet.Expected{Name: chosen[i].Name, Wave: chosen[i].Wave})
	}
	var names []string
	for i := range all.Tenants {
		names = append(names, all.Tenants[i].Name)
	}
	var lines []fleet.Line
	var broken []fleet.Broken
	for _, name := range inputs {
		l, b, err := f.readResults(name)
		if err != nil {
			return advise("Name a file with the lines that plan, apply or drift printed with --fleet.", "the results in %s cannot be read: %w", name, bare(err))
		}
		lines, broken = append(lines, l...), append(broken, b...)
	}
	r := fleet.Merge(expected, names, lines, broken, exitMeaning)
	if err := o.write(f, r); err != nil {
		return err
	}
	if halts := r.Halts(o.haltOn); len(halts) > 0 {
		return withCode(exitRefused, advise("Do not start the next wave before you have looked at the report.", "stop here: %s", text.And(halts)))
	}
	if n := r.Failures(); n > 0 {
		return advise("The report lists them first.", "the report has %s", text.Count(n, "failure", "failures"))
	}
	return nil
}

// readResults reads the results in a file, or in standard input if the name is "-".
func (f *Factory) readResults(name string) ([]fleet.Line, []fleet.Broken, error) {
	if name == "-" {
		return fleet.Read("standard input", f.In)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return fleet.Read(name, file)
}

// exitMeaning says what an exit code means.
func exitMeaning(code int) string {
	for _, e := range exitCodes {
		if e.code == code {
			return e.meaning
		}
	}
	return "the process ended by itself"
}

// A fleetFormat is a format of the report.
type fleetFormat struct {
	name  string
	write func(*Factory, io.Writer, *fleet.Report) error
}

// fleetFormats lists the formats, the default first.
func fleetFormats() []fleetFormat {
	return []fleetFormat{
		{formatText, func(f *Factory, w io.Writer, r *fleet.Report) error {
			return render.Fleet(w, r, render.Options{Width: f.Width, Color: f.Color && w == f.Out})
		}},
		{"markdown", func(_ *Factory, w io.Writer, r *fleet.Report) error { return render.FleetMarkdown(w, r) }},
		{"html", func(_ *Factory, w io.Writer, r *fleet.Report) error { return html.WriteFleet(w, r) }},
		{"json", func(f *Factory, w io.Writer, r *fleet.Report) error {
			b, err := indentedJSON(newFleetReportJSON(f.Version.Release, r))
			if err == nil {
				_, err = w.Write(text.JSON(b))
			}
			return err
		}},
		{"prometheus", func(_ *Factory, w io.Writer, r *fleet.Report) error { return r.Prometheus(w) }},
	}
}

// write prints the report or saves it.
func (o *fleetReportOptions) write(f *Factory, r *fleet.Report) error {
	formats := fleetFormats()
	write := formats[slices.IndexFunc(formats, func(x fleetFormat) bool { return x.name == o.format })].write
	if o.out == "" {
		return write(f, f.Out, r)
	}
	if err := saveReadable(o.out, func(w io.Writer) error { return write(f, w, r) }); err != nil {
		return fmt.Errorf("the report cannot be saved in %s: %w", o.out, err)
	}
	return nil
}

// fleetReportJSON is what fleet report --format json prints; docs/json.md describes it.
type fleetReportJSON struct {
	FormatVersion int                `json:"format_version"`
	Version       string             `json:"rolecall_version"`
	Failures      int                `json:"failures"`
	Tenants       []tenantResultJSON `json:"tenants"`
	Unknown       []string           `json:"unknown"`
	Broken        []fleet.Broken     `json:"broken"`
}

type tenantResultJSON struct {
	Tenant  string      `json:"tenant"`
	Wave    int         `json:"wave"`
	Failed  bool        `json:"failed"`
	Missing bool        `json:"missing,omitempty"`
	Why     string      `json:"why,omitempty"`
	Result  *fleet.Line `json:"result,omitempty"`
}

func newFleetReportJSON(version string, r *fleet.Report) fleetReportJSON {
	out := fleetReportJSON{FormatVersion: 1, Version: version, Failures: r.Failures(), Tenants: []tenantResultJSON{}, Unknown: append([]string{}, r.Unknown...), Broken: append([]fleet.Broken{}, r.Broken...)}
	for i := range r.Tenants {
		t := &r.Tenants[i]
		j := tenantResultJSON{Tenant: t.Tenant, Wave: t.Wave, Failed: t.Failing(), Missing: t.Missing, Why: t.Why}
		if !t.Missing {
			j.Result = &t.Line
		}
		out.Tenants = append(out.Tenants, j)
	}
	return out
}
