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

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// missingLists plans every step of the story while one answer after the other comes
// without its list. A missing list must never be taken for an empty one: an answer of
// another shape ends the plan with an error, and an answer that lacks one of its lists
// gives an error or the same plan as the whole answer. A plan that is cancelled in the
// middle of a list ends with an error too. The calls whose answers are tried have to be
// just those of Suite.Lists, where that is set.
func (s *Suite) missingLists(t *testing.T) {
	c := s.newScenario(t, nil, mode{record: &record{suite: s}})
	answers := &tampered{next: c.wire.next, contract: s.Contract, prefix: c.start.Endpoint}
	c.wire.next = answers
	tried := map[string]bool{}
	for i := range s.Story {
		step := c.turn(i)
		answers.restore()
		whole, err := c.ask(t.Context(), step.HCL)
		if err == nil {
			for call, lists := range answers.seen() {
				if tried[call] {
					continue
				}
				tried[call] = true
				for _, f := range slices.Concat(shapeless(), without(lists)) {
					answers.tamper(call, f.change)
					got, err := c.ask(t.Context(), step.HCL)
					if err == nil && (!f.lists || got != whole) {
						t.Errorf("%s: %s: %s: the plan is made:\n%s", step.Name, call, f.name, cmp.Diff(whole, got))
					}
				}
				if got, err := c.cancelled(t.Context(), step.HCL, answers, call); err == nil {
					t.Errorf("%s: %s: the plan is made although it was cancelled:\n%s", step.Name, call, cmp.Diff(whole, got))
				}
			}
		}
		answers.restore()
		if err := c.step(t.Context(), i); err != nil {
			t.Fatalf("%s: %v", step.Name, err)
		}
	}
	if s.Lists == nil {
		return
	}
	if d := cmp.Diff(slices.Sorted(slices.Values(s.Lists)), slices.Sorted(maps.Keys(tried))); d != "" {
		t.Errorf("calls whose answers have lists (-Suite.Lists +called):\n%s", d)
	}
}

// cancelled plans the files and cancels that when the first answer to a call arrives.
func (c *scenario) cancelled(ctx context.Context, text string, answers *tampered, call string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers.tamper(call, func(body []byte) []byte { cancel(); return body })
	return c.ask(ctx, text)
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
	lists  bool // only a list of the answer is wrong, which the client need not read
	change func(body []byte) []byte
}

// shapeless are answers of another shape than the documented one.
func shapeless() []form {
	always := func(text string) form {
		return form{name: fmt.Sprintf("the answer is %q", text), change: func(body []byte) []byte {
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
			out = append(out, form{list + " is " + name, true, func(body []byte) []byte { return edited(body, way, change) }})
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

// tampered is a way to the product on which the answers to one call are changed. It
// notes the lists in the answers to all others.
type tampered struct {
	next     http.RoundTripper
	contract *Contract // names calls where there is one
	prefix   string    // of addresses, not part of their names otherwise

	mu     sync.Mutex
	lists  map[string][]string // by call
	call   string
	change func([]byte) []byte
}

func (t *tampered) restore() { t.tamper("", nil) }

func (t *tampered) tamper(call string, change func([]byte) []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.call, t.change, t.lists = call, change, map[string][]string{}
}

func (t *tampered) seen() map[string][]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.lists)
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
	answer, err := t.next.RoundTrip(r)
	if err != nil || r.Method != http.MethodGet || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	call := t.name(r)
	var value any
	if json.Unmarshal(body, &value) == nil {
		if lists := listsOf(value); len(lists) > 0 && t.lists[call] == nil {
			t.lists[call] = lists
		}
	}
	if t.change != nil && call == t.call {
		body = t.change(body)
		answer.Header = answer.Header.Clone()
		answer.Header.Del("Content-Length")
		answer.ContentLength = int64(len(body))
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
