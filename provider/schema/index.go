package schema

import "sync"

// An Index maps keys to the product's ids and back, for the objects of one tenant. Files and
// plans contain only keys; a client needs ids. The zero value is empty. An Index is safe for
// concurrent use. Keys that differ only in Unicode normalization (see NFC) are the same.
type Index struct {
	mu   sync.RWMutex
	ids  map[[2]string]string // kind, key -> id
	keys map[[2]string]string // kind, id -> key
}

// Add records that key is the name of id. An empty id is not recorded.
func (x *Index) Add(kind, key, id string) {
	if id == "" {
		return
	}
	key = NFC(key)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ids == nil {
		x.ids, x.keys = map[[2]string]string{}, map[[2]string]string{}
	}
	x.ids[[2]string{kind, key}] = id
	x.keys[[2]string{kind, id}] = key
}

// ID returns the product's id of a key.
func (x *Index) ID(kind, key string) (string, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id, ok := x.ids[[2]string{kind, NFC(key)}]
	return id, ok
}

// Key returns the key of a product's id.
func (x *Index) Key(kind, id string) (string, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	key, ok := x.keys[[2]string{kind, id}]
	return key, ok
}
