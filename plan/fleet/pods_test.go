package fleet

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// testPod is a pod of an index of a job whose container ended with results; nil means it left none behind.
func testPod(job, index, created string, results []string) string {
	message, err := json.Marshal(strings.Join(results, "\n"))
	if err != nil {
		panic(err)
	}
	statuses := ""
	if results != nil {
		statuses = fmt.Sprintf(`"containerStatuses":[{"state":{"terminated":{"message":%s}}}]`, message)
	}
	return fmt.Sprintf(`{"metadata":{"name":"%s-%s","creationTimestamp":"2026-03-01T%s:00Z","labels":{"batch.kubernetes.io/job-name":"%[1]s"},`+
		`"annotations":{"batch.kubernetes.io/job-completion-index":"%[2]s"}},"status":{%[4]s}}`, job, index, created, statuses)
}

func applied(tenant string, exit, loss int, started string) string {
	return fmt.Sprintf(`{"format_version":1,"tenant":%q,"command":"apply","exit":%d,"dangers":{"loss":%d},"started":"2026-03-01T%s:00Z"}`, tenant, exit, loss, started)
}

func mergePods(t *testing.T, pods ...string) *Report {
	t.Helper()
	lines, broken, err := Read("pods", strings.NewReader(`{"kind":"List","items":[`+strings.Join(pods, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return Merge([]Expected{{"a", 1}, {"b", 1}}, nil, lines, broken, func(int) string { return "why" })
}

// A pod that was killed in its second attempt has no result of the tenant that it was at, whatever the first one said.
func TestKilledAttemptFails(t *testing.T) {
	first := testPod("apply", "0", "08:00", []string{applied("a", 1, 0, "08:00"), applied("b", 0, 0, "08:01")})
	for _, second := range [][]string{nil, {applied("a", 0, 0, "08:10")}} {
		pods := []string{testPod("apply", "0", "08:09", second), first}
		if r := mergePods(t, pods...); r.Failures() != 2-len(second) || r.Tenants[0].Tenant == "b" != (second != nil) {
			t.Errorf("%v: %+v", second, r)
		}
	}
	if r := mergePods(t, first, testPod("apply", "0", "08:09", []string{applied("a", 0, 0, "08:10"), applied("b", 0, 0, "08:11")})); r.Failures() != 0 {
		t.Errorf("%+v", r)
	}
}

// What the first attempt took from people stays taken if the second one has nothing to do.
func TestEarlierApplyHalts(t *testing.T) {
	r := mergePods(t,
		testPod("apply", "0", "08:00", []string{applied("a", 0, 40, "08:00"), applied("b", 1, 0, "08:01")}),
		testPod("apply", "0", "08:09", []string{applied("a", 0, 0, "08:10"), applied("b", 0, 0, "08:11")}))
	if got := r.Halts(Conditions()); len(got) != 1 || got[0] != "40 people lose rights" {
		t.Errorf("%q", got)
	}
}

// The pods of yesterday's job do not stand in for those that today's lost.
func TestPodsOfSeveralJobs(t *testing.T) {
	r := mergePods(t,
		testPod("drift-1", "0", "08:00", []string{applied("a", 0, 0, "08:00"), applied("b", 0, 0, "08:01")}),
		testPod("drift-2", "0", "09:00", []string{applied("a", 0, 0, "09:00")}))
	if r.Failures() != 1 || len(r.Broken) != 1 || !strings.Contains(r.Broken[0].Why, "the pods of 2 jobs") {
		t.Errorf("%+v", r)
	}
}
