package tines

// A created is the answer to a creation, which may also come without a body.
type created struct {
	ID wireID `json:"id"`
}
