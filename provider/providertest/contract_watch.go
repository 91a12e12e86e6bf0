package providertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Watch returns a transport that holds whatever passes against the contract, and
// tells of each sort of violation once. Requests and answers pass unchanged.
//
// Exempt is what a disturbance makes of an answer: statuses from 500 that the
// description leaves open, web pages, and answers that break off.
func (c *Contract) Watch(next http.RoundTripper, tell func(error)) http.RoundTripper {
	return &watch{Contract: c, next: next, tell: tell, told: map[string]bool{}}
}

type watch struct {
	*Contract
	next http.RoundTripper
	tell func(error)

	mu   sync.Mutex
	told map[string]bool
}

// report tells of the violation unless it was told of the operation before, be it
// about another text.
func (w *watch) report(o *operation, err error) {
	if err == nil {
		return
	}
	err = fmt.Errorf("%s: %w", o.name, err)
	sort, _, _ := strings.Cut(err.Error(), inText)
	w.mu.Lock()
	before := w.told[sort]
	w.told[sort] = true
	w.mu.Unlock()
	if !before {
		w.tell(err)
	}
}

func (w *watch) RoundTrip(r *http.Request) (*http.Response, error) {
	o := w.find(r)
	if o == nil {
		w.report(&operation{name: r.Method + " " + r.URL.EscapedPath()}, errors.New("the description has no such operation"))
		return w.next.RoundTrip(r)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, errors.Join(err, r.Body.Close())
		}
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if !o.open {
		w.report(o, w.credentials(r))
	}
	w.report(o, o.request(r, body))
	answer, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	text, broken := io.ReadAll(answer.Body)
	answer.Body = &replay{Reader: bytes.NewReader(text), Closer: answer.Body, end: broken}
	if broken == nil && len(text) >= int(answer.ContentLength) {
		seen := sha256.Sum256(fmt.Appendln(nil, o.name, answer.StatusCode, answer.Header["Content-Type"], string(text)))
		if !w.good(seen) {
			err := o.answer(answer.StatusCode, answer.Header, text)
			w.report(o, err)
			w.remember(seen, err == nil)
		}
	}
	return answer, nil
}

// A replay gives what was read of a body once more, and then the error that ended
// it.
type replay struct {
	io.Reader
	io.Closer
	end error
}

func (b *replay) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.end != nil {
		err = b.end
	}
	return n, err
}

// good reports whether the same answer was held against the contract before, and
// was found good: the story reads the same objects again and again.
func (c *Contract) good(answer [sha256.Size]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered[answer]
}

func (c *Contract) remember(answer [sha256.Size]byte, good bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answered[answer] = good
}

// credentials makes sure that the request says who sends it.
func (c *Contract) credentials(r *http.Request) error {
	if len(c.credential) > 0 && !slices.ContainsFunc(c.credential, func(name string) bool { return r.Header.Get(name) != "" }) {
		return fmt.Errorf("the request has no header %s", strings.Join(c.credential, " or "))
	}
	return nil
}

// request holds a request against the operation.
func (o *operation) request(r *http.Request, body []byte) error {
	var errs []error
	query, path := r.URL.Query(), o.wildcards(r)
	for i := range o.parameters {
		p := &o.parameters[i]
		values, sent := query[p.Name]
		switch p.In {
		case "path":
			values, sent = []string{path[p.Name]}, true
		case "header":
			values, sent = r.Header[http.CanonicalHeaderKey(p.Name)]
		default:
			delete(query, p.Name)
		}
		errs = append(errs, p.check(values, sent))
	}
	for name := range query {
		errs = append(errs, fmt.Errorf("the query parameter %s is not described", name))
	}
	return errors.Join(append(errs, o.checkBody(r, body))...)
}

// wildcards are the parts of the address that the operation names.
func (o *operation) wildcards(r *http.Request) map[string]string {
	_, path, _ := strings.Cut(o.name, " ")
	names, out := strings.Split(path, "/"), map[string]string{}
	parts := strings.Split(r.URL.EscapedPath(), "/")
	parts = parts[len(parts)-len(names)+1:]
	for i, name := range names[1:] {
		if name, ok := strings.CutPrefix(name, "{"); ok {
			value, err := url.PathUnescape(parts[i])
			if err != nil {
				value = parts[i]
			}
			out[strings.TrimSuffix(name, "}")] = value
		}
	}
	return out
}

func (p *parameter) check(values []string, sent bool) error {
	switch {
	case !sent && p.Required:
		return fmt.Errorf("the %s parameter %s is missing", p.In, p.Name)
	case !sent:
		return nil
	case len(values) != 1:
		return fmt.Errorf("the %s parameter %s is sent %d times", p.In, p.Name, len(values))
	}
	if err := p.schema.Validate(p.value(values[0])); err != nil {
		return fmt.Errorf("the %s parameter %s = %q: %s", p.In, p.Name, values[0], violation(err))
	}
	return nil
}

// value reads the text of a parameter as the type that its schema asks for.
func (p *parameter) value(text string) any {
	types := p.Schema.Value.Type
	switch {
	case types.Is("array"):
		var list []any
		for item := range strings.SplitSeq(text, ",") {
			list = append(list, item)
		}
		return list
	case types.Is("integer"):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case types.Is("boolean") && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}

func (o *operation) checkBody(r *http.Request, body []byte) error {
	switch {
	case o.body == nil && len(body) > 0:
		return errors.New("the request has a body, and none is described")
	case o.body == nil:
		return nil
	case r.Header.Get("Content-Type") != "application/json":
		return fmt.Errorf("the request has the Content-Type %q", r.Header.Get("Content-Type"))
	}
	if err := validate(o.body, body); err != nil {
		return fmt.Errorf("the request: %w", err)
	}
	return nil
}

// answer holds an answer against the operation.
func (o *operation) answer(status int, header http.Header, text []byte) error {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	if kind == "text/html" {
		return nil
	}
	code := strconv.Itoa(status)
	of, known := o.answers[code]
	if !known {
		of, known = o.answers[code[:1]+"XX"]
	}
	if !known {
		return fmt.Errorf("the answer has the status %d, which is not described", status)
	}
	if of == nil {
		return nil
	}
	schema, known := of[kind]
	switch {
	case known && kind == "" && len(text) > 0:
		return fmt.Errorf("the answer %d has no Content-Type", status)
	case !known:
		return fmt.Errorf("the answer %d has the Content-Type %q, which is not described", status, header.Get("Content-Type"))
	case kind != "application/json":
		return nil
	}
	if err := validate(schema, text); err != nil {
		return fmt.Errorf("the answer %d: %w", status, err)
	}
	return nil
}

const inText = "\nin "

// validate says where a JSON text does not fit, and how.
func validate(s *jsonschema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%w%s%s", err, inText, text)
	}
	if err := s.Validate(value); err != nil {
		return fmt.Errorf("%s%s%s", violation(err), inText, short(value))
	}
	return nil
}

// violation is what does not fit, without the first line, which names the schema.
func violation(err error) string {
	_, what, _ := strings.Cut(err.Error(), "\n")
	return what
}

// short is a value for a message.
func short(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil || len(text) < 1000 {
		return text
	}
	return append(text[:1000:1000], "..."...)
}
