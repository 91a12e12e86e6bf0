package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/forge"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

type ciCommentOptions struct {
	forgeFlags
	number int
	commit string
	failed bool
}

func newCICommentCommand(f *Factory) *cobra.Command {
	var o ciCommentOptions
	c := &cobra.Command{
		Use:   "comment PLANFILE...",
		Short: "Show plans in comments of a pull request",
		Long: "Shows each plan file, which plan --out saved or plan --json printed, in a comment of the pull request for which the pipeline runs. " +
			"The comment states the commit and the digest. A later run updates it, and sends nothing if nothing changed. It is found by a hidden marker and by its author. " +
			"In a public repository, people whom no file declares are counted and not named.\n\n" +
			"If the pull request has a newer commit than the plan, nothing is posted. With --failed, the comments say that there is no plan for the commit, " +
			"so that nobody takes an older one for it; the files need not exist then. Name the same files with and without --failed, and a different one for each configuration in the repository.\n\n" +
			"On GitHub, the token is in GITHUB_TOKEN, and the job needs the permission pull-requests: write. On GitLab, it is in GITLAB_TOKEN: a project access token with the role Reporter and the scope api, " +
			"because CI_JOB_TOKEN cannot write.",
		Example: "  rolecall ci comment plan.json\n" +
			"  rolecall ci comment --failed plan.json    # after plan ended with an error\n" +
			"  rolecall ci comment --forge gitlab --repository 42 --pull-request 7 --commit \"$(git rev-parse HEAD)\" plan.json",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return advise("Name a file that rolecall plan --out saved. "+seeHelp(c), "comment needs at least one plan file")
			}
			return nil
		},
		ValidArgsFunction: completeFiles("json"),
		RunE: func(c *cobra.Command, args []string) error {
			return runCIComment(c.Context(), f, args, &o)
		},
	}
	o.register(c)
	c.Flags().IntVar(&o.number, "pull-request", 0, "post to pull request `N`, or merge request !N (default: that of the pipeline)")
	c.Flags().StringVar(&o.commit, "commit", "", "the plan is for the commit with this `HASH` (default: the newest commit when the pipeline began)")
	c.Flags().BoolVar(&o.failed, "failed", false, "say that there is no plan for the commit")
	return c
}

func runCIComment(ctx context.Context, f *Factory, files []string, o *ciCommentOptions) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	var all []*plan.Document
	if !o.failed {
		for _, path := range files {
			d, err := readPlan(path, f.Products)
			if err != nil {
				return err
			}
			all = append(all, d)
		}
	}
	p, err := o.pipeline(f.Environ)
	if err == nil {
		err = p.setPullRequest(o)
	}
	if err != nil {
		return err
	}
	repository, idle, err := p.connect(f)
	if err != nil {
		return err
	}
	defer idle()
	head, err := repository.Head(ctx, p.number)
	if err != nil {
		return err
	}
	if !strings.EqualFold(head, p.commit) {
		fmt.Fprintf(f.Out, "The pull request has a newer commit, %s. Nothing was posted for %s.\n", text.Clean(head), p.commit)
		return nil
	}
	poster, err := forge.NewPoster(ctx, repository)
	if err != nil {
		return err
	}
	c := commenter{f, poster, &p}
	if o.failed {
		return c.failed(ctx, files)
	}
	public, err := repository.Public(ctx)
	if err != nil {
		return err
	}
	return c.plans(ctx, files, all, public)
}

// setPullRequest sets the pull request and its commit from the flags.
func (p *pipeline) setPullRequest(o *ciCommentOptions) error {
	if o.number != 0 && o.number != p.number {
		p.number, p.commit = o.number, ""
	}
	if o.commit != "" {
		p.commit = o.commit
	}
	switch p.commit = strings.ToLower(p.commit); {
	case p.number <= 0:
		return advise("Run the command in a pipeline for a pull request, or write --pull-request and --commit.", "the pipeline does not run for a pull request")
	case p.commit == "":
		return advise("Write --commit with the full hash.", "it is not known for which commit of pull request %d the plan is", p.number)
	case !commitHash.MatchString(p.commit):
		return advise("Write the full hash, as git rev-parse HEAD prints it.", "the commit cannot be %q", p.commit)
	}
	return nil
}

