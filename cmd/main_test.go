package cmd_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/rolecall-dev/rolecall/cmd"
)

var update = flag.Bool("update", false, "rewrite golden files and the expectations in scripts")

// withoutWaiting is set for scripts: pauses between tries and for the budget take no time.
const withoutWaiting = "ROLECALL_TEST_WITHOUT_WAITING"

// testDay is the day, as "2026-12-31", on which scripts run. Only this test binary knows it.
const testDay = "ROLECALL_TEST_DAY"

// clockOn returns a clock that starts at noon of a day.
func clockOn(day string) func() time.Time {
	noon, err := time.Parse(time.DateOnly+" 15", day+" 12")
	if err != nil {
		panic(err)
	}
	start := time.Now()
	return func() time.Time { return noon.Add(time.Since(start)) }
}

// TestMain lets scripts run the real program: the test binary stands in for it.
// It fails where a test leaves a goroutine behind.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"rolecall": func() {
			f := cmd.System()
			if os.Getenv(withoutWaiting) != "" {
				f.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			}
			if day := os.Getenv(testDay); day != "" {
				f.Now = clockOn(day)
			}
			os.Exit(cmd.Main(os.Args[1:], f))
		},
		"measured": measured,
	})
}

// A tidy run of tests leaves no goroutine behind. It collects garbage rarely, because that takes a
// quarter of the processor time.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	debug.SetGCPercent(400)
	code := m.M.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// TestScripts runs testdata/*.txtar, each in a directory of its own, with the
// commands of testscript and scriptCommands. $EXAMPLES is the directory of the
// examples.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("NO_PROXY", "*")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv(withoutWaiting, "1")
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Values[testKey{}] = t
			e.Values[forgeKey{}] = &scriptForge{}
			e.Values[receiverKey{}] = &receiverOf{}
			return nil
		},
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("%q is no exit code", args[0])
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
