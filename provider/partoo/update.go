package partoo

import (
	"context"
	"net/http"
	"sync"

	"github.com/rolecall-dev/rolecall/provider"
	"github.com/rolecall-dev/rolecall/provider/crud"
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

// estimate counts the reads, the write, and what an update may have to try.
func (m *updateMethods) estimate(what string, r provider.Request) crud.Requests {
	n := 3
	switch r.Action {
	case schema.Create:
		if r.Want.Kind.Unique {
			n = 2
		}
	case schema.Update, schema.Rename:
		n += m.attempts(what, r.Addr)
	}
	return crud.Requests{"": n}
}

// attempts is how many requests the first update of a resource may take more than
// the others. Which method it takes is documented for sections and users only.
// The change that is asked about first is the one that pays.
func (m *updateMethods) attempts(what string, addr schema.Address) int {
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
