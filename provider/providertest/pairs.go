package providertest

// Pairs returns combinations that contain any two values of different variants at least
// once. A factor is one variant with all its values, the default first; a combination
// omits defaults. late reports whether a value should be rare: combinations without such
// values come first and contain every pair that they can. The same factors give the same
// combinations.
func Pairs(factors [][]string, late func(value string) bool) [][]string {
	c := &pairCover{factors: factors}
	c.setAllMissing()
	early := func(i, v int) bool { return !late(factors[i][v]) }
	var out [][]string
	for _, allowed := range []func(i, v int) bool{early, func(int, int) bool { return true }} {
		for {
			row := c.row(allowed)
			if row == nil {
				break
			}
			c.markCovered(row)
			out = append(out, c.variants(row))
		}
	}
	return out
}

// A pairCover records which pairs of values no combination has yet.
type pairCover struct {
	factors [][]string
	missing [][]bool // by the numbers of both values
	first   []int    // number of each factor's first value
}

// setAllMissing marks every pair as missing.
func (c *pairCover) setAllMissing() {
	n := 0
	for _, f := range c.factors {
		c.first = append(c.first, n)
		n += len(f)
	}
	c.missing = make([][]bool, n)
	for i, f := range c.factors {
		for v := range f {
			row := make([]bool, n)
			for j, g := range c.factors {
				for w := range g {
					row[c.first[j]+w] = i != j
				}
			}
			c.missing[c.first[i]+v] = row
		}
	}
}

// row returns the best of a few combinations with the first missing pair that is
// allowed, or nil if none is missing.
func (c *pairCover) row(allowed func(i, v int) bool) (best []int) {
	most := 0
	for start := range c.factors {
		row, gained := c.fill(start, allowed)
		if gained > most {
			best, most = row, gained
		}
	}
	return best
}

// fill builds a combination around the first missing pair: factor by factor, beginning
// with start, it takes the value that adds the most missing pairs. It returns how many
// pairs were missing.
func (c *pairCover) fill(start int, allowed func(i, v int) bool) (row []int, gained int) {
	row = make([]int, len(c.factors))
	for i := range row {
		row[i] = -1
	}
	if !c.seed(row, allowed) {
		return nil, 0
	}
	gained = 1
	for n := range c.factors {
		i := (start + n) % len(c.factors)
		if row[i] >= 0 {
			continue
		}
		best, most := 0, -1
		for v := range c.factors[i] {
			if n := c.gain(row, i, v); allowed(i, v) && n > most {
				best, most = v, n
			}
		}
		row[i], gained = best, gained+most
	}
	return row, gained
}

// markCovered marks the pairs of a combination as covered.
func (c *pairCover) markCovered(row []int) {
	for i, v := range row {
		for j, w := range row {
			c.missing[c.first[i]+v][c.first[j]+w] = false
		}
	}
}

// seed puts the first missing pair into an empty row.
func (c *pairCover) seed(row []int, allowed func(i, v int) bool) bool {
	for i, f := range c.factors {
		for v := range f {
			for j := i + 1; j < len(c.factors); j++ {
				for w := range c.factors[j] {
					if allowed(i, v) && allowed(j, w) && c.missing[c.first[i]+v][c.first[j]+w] {
						row[i], row[j] = v, w
						return true
					}
				}
			}
		}
	}
	return false
}

// gain counts the missing pairs of a value with those of the row.
func (c *pairCover) gain(row []int, i, v int) int {
	n := 0
	for j, w := range row {
		if w >= 0 && c.missing[c.first[i]+v][c.first[j]+w] {
			n++
		}
	}
	return n
}

func (c *pairCover) variants(row []int) []string {
	var out []string
	for i, v := range row {
		if v > 0 {
			out = append(out, c.factors[i][v])
		}
	}
	return out
}
