package cmd

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// writeHelp prints the help of one command: what it does, how to call it,
// examples, the commands below it in groups, and its flags.
func writeHelp(s *Streams, c *cobra.Command) {
	p, width := text.Style(s.Color), s.helpWidth()
	section := func(title, body string) {
		if strings.TrimSpace(body) != "" {
			fmt.Fprintf(s.Out, "\n%s\n%s", p.Bold(title), body)
		}
	}
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintln(s.Out, text.Wrap(about, width))
	if !c.Runnable() && !c.HasAvailableSubCommands() {
		return // a help topic
	}
	section("Usage", "  "+usageLine(c)+"\n")
	for _, g := range c.Groups() {
		section(g.Title, commandList(p, c, g.ID))
	}
	if len(c.Groups()) == 0 {
		section("Commands", commandList(p, c, ""))
	}
	if c.Example != "" {
		section("Examples", c.Example+"\n")
	}
	section("Flags", c.LocalFlags().FlagUsagesWrapped(width))
	section("Global flags", c.InheritedFlags().FlagUsagesWrapped(width))
	if !c.HasParent() {
		section("Help topics", topicList(p, c))
		fmt.Fprintf(s.Out, "\nRun \"rolecall COMMAND --help\" for more about a command.\n")
	}
}

func usageLine(c *cobra.Command) string {
	if !c.HasParent() {
		return c.Name() + " COMMAND [flags]"
	}
	line := c.UseLine()
	if c.HasAvailableSubCommands() && !strings.Contains(line, "COMMAND") {
		line = strings.TrimSuffix(line, " [flags]") + " COMMAND [flags]"
	}
	return line
}

func commandList(p text.Style, parent *cobra.Command, group string) string {
	var b strings.Builder
	for _, c := range parent.Commands() {
		if c.GroupID == group && (c.IsAvailableCommand() || c.Name() == "help") {
			listed(&b, p, c)
		}
	}
	return b.String()
}

func topicList(p text.Style, root *cobra.Command) string {
	var b strings.Builder
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			listed(&b, p, c)
		}
	}
	return b.String()
}

func listed(w io.Writer, p text.Style, c *cobra.Command) {
	fmt.Fprintf(w, "  %s%s  %s\n", p.Cyan(c.Name()), strings.Repeat(" ", max(0, 11-len(c.Name()))), c.Short)
}

func newHelpCommand(s *Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Show help for a command or a topic",
		GroupID: groupMore,
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, sub := range c.Root().Commands() {
				if !sub.Hidden && len(args) == 0 {
					names = append(names, sub.Name()+"\t"+sub.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about := c.Root()
			for _, word := range args {
				next := child(about, word)
				if next == nil && about.HasParent() && !about.HasSubCommands() {
					return advise(seeHelp(about), "%q has no command %q", about.CommandPath(), word)
				}
				if next == nil {
					return unknownCommand(about, word)
				}
				about = next
			}
			writeHelp(s, about)
			return nil
		},
	}
}

func child(c *cobra.Command, name string) *cobra.Command {
	for _, sub := range c.Commands() {
		if sub.Name() == name || sub.HasAlias(name) {
			return sub
		}
	}
	return nil
}

// topics are pages of help that belong to no command.
func helpTopics(products Products) []*cobra.Command {
	var codes strings.Builder
	for _, c := range exitCodes {
		fmt.Fprintf(&codes, "  %d  %s\n", c.code, c.meaning)
	}
	var calls []string
	for _, function := range config.Functions() {
		calls = append(calls, function.Call)
	}
	var checks []string
	for _, function := range config.CheckFunctions() {
		checks = append(checks, function.Call)
	}
	return []*cobra.Command{
		{
			Use:   "functions",
			Short: "Functions in expressions",
			Long:  "Expressions can call these functions:\n\n  " + strings.Join(calls, "\n  ") + "\n\nOnly check blocks can call these:\n\n  " + strings.Join(checks, "\n  ") + "\n\ndocs/reference/functions.md describes each of them.",
		},
		{
			Use:   "exit-codes",
			Short: "Exit codes",
			Long:  "rolecall exits with one of these codes:\n\n" + strings.TrimRight(codes.String(), "\n"),
		},
		{
			Use:   "environment",
			Short: "Environment variables",
			Long:  environmentHelp(products),
		},
	}
}
