package emulator

import (
	"io"
	"mime"
	"net/http"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// read decodes the fields of a call. They are in the body, as in the samples of the
// documentation; its tables list some of them as parameters of the query, which clients
// that are known to work do not use. A body that is not said to be JSON is not read.
func (s *Server) read(c *call) error {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == http.MethodDelete {
		return nil
	}
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		return malformed()
	}
	if media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		data = nil
	}
	if c.body, err = emulator.ParseBody(data); err != nil {
		return malformed()
	}
	return nil
}

// known refuses fields beside these, where that matters.
func (s *Server) known(b *emulator.Body, names ...string) {
	if !s.is("unknown-fields", "ignore") {
		b.RefuseOthers("is not a parameter", names...)
	}
}

// words reads a text that must not be blank where it is sent; needed says that it
// must be sent.
func words(b *emulator.Body, name string, needed bool) (value string, sent bool) {
	if !b.Has(name) {
		if needed {
			b.Refuse(name, "is missing")
		}
		return "", false
	}
	value, sent = emulator.Field[string](b, name, "is not a string")
	if value == "" {
		b.Refuse(name, "can't be blank")
	}
	return value, sent
}
