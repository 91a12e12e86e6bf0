package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/forge"
	"github.com/rolecall-dev/rolecall/plan/drift"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type ciIssueOptions struct {
	forgeFlags
	failed bool
}

func newCIIssueCommand(f *Factory) *cobra.Command {
	var o ciIssueOptions
	c := &cobra.Command{
		Use:   "issue [DRIFTFILE]",
		Short: "Keep an issue open while a product differs from its files",
		Long: "Reads what drift --json printed from DRIFTFILE (default: standard input) and keeps one issue for each tenant: it is opened when something differs, updated in place with a comment about what is new, " +
			"closed with a comment when everything is as declared, and opened again when something differs again. A check that could not see everything never closes an issue. " +
			"In a public repository, people whom no file declares are counted and not named.\n\n" +
			"drift prints nothing if it fails. An empty file, or --failed, therefore opens an issue that says that the check failed, " +
			"and the next check that succeeds closes it. Name a different file for each configuration in the repository.\n\n" +
			"On GitHub, the token is in GITHUB_TOKEN, and the job needs the permission issues: write. On GitLab, it is in GITLAB_TOKEN: a project access token with the role Reporter and the scope api, " +
			"because CI_JOB_TOKEN cannot write.",
		Example: "  rolecall drift --json access > drift.json\n" +
			"  rolecall ci issue drift.json\n" +
			"  rolecall ci issue --failed drift.json    # after drift ended with code 1 and printed nothing",
		Args:              between(0, 1, "at most one file"),
		ValidArgsFunction: completeFiles("json"),
		RunE: func(c *cobra.Command, args []string) error {
			path := "-"
			if len(args) > 0 {
				path = args[0]
			}
			return runCIIssue(c.Context(), f, path, &o)
		},
	}
	o.register(c)
	c.Flags().BoolVar(&o.failed, "failed", false, "say that the check failed")
	return c
}

func runCIIssue(ctx context.Context, f *Factory, path string, o *ciIssueOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	var all []*drift.Drift
	damaged := error(nil)
	if !o.failed {
		all, damaged = readDrift(f, path)
	}
	p, err := o.pipeline(f.Environ)
	if err != nil {
		return err
	}
	repository, idle, err := p.connect(f)
	if err != nil {
		return err
	}
	defer idle()
	public, err := repository.Public(ctx)
	if err != nil {
		return err
	}
	poster, err := forge.NewPoster(ctx, repository)
	if err != nil {
		return err
	}
	k := issueKeeper{f, poster, &p, path}
	if all == nil {
		return errors.Join(k.failed(ctx), damaged)
	}
	for _, d := range all {
		if err := k.tenant(ctx, d, public); err != nil {
			return err
		}
	}
	return k.succeeded(ctx)
}

// maxDrift is the largest document in bytes.
const maxDrift = 256 << 20

// readDrift reads a document of drift. It returns nil if the file is empty, which is how a failed check
// looks, and nil with an error if it is no such document.
func readDrift(f *Factory, path string) ([]*drift.Drift, error) {
	hint := "Name a file with what rolecall drift --json printed."
	in := f.In
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, advise(hint, "%s cannot be read: %w", path, bare(err))
		}
		defer file.Close()
		in = file
	}
	content, err := io.ReadAll(io.LimitReader(in, maxDrift+1))
	switch {
	case err != nil:
		return nil, advise(hint, "%s cannot be read: %w", path, bare(err))
	case len(content) > maxDrift:
		return nil, advise(hint, "%s is larger than 256 MB", path)
	case len(bytes.TrimSpace(content)) == 0:
		return nil, nil
	}
	all, err := decodeDrift(content, f.Products)
	if err != nil {
		return nil, advise(hint, "%s does not have what drift --json prints: %w", path, err)
	}
	return all, nil
}

// issueEnd ends the description of an issue.
const issueEnd = "\nrolecall updates this issue after each check, and closes it when nothing differs. To keep a difference, declare it in the files, or accept it there with an accept block.\n"

// An issueKeeper keeps the issues of one repository.
type issueKeeper struct {
	f      *Factory
	poster *forge.Poster
	at     *pipeline
	path   string // of the drift file, which tells configurations apart
}

