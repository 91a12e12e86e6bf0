//go:build !linux

package cmd_test

import "testing"

// smallDisk puts a small disk at the directory, which only Linux can here.
func smallDisk(*testing.T, string) (unmount func(), ok bool) { return func() {}, false }
