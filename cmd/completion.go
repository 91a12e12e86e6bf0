package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema"
)

var shells = []string{"bash", "fish", "powershell", "zsh"}

func newCompletionCommand(f *Factory) *cobra.Command {
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
				return root.GenBashCompletionV2(f.Out, true)
			case "fish":
				return root.GenFishCompletion(f.Out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(f.Out)
			case "zsh":
				return root.GenZshCompletion(f.Out)
			}
			if n := schema.Nearest(args[0], shells); n != "" {
				return advise(fmt.Sprintf("Did you mean %q?", n), "unknown shell %q", args[0])
			}
			return advise("Shells: bash, fish, powershell, zsh.", "unknown shell %q", args[0])
		},
	}
}
