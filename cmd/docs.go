package cmd

//go:generate go run ./rolecall docs ../docs/reference

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/natefinch/atomic"
	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/describe"
)

func newDocsCommand(s *Streams, products Products) *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Short:  "Write the reference pages into a directory",
		Hidden: true,
		Args:   between(1, 1, "one directory"),
		RunE: func(c *cobra.Command, args []string) error {
			pages, err := referencePages(c.Root(), products)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			for _, name := range slices.Sorted(maps.Keys(pages)) {
				file := filepath.Join(args[0], name)
				if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, pages[name]) {
					continue
				}
				if err := atomic.WriteFile(file, bytes.NewReader(pages[name])); err != nil {
					return err
				}
				if err := os.Chmod(file, 0o644); err != nil {
					return err
				}
				fmt.Fprintln(s.Out, file)
			}
			return nil
		},
	}
}

// referencePages generates the pages of docs/reference from the tables of kinds and the
// tree of commands, by file name.
func referencePages(root *cobra.Command, products Products) (map[string][]byte, error) {
	pages := map[string][]byte{"commands.md": commandPage(root), "functions.md": functionPage(), "lint.md": lintPage(products)}
	for _, p := range products.schemas() {
		pages[p.Name+".md"] = describe.Markdown(p)
	}
	var err error
	pages["rolecall.schema.json"], err = indentedJSON(describe.JSONSchema(products.schemas()))
	return pages, err
}

// functionPage is the reference of what expressions may call.
func functionPage() []byte {
	var b strings.Builder
	b.WriteString("# Functions\n\nEvery expression may call these. Paths start at the directory of the configuration.\n\n" +
		"| call | result |\n| --- | --- |\n")
	for _, f := range config.Functions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.Call, strings.NewReplacer("|", `\|`, "*", `\*`).Replace(f.Doc))
	}
	b.WriteString("\n## Functions of checks\n\nOnly [check blocks](../language.md#checks) may call these. In a check block, " +
		"`can` is this one, and file functions cannot be called.\n\n| call | result |\n| --- | --- |\n")
	for _, f := range config.CheckFunctions() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.Call, f.Doc)
	}
	return []byte(b.String())
}

// lintPage is the reference of the warnings of lint.
func lintPage(products Products) []byte {
	var b strings.Builder
	b.WriteString("# Lint\n\n`rolecall lint` and `rolecall validate` warn of what is valid and probably not meant. A block silences a warning by its name, " +
		"with a reason:\n\n```hcl\nallow = { unused = \"kept for the audit in March\" }\n```\n\n" +
		"An empty reason and an unknown name are errors. An entry that silences nothing is a warning itself, `" + schema.LintSilence + "`.\n")
	table := func(title string, lints []schema.Lint) {
		fmt.Fprintf(&b, "\n## %s\n\n| code | name in `allow` | when |\n| --- | --- | --- |\n", title)
		for i := range lints {
			doc := lints[i].Doc
			if lints[i].Plan {
				doc += " Plans report it too, and `allow` silences it there as well."
			}
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", lints[i].Code, lints[i].Name(), doc)
		}
	}
	table("All products", schema.CommonLints())
	for _, p := range products.schemas() {
		if len(p.OwnLints) > 0 {
			table(p.Title, p.OwnLints)
		}
	}
	return []byte(b.String())
}

// commandPage is the reference of all commands and help topics.
func commandPage(root *cobra.Command) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Commands\n\n%s\n", root.Long)
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n%s:\n\n", g.Title)
		for _, c := range root.Commands() {
			if c.GroupID == g.ID && c.IsAvailableCommand() && !builtIn(c) {
				fmt.Fprintf(&b, "- [`%s`](#rolecall-%s): %s\n", c.Name(), c.Name(), c.Short)
			}
		}
	}
	fmt.Fprintf(&b, "\nGlobal flags:\n\n```\n%s```\n", root.PersistentFlags().FlagUsagesWrapped(widestHelp))
	for _, c := range commandsBelow(root) {
		if c.IsAvailableCommand() && !builtIn(c) {
			commandSection(&b, c)
		}
	}
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() && c.Name() != "functions" { // which has a page of its own
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", c.Short, verbatim(c.Long))
		}
	}
	return []byte(b.String())
}

// builtIn reports whether a command needs no description.
func builtIn(c *cobra.Command) bool { return c.Name() == "help" }

func commandSection(b *strings.Builder, c *cobra.Command) {
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n```\n%s\n```\n", c.CommandPath(), verbatim(about), usageLine(c))
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", unindented(c.Example))
	}
	if flags := c.LocalFlags().FlagUsagesWrapped(widestHelp); strings.TrimSpace(flags) != "" {
		fmt.Fprintf(b, "\n```\n%s```\n", flags)
	}
}

// verbatim puts the lines of a help text that begin with a space into blocks of
// code.
func verbatim(s string) string {
	var paragraphs []string
	for p := range strings.SplitSeq(s, "\n\n") {
		if strings.HasPrefix(p, " ") {
			p = "```\n" + unindented(strings.Trim(p, "\n")) + "\n```"
		}
		paragraphs = append(paragraphs, p)
	}
	return strings.Join(paragraphs, "\n\n")
}

func unindented(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return strings.Join(lines, "\n")
}
