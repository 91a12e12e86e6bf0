package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/plan/render/html"
	"github.com/rolecall-dev/rolecall/plan/review"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type reviewOptions struct {
	questionFlags
	format string
	out    []string
	since  string
}

func newReviewCommand(f *Factory) *cobra.Command {
	var o reviewOptions
	c := &cobra.Command{
		Use:   "review [DIR]",
		Short: "List everybody with all their access, for an access review",
		Long: "Reads the tenants of the configuration in DIR (default: the current directory) and lists every user with every role: the rights, where, through what, " +
			"whether the user is administrator, invited or disabled, the line of the files that gives the access, and the commit and the author of that line. " +
			"Users whom no file declares come first.\n\n" +
			"Without --format, it prints a summary. --out saves everything as CSV for spreadsheets, as one HTML page for a browser, or as JSON, by the ending of the file. " +
			"It can be repeated, so that all files are of the same moment.\n\n" +
			"Keep the JSON file: --since compares with it, and says who was added or removed, and who gained or lost rights.\n\n" +
			"It ends with exit code 1 if not everything could be read; the review may then lack users, and says so. It only reads.",
		Example: "  rolecall review examples/zoo    # a summary\n" +
			"  rolecall review --out zoo.csv --out zoo.html --out zoo.json examples/zoo\n" +
			"  rolecall review --since zoo.json examples/zoo    # what changed since then\n" +
			"  rolecall review --format csv --files examples/zoo    # as the files declare it, without a key",
		GroupID:           groupPlan,
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if dir := directory(args); strings.Contains(dir, "@") {
				if _, err := os.Stat(dir); err != nil {
					return advise("To see the access of one user, run: "+commandLine("explain", dir), "review lists everybody; it takes a directory")
				}
			}
			return runReview(c.Context(), f, directory(args), &o)
		},
	}
	o.registerTenants(c)
	var names []string
	for _, r := range reviewFormats() {
		names = append(names, r.name)
	}
	formatFlag(c, &o.format, names...)
	c.MarkFlagsMutuallyExclusive("json", "format")
	c.Flags().StringArrayVar(&o.out, "out", nil, "save the review to `FILE`, which ends in .csv, .html or .json; can be repeated")
	c.Flags().StringVar(&o.since, "since", "", "show what changed since the review that --out saved in `FILE`, which ends in .json")
	completeFlag(c, "since", completeFiles("json"))
	return c
}

// A reviewFormat is a format in which review prints and saves.
type reviewFormat struct {
	name  string
	write func(io.Writer, *review.Document) error
}

// reviewFormats lists the formats of review, the default first, which is for a terminal.
func reviewFormats() []reviewFormat {
	return []reviewFormat{{formatText, nil}, {"csv", review.CSV}, {"html", html.WriteReview}, {"json", review.Encode}}
}

// reviewFormatOf returns the format of a file by its ending.
func reviewFormatOf(file string) (reviewFormat, error) {
	var endings []string
	for _, r := range reviewFormats()[1:] {
		if strings.EqualFold(filepath.Ext(file), "."+r.name) {
			return r, nil
		}
		endings = append(endings, "."+r.name)
	}
	return reviewFormat{}, advise("The ending of the name says in which format it is saved. Write a name that ends in "+text.Or(endings)+".", "flag --out: the name %s does not say in which format", text.Quote(file))
}

func runReview(ctx context.Context, f *Factory, dir string, o *reviewOptions) error {
	if o.json {
		o.format = "json"
	}
	for i, file := range o.out {
		if _, err := reviewFormatOf(file); err != nil {
			return err
		}
		if slices.Contains(o.out[:i], file) {
			return fmt.Errorf("flag --out names %s twice", file)
		}
	}
	earlier, err := readReview(o.since)
	if err != nil {
		return err
	}
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	all, err := o.read(ctx, f, dir)
	if err != nil {
		return err
	}
	d := newReview(ctx, f, all)
	if err := ctx.Err(); err != nil {
		return interruptedQuestion(ctx, err)
	}
	if earlier != nil {
		if err := review.Compare(earlier, d); err != nil {
			return advise("Name a review of the same tenants, made in the same way.", "%s and the review of now: %w", o.since, err)
		}
	}
	return cmp.Or(saveReview(f, d, o.out), printReview(f, d, all, dir, o), incompleteAnswer(all))
}

// newReview makes the review of what was read.
func newReview(ctx context.Context, f *Factory, all []*tenantState) *review.Document {
	d := &review.Document{FormatVersion: review.Format, Version: f.Version.Release, At: f.Now().UTC().Format(time.RFC3339), Complete: true}
	history := readHistory(ctx, f, all)
	for _, s := range all {
		t := &review.Tenant{Provider: s.name, Product: s.product, Tenant: s.tenant, Endpoint: s.endpoint, Source: "live"}
		if s.tenant == "" {
			t.Source, t.Tenant = "files", s.named
		}
		history.cut = false
		t.Add(s.State, history.commit)
		s.notes = append(s.notes, history.notes(s.Tenant)...)
		t.NotSeen, t.Notes = s.gaps()
		t.Complete = len(t.NotSeen) == 0
		d.Complete = d.Complete && t.Complete
		d.Tenants = append(d.Tenants, t)
	}
	return d
}

// readReview reads an earlier review; nil without a name.
func readReview(name string) (*review.Document, error) {
	if name == "" {
		return nil, nil
	}
	const hint = "Name a file that rolecall review --out FILE.json saved."
	file, err := os.Open(name)
	if err != nil {
		return nil, advise(hint, "flag --since: %s cannot be read: %w", name, bare(err))
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, advise(hint, "flag --since: %s is a directory", name)
	}
	d, err := review.Decode(file)
	if errors.Is(err, review.ErrNotReview) {
		return nil, advise(hint, "flag --since: %s is %w", name, err)
	}
	return d, err
}

// saveReview saves a review in files, each in the format of its ending.
func saveReview(f *Factory, d *review.Document, files []string) error {
	for _, file := range files {
		format, err := reviewFormatOf(file)
		if err != nil {
			return err
		}
		err = saveFile(file, func(w io.Writer) error {
			lines := f.secrets.Lines(w)
			if format.name == "csv" {
				if _, err := io.WriteString(lines, byteOrderMark); err != nil {
					return err
				}
			}
			return cmp.Or(format.write(lines, d), lines.Flush())
		})
		if err != nil {
			return fmt.Errorf("the review cannot be saved in %s: %w", file, err)
		}
	}
	if len(files) > 0 {
		fmt.Fprintf(f.Err, "Saved %s.\n", text.And(files))
	}
	return nil
}

// byteOrderMark lets spreadsheets read a file as UTF-8.
const byteOrderMark = "\ufeff"

// printReview prints a review in the format that was asked for.
func printReview(f *Factory, d *review.Document, all []*tenantState, dir string, o *reviewOptions) error {
	for _, r := range reviewFormats() {
		if r.name == o.format && r.write != nil {
			return r.write(f.Out, d)
		}
	}
	w := newAnswerText(&f.Streams, o.verbose)
	for i, t := range d.Tenants {
		w.review(all[i], t)
	}
	for i := range d.Missing {
		w.blank()
		w.line(0, d.Missing[i].Words())
	}
	if len(o.out) == 0 {
		w.blank()
		w.line(0, "To save everybody with every role: "+commandLine("review --out review.csv --out review.html --out review.json", dir))
	}
	return w.flush()
}
