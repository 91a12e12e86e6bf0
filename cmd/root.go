package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The groups of commands in the help.
const (
	groupPlan     = "plan"
	groupFiles    = "files"
	groupProducts = "products"
	groupMore     = "more"
)

// Main runs the program with the arguments after its name and returns the exit
// code.
func Main(args []string, f *Factory) int {
	out := &checked{Writer: f.Out}
	f, flush := f.guarded(out)
	root := newRoot(f)
	root.SetArgs(slices.Clip(append([]string{}, args...)))
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		root.SetOut(f.content) // the shell needs the line ":4" as it is
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if word := firstWord(args); c == root && word != "" {
			return unknownCommand(root, word)
		}
		return flagError(c, args, err)
	})
	c, err := root.ExecuteContextC(context.Background())
	err = exclusiveFlags(c, err)
	flush()
	if out.err != nil {
		lost := fmt.Errorf("cannot write the output: %w", out.err)
		if err == nil || errors.Is(err, out.err) {
			err = lost
		} else {
			f.report(lost)
		}
	}
	f.report(err)
	flush()
	return exitCode(err)
}

// firstWord returns the first argument that is no flag.
func firstWord(args []string) string {
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			return a
		}
	}
	return ""
}

// newRoot builds the command tree.
func newRoot(f *Factory) *cobra.Command {
	s := &f.Streams
	root := &cobra.Command{
		Use:   "rolecall",
		Short: "Access as code for SaaS products",
		Long: "rolecall manages the roles, groups, accesses and users of SaaS products as HCL files. " +
			"It shows what would change and who would gain or lose which rights, and applies the changes in a safe order.",
		Example: strings.Join([]string{
			"  rolecall plan examples/zoo        # show what would change, in an emulated product",
			"  rolecall init partoo my-access    # create a configuration",
			"  rolecall validate my-access       # check its files, without network access",
		}, "\n"),
		Version:           f.Version.String(),
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return checkEmptyFlags(c) },
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpFunc(func(c *cobra.Command, _ []string) { writeHelp(s, c) })
	root.AddGroup(
		&cobra.Group{ID: groupPlan, Title: "Plan and apply"},
		&cobra.Group{ID: groupFiles, Title: "Configuration"},
		&cobra.Group{ID: groupProducts, Title: "Products"},
		&cobra.Group{ID: groupMore, Title: "Other commands"},
	)
	root.PersistentFlags().BoolFunc("no-color", "disable colored output (also: NO_COLOR=1)", func(string) error {
		s.Color, s.ErrColor = false, false
		return nil
	})
	root.PersistentFlags().BoolP("help", "h", false, "show help for the command")
	root.Flags().Bool("version", false, "show the version")
	root.AddCommand(
		newPlanCommand(f), newShowCommand(s, f.Products), newApplyCommand(f), newDriftCommand(f), newHistoryCommand(f), newUndoCommand(f), newCICommand(f), newFleetCommand(f),
		newInitCommand(s, f.Products), newImportCommand(f), newAdoptCommand(f), newValidateCommand(f), newLintCommand(f), newFormatCommand(f),
		newPermissionsCommand(f), newPartooCommand(f), newWhoCanCommand(f), newExplainCommand(f), newExpiringCommand(f), newReviewCommand(f), newSchemaCommand(s, f.Products), newEmulatorCommand(f),
		newCompletionCommand(s), newVersionCommand(s, f.Version), newDocsCommand(s, f.Products),
	)
	for _, c := range commandsBelow(root) {
		completeFlags(c)
	}
	root.AddCommand(helpTopics(f.Products)...)
	root.SetHelpCommand(newHelpCommand(s))
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// commandsBelow lists the commands below one, each before those below itself.
func commandsBelow(c *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range c.Commands() {
		out = append(append(out, sub), commandsBelow(sub)...)
	}
	return out
}
