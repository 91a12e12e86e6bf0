package roserocket_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/providertest/exampletest"
)

// runExample runs the program on examples/freight.
func runExample(t *testing.T, middlewares ...providertest.Middleware) *exampletest.Example {
	t.Helper()
	tr := exampletest.RunExample(t, "roserocket", "freight", middlewares...)
	tr.Login = "/oauth/token"
	return tr
}

func TestExampleKeepsTheContract(t *testing.T) {
	runExample(t, providertest.MustOpenContract(t).Middleware(t)).Converge()
}

// What a newer Rose Rocket adds to its answers makes no difference to what is
// written, but for going back as it came.
func TestUnknownFieldsMakeNoDifference(t *testing.T) {
	plain := runExample(t).Converge()
	added := runExample(t, providertest.EditObjects(t, withNewFields)).Converge()
	var without []string
	for _, w := range added {
		if strings.Contains(w, "/permissions/") && strings.Count(w, `"added_text":"new"`) < 5 {
			t.Errorf("not all that was added goes back: %s", w)
		}
		without = append(without, withoutNewFields(t, w))
	}
	for i := range plain {
		plain[i] = withoutNewFields(t, plain[i])
	}
	if d := cmp.Diff(plain, without); d != "" {
		t.Errorf("writes (-without +with unknown fields):\n%s", d)
	}
}

// Words that a newer Rose Rocket may use are read and go back as they came, where
// the files say nothing about them.
func TestUnknownWordsGoBack(t *testing.T) {
	writes := runExample(t, understanding, providertest.EditObjects(t, withNewWords)).Converge()
	at := func(object string) string {
		for _, w := range writes {
			if strings.Contains(w, "/roles/sales/objectKey/"+object+" ") {
				return w
			}
		}
		t.Fatalf("nothing was written of %s:\n%s", object, strings.Join(writes, "\n"))
		return ""
	}
	if w := at("stop"); !strings.Contains(w, `"option":"most"`) {
		t.Errorf("the option does not go back: %s", w)
	}
	if w := at("quote"); !strings.Contains(w, `"permissionType":"auditor"`) || strings.Contains(w, `"isCreateAllowed":true`) {
		t.Errorf("the right does not go back, or nothing changed: %s", w)
	}
}

// withNewFields adds fields of every type to an object.
func withNewFields(_ string, o map[string]any) {
	o["added_text"] = "new"
	o["added_number"] = 1e300
	o["added_null"] = nil
	o["added_list"] = []any{[]any{}, true}
	o["added_object"] = map[string]any{"key": "order", "isDisabled": true}
}

// withoutNewFields takes them out of a write.
func withoutNewFields(t *testing.T, write string) string {
	t.Helper()
	method, rest, _ := strings.Cut(write, " ")
	address, body, _ := strings.Cut(rest, " ")
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	providertest.EachObject(v, func(o map[string]any) {
		for name := range o {
			if strings.HasPrefix(name, "added_") {
				delete(o, name)
			}
		}
	})
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return method + " " + address + " " + string(text)
}

// understanding is the road to a product that knows the new words.
func understanding(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPost {
			return next.RoundTrip(r)
		}
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		body := strings.NewReplacer(`"auditor"`, `"editor"`, `"most"`, `"full"`).Replace(string(sent))
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return next.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// withNewWords puts words into an answer that no documentation has, where the
// example says nothing about it.
func withNewWords(path string, o map[string]any) {
	switch {
	case o["key"] == "validUntil" && o["isDisabled"] == false:
		o["permissionType"] = "auditor"
	case o["fields"] != nil && strings.HasSuffix(path, "/roles/sales/objectKey/stop"):
		o["option"] = "most"
	}
}
