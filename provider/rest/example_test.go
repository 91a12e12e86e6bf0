package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/rolecall-dev/rolecall/provider/rest"
)

// A product that numbers its pages.
func ExampleCollection() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		names := map[string]string{"1": `{"id":"1","name":"ibis"},{"id":"2","name":"emu"}`, "2": `{"id":"3","name":"rhea"}`}
		fmt.Fprintf(w, `{"max_page":2,"count":3,"animals":[%s]}`, names[r.URL.Query().Get("page")])
	}))
	defer server.Close()
	client := rest.New(rest.Config{Product: "Zoo", Base: server.URL, Header: http.Header{"X-Api-Key": {"secret"}}, Transport: server.Client().Transport})

	type animal struct{ ID, Name string }
	animals := rest.Collection[animal]{
		Client: client, Op: "list animals", Path: "/animals", Items: "animals",
		Pages: rest.ByPage("page", "max_page", "count"),
		ID:    func(a *animal) string { return a.ID },
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
