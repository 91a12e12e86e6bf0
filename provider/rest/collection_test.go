package rest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

type pet struct {
	ID   string `json:"id"`
	Tags any    `json:"tags"`
}

func collection(c *rest.Client, items string, pages rest.Paging) rest.Collection[pet] {
	return rest.Collection[pet]{Client: c, Op: "list animals", Path: "/animals", Items: items, Pages: pages, ID: func(a *pet) string { return a.ID }}
}

// The first page can be looked at before the others are asked for, and is not asked for
// again unless the list changes meanwhile.
func TestCollectionStartingWithTheFirstPage(t *testing.T) {
	for name, test := range map[string]struct {
		changes bool
		want    string // pages that are asked for
		items   int
	}{
		"unchanged": {false, "1 2", 2},
		"changed":   {true, "1 2 1 2", 3},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			p := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
				page, count := r.URL.Query().Get("page"), 2
				if asked = append(asked, page); test.changes && n > 1 {
					count = 3
				}
				items := map[string]string{"1": `{"id":"a"}`, "2": `{"id":"b"}`}[page]
				if count == 3 && page == "2" {
					items += `,{"id":"c"}`
				}
				say(w, 200, fmt.Sprintf(`{"max_page":2,"count":%d,"animals":[%s]}`, count, items))
			})
			c := collection(rest.New(p.config(t)), "animals", rest.ByPage("page", "max_page", "count"))
			first, err := c.First(t.Context())
			if err != nil || first.Pages != 2 {
				t.Fatal(first, err)
			}
			all, err := c.StartingWith(first).Slice(t.Context())
			if got := strings.Join(asked, " "); err != nil || got != test.want || len(all) != test.items {
				t.Errorf("asked for pages %s: %v, %v", got, all, err)
			}
		})
	}
}

// Five animals come whole in each way of dividing a list.
func TestCollectionIsReadToItsEnd(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e"}
	rows := func(from, to int) string {
		var out []string
		for _, id := range all[min(from, 5):min(to, 5)] {
			out = append(out, fmt.Sprintf(`{"id":%q,"tags":{"n":1}}`, id))
		}
		return "[" + strings.Join(out, ",") + "]"
	}
	for _, test := range []struct {
		name   string
		items  string
		pages  rest.Paging
		answer func(r *http.Request) string
	}{
		{"whole, bare", "", rest.Whole(), func(*http.Request) string { return rows(0, 5) }},
		{"whole, in an envelope", "response.animals", rest.Whole(), func(*http.Request) string { return `{"response":{"animals":` + rows(0, 5) + `}}` }},
		{"by page", "animals", rest.ByPage("page", "max_page", "count"), func(r *http.Request) string {
			n, _ := strconv.Atoi(r.URL.Query().Get("page"))
			return fmt.Sprintf(`{"max_page":3,"count":5,"animals":%s}`, rows(2*n-2, 2*n))
		}},
		{"by page without a total", "animals", rest.ByPage("page", "max_page", ""), func(r *http.Request) string {
			n, _ := strconv.Atoi(r.URL.Query().Get("page"))
			return fmt.Sprintf(`{"max_page":3,"animals":%s}`, rows(2*n-2, 2*n))
		}},
		{"by page, and each names the next", "animals", rest.ByPage("page", "max_page", "count").Naming("next"), func(r *http.Request) string {
			n, _ := strconv.Atoi(r.URL.Query().Get("page"))
			return fmt.Sprintf(`{"max_page":3,"count":5,"next":%s,"animals":%s}`, []string{"2", "3", "null"}[n-1], rows(2*n-2, 2*n))
		}},
		{"by offset, and the size is clamped", "response.animals", rest.ByOffset("offset", "max", 100, "response.count"), func(r *http.Request) string {
			n, _ := strconv.Atoi(r.URL.Query().Get("offset"))
			return fmt.Sprintf(`{"response":{"count":5,"max":2,"animals":%s}}`, rows(n, n+2))
		}},
		{"by the next number", "animals", rest.ByNext("page", "meta.next"), func(r *http.Request) string {
			n, _ := strconv.Atoi(r.URL.Query().Get("page"))
			return fmt.Sprintf(`{"meta":{"next":%s},"animals":%s}`, map[int]string{0: "2", 2: "3", 3: "null"}[n], rows(2*max(n, 1)-2, 2*max(n, 1)))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { say(w, 200, test.answer(r)) })
			got, err := collection(rest.New(p.config(t)), test.items, test.pages).Slice(t.Context())
			var ids []string
			for _, a := range got {
				ids = append(ids, a.ID)
				if n, is := a.Tags.(map[string]any)["n"].(float64); !is || n != 1 {
					t.Errorf("%#v", a.Tags)
				}
			}
			if d := cmp.Diff(all, ids); d != "" || err != nil {
				t.Error(d, err)
			}
		})
	}
}

