package partoo

import "sync"

// A memo keeps what was fetched, so that the kinds which share a call pay for it
// once. A failure is not kept. Whoever writes drops what the write made stale.
type memo[T any] struct {
	mu    sync.Mutex
	known bool
	value T
}

// get returns the kept value, or fetches it. Others wait meanwhile.
func (m *memo[T]) get(fetch func() (T, error)) (T, error) {
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

func (m *memo[T]) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	m.value, m.known = none, false
}
