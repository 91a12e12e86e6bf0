package partoo

import (
	"context"
	"net/http"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/rest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

// updateMethods remembers by resource which method its update takes.
type updateMethods struct {
	mu    sync.Mutex
	known map[string]string // by resource
	tried map[string]schema.Address
}

func (m *updateMethods) method(what string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.known[what]
}

func (m *updateMethods) learn(what, method string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[string]string{}
	}
	m.known[what] = method
}

// attempts is how many requests the first update of a resource may take more than
// the others: which method it takes is documented for sections and users only.
// The change that is asked about first is the one that pays.
func (m *updateMethods) attempts(what string, addr schema.Address) int {
	if what != groupKind.Name && what != roleKind.Name {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known[what] != "" {
		return 0
	}
	if _, paid := m.tried[what]; !paid {
		if m.tried == nil {
			m.tried = map[string]schema.Address{}
		}
		m.tried[what] = addr
	}
	if m.tried[what] == addr {
		return 1
	}
	return 0
}

// update sends the whole or changed state of an object that exists. POST is
// what the documentation shows; one page lost its method, and where POST is not
// allowed PUT is tried. The call only states what shall be, so it may be repeated.
func (c *client) update(ctx context.Context, what, op, path string, body any) error {
	call := rest.Call{Op: op, Method: c.updates.method(what), Path: path, Query: c.query(), Body: body, Idempotent: true, NotFoundIsGone: true}
	if call.Method != "" {
		return c.rest.Do(ctx, call, nil)
	}
	call.Method = http.MethodPost
	err := c.rest.Do(ctx, call, nil)
	if provider.Status(err) == http.StatusMethodNotAllowed {
		call.Method = http.MethodPut
		if second := c.rest.Do(ctx, call, nil); provider.Status(second) != http.StatusMethodNotAllowed {
			err = second
		}
	}
	if err == nil {
		c.updates.learn(what, call.Method)
	}
	return err
}

// Price counts the read before a write, the write and the read after it.
func (c *client) Price(r provider.Request) int {
	switch r.Action {
	case schema.Create:
		if u, isUser := r.Want.Body.(*User); isUser && u.Disabled {
			return 3 // a user cannot be created disabled
		}
		if r.Addr.Kind == groupKind.Name {
			return 3 // looked up first
		}
		return 2
	case schema.Delete:
		return 3
	}
	what := r.Addr.Kind
	if what == builtinRoleKind.Name {
		what = roleKind.Name
	}
	return 3 + c.updates.attempts(what, r.Addr)
}
