package cmd

import (
	"github.com/spf13/cobra"
)

func newCICommand(f *Factory) *cobra.Command {
	c := &cobra.Command{
		Use:   "ci COMMAND",
		Short: "Post plans and drift to GitHub or GitLab",
		Long: "Posts what another step found out to the repository in which a pipeline runs. These commands read only the file that they are given " +
			"and never connect to a product, so their step needs no key of one.\n\n" +
			"A comment or an issue is found by a hidden marker and by its author, and is updated in place. Nothing is sent if nothing changed. " +
			"In a public repository, people whom no file declares are counted and not named.",
		Example: "  rolecall ci comment plan.json\n" +
			"  rolecall ci issue drift.json",
		GroupID: groupPlan,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newCICommentCommand(f), newCIIssueCommand(f), newCIJournalCommand(f), newCIOutputsCommand(f))
	return c
}
