// Package notifytest has a server on this machine that receives notifications, for tests.
package notifytest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
)

// Token is secret in both URLs of a receiver.
const Token = "hook-token-0123456789"

// A Receiver is a webhook and a mail server. It keeps what it receives.
type Receiver struct {
	WebhookURL string // with Token in its path
	MailURL    string // with Token as the password

	web      *httptest.Server
	mail     net.Listener
	sessions sync.WaitGroup

	mu       sync.Mutex
	conns    map[net.Conn]bool
	received []string
	refusals map[string]string // by server
}

// Start starts a receiver, which must be stopped.
func Start() (*Receiver, error) {
	r := &Receiver{conns: map[net.Conn]bool{}, refusals: map[string]string{}}
	var err error
	if r.mail, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	r.web = httptest.NewServer(http.HandlerFunc(r.post))
	r.WebhookURL = r.web.URL + "/" + Token
	r.MailURL = "smtp://ops:" + Token + "@" + r.mail.Addr().String() + "/?from=rolecall@zoo.example&to=ops@zoo.example"
	r.sessions.Go(r.accept)
	return r, nil
}

// Stop ends both servers and all connections.
func (r *Receiver) Stop() {
	r.web.Close()
	r.mail.Close()
	r.mu.Lock()
	for c := range r.conns {
		c.Close()
	}
	r.mu.Unlock()
	r.sessions.Wait()
}

// The servers of a receiver.
const (
	Webhook = "webhook"
	Mail    = "mail"
)

// Refuse makes a server refuse with a text, or accept again if the text is "".
func (r *Receiver) Refuse(server, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refusals[server] = why
}

// Received returns what was accepted since the last call: the bodies of requests, and mails as they came.
func (r *Receiver) Received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.received
	r.received = nil
	return list
}

// take keeps a message or returns why it is refused.
func (r *Receiver) take(server, message string) (refusal string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	why := r.refusals[server]
	if why == "" {
		r.received = append(r.received, message)
	}
	return why
}

func (r *Receiver) post(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil || q.Method != http.MethodPost || q.URL.Path != "/"+Token {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	if why := r.take(Webhook, q.Header.Get("Content-Type")+"\n"+string(body)); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
	}
}

func (r *Receiver) accept() {
	for {
		c, err := r.mail.Accept()
		if err != nil {
			return // it was closed
		}
		r.mu.Lock()
		r.conns[c] = true
		r.mu.Unlock()
		r.sessions.Go(func() {
			r.session(textproto.NewConn(c))
			r.mu.Lock()
			delete(r.conns, c)
			r.mu.Unlock()
			c.Close()
		})
	}
}

// session speaks SMTP with one client. An error ends it: the client sees a closed connection.
func (r *Receiver) session(c *textproto.Conn) {
	say := func(lines ...string) bool { return c.PrintfLine("%s", strings.Join(lines, "\r\n")) == nil }
	for ok := say("220 ready"); ok; {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			ok = say("250-receiver", "250-8BITMIME", "250 AUTH PLAIN")
		case "AUTH":
			answer := "235 fine"
			if line != "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00ops\x00"+Token)) {
				answer = "535 wrong password"
			}
			ok = say(answer)
		case "MAIL", "RCPT":
			ok = say("250 fine")
		case "DATA":
			if !say("354 go on") {
				return
			}
			text, err := io.ReadAll(c.DotReader())
			if err != nil {
				return
			}
			if why := r.take(Mail, string(text)); why != "" {
				ok = say("451 " + why)
			} else {
				ok = say("250 taken")
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			ok = say(fmt.Sprintf("502 %s is not known", verb))
		}
	}
}