// A commenter keeps the comments of one pull request.
type commenter struct {
	f      *Factory
	poster *forge.Poster
	at     *pipeline
}

// noPlan marks the comment that says that there is no plan, for the files that would hold one.
func (c *commenter) noPlan(files []string) string {
	return render.Marker("no plan", c.at.workflow, strings.Join(files, "\x00"))
}

// plans shows each document in a comment, and removes the one that said that there is no plan.
func (c *commenter) plans(ctx context.Context, files []string, all []*plan.Document, public bool) error {
	for i, d := range all {
		page, err := c.page(d, public)
		if err != nil {
			return err
		}
		done, err := c.poster.Comment(ctx, c.at.number, page)
		if err != nil {
			return err
		}
		c.report(files[i], done)
	}
	own, err := c.poster.Own(ctx, c.at.number)
	if err != nil {
		return err
	}
	for _, post := range own {
		if strings.HasPrefix(post.Body, c.noPlan(files)) {
			if err := c.poster.DeleteComment(ctx, c.at.number, post.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// page writes the comment about a document.
func (c *commenter) page(d *plan.Document, public bool) (string, error) {
	shown, hidden := d, 0
	for _, p := range d.Plans {
		if public {
			hidden += len(p.UndeclaredPeople)
		}
	}
	if hidden > 0 {
		var err error
		if shown, err = publicPlan(d, c.f.Products); err != nil {
			return "", err
		}
	}
	var page strings.Builder
	if err := render.Markdown(&page, shown, render.Options{}); err != nil {
		return "", err
	}
	fmt.Fprintf(&page, "%s\nPlanned for commit %s.\n", publicNote(hidden, unnamedPlan), c.at.commit)
	if hidden == 0 && checkPlan(d) == nil && !d.NoImpact() && render.WholeInMarkdown(d) {
		fmt.Fprintln(&page, newCommentApproval(d, c.at.commit))
	}
	return page.String(), nil
}

// unnamedPlan says why a comment without names approves nothing.
const unnamedPlan = " So this comment does not show the whole plan, and merging does not approve it. Run rolecall plan where only you see it, and apply that plan by its digest."

// failed replaces the plans of older commits, which nobody may take for that of this commit.
func (c *commenter) failed(ctx context.Context, files []string) error {
	own, err := c.poster.Own(ctx, c.at.number)
	if err != nil {
		return err
	}
	verdict := fmt.Sprintf("**There is no plan for commit %s.**", c.at.commit)
	text := "\n" + verdict + "\n\nPlanning failed"
	if c.at.log != "" {
		text += ": see [the log](" + c.at.log + ")"
	}
	text += ". A plan that was shown here was for an older commit. Do not approve it.\n"
	var bodies []string
	said := false
	for _, post := range own {
		marker, _, _ := strings.Cut(post.Body, "\n")
		said = said || strings.Contains(post.Body, verdict)
		if !strings.Contains(post.Body, c.at.commit) {
			bodies = append(bodies, strings.TrimSpace(marker)+text)
		}
	}
	if len(bodies) == 0 && !said {
		bodies = []string{c.noPlan(files) + text}
	}
	for _, body := range bodies {
		done, err := c.poster.Comment(ctx, c.at.number, body)
		if err != nil {
			return err
		}
		c.report("no plan", done)
	}
	if len(bodies) == 0 {
		fmt.Fprintln(c.f.Out, "The comments say already that there is no plan.")
	}
	return nil
}

// report says what was done with a comment.
func (c *commenter) report(about string, done forge.Outcome) {
	where := ""
	if done.Post.URL != "" {
		where = ": " + done.Post.URL
	}
	words := map[forge.Action]string{forge.Created: "created the comment", forge.Updated: "updated the comment", forge.Unchanged: "the comment is up to date"}
	fmt.Fprintf(c.f.Out, "%s: %s%s\n", text.Clean(about), words[done.Done], text.Clean(where))
}
