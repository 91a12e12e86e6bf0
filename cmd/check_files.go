package cmd

import (
	"github.com/rolecall-dev/rolecall/config"
	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/access"
	"github.com/rolecall-dev/rolecall/plan/checks"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// checkFiles evaluates the checks with what the files declare. Unless that is the whole organization, a check that does not
// hold is a warning, and one that names what no file has is only counted: plan knows what exists besides.
func checkFiles(cfg *config.Config, whole bool) ([]tenantChecks, []schema.Finding) {
	var out []tenantChecks
	var findings []schema.Finding
	for _, t := range cfg.Tenants {
		if len(t.Checks) == 0 {
			continue
		}
		if t.Product.Offline != nil {
			t.Product.Offline(t.Objects) // its notes are about single questions
		}
		results := checks.Evaluate(checks.Input{Tenant: t, State: access.New(access.Input{Tenant: t})})
		for i := range results {
			for _, f := range results[i].Findings() {
				if !whole && f.Code == schema.CheckAbsent { // it may exist in the product only
					continue
				}
				if !whole && f.Severity == schema.Error {
					f.Severity = schema.Warning
					if f.Code != schema.CheckInvalid { // which is the same in a plan
						f.Detail += " This is about the files alone; plan also considers what exists in " + t.Product.Title + "."
					}
				}
				findings = append(findings, f)
			}
		}
		out = append(out, tenantChecks{t.Name, results})
	}
	return out, findings
}

// checksHead begins the sentence about the checks of a tenant.
func checksHead(cfg *config.Config, provider string) string {
	if len(cfg.Tenants) > 1 {
		return "Checks of " + provider + ": "
	}
	return "Checks: "
}

// A checkJSON is the result of a check for programs; docs/json.md describes it.
type checkJSON struct {
	Provider string                `json:"provider"`
	Name     string                `json:"name"`
	Severity string                `json:"severity"`
	Result   plan.CheckResult      `json:"result"`
	Members  int                   `json:"members"`
	Failed   int                   `json:"failed"`
	Failures []schema.CheckFailure `json:"failures"`
	Why      string                `json:"why,omitempty"`
	File     string                `json:"file"`
	Line     int                   `json:"line"`
}

func newChecksJSON(all []tenantChecks) []checkJSON {
	var out []checkJSON
	for _, t := range all {
		for i := range t.results {
			c := &t.results[i]
			severity := schema.Error
			if c.Warning {
				severity = schema.Warning
			}
			out = append(out, checkJSON{
				Provider: t.provider, Name: c.Name, Severity: severity.String(), Result: c.Result, Members: c.Members, Failed: c.Failed,
				Failures: append([]schema.CheckFailure{}, c.Failures...), Why: c.Why, File: c.Pos.File, Line: c.Pos.Line,
			})
		}
	}
	return out
}
