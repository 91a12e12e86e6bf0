package apply

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "locks")
	unlock, err := Lock(dir, "zoo-1", "Zoo 1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(dir, "zoo-1", "Zoo 1")
	if err == nil {
		t.Fatal("a second lock was given")
	}
	for _, part := range []string{fmt.Sprintf("another apply is running for Zoo 1 (process %d on ", os.Getpid()), filepath.Join(dir, "zoo-1.lock")} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
	other, err := Lock(dir, "zoo-2", "Zoo 2")
	if err != nil {
		t.Errorf("the lock of another tenant: %v", err)
	} else {
		other()
	}
	unlock()
	again, err := Lock(dir, "zoo-1", "Zoo 1")
	if err != nil {
		t.Fatalf("after unlocking: %v", err)
	}
	again()
	if _, err := os.Stat(filepath.Join(dir, "zoo-1.holder")); !os.IsNotExist(err) {
		t.Errorf("the note of the holder is still there: %v", err)
	}
}

func TestLockThatCannotBeTaken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(file, "zoo-1", "Zoo 1"); err == nil || !strings.HasPrefix(err.Error(), "cannot lock Zoo 1 in ") {
		t.Errorf("error %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "zoo-1.holder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a lock that could not be taken is not kept
		if _, err := Lock(dir, "zoo-1", "Zoo 1"); err == nil || strings.Contains(err.Error(), "another apply") {
			t.Errorf("error %v", err)
		}
	}
}

// TestLockModes: who applies is told to the owner of the directory only.
func TestLockModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	unlock, err := Lock(dir, "zoo-1", "Zoo 1")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	for name, want := range map[string]os.FileMode{"": 0o700, "zoo-1.lock": 0o600, "zoo-1.holder": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != want && runtime.GOOS != "windows" {
			t.Errorf("%q has mode %o, want %o", name, mode, want)
		}
	}
}
