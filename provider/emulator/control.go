package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// ControlRoot is the path of the routes that show and change how the emulator
// itself behaves. No product has such paths.
const ControlRoot = "/_emulator"

func itoa(n int) string { return strconv.Itoa(n) }

// control answers the emulator's own routes. They are neither logged nor counted.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path[len(ControlRoot):] {
	case "GET ", "GET /":
		s.about(w)
	case "GET /log":
		s.showLog(w, r)
	case "DELETE /log":
		s.log.clear()
		w.WriteHeader(http.StatusNoContent)
	case "GET /state":
		s.showState(w)
	case "GET /faults":
		show(w, s.faults.list())
	case "POST /faults":
		s.arm(w, r)
	case "DELETE /faults":
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	case "POST /reset":
		if err := s.Reset(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "no such control route; GET "+ControlRoot+" lists them", http.StatusNotFound)
	}
}

type about struct {
	Emulator string   `json:"emulator"`
	Variants []string `json:"variants"`
	Routes   []string `json:"routes"`
	Fault    string   `json:"fault"`
}

func (s *Server) about(w http.ResponseWriter) {
	show(w, about{
		Emulator: s.o.Product,
		Variants: s.o.Choice.Values(),
		Routes: []string{
			"GET " + ControlRoot + "/log?after=N",
			"DELETE " + ControlRoot + "/log",
			"GET " + ControlRoot + "/state",
			"GET " + ControlRoot + "/faults",
			"POST " + ControlRoot + "/faults",
			"DELETE " + ControlRoot + "/faults",
			"POST " + ControlRoot + "/reset",
		},
		Fault: FaultSyntax,
	})
}

// showLog writes the log as JSON lines.
func (s *Server) showLog(w http.ResponseWriter, r *http.Request) {
	after := 0
	if text := r.URL.Query().Get("after"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			http.Error(w, "after is the number of an entry", http.StatusBadRequest)
			return
		}
		after = n
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range s.log.since(after) {
		if err := enc.Encode(e); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Write(b.Bytes())
}

func (s *Server) showState(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.o.Store.Dump()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	show(w, all)
}

// arm injects the fault or the list of faults in the body: JSON objects, or lines for
// ParseFault.
func (s *Server) arm(w http.ResponseWriter, r *http.Request) {
	data, ok := readBody(w, r, 1<<20)
	if !ok {
		return
	}
	list, err := parseFaults(bytes.TrimSpace(data))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Inject(list...)
	show(w, s.faults.list())
}

func parseFaults(data []byte) ([]Fault, error) {
	var list []Fault
	if len(data) > 0 && data[0] == '[' {
		err := json.Unmarshal(data, &list)
		return list, err
	}
	if len(data) > 0 && (data[0] == '{' || data[0] == '"') {
		list = make([]Fault, 1)
		err := json.Unmarshal(data, &list[0])
		return list, err
	}
	f, err := ParseFault(string(data))
	return []Fault{f}, err
}

// show writes v as indented JSON.
func show(w http.ResponseWriter, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, fmt.Sprintf("cannot be shown: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(data, '\n'))
}
