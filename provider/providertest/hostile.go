package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/plan"
	"github.com/rolecall-dev/rolecall/plan/render"
	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// hostile plans every step of the story while one answer after the other is another than
// the documented one: of another shape, without one of its lists, a web page, answered 404
// or 405, with odd names, or cut short because the plan is cancelled. Such a plan must end
// with an error or be the same as with the whole answers; a missing list must never be
// taken for an empty one. The clock of the machine must not matter. Then each call that
// writes is refused once.
//
// The calls whose answers have lists have to be just those of Suite.Lists, where that is
// set.
func (s *Suite) hostile(t *testing.T) {
	c := s.newScenario(t, nil, mode{record: &record{suite: s}})
	answers := &tampered{next: c.wire.next, contract: s.Contract, prefix: c.start.Endpoint, reads: s.Provider.Reads}
	c.wire.next = answers
	tried, lists := map[string]bool{}, map[string]bool{}
	first := map[string]int{} // step of each call that writes
	for i := range s.Story {
		step := c.turn(i)
		answers.restore()
		if whole, err := c.ask(t.Context(), step.HCL); err == nil {
			for call, ways := range answers.seen() {
				if tried[call] {
					continue
				}
				tried[call], lists[call] = true, len(ways) > 0
				s.wrongAnswers(t, c, step, answers, call, ways, whole)
			}
			answers.restore()
			c.later = 48 * time.Hour
			if got, err := c.ask(t.Context(), step.HCL); err != nil || got != whole {
				t.Errorf("%s: with a clock that is two days fast: %v\n%s", step.Name, err, cmp.Diff(whole, got))
			}
			c.later = 0
			s.oddNames(t, c, step, answers)
		}
		answers.restore()
		if err := c.step(t.Context(), i); err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		for call := range answers.written() {
			if _, known := first[call]; !known {
				first[call] = i
			}
		}
	}
	maps.DeleteFunc(lists, func(_ string, has bool) bool { return !has })
	if d := cmp.Diff(slices.Sorted(slices.Values(s.Lists)), slices.Sorted(maps.Keys(lists))); s.Lists != nil && d != "" {
		t.Errorf("calls whose answers have lists (-Suite.Lists +called):\n%s", d)
	}
	for _, call := range slices.Sorted(maps.Keys(first)) {
		s.refusedWrite(t, call, first[call])
	}
}

// wrongAnswers plans a step with each wrong answer to one call.
func (s *Suite) wrongAnswers(t *testing.T, c *scenario, step *Step, answers *tampered, call string, lists []string, whole string) {
	t.Helper()
	forms := slices.Concat(shapeless(len(lists) == 0), without(lists))
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		if !slices.Contains(s.Unreadable, call) {
			forms = append(forms, form{name: fmt.Sprintf("the answer is %d", status), same: true, status: status})
		}
	}
	for _, f := range forms {
		answers.tamper(call, f)
		got, err := c.ask(t.Context(), step.HCL)
		if err == nil && (!f.same || got != whole) {
			t.Errorf("%s: %s: %s: the plan is made:\n%s", step.Name, call, f.name, cmp.Diff(whole, got))
		}
	}
	if len(lists) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answers.tamper(call, form{change: func(body []byte) []byte { cancel(); return body }})
	if got, err := c.ask(ctx, step.HCL); err == nil {
		t.Errorf("%s: %s: the plan is made although it was cancelled:\n%s", step.Name, call, cmp.Diff(whole, got))
	}
}

