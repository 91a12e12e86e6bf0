package providertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/provider/emulator"
	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// library is an emulator of Library: what its documentation says, and one place in which
// it says nothing. Its state is in memory.
type library struct {
	choice emulator.Choice
	last   int
	badges []Badge
}

// variants lists what the documentation leaves open.
func variants() []emulator.Variant {
	return []emulator.Variant{{Name: "rooms", Values: []string{"sent", "sorted"}, Doc: "In which order rooms come back."}}
}

const perPage = 2

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/badges/")
	at := slices.IndexFunc(l.badges, func(b Badge) bool { return b.ID == id })
	var sent Badge
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			http.Error(w, `{"message":"no JSON"}`, http.StatusBadRequest)
			return
		}
		if l.choice.Is("rooms", "sorted") {
			slices.Sort(sent.Rooms)
		}
	}
	var answer any
	switch {
	case r.Header.Get("X-Api-Key") != "secret":
		http.Error(w, `{"message":"unknown key"}`, http.StatusUnauthorized)
		return
	case r.URL.Path == "/me":
		answer = map[string]string{"library": "7"}
	case r.URL.Path == "/badges" && r.Method == http.MethodGet:
		n, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from := min((n-1)*perPage, len(l.badges))
		answer = map[string]any{"pages": (len(l.badges) + perPage - 1) / perPage, "count": len(l.badges),
			"badges": append([]Badge{}, l.badges[from:min(from+perPage, len(l.badges))]...)}
	case r.URL.Path == "/badges" && r.Method == http.MethodPost:
		if slices.ContainsFunc(l.badges, func(b Badge) bool { return b.Name == sent.Name }) {
			http.Error(w, `{"message":"the name is in use"}`, http.StatusConflict)
			return
		}
		l.last++
		sent.ID = fmt.Sprint(l.last)
		l.badges = append(l.badges, sent)
		answer = sent
	case at < 0:
		http.Error(w, `{"message":"no such badge"}`, http.StatusNotFound)
		return
	case r.Method == http.MethodGet:
		answer = l.badges[at]
	case r.Method == http.MethodPut:
		sent.ID = id
		l.badges[at] = sent
		answer = sent
	case r.Method == http.MethodDelete:
		answer = l.badges[at]
		l.badges = slices.Delete(l.badges, at, at+1)
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

// scenarios choose the variants under which the steps run.
var scenarios = providertest.Scenarios{Emulator: variants()}

func start(t testing.TB, values []string) providertest.Product {
	choice, err := emulator.Choose(variants(), scenarios.Variants(values))
	if err != nil {
		t.Fatal(err)
	}
	l := &library{choice: choice}
	return providertest.Product{Transport: emulator.Transport(providertest.Serial(l)), Endpoint: "http://library.example", Key: "secret"}
}

// The steps create, update, rename and delete badges.
func TestLibrary(t *testing.T) {
	block := func(library string) string {
		return `provider "library" {` + "\n" + `  library  = "` + library + `"` + "\n" + `  endpoint = "http://library.example"` + "\n" + `}` + "\n"
	}
	head := block("7")
	providertest.Run(t, providertest.Suite{
		Provider: Provider(), Start: start, Scenarios: scenarios, ListCalls: []string{"GET /badges"}, OtherTenant: block("8"),
		Steps: []providertest.Step{
			{
				Name: "three badges, so that there is a second page",
				HCL:  head + `badge "reader" { rooms = ["hall"] }` + "\n" + `badge "staff" { rooms = ["hall", "archive"] }` + "\n" + `badge "guest" { rooms = [] }`,
				Expect: map[string]schema.Action{
					"badge.reader": schema.Create, "badge.staff": schema.Create, "badge.guest": schema.Create,
				},
			},
			{
				Name:   "rooms change, and a badge gets another name",
				HCL:    head + `badge "reader" { rooms = ["hall", "attic"] }` + "\n" + `badge "team" {` + "\n" + `  previously = ["staff"]` + "\n" + `  rooms = ["hall", "archive"]` + "\n" + `}`,
				Expect: map[string]schema.Action{"badge.reader": schema.Update, "badge.team": schema.Rename},
			},
			{
				Name:   "a badge is deleted",
				HCL:    head + `badge "reader" {}` + "\n" + `removed "badge" "team" {}`,
				Expect: map[string]schema.Action{"badge.team": schema.Delete},
			},
		},
	})
}
