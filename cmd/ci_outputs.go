package cmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rolecall-dev/rolecall/apply"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func newCIOutputsCommand(f *Factory) *cobra.Command {
	var terraform bool
	c := &cobra.Command{
		Use:   "outputs FILE",
		Short: "Print the counts of a saved document for a pipeline",
		Long: "Prints the counts of what plan --out, apply --report or drift --report saved, one NAME=VALUE a line, for $GITHUB_OUTPUT or a dotenv report of GitLab:\n\n" +
			"  changes          changes of the plan, changes that were applied, or differences\n" +
			"  deletes          those that delete or deactivate; not for drift\n" +
			"  people_affected  users who gain or lose rights; of a plan only\n" +
			"  digest           of the plan to approve next; empty if there is none\n\n" +
			"A count that is not known is empty: all counts of a plan with errors, people_affected of a plan with --no-impact, and changes of a check " +
			"that could not see everything.",
		Example: "  rolecall ci outputs plan.json >> \"$GITHUB_OUTPUT\"\n" +
			"  rolecall ci outputs --terraform plan.json > terraform.json    # for reports: terraform of GitLab",
		Args:              between(1, 1, "a file that --out or --report saved"),
		ValidArgsFunction: completeFiles("json"),
		RunE: func(_ *cobra.Command, args []string) error {
			return runCIOutputs(f, args[0], terraform)
		},
	}
	c.Flags().BoolVar(&terraform, "terraform", false, "print the changes of a plan as the JSON that GitLab shows in a merge request")
	return c
}

func runCIOutputs(f *Factory, path string, terraform bool) error {
	const hint = "Name a file that plan --out, apply --report or drift --report saved."
	content, err := os.ReadFile(path)
	if err != nil {
		return advise(hint, "%s cannot be read: %w", path, bare(err))
	}
	var doc savedDocument
	if err := json.Unmarshal(content, &doc); err != nil {
		return advise(hint, "%s is no JSON document: %w", path, err)
	}
	if doc.Plans != nil {
		d, err := readPlan(path, f.Products)
		if err != nil {
			return err
		}
		if terraform {
			return f.printJSON(terraformReport(d))
		}
		return printOutputs(f.Out, planOutputs(d))
	}
	if terraform {
		return advise("Name a file that rolecall plan --out saved.", "%s is no plan", path)
	}
	switch {
	case doc.Applied != nil:
		return printOutputs(f.Out, doc.applyOutputs())
	case doc.Tenants != nil:
		return printOutputs(f.Out, doc.driftOutputs())
	}
	return advise(hint, "%s is none of the documents of rolecall", path)
}

// A savedDocument has what the outputs of the documents of plan, apply and drift are made from.
type savedDocument struct {
	Plans json.RawMessage // of a plan

	Digest    string // of an apply
	Remaining string `json:"remaining_digest"`
	Applied   []struct {
		Results []struct {
			Action schema.Action
			Status apply.Status
		}
	}

	Tenants []tenantDriftJSON // of drift
}

// An output is a line of ci outputs.
type output struct{ name, value string }

func printOutputs(w io.Writer, all []output) error {
	for _, o := range all {
		if _, err := fmt.Fprintf(w, "%s=%s\n", o.name, o.value); err != nil {
			return err
		}
	}
	return nil
}

// planOutputs has no digest of a plan that must not be applied, or that changes nothing.
func planOutputs(d *plan.Document) []output {
	changes, deletes, people, digest := 0, 0, 0, ""
	for _, p := range d.Plans {
		n := p.Summary()
		changes += n.Writes()
		deletes += n.Delete + n.Deactivate
		for i := range p.Affected {
			if a := &p.Affected[i]; a.Person {
				people++
			} else {
				people += len(a.People)
			}
		}
	}
	if checkPlan(d) == nil {
		digest = digestOf(d)
	}
	whole := planErrors(d) == 0
	return []output{count("changes", changes, whole), count("deletes", deletes, whole), count("people_affected", people, whole && !d.NoImpact()), {"digest", digest}}
}

// count is the output of a number, which is empty if it is not known.
func count(name string, n int, known bool) output {
	if !known {
		return output{name, ""}
	}
	return output{name, strconv.Itoa(n)}
}

// applyOutputs has the digest of what is left, or of the plan that was not the approved one.
func (d *savedDocument) applyOutputs() []output {
	changes, deletes := 0, 0
	for _, t := range d.Applied {
		for _, r := range t.Results {
			if r.Status != apply.Done {
				continue
			}
			changes++
			if r.Action.Removes() {
				deletes++
			}
		}
	}
	digest := d.Remaining
	if len(d.Applied) == 0 {
		digest = cmp.Or(digest, d.Digest)
	}
	if _, err := plan.ParseDigest(digest); err != nil {
		digest = "" // of a file that somebody wrote
	}
	return []output{count("changes", changes, true), count("deletes", deletes, true), {"digest", digest}}
}

func (d *savedDocument) driftOutputs() []output {
	n, whole := 0, true
	for _, t := range d.Tenants {
		n += len(t.Differences)
		whole = whole && len(t.Unseen) == 0
	}
	return []output{count("changes", n, whole)}
}

// terraformReport is the report that GitLab shows in a merge request.
func terraformReport(d *plan.Document) map[string]int {
	out := map[string]int{"create": 0, "update": 0, "delete": 0}
	for _, p := range d.Plans {
		n := p.Summary()
		out["create"] += n.Create
		out["update"] += n.Update + n.Rename
		out["delete"] += n.Delete + n.Deactivate
	}
	return out
}
