package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// A tamperTransport changes the answers to one call, or to all calls if call is "". It
// records the lists in all answers, and the calls that write.
type tamperTransport struct {
	next     http.RoundTripper
	contract *Contract // names calls; may be nil
	prefix   string    // of URLs; removed from the names of calls without a contract
	reads    func(method, path string) bool

	mu     sync.Mutex
	lists  map[string][]string // by call
	writes map[string]bool     // by call
	call   string
	wrong  wrongAnswer
}

func (t *tamperTransport) restore() { t.tamper("", wrongAnswer{}) }

func (t *tamperTransport) tamper(call string, f wrongAnswer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.call, t.wrong, t.lists, t.writes = call, f, map[string][]string{}, map[string]bool{}
}

func (t *tamperTransport) listsByCall() map[string][]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.lists)
}

func (t *tamperTransport) writeCalls() map[string]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.writes)
}

func (t *tamperTransport) name(r *http.Request) string {
	if t.contract != nil {
		_, pattern := t.contract.mux.Handler(r)
		if o := t.contract.operations[pattern]; o != nil {
			return o.name
		}
	}
	u := *r.URL
	u.RawQuery = ""
	return r.Method + " " + strings.TrimPrefix(u.String(), t.prefix)
}

func (t *tamperTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	call := t.name(r)
	reads := t.reads(r.Method, r.URL.EscapedPath())
	if !reads {
		t.writes[call] = true
	}
	if call == t.call && t.wrong.status != 0 {
		return &http.Response{
			StatusCode: t.wrong.status, Status: http.StatusText(t.wrong.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2,
		}, closeBody(r.Body)
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil || !reads || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return nil, err
	}
	var value any
	if json.Unmarshal(body, &value) == nil && t.lists[call] == nil {
		t.lists[call] = listsOf(value)
	}
	if t.wrong.change != nil && (t.call == "" || call == t.call) {
		body = t.wrong.change(body)
		answer.Header = answer.Header.Clone()
		answer.Header.Del("Content-Length")
		answer.ContentLength = int64(len(body))
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
