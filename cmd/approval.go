package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// A plan file or a digest approves what apply may do. Both are approvals and
// not inputs: apply always plans from the files, and neither decides where to connect,
// as which user, or which objects to write.

// parseApproval reads the argument of apply: a directory, or a plan file
// whose changes are approved. It returns the directory of the configuration and
// the document of the plan file, or nil.
func parseApproval(arg string, o *applyOptions, products Products) (dir string, saved *plan.Document, err error) {
	if o.digest != "" {
		if o.digest, err = plan.ParseDigest(o.digest); err != nil {
			return "", nil, advise(`Copy it from the last line of rolecall plan, or from "digest" in plan --json.`, "flag --digest: %w", err)
		}
	}
	switch info, err := os.Stat(arg); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, advise("Name the directory that holds your configuration, or a file that rolecall plan --out saved.",
			"there is no directory or plan file %s", arg)
	case err != nil || info.IsDir():
		if o.dir != "" {
			return "", nil, advise("Run: "+commandLine("apply", o.dir), "flag --dir needs a plan file, but %s is a directory", arg)
		}
		return arg, nil, nil
	case o.digest != "":
		return "", nil, advise("Use one of the two.", "a plan file and --digest cannot be used together")
	case len(o.targets) > 0:
		return "", nil, advise("Use --target with rolecall plan --out instead.", "a plan file and --target cannot be used together")
	}
	if saved, err = readPlan(arg, products); err != nil {
		return "", nil, err
	}
	if dir = o.dir; dir == "" {
		dir = "."
	}
	return dir, saved, checkConfigured(dir, saved)
}

// checkConfigured checks that there is a configuration in the directory. The directory
// that the plan file names is only repeated: whoever wrote the file must
// not choose what is applied.
func checkConfigured(dir string, saved *plan.Document) error {
	made := ""
	if saved.Directory != "" {
		made = fmt.Sprintf(" The plan file says that it was made from %q.", saved.Directory)
	}
	hint := "A saved plan is applied together with the files. Run apply where they are, or name their directory with --dir." + made
	files, err := os.ReadDir(dir)
	if err != nil {
		return advise(hint, "the directory %s cannot be read: %w", dir, bare(err))
	}
	if ours, _ := configurationFiles(files); len(ours) > 0 {
		return nil
	}
	if dir == "." {
		dir = "the current directory"
	}
	return advise(hint, "there is no configuration in %s", dir)
}

// checkDigest refuses a plan that is not the one that was approved. A plan that changes
// nothing needs no approval: what was approved is in effect, as when a job runs again.
func checkDigest(d *plan.Document, o *applyOptions) error {
	if o.digest == "" || !pending(d) {
		return nil
	}
	digest := d.Digest()
	if digest == o.digest {
		return nil
	}
	return withCode(exitRefused, advise("Nothing was changed. Review the plan above, then approve it with its own digest, or find out what changed since the approval.",
		"the plan is not the approved one: its digest is %s", digest))
}

// deviations lists the differences between the plans and what was approved.
func deviations(d *plan.Document) []plan.Deviation {
	var out []plan.Deviation
	for _, p := range d.Plans {
		out = append(out, p.Deviations...)
	}
	return append(out, d.Deviations...)
}

// incomplete reports whether something that was approved, or that the files ask
// for, is not in the plans.
func incomplete(d *plan.Document) bool {
	return slices.ContainsFunc(deviations(d), func(v plan.Deviation) bool { return v.Open() })
}

// A deviationJSON is one deviation for programs.
type deviationJSON struct {
	Provider  string              `json:"provider"`
	Address   string              `json:"address"`
	Action    schema.Action       `json:"action"`
	Why       plan.DeviationCause `json:"why"`
	DependsOn string              `json:"depends_on,omitempty"`
}

func deviationsJSON(d *plan.Document) []deviationJSON {
	var out []deviationJSON
	for _, v := range deviations(d) {
		j := deviationJSON{Provider: v.Addr.Provider, Address: v.Addr.String(), Action: v.Action, Why: v.Why}
		if v.Why == plan.DependsOnUnapproved {
			j.DependsOn = v.DependsOn.String()
		}
		out = append(out, j)
	}
	return out
}
