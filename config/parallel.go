package config

import (
	"runtime"
	"slices"
	"sync"
)

// sideBySide does n things on all processors, each of them the things of one range,
// and returns what came out in the order of the things. Few things are done at once.
func sideBySide[T any](n int, do func(from, to int) []T) []T {
	const enough = 256 // things that are worth a goroutine
	parts := max(1, min(runtime.GOMAXPROCS(0), n/enough))
	out := make([][]T, parts)
	var g sync.WaitGroup
	for p := range parts {
		g.Go(func() { out[p] = do(p*n/parts, (p+1)*n/parts) })
	}
	g.Wait()
	return slices.Concat(out...)
}
