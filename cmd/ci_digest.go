package cmd

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/cmd/forge"
	"github.com/rolecall-dev/rolecall/plan"
)

func newCIDigestCommand(f *Factory) *cobra.Command {
	var o forgeFlags
	var commit, branch, approved string
	c := &cobra.Command{
		Use:   "digest [DIR]",
		Short: "Print the digest that a merged pull request approved",
		Long: "Finds the pull request that was merged with the commit for which the pipeline runs, and prints the digest in the comment that rolecall ci comment posted " +
			"for the configuration in DIR (default: the current directory), for apply --digest. DIR must be written as for plan.\n\n" +
			"The digest is refused, with exit code 5, if the comment shows only a part of the plan or a plan that cannot be applied, is for another commit than the newest one " +
			"of the pull request, was posted or changed after the merge, or was edited by somebody else. Then plan, review the plan, and apply it by its own digest.\n\n" +
			"It is refused, too, if the commit is not the newest of its branch any more: a run that somebody repeats would bring back what was changed since. " +
			"The first attempt of a run on GitHub waits in a queue, and is not older than what was applied. With --approved, only this is checked.\n\n" +
			"The digest only decides whether the plan of the merged files is applied: nobody can approve other files with a comment. " +
			"On GitHub, the token is in GITHUB_TOKEN, and the job needs the permissions contents: read and pull-requests: read. On GitLab, it is in GITLAB_TOKEN: the one that posted the comment.",
		Example: "  rolecall apply --digest \"$(rolecall ci digest access)\" access\n" +
			"  rolecall ci digest --approved \"$DIGEST\" access    # that of the merged pull request if $DIGEST is empty",
		Args:              between(0, 1, "at most one directory"),
		ValidArgsFunction: completeDirectory,
		RunE: func(c *cobra.Command, args []string) error {
			if approved != "" {
				var err error
				if approved, err = plan.ParseDigest(approved); err != nil {
					return advise("Copy it from the last line of rolecall plan.", "flag --approved: %w", err)
				}
			}
			return runCIDigest(c.Context(), f, &o, approval{directory(args), commit, branch, approved})
		},
	}
	o.register(c)
	c.Flags().StringVar(&commit, "commit", "", "the pull request was merged with the commit with this `HASH` (default: the commit of the pipeline)")
	c.Flags().StringVar(&branch, "branch", "", "the commit must be the newest of `BRANCH` (default: the branch of the pipeline)")
	c.Flags().StringVar(&approved, "approved", "", "print `DIGEST`, which a person approved; without one, look for that of the pull request")
	return c
}

// An approval is what ci digest looks for.
type approval struct{ dir, commit, branch, digest string }

func runCIDigest(ctx context.Context, f *Factory, o *forgeFlags, a approval) error {
	ctx, stop := f.Interrupts(ctx)
	defer stop()
	p, err := o.pipeline(f.Environ)
	if err != nil {
		return err
	}
	variable, value := "GITHUB_SHA", f.Environ.env("GITHUB_SHA")
	if p.forge == "gitlab" {
		variable, value = "CI_COMMIT_SHA", f.Environ.env("CI_COMMIT_SHA")
	}
	if a.commit = strings.ToLower(cmp.Or(a.commit, value)); !commitHash.MatchString(a.commit) {
		return advise("Write --commit with the full hash, or set "+variable+".", "the merged commit cannot be %q", a.commit)
	}
	repository, idle, err := p.connect(f)
	if err != nil {
		return err
	}
	defer idle()
	if !p.first {
		if err := checkNewest(ctx, repository, cmp.Or(a.branch, p.branch), a.commit); err != nil {
			return err
		}
	}
	if a.digest == "" {
		if a.digest, err = approvedDigest(ctx, repository, a.dir, a.commit); err != nil {
			return err
		}
	}
	fmt.Fprintln(f.Out, a.digest)
	return nil
}

// checkNewest returns an error unless the commit is the newest of the branch. The approval of an older one
// may be used already, and its files would undo what was merged since.
func checkNewest(ctx context.Context, repository forge.Forge, branch, commit string) error {
	if branch == "" {
		return advise("Write --branch.", "the environment does not say for which branch the pipeline runs")
	}
	newest, err := repository.Newest(ctx, branch)
	if err != nil {
		return err
	}
	if !strings.EqualFold(newest, commit) {
		return withCode(exitRefused, advise("Nothing was approved: the files of this commit would undo what was merged since. Run the pipeline for the newest commit.",
			"commit %s is not the newest of %s any more, which is %s", commit, branch, newest))
	}
	return nil
}

// approvedDigest returns the digest that was merged with a commit.
func approvedDigest(ctx context.Context, repository forge.Forge, dir, commit string) (string, error) {
	merged, err := repository.MergedBy(ctx, commit)
	if err != nil {
		return "", err
	}
	if len(merged) != 1 {
		return "", notApproved("commit %s was not made by merging one pull request", commit)
	}
	m := merged[0]
	poster, err := forge.NewPoster(ctx, repository)
	if err != nil {
		return "", err
	}
	own, err := poster.Own(ctx, m.Number)
	if err != nil {
		return "", err
	}
	var found []forge.Post
	var a commentApproval
	for _, post := range own {
		if x, ok := approvalIn(post.Body); ok && x.configuration == configurationHash(dir) {
			found, a = append(found, post), x
		}
	}
	switch {
	case len(found) == 0:
		return "", notApproved("no comment on pull request %d shows the whole plan of %s, as one that can be applied", m.Number, dir)
	case len(found) > 1:
		return "", notApproved("%d comments on pull request %d show a plan of %s", len(found), m.Number, dir)
	case a.commit != strings.ToLower(m.Head):
		return "", notApproved("the comment on pull request %d shows the plan for commit %s, and its newest commit was %s", m.Number, a.commit, m.Head)
	case found[0].Updated.After(m.At):
		return "", notApproved("the comment on pull request %d was posted or changed after the merge", m.Number)
	}
	edited, err := repository.EditedByOther(ctx, found[0])
	if err != nil {
		return "", err
	}
	if edited {
		return "", notApproved("the comment on pull request %d was edited by somebody else", m.Number)
	}
	return a.digest, nil
}

func notApproved(format string, args ...any) error {
	return withCode(exitRefused, advise("Nothing was approved. Plan again, review that plan, and apply it by its own digest.", format, args...))
}

// A commentApproval is the last line of a comment that shows a whole plan that can be applied. Names from outside
// are never on it.
type commentApproval struct {
	digest        string
	commit        string // that was planned
	configuration string // hash of its directory
}

func newCommentApproval(d *plan.Document, commit string) commentApproval {
	return commentApproval{d.Digest(), commit, configurationHash(d.Directory)}
}

func (a commentApproval) String() string {
	return fmt.Sprintf("<!-- rolecall approval: %s %s %s -->", a.digest, a.commit, a.configuration)
}

// configurationHash stands for the directory of a configuration, as the plan names it.
func configurationHash(dir string) string {
	sum := sha256.Sum256([]byte(filepath.ToSlash(filepath.Clean(dir))))
	return hex.EncodeToString(sum[:8])
}

var approvalLine = regexp.MustCompile(`^<!-- rolecall approval: (sha256:[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{16}) -->$`)

// approvalIn reads the approval in the last line of a comment.
func approvalIn(body string) (commentApproval, bool) {
	body = strings.TrimSpace(body)
	m := approvalLine.FindStringSubmatch(body[strings.LastIndexByte(body, '\n')+1:])
	if m == nil {
		return commentApproval{}, false
	}
	return commentApproval{m[1], m[2], m[3]}, true
}
