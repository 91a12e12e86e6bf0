package emulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
)

// ErrCut is in the error of a request whose connection was cut before an answer.
var ErrCut = fmt.Errorf("connection cut before an answer came: %w", io.ErrUnexpectedEOF)

// An InProcess is a transport that hands requests to a handler in the same process.
type InProcess struct {
	handler  http.Handler
	requests atomic.Int64
}

// Transport returns a transport that runs requests through the handler: no socket,
// no goroutine. A request whose context ends fails with the context's error, as
// does one whose handler gives up with http.ErrAbortHandler fail as if the
// connection had been cut.
func Transport(h http.Handler) *InProcess { return &InProcess{handler: h} }

// Requests is the number of requests sent so far.
func (t *InProcess) Requests() int { return int(t.requests.Load()) }

// RoundTrip runs one request.
func (t *InProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	defer body.Close()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	t.requests.Add(1)
	in := req.Clone(req.Context())
	in.Body = body
	in.RequestURI = req.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:0"
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	out := &answer{header: http.Header{}}
	cut := run(t.handler, out, in)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if cut && out.status == 0 {
		return nil, ErrCut
	}
	return out.response(req, cut), nil
}

// run reports whether the handler aborted with http.ErrAbortHandler. It repeats other panics.
func run(h http.Handler, w http.ResponseWriter, r *http.Request) (cut bool) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case isAbort(p):
			cut = true
		default:
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

func isAbort(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

func (a *answer) response(req *http.Request, cut bool) *http.Response {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	length := int64(a.body.Len())
	var body io.Reader = bytes.NewReader(a.body.Bytes())
	if cut {
		body = io.MultiReader(body, broken{})
		if n, err := strconv.ParseInt(a.header.Get("Content-Length"), 10, 64); err == nil {
			length = n
		}
	}
	return &http.Response{
		Status:     strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        a.header,
		Body:          io.NopCloser(body),
		ContentLength: length,
		Request:       req,
	}
}

// broken is the end of a body whose connection was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
