package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

func newInitCommand(s *Streams, products Products) *cobra.Command {
	return &cobra.Command{
		Use:   "init PRODUCT [DIR]",
		Short: "Create a commented configuration for a product",
		Long: "Creates a small commented configuration for PRODUCT in DIR (default: the current directory). " +
			"DIR may exist, but init never overwrites a file.",
		Example: "  rolecall init partoo\n  rolecall init partoo my-access",
		GroupID: groupFiles,
		Args:    between(0, 2, "a product and at most one directory"),
		ValidArgsFunction: func(c *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return products.names(), cobra.ShellCompDirectiveNoFileComp
			}
			return completeDirectory(c, args[1:], start)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return missingProduct(products)
			}
			return runInit(s, products, args[0], directory(args[1:]))
		},
	}
}

// missingProduct is the error that init has no product. In a directory with files, people
// may expect it to prepare the directory, as terraform init does.
func missingProduct(products Products) error {
	example := fmt.Sprintf("Example: rolecall init %s my-access. Products: %s.", products.names()[0], strings.Join(products.names(), ", "))
	if entries, err := os.ReadDir("."); err == nil {
		ours, terraform := configurationFiles(entries)
		switch {
		case len(ours) > 0:
			return advise("This directory already holds a configuration. Run \"rolecall plan\".", "init needs the name of a product")
		case len(terraform) > 0:
			example = "This directory holds Terraform files, which rolecall does not read. init creates a configuration for a product. " + example
		}
	}
	return advise(example, "init needs the name of a product")
}

// configurationFiles lists the files of rolecall and those of Terraform.
func configurationFiles(entries []fs.DirEntry) (ours, terraform []string) {
	for _, e := range entries {
		switch name := e.Name(); {
		case e.IsDir() || strings.HasPrefix(name, "."):
		case strings.HasSuffix(name, ".hcl"), strings.HasSuffix(name, ".hcl.json"):
			ours = append(ours, name)
		case strings.HasSuffix(name, ".tf"), strings.HasSuffix(name, ".tf.json"):
			terraform = append(terraform, name)
		}
	}
	return ours, terraform
}

// ignored is the .gitignore: the data of the emulator and journals stay out of a repository.
const ignored = ".rolecall/\n"

func runInit(s *Streams, products Products, name, dir string) error {
	p, err := products.find(name)
	if err != nil {
		return err
	}
	files := maps.Clone(p.Provider.Starter)
	if err := ensureEmpty(name, dir, files); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, ".gitignore")); errors.Is(err, fs.ErrNotExist) {
		files[".gitignore"] = ignored
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot create the directory: %w", err)
	}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if err := writeNew(filepath.Join(dir, name), files[name]); err != nil {
			return err
		}
	}
	printNextSteps(s, p, dir, names)
	return nil
}

// printNextSteps prints what was written and which commands to run next.
func printNextSteps(s *Streams, p *Product, dir string, names []string) {
	into := ""
	if dir != "." {
		into = " into " + text.Clean(dir)
	}
	width := s.helpWidth()
	fmt.Fprintln(s.Out, text.Wrap("Wrote "+text.And(names)+into+".", width))
	printSteps(s, [][2]string{
		{commandLine("plan", dir), "show what would change, in an emulated " + p.Provider.Title},
		{commandLine("apply", dir), "apply the changes; a second plan shows none"},
		{"rolecall schema " + p.Provider.Name, "list what the files can declare"},
	})
	host := ""
	if p.Provider.HostEnv != "" {
		host = " and " + p.Provider.HostEnv + " to the host of your tenant"
	}
	fmt.Fprintln(s.Out, text.Wrap(fmt.Sprintf("\nTo use your own %s account, follow the comments in the files: "+
		"set the environment variable %s to your key%s. \"%s\" only reads.",
		p.Provider.Title, p.Provider.KeyEnv, host, commandLine("plan", dir)), width))
}

// printSteps prints commands to run next, with what they do.
func printSteps(s *Streams, steps [][2]string) {
	longest := 0
	for _, step := range steps {
		longest = max(longest, len(step[0]))
	}
	fmt.Fprintln(s.Out, "\nNext steps:")
	for _, step := range steps {
		fmt.Fprintf(s.Out, "  %s%s  %s\n", text.Style(s.Color).Cyan(step[0]), strings.Repeat(" ", longest-len(step[0])), step[1])
	}
}

// ensureEmpty makes sure that the directory holds no configuration and none of the files.
func ensureEmpty(product, dir string, files map[string]string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot read the directory: %w", err)
	}
	there, terraform := configurationFiles(entries)
	for _, e := range entries {
		if _, same := files[e.Name()]; same && !slices.Contains(there, e.Name()) {
			there = append(there, e.Name())
		}
	}
	shown := dir
	if dir == "." {
		shown = "the current directory"
	}
	switch {
	case len(there) > 0:
		return advise("Nothing was written. Choose a directory without configuration files; it is created if it does not exist.",
			"%s already holds a configuration: %s", shown, strings.Join(there, ", "))
	case len(terraform) > 0:
		return advise("Nothing was written. Keep the files of rolecall in a directory of their own: "+commandLine("init", product, filepath.Join(dir, "access")),
			"%s holds a Terraform configuration: %s", shown, text.List(terraform, 3))
	}
	return nil
}

// writeNew writes a file that must not exist.
func writeNew(name, text string) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("cannot create a file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.WriteString(text)
	return err
}
