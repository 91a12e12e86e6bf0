package notify_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rolecall-dev/rolecall/cmd/notify/notifytest"
)

func startReceiver(t *testing.T) *notifytest.Receiver {
	t.Helper()
	r, err := notifytest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	return r
}

// TestMail sends to a mail server: encoded, one mail for each address, and with the password.
func TestMail(t *testing.T) {
	r := startReceiver(t)
	target, _ := parse(t, r.MailURL+",sec@zoo.example")
	if want := "mail to ops@zoo.example and sec@zoo.example through 127.0.0.1"; target.Name != want {
		t.Errorf("named %q, want %q", target.Name, want)
	}
	if err := target.Send(t.Context(), nil, "rolecall: Zoo Zürich\r\nBcc: evil@x.example", []string{"! Zoë became ORG_ADMIN", ".", "end"}); err != nil {
		t.Fatal(err)
	}
	mails := r.Received()
	if len(mails) != 2 {
		t.Fatalf("received %q", mails)
	}
	for i, to := range []string{"ops@zoo.example", "sec@zoo.example"} {
		head, body, _ := strings.Cut(mails[i], "\n\n")
		for _, want := range []string{"To: " + to, "From:  <rolecall@zoo.example>", "Subject: =?utf-8?q?rolecall:_Zoo_Z=C3=BCrich=0D=0ABcc:_evil@x.example?=", `Content-Type: text/plain; charset="UTF-8"`} {
			if !strings.Contains("\n"+head+"\n", "\n"+want+"\n") {
				t.Errorf("no header %q in\n%s", want, head)
			}
		}
		if !strings.HasSuffix(body, "\n! Zoë became ORG_ADMIN\n.\nend\n") || strings.Contains(head, "\nBcc:") {
			t.Errorf("received\n%s", mails[i])
		}
	}
}

// TestMailRefused has a server that does not take the mail, a wrong password, and a server on another
// machine that does not encrypt.
func TestMailRefused(t *testing.T) {
	r := startReceiver(t)
	r.Refuse(notifytest.Mail, "mailbox full")
	target, _ := parse(t, r.MailURL)
	if err := target.Send(t.Context(), nil, title, lines); err == nil || !strings.Contains(err.Error(), "mailbox full") {
		t.Errorf("error %v", err)
	}
	r.Refuse(notifytest.Mail, "")
	wrong, _ := parse(t, strings.Replace(r.MailURL, notifytest.Token, "wrong-password-0123", 1))
	if err := wrong.Send(t.Context(), nil, title, lines); err == nil || !strings.Contains(err.Error(), "wrong password") || strings.Contains(err.Error(), "wrong-password-0123") {
		t.Errorf("error %v", err)
	}
	encrypted, _ := parse(t, r.MailURL+"&requirestarttls=yes")
	if err := encrypted.Send(t.Context(), nil, title, lines); err == nil || !strings.Contains(err.Error(), "does not support StartTLS") {
		t.Errorf("error %v", err)
	}
	if got := r.Received(); len(got) > 0 {
		t.Errorf("received %q", got)
	}
}

// TestInterrupt stops waiting for services that never answer, when the context ends.
func TestInterrupt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, address := range []string{
		"http://" + l.Addr().String() + "/a",
		"smtp://" + l.Addr().String() + "/?from=a@x.example&to=b@x.example",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		accepted := make(chan net.Conn, 1)
		go func() {
			defer close(accepted)
			defer cancel()
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			accepted <- c
		}()
		target, _ := parse(t, address)
		transport := &http.Transport{}
		if err := target.Send(ctx, transport, title, lines); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v", address, err)
		}
		for c := range accepted {
			c.Close()
		}
		transport.CloseIdleConnections()
	}
}