// No answer without its list, or without what tells that it is whole, is a list.
func TestCollectionRefuses(t *testing.T) {
	for _, test := range []struct {
		items  string
		pages  rest.Paging
		answer string
		want   string
	}{
		{"", rest.Whole(), `null`, "the answer is not a list"},
		{"", rest.Whole(), `{}`, "cannot unmarshal object"},
		{"", rest.Whole(), `[{"id":""}]`, "has no id"},
		{"animals", rest.Whole(), `[]`, "is not an object"},
		{"animals", rest.Whole(), `{}`, `has no list "animals"`},
		{"animals", rest.Whole(), `null`, `is not an object with "animals"`},
		{"animals", rest.Whole(), `{"animals":null}`, `has no list "animals"`},
		{"animals", rest.Whole(), `{"animals":{}}`, "cannot unmarshal object"},
		{"response.animals", rest.Whole(), `{"animals":[]}`, `has no list "response.animals"`},
		{"response.animals", rest.Whole(), `{"response":null}`, `is not an object with "response.animals"`},
		{"response.animals", rest.ByPage("page", "response.pages", ""), `{"response":{"animals":[]}}`, `has no "response.pages"`},
		{"animals", rest.Whole(), `{"animals":[{"id":"a"}`, "unexpected end of JSON input"},
		{"animals", rest.Whole(), `{"animals":[],"more":[1,}`, "invalid character"},
		{"animals", rest.Whole(), `{"animals":[]} {"animals":[]}`, "after top-level value"},
		{"animals", rest.ByPage("page", "max_page", "count"), `{"animals":[],"count":0}`, `has no "max_page"`},
		{"animals", rest.ByPage("page", "max_page", "count"), `{"animals":[],"max_page":1,"count":null}`, `no number "count"`},
		{"animals", rest.ByPage("page", "max_page", ""), `{"animals":[{"id":"a"}],"max_page":0}`, "says that there are no pages"},
		{"animals", rest.ByPage("page", "pages", "count").Naming("next"), `{"animals":[{"id":"a"}],"pages":1,"count":1}`, `has no "next"`},
		{"animals", rest.ByPage("page", "pages", "count").Naming("next"), `{"animals":[{"id":"a"}],"pages":1,"count":1,"next":2}`, `page 1 of 1 names "2" as the next`},
		{"animals", rest.ByPage("page", "pages", "count").Naming("next"), `{"animals":[{"id":"a"}],"pages":2,"count":2,"next":null}`, `page 1 of 2 names "" as the next`},
		{"animals", rest.ByOffset("offset", "max", 9, "count"), `{"animals":[]}`, `has no "count"`},
		{"animals", rest.ByOffset("offset", "max", 9, "count"), `{"animals":[{"id":"a"}],"count":null}`, `no number "count"`},
		{"animals", rest.ByOffset("offset", "max", 9, "count"), `{"animals":[],"count":3}`, "the list changed"},
		{"animals", rest.ByNext("page", "next"), `{"animals":[]}`, `has no "next"`},
		{"animals", rest.ByNext("page", "next"), `{"animals":[],"next":{}}`, "not a page token"},
	} {
		p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, test.answer) })
		got, err := collection(rest.New(p.config(t)), test.items, test.pages).Slice(t.Context())
		if err == nil || got != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %q", test.answer, got, err, test.want)
		}
	}
	p := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, `{"animals":[],"next":0}`) })
	if got, err := collection(rest.New(p.config(t)), "animals", rest.ByNext("page", "next")).Slice(t.Context()); err != nil || got == nil || len(got) > 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
}
