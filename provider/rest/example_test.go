package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A product that numbers its pages: one struct for the envelope, with the items
// in their own type, and a List around one call.
func ExampleList() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		names := map[string]string{"1": `{"id":1,"name":"ibis"},{"id":2,"name":"emu"}`, "2": `{"id":3,"name":"rhea"}`}
		fmt.Fprintf(w, `{"max_page":2,"count":3,"animals":[%s]}`, names[r.URL.Query().Get("page")])
	}))
	defer server.Close()
	client := rest.New(rest.Config{Product: "Zoo", Base: server.URL, Header: http.Header{"X-Api-Key": {"secret"}}, Transport: server.Client().Transport})

	type animal struct {
		ID   int
		Name string
	}
	animals := rest.List[animal]{
		Op: "list animals",
		ID: func(a *animal) string { return strconv.Itoa(a.ID) },
		Fetch: func(ctx context.Context, at rest.At) (rest.Page[animal], error) {
			var answer struct {
				MaxPage int `json:"max_page"`
				Count   int
				Animals []animal
			}
			call := rest.Call{Op: "list animals", Path: "/animals", Query: url.Values{"page": {strconv.Itoa(at.Number)}}}
			err := client.Do(ctx, call, &answer)
			return rest.Page[animal]{Items: answer.Animals, Pages: answer.MaxPage, Total: answer.Count}, err
		},
	}
	for a, err := range animals.All(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(a.ID, a.Name)
	}
	// Output:
	// 1 ibis
	// 2 emu
	// 3 rhea
}
