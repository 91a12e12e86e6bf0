package cmd

import (
	"github.com/spf13/cobra"
)

func newCICommand(f *Factory) *cobra.Command {
	c := &cobra.Command{
		Use:   "ci COMMAND",
		Short: "Steps of a pipeline: comments, issues, outputs and journals",
		Long: "Commands for the steps of a pipeline on GitHub, GitLab or elsewhere. They read only the files that they are given " +
			"and never connect to a product, so their step needs no key of one.",
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
	c.AddCommand(newCICommentCommand(f), newCIDigestCommand(f), newCIIssueCommand(f), newCIJournalCommand(f), newCIOutputsCommand(f))
	return c
}
