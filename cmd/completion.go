package cmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

var shells = []string{"bash", "fish", "powershell", "zsh"}

func newCompletionCommand(s *Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a shell completion script",
		Long: "Prints a script for SHELL (bash, fish, powershell or zsh) that completes commands, flags and their values when you press Tab. " +
			"Load it in the startup file of your shell.",
		Example: "  source <(rolecall completion bash)   # in ~/.bashrc\n" +
			"  source <(rolecall completion zsh)    # in ~/.zshrc, after compinit\n" +
			"  rolecall completion fish | source    # in ~/.config/fish/config.fish\n" +
			"  rolecall completion powershell | Out-String | Invoke-Expression   # in $PROFILE",
		GroupID:               groupMore,
		Args:                  between(1, 1, "the name of a shell: bash, fish, powershell or zsh"),
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, args []string) error {
			switch root, out := c.Root(), s.content; args[0] { // a script is printed as it is
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			case "zsh":
				return root.GenZshCompletion(out)
			}
			if n := schema.Nearest(args[0], shells); n != "" {
				return advise(fmt.Sprintf("Did you mean %q?", n), "unknown shell %q", args[0])
			}
			return advise("Shells: bash, fish, powershell, zsh.", "unknown shell %q", args[0])
		},
	}
}

// completeFlags decides how the values of flags complete, by the name of the value in
// the help: files, directories, or not at all.
func completeFlags(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		_, registered := c.GetFlagCompletionFunc(f.Name)
		switch value, _ := pflag.UnquoteUsage(f); {
		case registered || value == "FILE":
		case value == "DIR":
			completeFlag(c, f.Name, completeDirectory)
		default:
			completeFlag(c, f.Name, cobra.NoFileCompletions)
		}
	})
}

// completeFlag sets how the values of a flag complete. It panics if there is no such flag.
func completeFlag(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}

// completeFiles completes names of files with a suffix.
func completeFiles(suffix string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{suffix}, cobra.ShellCompDirectiveFilterFileExt
	}
}

// completeAddress completes the addresses of objects in the configuration.
func (c *configFlags) completeAddress(f *Factory) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		quiet := *f
		quiet.Err = io.Discard // the shell shows it
		var out []string
		if cfg, _ := c.load(&quiet, directory(args)); cfg != nil {
			for _, t := range cfg.Tenants {
				for i := range t.Objects {
					if a := t.Objects[i].Addr.String(); strings.HasPrefix(a, start) {
						out = append(out, text.Clean(a))
					}
				}
			}
		}
		slices.Sort(out)
		return slices.Compact(out), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeVariant completes NAME=VALUE of a variant of the product.
func (all Products) completeVariant(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) > 0 {
		if p, err := all.find(args[0]); err == nil {
			for _, v := range p.Variants {
				for _, value := range v.Values {
					out = append(out, v.Name+"="+value)
				}
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeDirectory completes the name of one directory.
func completeDirectory(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeSecondDirectory completes a directory after one other argument.
func completeSecondDirectory(c *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeDirectory(c, args[1:], start)
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
