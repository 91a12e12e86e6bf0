package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
)

// An Entry tells of one request. It holds no header, so no credential, and no
// time, so that the same requests give the same log.
type Entry struct {
	Seq    int             `json:"seq"` // 1, 2, 3, ...
	Method string          `json:"method"`
	Path   string          `json:"path"` // without the product's prefix
	Query  string          `json:"query,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"` // a JSON string where it was not JSON
	Status int             `json:"status"`         // 0 where the connection was cut before the effect
	Effect bool            `json:"effect"`         // whether it changed the state
}

// maxEntries bounds the log in memory; the oldest half is dropped. The writer
// gets all.
const maxEntries = 20_000

type requestLog struct {
	mu      sync.Mutex
	w       io.Writer // may be nil
	secrets []string  // names of body fields
	last    int
	entries []Entry
}

func (l *requestLog) add(e Entry, body []byte) error {
	e.Body = l.clean(body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	e.Seq = l.last
	if len(l.entries) >= maxEntries {
		l.entries = append([]Entry{}, l.entries[maxEntries/2:]...)
	}
	l.entries = append(l.entries, e)
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

// clean returns the body as it may be shown: compact, secrets starred out. Of a
// body that is not JSON and names a secret, as a form does, nothing is shown.
func (l *requestLog) clean(body []byte) json.RawMessage {
	if len(body) == 0 {
		return nil
	}
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		for _, name := range l.secrets {
			if bytes.Contains(body, []byte(name)) {
				return json.RawMessage(`"***"`)
			}
		}
		text, err := json.Marshal(string(body))
		if err != nil {
			return nil
		}
		return text
	}
	for _, name := range l.secrets {
		if bytes.Contains(b.Bytes(), []byte(`"`+name+`"`)) {
			return l.starred(b.Bytes())
		}
	}
	return b.Bytes()
}

func (l *requestLog) starred(body []byte) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	for _, name := range l.secrets {
		if _, ok := fields[name]; ok {
			fields[name] = json.RawMessage(`"***"`)
		}
	}
	out, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return out
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
	l.entries = nil
}
