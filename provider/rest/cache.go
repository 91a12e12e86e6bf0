package rest

import "sync"

// A Cache holds a fetched value for kinds that share a call. It does not hold errors. A
// write must clear what it makes stale. The zero value is empty.
type Cache[T any] struct {
	mu    sync.Mutex
	known bool
	value T
}

// Value returns the value, and fetches it if the cache is empty. Concurrent calls wait.
func (m *Cache[T]) Value(fetch func() (T, error)) (T, error) {
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

// Clear empties the cache.
func (m *Cache[T]) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	m.value, m.known = none, false
}
