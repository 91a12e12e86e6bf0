package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// A plan file or a digest approves what apply may do. Both are approvals and
// not inputs: apply always plans from the files, and neither decides where to connect,
// as which user, or which objects to write.

// parseDigest checks the flag --digest. An empty value, as from a variable of a script that was
// not set, is no digest: it must not count as none given.
func (o *applyOptions) parseDigest(given bool) (err error) {
	if !given {
		return nil
	}
	if o.digest, err = plan.ParseDigest(o.digest); err != nil {
		return advise(`Copy it from the last line of rolecall plan, or from "digest" in plan --json.`, "flag --digest: %w", err)
	}
	return nil
}

// parseApproval reads the argument of apply: a directory, or a plan file
// whose changes are approved. It returns the directory of the configuration.
func parseApproval(arg string, o *applyOptions, products Products) (dir string, err error) {
	switch info, err := os.Stat(arg); {
	case errors.Is(err, fs.ErrNotExist):
		return "", advise("Name the directory that holds your configuration, or a file that rolecall plan --out saved.",
			"there is no directory or plan file %s", arg)
	case err != nil || info.IsDir():
		if o.dir != "" {
			return "", advise("Run: "+commandLine("apply", o.dir), "flag --dir needs a plan file, but %s is a directory", arg)
		}
		return arg, nil
	case o.digest != "":
		return "", advise("Use one of the two.", "a plan file and --digest cannot be used together")
	case len(o.targets) > 0:
		return "", advise("Use --target with rolecall plan --out instead.", "a plan file and --target cannot be used together")
	}
	if o.saved, err = readPlan(arg, products); err != nil {
		return "", err
	}
	o.asserts.adopt(o.saved)
	if o.saved.NoImpact() {
		return "", withCode(exitRefused, advise("Nothing was changed. Plan again without --no-impact.",
			"plan file %s cannot be applied, because it was made with --no-impact: who gains and loses rights was not computed", arg))
	}
	if dir = o.dir; dir == "" {
		dir = "."
	}
	return dir, checkConfigured(dir, o.saved)
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
// nothing needs no approval.
func checkDigest(d *plan.Document, o *applyOptions) error {
	if o.digest == "" || !pending(d) {
		return nil
	}
	digest := d.Digest()
	if digest == o.digest {
		return nil
	}
	if o.digests != "" {
		return withCode(exitRefused, advise("Nothing was changed. Since the approval, the files or the product changed, or only a part of it was applied. Plan the fleet again, and review the plan of this tenant.",
			"the plan is not the approved one: its digest is %s", digest))
	}
	return withCode(exitRefused, advise("Nothing was changed. Since the approval, the files or the product changed, or only a part of it was applied. "+
		"Review the plan above. To approve it, use the same flags and its own digest:\n  "+commandLine(o.verb+" --digest "+digest, o.args...),
		"the plan is not the approved one: its digest is %s", digest))
}

// noteUnusedDigest says that a plan without changes is not the approved one. That is no error: what
// was approved may be in effect, as when a job runs again.
func noteUnusedDigest(s *Streams, d *plan.Document, o *applyOptions) {
	if o.digest == "" || o.digest == noDigest || o.digest == d.Digest() {
		return
	}
	fmt.Fprintln(s.Err, text.Wrap("The digest "+o.digest+" is not used, because there is nothing to apply. "+
		"Either what it approved is in effect, or the digest is wrong.", s.Width))
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
