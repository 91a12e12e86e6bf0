package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Fault is a failure of requests that match it.
type Fault struct {
	Method string // "" matches every method
	Path   string // as path.Match, without the product's prefix; a last "**" matches the rest; "" matches all
	After  int    // matching requests that pass first
	Times  int    // how often it strikes: 0 means once, below 0 always

	Delay  time.Duration     // waits first; alone, the request is then answered as usual
	Cut    Cut               // cuts the connection
	Status int               // answers this instead; 0 leaves the answer alone
	Header map[string]string // of that answer
	Body   string            // of that answer
}

// A Cut says when a connection is cut.
type Cut string

// When a connection is cut.
const (
	CutNone   Cut = ""
	CutBefore Cut = "before" // before the request takes effect
	CutAfter  Cut = "after"  // after it took effect, before the answer
	CutBody   Cut = "body"   // after it took effect, in the middle of the answer
)

// Match reports whether the fault is about the request.
func (f Fault) Match(method, p string) bool {
	if f.Method != "" && f.Method != method {
		return false
	}
	if f.Path == "" {
		return true
	}
	if prefix, ok := strings.CutSuffix(f.Path, "**"); ok {
		return strings.HasPrefix(p, prefix)
	}
	ok, err := path.Match(f.Path, p)
	return ok && err == nil
}

func (f Fault) check() error {
	if _, err := path.Match(strings.TrimSuffix(f.Path, "**"), ""); err != nil {
		return fmt.Errorf("fault: path %q is not a pattern", f.Path)
	}
	switch f.Cut {
	case CutNone, CutBefore, CutAfter, CutBody:
	default:
		return fmt.Errorf("fault: cut %q is none of before, after, body", f.Cut)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("fault: status %d is none that ends a request", f.Status)
	}
	if f.Status == 0 && f.Cut == CutNone && f.Delay == 0 {
		return fmt.Errorf("fault: says neither status, cut nor delay")
	}
	return nil
}

// FaultSyntax is the syntax of ParseFault.
const FaultSyntax = `METHOD PATH [after=N] [times=N|always] [delay=1s] [cut=before|after|body] [status=N] [retry-after=S] [type=MIME] [body=...]`

// ParseFault parses a fault: method ("*" for any), path pattern, then settings; body takes the
// rest of the line.
//
//	POST /user after=3 cut=after
//	GET /user/search times=2 status=429 retry-after=7
//	* /** after=10 status=502 type=text/html body=<html>Bad Gateway</html>
func ParseFault(spec string) (Fault, error) {
	f := Fault{Header: map[string]string{}}
	rest, body, hasBody := strings.Cut(spec, " body=")
	if hasBody {
		f.Body = body
	}
	words := strings.Fields(rest)
	if len(words) < 3 {
		return Fault{}, fmt.Errorf("fault %q: write it as %s", spec, FaultSyntax)
	}
	if words[0] != "*" {
		f.Method = strings.ToUpper(words[0])
	}
	f.Path = words[1]
	for _, w := range words[2:] {
		if err := f.set(w); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", spec, err)
		}
	}
	return f, f.check()
}

func (f *Fault) set(word string) (err error) {
	name, value, _ := strings.Cut(word, "=")
	switch name {
	case "after":
		f.After, err = strconv.Atoi(value)
	case "times":
		if f.Times = -1; value != "always" {
			f.Times, err = strconv.Atoi(value)
		}
	case "delay":
		f.Delay, err = time.ParseDuration(value)
	case "cut":
		f.Cut = Cut(value)
	case "status":
		f.Status, err = strconv.Atoi(value)
	case "retry-after":
		f.Header["Retry-After"] = value
	case "type":
		f.Header["Content-Type"] = value
	default:
		return fmt.Errorf("unknown word %q; write it as %s", word, FaultSyntax)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not a value of it", name, value)
	}
	return nil
}

// jsonFault is a Fault as the control route takes it.
type jsonFault struct {
	Method string            `json:"method,omitempty"`
	Path   string            `json:"path,omitempty"`
	After  int               `json:"after,omitempty"`
	Times  int               `json:"times,omitempty"`
	Delay  string            `json:"delay,omitempty"`
	Cut    Cut               `json:"cut,omitempty"`
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	Body   string            `json:"body,omitempty"`
}

// MarshalJSON writes the delay as a string: "1.5s".
func (f Fault) MarshalJSON() ([]byte, error) {
	delay := ""
	if f.Delay > 0 {
		delay = f.Delay.String()
	}
	return json.Marshal(jsonFault{f.Method, f.Path, f.After, f.Times, delay, f.Cut, f.Status, f.Header, f.Body})
}

// UnmarshalJSON reads an object, or a string as ParseFault does.
func (f *Fault) UnmarshalJSON(data []byte) error {
	var spec string
	if json.Unmarshal(data, &spec) == nil {
		parsed, err := ParseFault(spec)
		*f = parsed
		return err
	}
	var j jsonFault
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	*f = Fault{j.Method, j.Path, j.After, j.Times, 0, j.Cut, j.Status, j.Header, j.Body}
	if j.Delay != "" {
		d, err := time.ParseDuration(j.Delay)
		if err != nil {
			return fmt.Errorf("fault: delay %q is not a duration", j.Delay)
		}
		f.Delay = d
	}
	return f.check()
}

// faults are those that are armed, each with the matching requests it has seen.
type faults struct {
	mu    sync.Mutex
	armed []*armed
}

type armed struct {
	Fault
	seen int
}

func (fs *faults) add(list ...Fault) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, f := range list {
		if f.Times == 0 {
			f.Times = 1
		}
		fs.armed = append(fs.armed, &armed{Fault: f})
	}
}

func (fs *faults) clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.armed = nil
}

func (fs *faults) list() []Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	out := make([]Fault, 0, len(fs.armed))
	for _, a := range fs.armed {
		out = append(out, a.Fault)
	}
	return out
}

// take counts the request on every fault and returns the first that strikes, or
// the zero Fault. A fault that is spent stays in the list until it is cleared.
func (fs *faults) take(method, path string) Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var strike Fault
	struck := false
	for _, a := range fs.armed {
		if !a.Match(method, path) {
			continue
		}
		a.seen++
		due := a.seen > a.After && (a.Times < 0 || a.seen <= a.After+a.Times)
		if due && !struck {
			strike, struck = a.Fault, true
		}
	}
	return strike
}

func (f Fault) answer() *answer {
	a := &answer{header: http.Header{}, status: f.Status}
	for name, value := range f.Header {
		a.header.Set(name, value)
	}
	if f.Body != "" && a.header.Get("Content-Type") == "" {
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	a.body.WriteString(f.Body)
	return a
}
