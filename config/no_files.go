package config

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// misnamedFile returns the name that a file should have so that it is read if its
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
func (d *directory) noFiles(entries []fs.DirEntry) *hcl.Diagnostic {
	detail := ""
	name := func(found []string) string { return text.List(found, 3) }
	switch found := d.lookalikes(entries); {
	case len(found.misnamed) > 0:
		detail = "Rename " + name(found.misnamed) + ": only names that end in .hcl or .hcl.json are read."
	case len(found.below) == 1:
		detail = "The configuration is in " + name(found.below) + ". Name that directory, as in \"rolecall plan " + found.below[0] + "\"."
	case len(found.below) > 1:
		detail = "Directories below it hold configurations: " + name(found.below) + ". Name one of them, as in \"rolecall plan " + found.below[0] + "\"."
	case len(found.terraform) > 0:
		detail = "It holds Terraform files (" + name(found.terraform) + "), which rolecall does not read. Keep the .hcl files of rolecall in a directory of their own: run \"rolecall init PRODUCT access\"."
	case len(found.plans) > 0:
		detail = "It holds a saved plan: \"rolecall show " + found.plans[0] + "\" shows it, and \"rolecall apply --dir DIR " + found.plans[0] +
			"\" applies it, where DIR is the directory that holds your configuration."
	case len(found.data) > 0:
		detail = "Blocks are written in .hcl files, which can read " + name(found.data) + " with csvdecode(file(\"...\")), yamldecode or jsondecode. Run \"rolecall init PRODUCT\" to create one."
	case len(found.values) > 0:
		detail = "It holds only values of variables (" + name(found.values) + "). Add the files that declare the variables."
	default:
		detail = "Name the directory that holds your configuration, or create one with \"rolecall init PRODUCT\"."
	}
	return problem("config/no-files", nil, "No configuration files", "There is no .hcl or .hcl.json file in %s. %s", d.displayName(), detail)
}

// lookalikes are the files of a directory without configuration, by what people may
// take them for.
type lookalikes struct {
	misnamed, terraform, plans, data, values, below []string
}

func (d *directory) lookalikes(entries []fs.DirEntry) lookalikes {
	var out lookalikes
	for _, e := range entries {
		name := e.Name()
		lower := strings.ToLower(name)
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			out.below = append(out.below, d.configurationsIn(name, levelsBelow)...)
		case misnamedFile(name) != "":
			out.misnamed = append(out.misnamed, name+" to "+misnamedFile(name))
		case strings.HasSuffix(lower, ".tf"), strings.HasSuffix(lower, ".tf.json"), strings.HasSuffix(lower, ".tfvars"):
			out.terraform = append(out.terraform, name)
		case strings.HasSuffix(name, ".vars.hcl"), strings.HasSuffix(name, ".vars.hcl.json"):
			out.values = append(out.values, name)
		case d.isPlan(name):
			out.plans = append(out.plans, filepath.Join(d.dir, name))
		case slices.Contains([]string{".yaml", ".yml", ".json", ".csv", ".toml", ".xlsx"}, filepath.Ext(lower)):
			out.data = append(out.data, name)
		}
	}
	for _, names := range [][]string{out.misnamed, out.terraform, out.plans, out.data, out.values, out.below} {
		slices.Sort(names) // a directory gives them in any order
	}
	return out
}

// levelsBelow is how deep a configuration is looked for if a directory has none.
const levelsBelow = 2

// configurationsIn lists the directories with files of configuration among a directory
// below and those inside of it.
func (d *directory) configurationsIn(name string, levels int) []string {
	entries, err := d.tree.Entries(name)
	if err != nil {
		return nil
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && roleOf(e.Name()) == configuration }) {
		return []string{filepath.Join(d.dir, name)}
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && levels > 1 && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, d.configurationsIn(filepath.Join(name, e.Name()), levels-1)...)
		}
	}
	return out
}

// isPlan reports whether a file is a plan that rolecall saved.
func (d *directory) isPlan(name string) bool {
	const most = 100 << 20
	if filepath.Ext(name) != ".json" {
		return false
	}
	b, _, err := d.tree.Read(name, most)
	return err == nil && bytes.Contains(b[:min(len(b), 200)], []byte(`"rolecall_version"`))
}
