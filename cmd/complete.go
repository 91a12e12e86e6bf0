package cmd

import (
	"strings"

	"github.com/spf13/cobra"
)

// directories completes names of directories.
func directories(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// kindNames completes PRODUCT and PRODUCT.KIND.
func (f *Factory) kindNames(_ *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
	var out []string
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, p := range f.schemas() {
		out = append(out, p.Name+"\t"+p.Title)
		if !strings.HasPrefix(start, p.Name) {
			continue
		}
		for _, k := range p.Kinds {
			out = append(out, p.Name+"."+k.Name+"\t"+firstSentence(k.Doc))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func firstSentence(s string) string {
	before, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(before, ".")
}
