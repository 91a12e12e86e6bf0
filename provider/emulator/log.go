package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// An Entry describes one request. It has no headers, and so no credential, and no time, so that
// the same requests give the same log.
type Entry struct {
	Seq    int             `json:"seq"` // 1, 2, 3, ...
	Method string          `json:"method"`
	Path   string          `json:"path"` // without the product's prefix
	Query  string          `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"` // a JSON string if it is not JSON
	Status int             `json:"status"`         // 0 if the connection was cut before the effect
	Effect bool            `json:"effect"`         // whether it changed the state
}

// maxEntries and maxBytes bound the log in memory; the oldest half is dropped. The
// writer gets all.
const (
	maxEntries = 20_000
	maxBytes   = 64 << 20
)

// maxLoggedBody is how many bytes of a body are logged.
const maxLoggedBody = 16 << 10

type requestLog struct {
	mu      sync.Mutex
	w       io.Writer // may be nil
	secrets []string  // names of body fields
	last    int
	entries []Entry
	bytes   int // of the entries
}

func (l *requestLog) add(e Entry, body []byte) error {
	e.Body, e.Query = shortened(l.clean(body), len(body)), l.cleanQuery(e.Query)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.Seq = l.last
	if len(l.entries) >= maxEntries || l.bytes+e.bytes() > maxBytes {
		l.dropOldest()
	}
	l.entries, l.bytes = append(l.entries, e), l.bytes+e.bytes()
	if l.w == nil {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(line, '\n'))
	return err
}

func (l *requestLog) dropOldest() {
	l.entries = append([]Entry{}, l.entries[len(l.entries)/2:]...)
	l.bytes = 0
	for _, e := range l.entries {
		l.bytes += e.bytes()
	}
}

func (e Entry) bytes() int { return len(e.Method) + len(e.Path) + len(e.Query) + len(e.Body) }

// shortened cuts a body, in which secrets are starred out already, to what is
// logged. What was cut is a JSON string that says how large the whole is.
func shortened(clean json.RawMessage, size int) json.RawMessage {
	if len(clean) <= maxLoggedBody {
		return clean
	}
	text, err := json.Marshal(fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(string(clean[:maxLoggedBody]), ""), size))
	if err != nil {
		return nil
	}
	return text
}

// clean returns the body as it may be shown: compact, secrets starred out. Of a
// body that is not JSON and names a secret, as a form does, nothing is shown.
func (l *requestLog) clean(body []byte) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		if form, err := url.QueryUnescape(string(body)); l.mentions(string(body)) || err == nil && l.mentions(form) {
			return starred
		}
		text, err := json.Marshal(string(body))
		if err != nil {
			return nil
		}
		return text
	}
	if text := b.String(); l.mentions(text) || strings.Contains(text, `\u`) {
		return l.star(b.Bytes())
	}
	return b.Bytes()
}

// cleanQuery returns the query of a URL with secrets starred out.
func (l *requestLog) cleanQuery(query string) string {
	if plain, err := url.QueryUnescape(query); query == "" || err == nil && !l.mentions(query) && !l.mentions(plain) {
		return query
	}
	return "***"
}

var starred = json.RawMessage(`"***"`)

// mentions reports whether the name of a secret is in a text, in any letters: JSON
// decodes them all into the same field.
func (l *requestLog) mentions(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(l.secrets, func(name string) bool { return strings.Contains(text, strings.ToLower(name)) })
}

// star stars secrets out at every depth of a JSON value.
func (l *requestLog) star(value json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	var items []json.RawMessage
	var out any
	switch value[0] {
	case '{':
		if json.Unmarshal(value, &fields) != nil {
			return starred
		}
		for name, v := range fields {
			if slices.ContainsFunc(l.secrets, func(secret string) bool { return strings.EqualFold(secret, name) }) {
				fields[name] = starred
			} else {
				fields[name] = l.star(v)
			}
		}
		out = fields
	case '[':
		if json.Unmarshal(value, &items) != nil {
			return starred
		}
		for i, v := range items {
			items[i] = l.star(v)
		}
		out = items
	default:
		return value
	}
	text, err := json.Marshal(out)
	if err != nil {
		return starred
	}
	return text
}

// since returns the entries after the number.
func (l *requestLog) since(seq int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.entries {
		if e.Seq > seq {
			return append([]Entry{}, l.entries[i:]...)
		}
	}
	return nil
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.bytes = nil, 0
}
