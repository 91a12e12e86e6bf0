package cmd_test

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rolecall-dev/rolecall/cmd/notify/notifytest"
)

type receiverKey struct{}

// receiverOf is the receiver that a script started.
type receiverOf struct{ *notifytest.Receiver }

func receiverIn(ts *testscript.TestScript) *receiverOf {
	return ts.Value(receiverKey{}).(*receiverOf)
}

func receiverScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: receiver")
	}
	r, err := notifytest.Start()
	ts.Check(err)
	ts.Defer(r.Stop)
	receiverIn(ts).Receiver = r
	ts.Setenv("WEBHOOK", r.WebhookURL)
	ts.Setenv("MAIL", r.MailURL)
}

func receivedScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 || receiverIn(ts).Receiver == nil {
		ts.Fatalf("usage: received [FILE], after receiver")
	}
	list := receiverIn(ts).Received()
	text := strings.Join(list, "\n")
	if endpoint := ts.Getenv("ROLECALL_VAR_endpoint"); endpoint != "" {
		text = strings.ReplaceAll(text, endpoint, "ENDPOINT")
	}
	if len(args) == 1 {
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+"\n"), 0o600))
	} else if len(list) > 0 {
		ts.Fatalf("received\n%s", text)
	}
}

func refuseScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || receiverIn(ts).Receiver == nil {
		ts.Fatalf("usage: refuse webhook|mail [WHY], after receiver")
	}
	receiverIn(ts).Refuse(args[0], strings.Join(args[1:], " "))
}
