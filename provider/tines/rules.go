package tines

// oneOf chooses the words for one or for several.
func oneOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
