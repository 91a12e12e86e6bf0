// Package leasetest is an API server of Kubernetes for tests, as far as leases need it. It enforces resourceVersion, and
// a test can change leases, and keep it from answering.
package leasetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// A Server is a handler for leases of one namespace.
type Server struct {
	Namespace string
	Token     string

	mu      sync.Mutex
	version int
	leases  map[string]map[string]any
	before  func(*http.Request) int
	after   func(*http.Request) bool
	log     []string
}

// New returns a server without leases.
func New(namespace, token string) *Server {
	return &Server{Namespace: namespace, Token: token, leases: map[string]map[string]any{}}
}

// Refuse sets what is asked before each request: a status other than 0 is the answer, and -1 means none comes.
func (s *Server) Refuse(before func(*http.Request) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

// LoseAnswers sets what is asked after each request: if it returns true, the request took effect and its answer is lost.
func (s *Server) LoseAnswers(after func(*http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.after = after
}

// Holder returns who holds a lease, or "".
func (s *Server) Holder(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	spec, _ := s.leases[name]["spec"].(map[string]any)
	holder, _ := spec["holderIdentity"].(string)
	return holder
}

// Names lists the leases.
func (s *Server) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name := range s.leases {
		out = append(out, name)
	}
	return out
}

// Steal lets another process hold a lease, as if it had taken it, without waiting.
func (s *Server) Steal(name, holder string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leases[name]
	if l == nil {
		l = map[string]any{"metadata": map[string]any{"name": name, "namespace": s.Namespace}}
	}
	s.store(name, map[string]any{
		"metadata": l["metadata"], "spec": map[string]any{"holderIdentity": holder, "leaseDurationSeconds": 60},
	})
}

// Delete deletes a lease.
func (s *Server) Delete(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.leases, name)
}

// Log lists the requests, such as "PUT partoo-1 200".
func (s *Server) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.log...)
}

// store stores a lease with the next version.
func (s *Server) store(name string, l map[string]any) {
	s.version++
	metadata, _ := l["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{"name": name}
		l["metadata"] = metadata
	}
	metadata["resourceVersion"] = fmt.Sprint(s.version)
	s.leases[name] = l
}

// ServeHTTP answers a request. A request without an answer panics with http.ErrAbortHandler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, body := 0, any(nil)
	if s.before != nil {
		status = s.before(r)
	}
	path, found := strings.CutPrefix(r.URL.Path, "/apis/coordination.k8s.io/v1/namespaces/"+s.Namespace+"/leases")
	name := strings.TrimPrefix(path, "/")
	switch {
	case status < 0:
		panic(http.ErrAbortHandler)
	case status > 0:
	case r.Header.Get("Authorization") != "Bearer "+s.Token:
		status = http.StatusUnauthorized
	case !found:
		status = http.StatusNotFound
	default:
		status, body = s.serve(r, name)
	}
	s.log = append(s.log, fmt.Sprintf("%s %s %d", r.Method, name, status))
	if s.after != nil && s.after(r) {
		panic(http.ErrAbortHandler)
	}
	if body == nil {
		body = map[string]any{"kind": "Status", "status": "Failure", "message": fmt.Sprintf("leases are refused with %d", status), "code": status}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone
}

func (s *Server) serve(r *http.Request, name string) (int, any) {
	var in map[string]any
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return http.StatusBadRequest, nil
		}
	}
	metadata, _ := in["metadata"].(map[string]any)
	have := s.leases[name]
	switch {
	case r.Method == http.MethodPost && name == "":
		name, _ := metadata["name"].(string)
		if name == "" || in["apiVersion"] != "coordination.k8s.io/v1" || in["kind"] != "Lease" {
			return http.StatusUnprocessableEntity, nil
		}
		if s.leases[name] != nil {
			return http.StatusConflict, nil
		}
		s.store(name, in)
		return http.StatusCreated, in
	case have == nil:
		return http.StatusNotFound, nil
	case r.Method == http.MethodGet:
		return http.StatusOK, have
	case r.Method == http.MethodPut:
		old, _ := have["metadata"].(map[string]any)
		if metadata["resourceVersion"] != old["resourceVersion"] {
			return http.StatusConflict, nil
		}
		s.store(name, in)
		return http.StatusOK, in
	}
	return http.StatusMethodNotAllowed, nil
}