// oddNames plans a step while the product shows one object of each kind under an odd name.
// Such a plan may have an error. What people are shown has no control characters.
func (s *Suite) oddNames(t *testing.T, c *scenario, step *Step, answers *tampered) {
	answers.restore()
	tenant, diags := c.load(step.HCL)
	if diags.HasErrors() {
		return
	}
	objects, err := c.present(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{} // of one object of each kind
	for it, o := range objects {
		if old := names[it.kind]; old == "" || o.Addr.Key < old {
			names[it.kind] = o.Addr.Key
		}
	}
	c.hostile = true
	defer func() { c.hostile = false }()
	for _, odd := range []string{"e\u0301", "#1", "a/b", "\x1b[2K\x00", "\u202e", "..", " "} {
		answers.tamper("", form{change: func(body []byte) []byte { return renamed(body, names, odd) }})
		d, err := c.plan(t.Context(), tenant)
		if err != nil {
			continue // a product may refuse such a name
		}
		var page bytes.Buffer
		if err := render.Terminal(&page, &plan.Document{Plans: []*plan.Plan{d.plan}}, render.Options{Verbose: true}); err != nil {
			t.Errorf("%s: a name with %q cannot be printed: %v", step.Name, odd, err)
		}
		if strings.ContainsAny(page.String(), "\x1b\x00\u202e") {
			t.Errorf("%s: a name with %q is printed as it is:\n%q", step.Name, odd, page.String())
		}
	}
}

// renamed appends text to the strings of an answer that are one of the names.
func renamed(body []byte, names map[string]string, text string) []byte {
	var whole any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&whole) != nil {
		return body
	}
	known := slices.Collect(maps.Values(names))
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			if slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, v) }) {
				return v + text
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for key := range v {
				v[key] = walk(v[key])
			}
		}
		return v
	}
	out, err := json.Marshal(walk(whole))
	if err != nil {
		return body
	}
	return out
}

// refusedWrite tells the story up to a step whose write is then answered 404 and 405, and
// never executed. What did not take effect must not be reported as done.
func (s *Suite) refusedWrite(t *testing.T, call string, at int) {
	t.Helper()
	c := s.newScenario(t, nil, mode{record: &record{suite: s}})
	for i := range at {
		if err := c.step(t.Context(), i); err != nil {
			t.Fatalf("%s: %v", s.Story[i].Name, err)
		}
	}
	step := c.turn(at)
	if err := c.elsewhere(t.Context(), step.Before); err != nil {
		t.Fatalf("%s: %v", step.Name, err)
	}
	answers := &tampered{next: c.wire.next, contract: s.Contract, prefix: c.start.Endpoint, reads: s.Provider.Reads}
	c.wire.next = answers
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed} {
		answers.restore()
		d, err := c.read(t.Context(), step.HCL)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		before, err := c.present(t.Context(), d.tenant)
		if err != nil {
			t.Fatal(err)
		}
		c.hostile = true
		answers.tamper(call, form{status: status})
		report, _, _, err := c.execute(t.Context(), d, none, 0)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		answers.restore()
		c.hostile = false
		after, err := c.present(t.Context(), d.tenant)
		if err != nil {
			t.Fatal(err)
		}
		next, err := c.read(t.Context(), step.HCL)
		if err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
		if left := pending(next.plan); report.OK() && left != "" {
			t.Errorf("%s: %s is answered %d, and everything is reported as done. The next plan: %s", step.Name, call, status, left)
		}
		if err := lost(before, after, report); err != nil {
			t.Errorf("%s: %s is answered %d: %v", step.Name, call, status, err)
		}
	}
}

// ask plans the files and reads the log of the product, as far as it has one. It
// returns the planned changes; a plan with errors is an error.
func (c *scenario) ask(ctx context.Context, text string) (string, error) {
	tenant, diags := c.load(text)
	if diags.HasErrors() {
		return "", diags
	}
	d, err := c.plan(ctx, tenant)
	if err != nil {
		return "", err
	}
	for _, f := range slices.Concat(d.plan.Findings, d.plan.Violations) {
		if f.Severity == schema.Error {
			return "", errors.New(f.Summary)
		}
	}
	log, err := eventsOf(ctx, d.client)
	if err != nil {
		return "", err
	}
	return fmt.Sprintln(actions(d.plan.Changes), actions(d.plan.Observed), log), nil
}

func eventsOf(ctx context.Context, client provider.Client) (ids []string, err error) {
	log, ok := client.(provider.AuditReader)
	if !ok {
		return nil, nil
	}
	for e, err := range log.History(ctx, time.Time{}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, e.ID)
	}
	return ids, nil
}

// A form is a way in which an answer is wrong.
type form struct {
	name   string
	same   bool // the client need not notice: the plan may be that of the whole answer
	status int  // answered instead, without a request to the product; 0 means none
	change func(body []byte) []byte
}

