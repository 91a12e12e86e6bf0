//go:build race

package cmd_test

// underRace says that the race detector makes everything slower, so that tests of
// many moments look at fewer of them.
const underRace = true
