package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

var shells = []string{"bash", "fish", "powershell", "zsh"}

func newCompletionCommand(s *Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a shell completion script",
		Long: "Prints a script for SHELL (bash, fish, powershell or zsh) that completes commands, flags, products and kinds when Tab is pressed. " +
			"Load it from the file that your shell reads at its start.",
		Example: "  source <(rolecall completion bash)   # in ~/.bashrc\n" +
			"  source <(rolecall completion zsh)    # in ~/.zshrc, after compinit\n" +
			"  rolecall completion fish | source    # in ~/.config/fish/config.fish\n" +
			"  rolecall completion powershell | Out-String | Invoke-Expression   # in $PROFILE",
		GroupID:               groupMore,
		Args:                  between(1, 1, "the name of a shell: bash, fish, powershell or zsh"),
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.Out, true)
			case "fish":
				return root.GenFishCompletion(s.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.Out)
			case "zsh":
				return root.GenZshCompletion(s.Out)
			}
			if n := schema.Nearest(args[0], shells); n != "" {
				return advise(fmt.Sprintf("Did you mean %q?", n), "unknown shell %q", args[0])
			}
			return advise("Shells: bash, fish, powershell, zsh.", "unknown shell %q", args[0])
		},
	}
}

// completeDirectory completes the name of one directory.
func completeDirectory(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeProduct completes the name of one product.
func (all Products) completeProduct(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return all.names(), cobra.ShellCompDirectiveNoFileComp
}

// completeKind completes PRODUCT and PRODUCT.KIND.
func (all Products) completeKind(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, p := range all.schemas() {
		out = append(out, p.Name+"\t"+p.Title)
		if !strings.HasPrefix(start, p.Name) {
			continue
		}
		for _, k := range p.Kinds {
			sentence, _, _ := strings.Cut(k.Doc, ". ")
			out = append(out, p.Name+"."+k.Name+"\t"+strings.TrimSuffix(sentence, "."))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
