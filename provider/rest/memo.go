package rest

import "sync"

// A Memo keeps what was fetched, so that the kinds which share a call pay for it
// once. A failure is not kept. Whoever writes drops what the write made stale.
// The zero value is ready.
type Memo[T any] struct {
	mu    sync.Mutex
	known bool
	value T
}

// Take returns the kept value, or fetches it. Others wait meanwhile.
func (m *Memo[T]) Take(fetch func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known {
		return m.value, nil
	}
	v, err := fetch()
	if err == nil {
		m.value, m.known = v, true
	}
	return v, err
}

// Drop forgets the value.
func (m *Memo[T]) Drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	m.value, m.known = none, false
}
