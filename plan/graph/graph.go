// Package graph sorts nodes that wait for other nodes. Nodes are numbers from 0, such as the
// indices of changes in a list.
package graph

import (
	"cmp"
	"container/heap"
	"slices"
)

// A Graph lists for each node the nodes that it waits for.
type Graph [][]int

// Add makes a node wait for another one.
func (g Graph) Add(node, waitsFor int) { g[node] = append(g[node], waitsFor) }

// Dependents lists for each node the nodes that wait for it, in order, with duplicates.
func (g Graph) Dependents() [][]int {
	out := make([][]int, len(g))
	for node, waits := range g {
		for _, n := range waits {
			out[n] = append(out[n], node)
		}
	}
	return out
}

// Sort returns the nodes in topological order: each comes after those that it waits for. Among
// nodes that can come next, the one with the lowest rank comes first; a nil rank is the number of the
// node. Nodes of cycles, and nodes that wait for them, are left out.
func (g Graph) Sort(rank []int) []int {
	waits := make([]int, len(g))
	ready := &ranked{rank: rank}
	for node := range g {
		if waits[node] = len(g[node]); waits[node] == 0 {
			heap.Push(ready, node)
		}
	}
	dependents := g.Dependents()
	out := make([]int, 0, len(g))
	for ready.Len() > 0 {
		node := heap.Pop(ready).(int)
		out = append(out, node)
		for _, n := range dependents[node] {
			if waits[n]--; waits[n] == 0 {
				heap.Push(ready, n)
			}
		}
	}
	return out
}

// Reachable marks the nodes that the given ones wait for, directly or indirectly.
func (g Graph) Reachable(from ...int) []bool {
	out := make([]bool, len(g))
	for todo := slices.Clone(from); len(todo) > 0; {
		node := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, n := range g[node] {
			if !out[n] {
				out[n] = true
				todo = append(todo, n)
			}
		}
	}
	return out
}

// Cyclic marks the nodes of cycles, and those between two cycles.
func (g Graph) Cyclic() []bool {
	out := make([]bool, len(g))
	for node := range out {
		out[node] = true
	}
	for _, sorted := range [][]int{g.Sort(nil), Graph(g.Dependents()).Sort(nil)} {
		for _, node := range sorted {
			out[node] = false
		}
	}
	return out
}

// A ranked is a heap of nodes by rank.
type ranked struct{ rank, nodes []int }

func (r *ranked) Len() int { return len(r.nodes) }
func (r *ranked) Less(i, j int) bool {
	a, b := r.nodes[i], r.nodes[j]
	if r.rank == nil {
		return a < b
	}
	return cmp.Or(cmp.Compare(r.rank[a], r.rank[b]), cmp.Compare(a, b)) < 0
}
func (r *ranked) Swap(i, j int) { r.nodes[i], r.nodes[j] = r.nodes[j], r.nodes[i] }
func (r *ranked) Push(x any)    { r.nodes = append(r.nodes, x.(int)) }
func (r *ranked) Pop() any {
	last := r.nodes[len(r.nodes)-1]
	r.nodes = r.nodes[:len(r.nodes)-1]
	return last
}
