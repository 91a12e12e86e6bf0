package providertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A Contract is an OpenAPI 3.1 description of a product's API. It checks every request
// of a client and every answer of an emulator, and records which operations were used.
// It is safe for concurrent use.
//
// A parameter that is not described is a violation, and so is a value that its schema
// refuses. The schemas are compiled once.
type Contract struct {
	mux               *http.ServeMux // only finds operations
	operations        map[string]*operation
	credentialHeaders []string // requests must have one of these headers

	mu      sync.Mutex
	used    map[string]bool            // operations, by name
	checked map[[sha256.Size]byte]bool // by hash: requests and answers without a violation
}

// An operation is one method of one path.
type operation struct {
	name       string // "POST /user/{user_id}"
	public     bool   // needs no credentials
	parameters []parameter
	body       *jsonschema.Schema // nil if none may be sent
	answers    map[string]content // by status: "200", "5XX"
}

type parameter struct {
	*openapi3.Parameter
	schema *jsonschema.Schema
}

// A content holds the schemas of an answer by media type; nil allows anything. With
// x-empty: true in the description, an extension of OpenAPI, the answer may be empty.
type content map[string]*jsonschema.Schema

// OpenContract reads a description. Paths begin with the path of its first server, or
// with that of their own servers. An operation with security: [] needs no credentials.
func OpenContract(file string) (*Contract, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile(file)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Servers) == 0 {
		return nil, fmt.Errorf("%s: it names no server", file)
	}
	schemas, err := newSchemas(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c := &Contract{mux: http.NewServeMux(), operations: map[string]*operation{}, used: map[string]bool{}, checked: map[[sha256.Size]byte]bool{}}
	for _, s := range doc.Components.SecuritySchemes {
		if s.Value.Type == "apiKey" && s.Value.In == "header" {
			c.credentialHeaders = append(c.credentialHeaders, s.Value.Name)
		}
	}
	slices.Sort(c.credentialHeaders)
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		server, err := url.Parse(slices.Concat(item.Servers, doc.Servers)[0].URL)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for method, o := range item.Operations() {
			pattern := method + " " + strings.TrimSuffix(server.Path, "/") + path
			c.mux.Handle(pattern, http.NotFoundHandler())
			c.operations[pattern] = schemas.operation(method, path, item, o)
		}
	}
	if schemas.err != nil {
		return nil, fmt.Errorf("%s: %w", file, schemas.err)
	}
	return c, nil
}

// find returns the operation of a request, or nil, and records that it was used.
func (c *Contract) find(r *http.Request) *operation {
	_, pattern := c.mux.Handler(r)
	o := c.operations[pattern]
	if o != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.used[o.name] = true
	}
	return o
}

// Unused returns the operations of the description that were not used.
func (c *Contract) Unused() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, o := range c.operations {
		if !c.used[o.name] {
			out = append(out, o.name)
		}
	}
	slices.Sort(out)
	return out
}

// checkContractUsed makes sure, at the end of the test, that every operation was used.
func (s *Suite) checkContractUsed(t *testing.T) {
	if s.Contract == nil {
		return
	}
	t.Cleanup(func() {
		if only := flag.Lookup("test.run"); strings.Contains(only.Value.String(), "/") || t.Failed() {
			return // only some of the steps ran
		}
		for _, name := range s.Contract.Unused() {
			t.Errorf("the description has %s, which no request used", name)
		}
	})
}

// schemas compiles the schemas of a description by their JSON pointers, so that
// references are resolved. It keeps the first error.
type schemas struct {
	compiler *jsonschema.Compiler
	err      error
}

const described = "description.json"

func newSchemas(doc *openapi3.T) (*schemas, error) {
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	return &schemas{compiler: c}, c.AddResource(described, value)
}

func (s *schemas) compile(pointer string) *jsonschema.Schema {
	schema, err := s.compiler.Compile(described + "#" + pointer)
	if err != nil && s.err == nil {
		s.err = err
	}
	return schema
}

func (s *schemas) operation(method, path string, item *openapi3.PathItem, o *openapi3.Operation) *operation {
	op := &operation{name: method + " " + path, public: o.Security != nil && len(*o.Security) == 0, answers: map[string]content{}}
	address := "/paths/" + token(path)
	at := address + "/" + strings.ToLower(method)
	for i, p := range item.Parameters {
		op.parameters = append(op.parameters, s.parameter(p, fmt.Sprintf("%s/parameters/%d", address, i)))
	}
	for i, p := range o.Parameters {
		op.parameters = append(op.parameters, s.parameter(p, fmt.Sprintf("%s/parameters/%d", at, i)))
	}
	if o.RequestBody != nil {
		body := pointerTo(o.RequestBody.Ref, at+"/requestBody")
		op.body = s.content(o.RequestBody.Value.Content, body)["application/json"]
	}
	for status, r := range o.Responses.Map() {
		of := s.content(r.Value.Content, pointerTo(r.Ref, at+"/responses/"+status))
		if of != nil && r.Value.Extensions["x-empty"] == true {
			of[""] = nil
		}
		op.answers[status] = of
	}
	return op
}

func (s *schemas) parameter(p *openapi3.ParameterRef, at string) parameter {
	return parameter{p.Value, s.compile(pointerTo(p.Ref, at) + "/schema")}
}

func (s *schemas) content(of openapi3.Content, at string) content {
	if len(of) == 0 {
		return nil
	}
	out := content{}
	for kind := range of {
		out[kind] = s.compile(at + "/content/" + token(kind) + "/schema")
	}
	return out
}

// pointerTo returns the JSON pointer of a reference, or here if ref is "".
func pointerTo(ref, here string) string {
	if ref != "" {
		return strings.TrimPrefix(ref, "#")
	}
	return here
}

// token escapes a name as a part of a JSON pointer in a URL.
func token(name string) string {
	name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	return url.PathEscape(name)
}