// shapeless are answers of another shape than the documented one. An answer without a list
// need not be noticed.
func shapeless(same bool) []form {
	always := func(text string) form {
		return form{name: fmt.Sprintf("the answer is %q", text), same: same, change: func(body []byte) []byte {
			if text == "[]" && bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
				return []byte("{}")
			}
			return []byte(text)
		}}
	}
	return []form{
		always("{}"), always(`{"other":[]}`), always(`{"items":[]}`), always("null"), always("[]"), always(`""`), always(""),
		always("<html><title>Sign in</title></html>"),
	}
}

// without are the answers that lack one of the lists, each given by the names of the
// members on the way to it.
func without(lists []string) []form {
	var out []form
	for _, list := range lists {
		if list == "" {
			continue // the answer itself
		}
		way := strings.Split(list, ".")
		for name, change := range map[string]func(map[string]any, string){
			"missing":   func(o map[string]any, key string) { delete(o, key) },
			"null":      func(o map[string]any, key string) { o[key] = nil },
			"an object": func(o map[string]any, key string) { o[key] = map[string]any{} },
		} {
			out = append(out, form{name: list + " is " + name, same: true, change: func(body []byte) []byte { return edited(body, way, change) }})
		}
	}
	return out
}

// edited changes the first list on a way.
func edited(body []byte, way []string, change func(o map[string]any, key string)) []byte {
	var whole any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&whole) != nil {
		return body
	}
	var at func(v any, way []string) bool
	at = func(v any, way []string) bool {
		switch v := v.(type) {
		case []any:
			return slices.ContainsFunc(v, func(item any) bool { return at(item, way) })
		case map[string]any:
			if len(way) > 1 {
				return at(v[way[0]], way[1:])
			}
			if _, is := v[way[0]].([]any); is {
				change(v, way[0])
				return true
			}
		}
		return false
	}
	at(whole, way)
	text, err := json.Marshal(whole)
	if err != nil {
		return body
	}
	return text
}

// listsOf returns the ways to the lists of a JSON value, "" for the value itself.
func listsOf(v any) []string {
	found := map[string]bool{}
	var walk func(v any, way string)
	walk = func(v any, way string) {
		switch v := v.(type) {
		case []any:
			found[way] = true
			for _, item := range v {
				walk(item, way)
			}
		case map[string]any:
			for key, value := range v {
				if !strings.Contains(key, ".") {
					walk(value, strings.TrimPrefix(way+"."+key, "."))
				}
			}
		}
	}
	walk(v, "")
	return slices.Sorted(maps.Keys(found))
}

// tampered is a way to the product on which the answers to one call are changed, or to all
// calls where call is "". It notes the lists in all answers that are not changed, and the
// calls that write.
type tampered struct {
	next     http.RoundTripper
	contract *Contract // names calls where there is one
	prefix   string    // of addresses, not part of their names otherwise
	reads    func(method, path string) bool

	mu     sync.Mutex
	lists  map[string][]string // by call
	writes map[string]bool     // by call
	call   string
	form   form
}

func (t *tampered) restore() { t.tamper("", form{}) }

func (t *tampered) tamper(call string, f form) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.call, t.form, t.lists, t.writes = call, f, map[string][]string{}, map[string]bool{}
}

func (t *tampered) seen() map[string][]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.lists)
}

func (t *tampered) written() map[string]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.writes)
}

func (t *tampered) name(r *http.Request) string {
	if t.contract != nil {
		_, pattern := t.contract.mux.Handler(r)
		if o := t.contract.operations[pattern]; o != nil {
			return o.name
		}
	}
	u := *r.URL
	u.RawQuery = ""
	return r.Method + " " + strings.TrimPrefix(u.String(), t.prefix)
}

func (t *tampered) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	call := t.name(r)
	reads := t.reads(r.Method, r.URL.EscapedPath())
	if !reads {
		t.writes[call] = true
	}
	if call == t.call && t.form.status != 0 {
		return &http.Response{
			StatusCode: t.form.status, Status: http.StatusText(t.form.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2,
		}, drop(r.Body)
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil || !reads || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	var value any
	if json.Unmarshal(body, &value) == nil && t.lists[call] == nil {
		t.lists[call] = listsOf(value)
	}
	if t.form.change != nil && (t.call == "" || call == t.call) {
		body = t.form.change(body)
		answer.Header = answer.Header.Clone()
		answer.Header.Del("Content-Length")
		answer.ContentLength = int64(len(body))
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
