package graph

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSort(t *testing.T) {
	for name, c := range map[string]struct {
		graph Graph
		rank  []int
		want  []int
	}{
		"empty":                          {Graph{}, nil, []int{}},
		"by number":                      {Graph{{}, {}, {}}, nil, []int{0, 1, 2}},
		"by rank":                        {Graph{{}, {}, {}}, []int{5, 4, 3}, []int{2, 1, 0}},
		"equal ranks":                    {Graph{{}, {}, {}}, []int{1, 1, 0}, []int{2, 0, 1}},
		"what others wait for is first":  {Graph{{2}, {}, {1}}, nil, []int{1, 2, 0}},
		"waiting twice is waiting":       {Graph{{1, 1}, {}}, nil, []int{1, 0}},
		"a cycle is left out":            {Graph{{1}, {0}, {}}, nil, []int{2}},
		"what waits for a cycle as well": {Graph{{1}, {0}, {0}, {}}, nil, []int{3}},
		"a node that waits for itself":   {Graph{{0}, {}}, nil, []int{1}},
	} {
		if got := c.graph.Sort(c.rank); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// draw draws a graph of a few nodes, with or without cycles.
func draw(t *rapid.T) Graph {
	g := make(Graph, rapid.IntRange(1, 8).Draw(t, "nodes"))
	for range rapid.IntRange(0, 14).Draw(t, "edges") {
		g.Add(rapid.IntRange(0, len(g)-1).Draw(t, "node"), rapid.IntRange(0, len(g)-1).Draw(t, "waits for"))
	}
	return g
}

// TestProperties holds every function against the one that says it most plainly:
// a node is reachable if a path leads to it.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := draw(t)
		reach := make([][]bool, len(g))
		for n := range g {
			reach[n] = g.Reachable(n)
			for _, to := range g[n] {
				if !reach[n][to] || !slices.Contains(g.Dependents()[to], n) {
					t.Fatalf("%v: %d waits for %d", g, n, to)
				}
				for far, found := range g.Reachable(to) {
					if found && !reach[n][far] {
						t.Fatalf("%v: %d reaches %d, and not %d after it", g, n, to, far)
					}
				}
			}
		}
		cyclic := g.Cyclic()
		for n := range g {
			waits, awaited := reach[n][n], reach[n][n]
			for m := range g {
				waits = waits || reach[m][m] && reach[n][m]
				awaited = awaited || reach[m][m] && reach[m][n]
			}
			if cyclic[n] != (waits && awaited) {
				t.Fatalf("%v: cyclic %v, node %d", g, cyclic, n)
			}
		}
		sorted := g.Sort(nil)
		for n := range g {
			at := slices.Index(sorted, n)
			stuck := reach[n][n] || slices.ContainsFunc(reached(reach, n), func(m int) bool { return reach[m][m] })
			if stuck != (at < 0) {
				t.Fatalf("%v: sorted %v, node %d", g, sorted, n)
			}
			for _, before := range g[n] {
				if at >= 0 && slices.Index(sorted[:at], before) < 0 {
					t.Fatalf("%v: sorted %v, %d before %d", g, sorted, n, before)
				}
			}
		}
	})
}

// reached lists the nodes that n reaches.
func reached(reach [][]bool, n int) []int {
	var out []int
	for m, found := range reach[n] {
		if found {
			out = append(out, m)
		}
	}
	return out
}

// A long chain needs no deep stack and no quadratic time.
func TestLongChain(t *testing.T) {
	g := make(Graph, 300_000)
	for n := 1; n < len(g); n++ {
		g.Add(n, n-1)
	}
	if got := g.Sort(nil); len(got) != len(g) || got[len(g)-1] != len(g)-1 {
		t.Errorf("%d of %d nodes are sorted", len(got), len(g))
	}
	g.Add(0, len(g)-1)
	if slices.Contains(g.Cyclic(), false) {
		t.Error("a node of one long cycle is not found")
	}
}
