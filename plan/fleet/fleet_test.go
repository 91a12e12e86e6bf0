package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A line never has more bytes than a termination message, and never loses what a report needs.
func TestEncodeFits(t *testing.T) {
	long := strings.Repeat("ö\"<x>\u202e", 3000)
	many := slices.Repeat([]string{strings.Repeat("j", 300)}, 40)
	for _, l := range []Line{
		{Tenant: "a"},
		{Tenant: strings.Repeat("t", 100), Command: "apply", Exit: 3, Error: long, Organizations: many, Journals: many, Dangers: Dangers{Loss: 2, NewAdmin: 1}, Started: "2026-03-01T08:00:00Z"},
		{Tenant: "a", Exit: 1, Organizations: many, Changes: map[string]int{"create": 3}},
		{Tenant: "a", Exit: 5, Error: long},
	} {
		b, err := l.Encode()
		if err != nil || len(b) > MaxLine || bytes.Count(b, []byte("\n")) != 1 {
			t.Errorf("%d bytes: %v", len(b), err)
			continue
		}
		got, err := Decode(b)
		if err != nil || got.Tenant != l.Tenant || got.Exit != l.Exit || got.Dangers != l.Dangers || got.Started != l.Started || got.Total() != l.Total() {
			t.Errorf("%s: %v", b, err)
		}
		if cut := len(l.Error) > 100 || len(l.Journals)+len(l.Organizations) > 5; got.Truncated != cut {
			t.Errorf("truncated: %t, want %t", got.Truncated, cut)
		}
	}
}

// The termination message keeps every tenant as long as it can, failures whole.
func TestLastFits(t *testing.T) {
	line := func(i, exit int) Line {
		l := Line{Tenant: fmt.Sprintf("tenant-%d", i), Command: "plan", Exit: exit, Digest: "sha256:" + strings.Repeat("0", 64), Started: "2026-03-01T08:00:00Z", PeopleAffected: 1}
		if exit != 0 {
			l.Error = "why"
		}
		return l
	}
	for _, c := range []struct{ tenants, kept, whole, digests int }{{3, 3, 3, 3}, {20, 20, 2, 20}, {30, 30, 3, 3}, {45, 45, 0, 0}, {200, 50, 0, 0}} {
		var lines []Line
		for i := range c.tenants {
			exit := 0
			if i%10 == 0 {
				exit = 1
			}
			lines = append(lines, line(i, exit))
		}
		b, err := Last(lines)
		if err != nil || len(b) > MaxLine {
			t.Fatalf("%d tenants: %d bytes: %v", c.tenants, len(b), err)
		}
		got, broken, err := Read("x", bytes.NewReader(b))
		if err != nil || len(broken) > 0 || len(got) < c.kept {
			t.Fatalf("%d tenants: %d lines, want %d: %v %v", c.tenants, len(got), c.kept, broken, err)
		}
		if last := got[len(got)-1]; last.Tenant != lines[len(lines)-1].Tenant {
			t.Errorf("%d tenants: the last is %s", c.tenants, last.Tenant)
		}
		whole, digests := 0, 0
		for i := range got {
			if got[i].Failed() && got[i].Error != "why" {
				t.Errorf("%d tenants: a failure without its cause", c.tenants)
			}
			if !got[i].Truncated {
				whole++
			}
			if got[i].Digest != "" {
				digests++
			}
		}
		if whole < c.whole || digests < c.digests {
			t.Errorf("%d tenants: %d whole lines, want %d; %d digests, want %d", c.tenants, whole, c.whole, digests, c.digests)
		}
	}
}

// The largest shard of tenants that a guide calls about 20 for each has all of its tenants in the termination message,
// also if all change, and those without changes with their organization.
func TestLastFitsTheLargestShard(t *testing.T) {
	for _, changes := range []int{0, 12} {
		var lines []Line
		for i := range 37 {
			l := Line{Tenant: fmt.Sprintf("shop-%04d", i), Command: "apply", Organizations: []string{fmt.Sprintf("partoo 1%04d", i)}, Started: "2026-03-01T08:00:00Z", Requests: 73, Seconds: 18.2}
			if changes > 0 {
				l.Changes, l.Results, l.Dangers = map[string]int{"create": changes}, map[string]int{"done": changes}, Dangers{Loss: 3}
			}
			lines = append(lines, l)
		}
		b, err := Last(lines)
		if err != nil {
			t.Fatal(err)
		}
		got, broken, err := Read("x", bytes.NewReader(b))
		if err != nil || len(broken) > 0 || len(got) != len(lines) {
			t.Fatalf("%d changes: %d lines of %d: %v %v", changes, len(got), len(lines), broken, err)
		}
		if changes == 0 && !slices.Equal(got[0].Organizations, lines[0].Organizations) {
			t.Errorf("no organization: %s", b)
		}
	}
}

// A line without an exit code is no success.
func TestDecodeNeedsAnExitCode(t *testing.T) {
	for _, line := range []string{`{"format_version":1,"tenant":"a"}`, `{"format_version":1,"tenant":"a","exit":null}`} {
		if l, err := Decode([]byte(line)); err == nil || err.Error() != "it has no exit code" {
			t.Errorf("%s: %+v, %v", line, l, err)
		}
	}
}

func TestCauseNamesNobody(t *testing.T) {
	got := Cause("user ana@zoo.example: \"ben+x@zoo.example\" has\n\tno role\x1b[31m (see https://zoo.example/a)")
	if want := `user (address): "(address)" has no role\x1b[31m (see https://zoo.example/a)`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseTraceparent(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for s, want := range map[string]string{
		good: good, good + "\n": good, "": "", "00": "", strings.ToUpper(good): "", good + "-x": "",
		"ff" + good[2:]: "", "00-00000000000000000000000000000000-b7ad6b7169203331-01": "",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01": "", `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"`: "",
	} {
		if got := ParseTraceparent(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}

// Whatever stands in the input, it is a result with valid values or it is broken, and metrics stay metrics.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format_version":1,"tenant":"a","exit":0,"changes":{"create":1},"started":"2026-03-01T08:00:00Z"}`))
	f.Add([]byte(`{"format_version":1,"tenant":"a\"} 1\nx","exit":0}`))
	f.Add([]byte(`{"kind":"List","items":[{"status":{"containerStatuses":[{"state":{"terminated":{"message":"{}"}}}]}}]}`))
	f.Add([]byte("x\n\n{"))
	f.Fuzz(func(t *testing.T, in []byte) {
		lines, broken, err := Read("x", bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		r := Merge([]Expected{{Name: "a", Wave: 1}, {Name: "b", Wave: 1}}, nil, lines, broken, func(int) string { return "why" })
		if len(r.Tenants) != 2 || r.Totals().Failed > 0 != slices.ContainsFunc(r.Tenants, func(x Tenant) bool { return x.Failing() }) {
			t.Fatalf("%+v", r)
		}
		var out bytes.Buffer
		if err := r.Prometheus(&out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "rolecall_") {
				t.Fatalf("%q", line)
			}
		}
		for _, l := range lines {
			if b, err := l.Encode(); err != nil || !json.Valid(b) || len(b) > MaxLine {
				t.Fatalf("%+v: %s %v", l, b, err)
			}
		}
	})
}
