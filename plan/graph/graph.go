// Package graph orders nodes that wait for other nodes. Nodes are numbers from 0, such
// as the places of changes in a list.
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

// Dependents lists for each node the nodes that wait for it: in order, and as often as
// they do.
func (g Graph) Dependents() [][]int {
	out := make([][]int, len(g))
	for node, waits := range g {
		for _, n := range waits {
			out[n] = append(out[n], node)
		}
	}
	return out
}

// Sort returns the nodes in an order in which each comes after those that it waits for.
// Where that leaves a choice, the node with the lowest rank comes first; a nil rank is
// the number of the node. Nodes that wait for themselves through others, and those that
// wait for such nodes, are left out.
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

// Reachable marks the nodes that the given ones wait for, directly or through others.
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

// Components numbers the strongly connected components and returns the number of each
// node's component. Two nodes wait for each other, directly or through others, if and
// only if their numbers are equal.
func (g Graph) Components() []int {
	dependents := Graph(g.Dependents())
	component := make([]int, len(g))
	for _, root := range slices.Backward(dependents.postorder()) {
		if component[root] != 0 {
			continue
		}
		component[root] = root + 1
		for todo := []int{root}; len(todo) > 0; {
			node := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, n := range g[node] {
				if component[n] == 0 {
					component[n] = root + 1
					todo = append(todo, n)
				}
			}
		}
	}
	return component
}

// postorder lists the nodes in the order in which a depth-first search leaves them.
func (g Graph) postorder() []int {
	type visit struct{ node, next int }
	seen := make([]bool, len(g))
	out := make([]int, 0, len(g))
	for start := range g {
		if seen[start] {
			continue
		}
		seen[start] = true
		for path := []visit{{start, 0}}; len(path) > 0; {
			at := &path[len(path)-1]
			if at.next == len(g[at.node]) {
				out = append(out, at.node)
				path = path[:len(path)-1]
				continue
			}
			n := g[at.node][at.next]
			if at.next++; !seen[n] {
				seen[n] = true
				path = append(path, visit{n, 0})
			}
		}
	}
	return out
}

// A ranked is a heap of nodes, the one with the lowest rank on top.
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
