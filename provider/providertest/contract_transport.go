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

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Transport returns a transport that checks requests and answers, calls report once for
// each violation of an operation, and passes everything on unchanged. It does not check
// statuses from 500 that the description omits, web pages, and truncated answers.
func (c *Contract) Transport(next http.RoundTripper, report func(error)) http.RoundTripper {
	return &contractTransport{Contract: c, next: next, notify: report, reported: map[string]bool{}}
}

type contractTransport struct {
	*Contract
	next   http.RoundTripper
	notify func(error)

	mu       sync.Mutex
	reported map[string]bool
}

// report reports a violation unless it was reported before for the operation and another
// text.
func (w *contractTransport) report(o *operation, err error) {
	if err == nil {
		return
	}
	err = fmt.Errorf("%s: %w", o.name, err)
	sort, _, _ := strings.Cut(err.Error(), inText)
	w.mu.Lock()
	before := w.reported[sort]
	w.reported[sort] = true
	w.mu.Unlock()
	if !before {
		w.notify(err)
	}
}

func (w *contractTransport) RoundTrip(r *http.Request) (*http.Response, error) {
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
	if !o.public {
		w.report(o, w.checkCredentials(r))
	}
	w.once(o, func() error { return o.checkRequest(r, body) }, fmt.Sprintf("%q %q", r.URL.RequestURI(), r.Header), body)
	answer, err := w.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	text, broken := io.ReadAll(answer.Body)
	answer.Body = &replay{Reader: bytes.NewReader(text), Closer: answer.Body, end: broken}
	if broken == nil && len(text) >= int(answer.ContentLength) {
		w.once(o, func() error { return o.checkAnswer(answer.StatusCode, answer.Header, text) }, fmt.Sprintf("%d %q", answer.StatusCode, answer.Header["Content-Type"]), text)
	}
	return answer, nil
}

// A replay returns what was read of a body again, then the error that ended it.
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

// once reports what check finds, unless the same message was checked before and has no violation:
// the steps send and read the same many times. head is what of the message is not its body.
func (w *contractTransport) once(o *operation, check func() error, head string, body []byte) {
	message := sha256.Sum256(append([]byte(o.name+"\n"+head+"\n"), body...))
	w.Contract.mu.Lock()
	good := w.checked[message]
	w.Contract.mu.Unlock()
	if good {
		return
	}
	if err := check(); err != nil {
		w.report(o, err)
		return
	}
	w.Contract.mu.Lock()
	w.checked[message] = true
	w.Contract.mu.Unlock()
}

// checkCredentials makes sure that the request has a credential.
func (c *Contract) checkCredentials(r *http.Request) error {
	if len(c.credentialHeaders) > 0 && !slices.ContainsFunc(c.credentialHeaders, func(name string) bool { return r.Header.Get(name) != "" }) {
		return fmt.Errorf("the request has no header %s", strings.Join(c.credentialHeaders, " or "))
	}
	return nil
}

// checkRequest compares a request with the operation.
func (o *operation) checkRequest(r *http.Request, body []byte) error {
	var errs []error
	query, path := r.URL.Query(), o.pathValues(r)
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

// pathValues returns the path parameters.
func (o *operation) pathValues(r *http.Request) map[string]string {
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
	case len(values) != 1 && !p.repeated():
		return fmt.Errorf("the %s parameter %s is sent %d times", p.In, p.Name, len(values))
	}
	if err := p.schema.Validate(p.value(values)); err != nil {
		return fmt.Errorf("the %s parameter %s = %q: %s", p.In, p.Name, strings.Join(values, "&"), violation(err))
	}
	return nil
}

// repeated reports whether the parameter is a list that is sent once for each item, which
// is what OpenAPI means by a list in the query unless it says explode: false.
func (p *parameter) repeated() bool {
	return p.In == "query" && p.Schema.Value.Type.Is("array") && (p.Explode == nil || *p.Explode)
}

// value converts the texts of a parameter to the type of its schema.
func (p *parameter) value(texts []string) any {
	if !p.Schema.Value.Type.Is("array") {
		return scalar(p.Schema.Value.Type, texts[0])
	}
	if !p.repeated() {
		texts = strings.Split(texts[0], ",")
	}
	var list []any
	for _, item := range texts {
		list = append(list, scalar(p.Schema.Value.Items.Value.Type, item))
	}
	return list
}

func scalar(types *openapi3.Types, text string) any {
	switch {
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
		return errors.New("the request has a body, but the description has none")
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

// checkAnswer compares an answer with the operation.
func (o *operation) checkAnswer(status int, header http.Header, text []byte) error {
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

// validate validates a JSON text.
func validate(s *jsonschema.Schema, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%w%s%s", err, inText, text)
	}
	if err := s.Validate(value); err != nil {
		return fmt.Errorf("%s%s%s", violation(err), inText, truncate(value))
	}
	return nil
}

// violation returns the text of err without its first line, which names the schema.
func violation(err error) string {
	_, what, _ := strings.Cut(err.Error(), "\n")
	return what
}

// truncate encodes a value for a message.
func truncate(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil || len(text) < 1000 {
		return text
	}
	return append(text[:1000:1000], "..."...)
}