// tenant opens, updates or closes the issue of a tenant.
func (k *issueKeeper) tenant(ctx context.Context, d *drift.Drift, public bool) error {
	marker := render.Marker("drift", d.Product, d.Tenant)
	about := d.Provider + " " + d.Tenant
	if d.Clean() {
		done, err := k.poster.CloseIssue(ctx, marker, "Everything is as the files declare"+k.logLink()+".\n")
		if err == nil {
			k.report(about, done)
		}
		return err
	}
	shown, hidden := d, 0
	if public {
		var err error
		if shown, err = publicDrift(k.f.Version.Release, d, k.f.Products); err != nil {
			return err
		}
		hidden = len(d.UndeclaredPeople)
	}
	var page bytes.Buffer
	if err := render.DriftMarkdown(&page, []*drift.Drift{shown}, render.Options{Fingerprints: !public}); err != nil {
		return err
	}
	end := publicNote(hidden, "") + issueEnd + knownLine(shown, public)
	body := marker + "\n" + fit(page.String(), maxBody-len(end)) + end
	title := about + " differs from its files"
	switch objects, _, checks := d.Counts(); {
	case objects == 0 && checks > 0:
		title = about + " fails " + text.Count(checks, "check", "checks")
	case objects == 0:
		title = about + " could not be checked completely"
	}
	done, err := k.poster.Issue(ctx, title, body, "It differs again"+k.logLink()+". The description says how.\n")
	if err != nil {
		return err
	}
	k.report(about, done)
	if more := newDifferences(shown, done.Before, public); more != "" { // nobody is told of an edit
		return k.poster.CommentIssue(ctx, done.Post.ID, more)
	}
	return nil
}

// failedMarker marks the issue that says that the check failed.
func (k *issueKeeper) failedMarker() string { return render.Marker("no drift", k.at.workflow, k.path) }

// failed opens an issue that says that the check failed.
func (k *issueKeeper) failed(ctx context.Context) error {
	why := "" // an address that stays the same, so that the issue does
	if k.at.runs != "" {
		why = "The newest of [these runs](" + k.at.runs + ") says why. "
	}
	body := k.failedMarker() + "\n**The check for drift failed, so it is not known whether anything differs from the files.**\n\n" + why +
		"Issues about differences stay as they are. rolecall closes this issue after the next check that succeeds.\n"
	done, err := k.poster.Issue(ctx, "The check for drift failed", body, "The check failed again"+k.logLink()+".\n")
	if err == nil {
		k.report("the check failed", done)
	}
	return err
}

// succeeded closes the issue that failed opened.
func (k *issueKeeper) succeeded(ctx context.Context) error {
	done, err := k.poster.CloseIssue(ctx, k.failedMarker(), "The check succeeded"+k.logLink()+".\n")
	if err == nil && done.Done != forge.None {
		k.report("the check succeeded", done)
	}
	return err
}

// logLink continues a sentence with a link to the log, if there is one.
func (k *issueKeeper) logLink() string {
	if k.at.log == "" {
		return ""
	}
	return ": see [the log](" + k.at.log + ")"
}

// report says what was done with an issue.
func (k *issueKeeper) report(about string, done forge.Outcome) {
	words := map[forge.Action]string{
		forge.None: "no issue is open", forge.Unchanged: "the issue is up to date", forge.Created: "opened an issue",
		forge.Updated: "updated the issue", forge.Reopened: "opened the issue again", forge.Closed: "closed the issue",
	}
	where := ""
	if done.Post.URL != "" {
		where = ": " + done.Post.URL
	}
	fmt.Fprintf(k.f.Out, "%s: %s%s\n", text.Clean(about), words[done.Done], text.Clean(where))
}

// maxBody is the number of bytes of a body without its first line, below the limit of GitHub, which is 65,536 characters.
const maxBody = 60_000

// fit cuts a page at the end of a line if it has more bytes than there is room. The least dangerous is at its end.
func fit(page string, room int) string {
	var out strings.Builder
	cut := 0
	for line := range strings.Lines(page) {
		if room -= len(line); room < 0 {
			cut++
			continue
		}
		out.WriteString(line)
	}
	if cut > 0 {
		fmt.Fprintf(&out, "\n**Cut: %s.** rolecall drift shows all.\n", text.Count(cut, "more line", "more lines"))
	}
	return out.String()
}
