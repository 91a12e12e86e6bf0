package fleet

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"time"
)

// A metric is a number of each tenant, in the text format of Prometheus.
type metric struct {
	name, help string
	value      func(*Tenant) (float64, bool) // false if it is not known
}

func known(f func(*Tenant) int) func(*Tenant) (float64, bool) {
	return func(t *Tenant) (float64, bool) { return float64(f(t)), !t.Missing }
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// metrics are the metrics of a tenant.
func metrics() []metric {
	return []metric{
		{"failed", "1 if the last run failed or has no result.", func(t *Tenant) (float64, bool) { return truth(t.Failing()), true }},
		{"missing", "1 if there is no result.", func(t *Tenant) (float64, bool) { return truth(t.Missing), true }},
		{"exit_code", "Exit code of the last run.", known(func(t *Tenant) int { return t.Exit })},
		{"changes", "Changes of the plan.", known(func(t *Tenant) int { return t.Total() })},
		{"differences", "Differences that a drift check found.", known(func(t *Tenant) int { return t.Differences })},
		{"people_affected", "People whose rights change.", known(func(t *Tenant) int { return t.PeopleAffected })},
		{"people_losing_rights", "People who lose rights.", known(func(t *Tenant) int { return t.Dangers.Loss })},
		{"new_administrators", "People who become administrator or gain privileged rights.", known(func(t *Tenant) int { return t.Dangers.NewAdmin })},
		{"requests", "Requests of the last run, without those that applied changes.", known(func(t *Tenant) int { return t.Requests })},
		{"run_seconds", "Seconds that the last run took.", func(t *Tenant) (float64, bool) { return t.Seconds, !t.Missing && t.Seconds > 0 }},
		{"run_timestamp_seconds", "Unix time at which the last run began.", func(t *Tenant) (float64, bool) { return t.unix() }},
	}
}

// Prometheus writes the report for the textfile collector of the node exporter. The names of tenants need no escape.
func (r *Report) Prometheus(w io.Writer) error {
	out := bufio.NewWriter(w)
	n := r.Totals()
	for _, g := range []struct {
		name, help string
		n          int
	}{
		{"tenants", "Tenants that were expected.", n.Tenants},
		{"failures", "Tenants that failed or are missing, and results that cannot be read.", r.Failures()},
		{"unknown_tenants", "Tenants with results that the fleet does not have.", len(r.Unknown)},
	} {
		fmt.Fprintf(out, "# HELP rolecall_fleet_%s %s\n# TYPE rolecall_fleet_%[1]s gauge\nrolecall_fleet_%[1]s %[3]d\n", g.name, g.help, g.n)
	}
	for _, m := range metrics() {
		fmt.Fprintf(out, "# HELP rolecall_tenant_%s %s\n# TYPE rolecall_tenant_%[1]s gauge\n", m.name, m.help)
		for i := range r.Tenants {
			t := &r.Tenants[i]
			if v, ok := m.value(t); ok {
				fmt.Fprintf(out, "rolecall_tenant_%s{tenant=\"%s\",wave=\"%d\"} %s\n", m.name, t.Tenant, t.Wave, strconv.FormatFloat(v, 'f', -1, 64))
			}
		}
	}
	return out.Flush()
}

// unix is Started as seconds since 1970.
func (t *Tenant) unix() (float64, bool) {
	at, err := time.Parse(time.RFC3339, t.Started)
	return float64(at.Unix()), err == nil
}
