package config

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// misnamedFile returns the name that a file should have so that it is read, where its
// name shows that it is configuration: users.hcl.txt, which editors make, and USERS.HCL.
// For other names it returns "".
func misnamedFile(name string) string {
	lower := strings.ToLower(name)
	right := strings.TrimSuffix(lower, ".txt")
	if right == name || strings.HasPrefix(name, ".") || !strings.HasSuffix(strings.TrimSuffix(right, ".json"), ".hcl") {
		return ""
	}
	return right
}

// noFiles says that a directory has no configuration, and what its files are instead.
func (l *loader) noFiles(entries []fs.DirEntry) *hcl.Diagnostic {
	detail := ""
	name := func(found []string) string { return text.List(found, 3) }
	switch found := l.lookalikes(entries); {
	case len(found.misnamed) > 0:
		detail = "Rename " + name(found.misnamed) + ": only names that end in .hcl or .hcl.json are read."
	case len(found.terraform) > 0:
		detail = "It holds Terraform files (" + name(found.terraform) + "), which rolecall does not read. Keep the .hcl files of rolecall in a directory of their own: run \"rolecall init PRODUCT access\"."
	case len(found.data) > 0:
		detail = "Blocks are written in .hcl files, which can read " + name(found.data) + " with csvdecode(file(\"...\")), yamldecode or jsondecode. Run \"rolecall init PRODUCT\" to create one."
	case len(found.values) > 0:
		detail = "It holds only values of variables (" + name(found.values) + "). Add the files that declare the variables."
	case len(found.below) > 0:
		detail = "Only one directory is read, without those below it. Name the one that holds your configuration: " + name(found.below) + "."
	default:
		detail = "Name the directory that holds your configuration, or create one with \"rolecall init PRODUCT\"."
	}
	return problem("config/no-files", nil, "No configuration files", "There is no .hcl or .hcl.json file in %s. %s", l.here(), detail)
}

// lookalikes are the files of a directory without configuration, by what people may
// take them for.
type lookalikes struct {
	misnamed, terraform, data, values, below []string
}

func (l *loader) lookalikes(entries []fs.DirEntry) lookalikes {
	var out lookalikes
	for _, e := range entries {
		name := e.Name()
		lower := strings.ToLower(name)
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			if l.holdsConfiguration(name) {
				out.below = append(out.below, filepath.Join(l.dir, name))
			}
		case misnamedFile(name) != "":
			out.misnamed = append(out.misnamed, name+" to "+misnamedFile(name))
		case strings.HasSuffix(lower, ".tf"), strings.HasSuffix(lower, ".tf.json"), strings.HasSuffix(lower, ".tfvars"):
			out.terraform = append(out.terraform, name)
		case strings.HasSuffix(name, ".vars.hcl"), strings.HasSuffix(name, ".vars.hcl.json"):
			out.values = append(out.values, name)
		case slices.Contains([]string{".yaml", ".yml", ".json", ".csv", ".toml", ".xlsx"}, filepath.Ext(lower)):
			out.data = append(out.data, name)
		}
	}
	return out
}

// holdsConfiguration reports whether a directory below has files of configuration.
func (l *loader) holdsConfiguration(name string) bool {
	entries, err := l.tree.entries(filepath.Join(l.tree.dir, name))
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && roleOf(e.Name()) == configuration })
}
