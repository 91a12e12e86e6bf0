package config

import (
	"runtime"
	"slices"
	"sync"
)

// someBlocks are blocks, or members of for_each, that are worth a goroutine.
const someBlocks = 256

// parallelChunks does n things on all processors, each of them the things of one range
// with enough to do, and returns what came out in the order of the things.
func parallelChunks[T any](n, enough int, do func(from, to int) []T) []T {
	parts := max(1, min(runtime.GOMAXPROCS(0), n/enough))
	out := make([][]T, parts)
	var g sync.WaitGroup
	for p := range parts {
		g.Go(func() { out[p] = do(p*n/parts, (p+1)*n/parts) })
	}
	g.Wait()
	return slices.Concat(out...)
}
