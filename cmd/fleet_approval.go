package cmd

import (
	"strings"

	"github.com/rolecall-dev/rolecall/plan/fleet"
	"github.com/rolecall-dev/rolecall/provider/schema/text"
)

// approvedPlans are the results of plan --fleet whose plans may be applied, by tenant.
type approvedPlans struct {
	file  string
	lines map[string]fleet.Line
}

// noDigest is the digest of no plan. It approves nothing.
var noDigest = "sha256:" + strings.Repeat("0", 64)

// readApproved reads the results of plan --fleet, of each tenant the newest.
func readApproved(f *Factory, file string) (*approvedPlans, error) {
	lines, broken, err := f.readResults(file)
	if err != nil {
		return nil, advise("Name a file with what plan --fleet printed to standard output.", "the digests in %s cannot be read: %w", file, bare(err))
	}
	if len(broken) > 0 {
		return nil, advise("Nothing was changed. Save standard output of plan --fleet alone.", "%s has no results of plan --fleet: %s: %s", text.Clean(file), broken[0].Place(), broken[0].Why)
	}
	out := &approvedPlans{file, map[string]fleet.Line{}}
	for _, l := range lines {
		if old, ok := out.lines[l.Tenant]; !ok || l.Started >= old.Started {
			out.lines[l.Tenant] = l
		}
	}
	return out, nil
}

// digest returns the digest of the approved plan of a tenant. A plan without changes approves none.
func (p *approvedPlans) digest(tenant string) (string, error) {
	l, known := p.lines[tenant]
	why := ""
	switch {
	case !known:
		why = "has no result of it"
	case l.Command != "plan" && !l.Truncated:
		why = "has a result of " + l.Command + " for it"
	case l.Failed():
		why = "says that its plan failed"
	case l.Digest == "" && l.Total() > 0 && l.Truncated:
		why = "has a shortened result of it, without the digest"
	case l.Digest == "" && l.Total() > 0:
		why = "says that its plan cannot be applied"
	case l.Digest == "":
		return noDigest, nil
	default:
		return l.Digest, nil
	}
	return "", withCode(exitRefused, advise("Nothing was changed. Plan the fleet again, review the plans, and name what plan printed with --digests.",
		"no plan of %s was approved: %s %s", tenant, text.Clean(p.file), why))
}
