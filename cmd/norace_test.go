//go:build !race

package cmd_test

// underRace is true where the race detector is at work.
const underRace = false
