package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// maxBody bounds the body of a request in bytes.
const maxBody = 10 << 20

// readBody reads a body of at most limit bytes. It returns false after it has answered that
// the body is too large, and panics if the client stops sending.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, fmt.Sprintf("The request body is larger than %d bytes.", limit), http.StatusRequestEntityTooLarge)
		return nil, false
	case err != nil:
		panic(http.ErrAbortHandler)
	}
	return body, true
}

// WriteJSON answers with the status and v as JSON.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic("emulator: an answer cannot be encoded: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(data)
}

// A Body is the JSON object of a request, read field by field. It collects the problems, so
// that a product can report all of them in one answer.
type Body struct {
	Problems []Problem
	fields   map[string]json.RawMessage
}

// A Problem is what is wrong with one field.
type Problem struct{ Field, Text string }

// ParseBody reads a JSON object. An empty body is an empty object.
func ParseBody(data []byte) (*Body, error) {
	b := &Body{fields: map[string]json.RawMessage{}}
	if len(bytes.TrimSpace(data)) == 0 {
		return b, nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&b.fields); err != nil {
		return nil, err
	}
	if b.fields == nil { // the word null
		return nil, errors.New("not an object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return b, nil
}

// Has reports whether the field was sent, also as null.
func (b *Body) Has(name string) bool { _, ok := b.fields[name]; return ok }

// Null reports whether the field was sent as null.
func (b *Body) Null(name string) bool {
	return b.Has(name) && string(bytes.TrimSpace(b.fields[name])) == "null"
}

// Names returns the names of the fields that were sent, sorted.
func (b *Body) Names() []string {
	names := make([]string, 0, len(b.fields))
	for name := range b.fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Refuse records a problem of a field. Only the first problem of a field is kept.
func (b *Body) Refuse(field, text string) {
	for _, p := range b.Problems {
		if p.Field == field {
			return
		}
	}
	b.Problems = append(b.Problems, Problem{field, text})
}

// RefuseOthers refuses every field that is not one of the names.
func (b *Body) RefuseOthers(text string, names ...string) {
	for _, name := range b.Names() {
		if !slices.Contains(names, name) {
			b.Refuse(name, text)
		}
	}
}

// Field reads a field as a T and reports whether there is one: sent, not null and
// of the right type. A wrong type is a problem with the given text.
func Field[T any](b *Body, name, text string) (v T, ok bool) {
	if !b.Has(name) || b.Null(name) {
		return v, false
	}
	if err := json.Unmarshal(b.fields[name], &v); err != nil {
		b.Refuse(name, text)
		var zero T
		return zero, false
	}
	return v, true
}
