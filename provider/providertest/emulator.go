package providertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/emulator"
)

// Send sends "METHOD PATH [BODY]" to an emulator with the header, and returns the answer and
// its body.
func Send(t testing.TB, transport http.RoundTripper, base, request string, header http.Header) (*http.Response, string) {
	t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

// CompareAnswer returns how an answer differs from "STATUS JSON", the whole of it,
// "STATUS ~TEXT", a part of it, "STATUS !TEXT", what must not be in it, "STATUS -", no body,
// or "STATUS", any body. It returns "" where the answer is as expected.
func CompareAnswer(status int, body, expected string) string {
	code, want, _ := strings.Cut(expected, " ")
	if strconv.Itoa(status) != code {
		return fmt.Sprintf("status %d, want %s: %s", status, code, body)
	}
	part, absent := strings.TrimPrefix(want, "~"), strings.TrimPrefix(want, "!")
	switch {
	case part != want:
		if !strings.Contains(body, part) {
			return fmt.Sprintf("no %s in %s", part, body)
		}
	case absent != want:
		if strings.Contains(body, absent) {
			return fmt.Sprintf("%s is in %s", absent, body)
		}
	case want == "-":
		if body != "" {
			return "the answer has a body: " + body
		}
	case want != "":
		if diff := cmp.Diff(decodeAnswer(want), decodeAnswer(body)); diff != "" {
			return "(-want +got):\n" + diff
		}
	}
	return ""
}

// decodeAnswer returns the JSON value, or the text where it is none.
func decodeAnswer(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	return v
}

// CheckVariants checks the table of an emulator whose package is tested: each variant has a
// choice and a documentation, and the code of the emulator asks for it.
func CheckVariants(t testing.TB, table []emulator.Variant) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, f := range append(files, "../../emulator/service.go") { // which all emulators share
		if f == "variants.go" || strings.HasSuffix(f, "_test.go") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(data)
	}
	for _, v := range table {
		if len(v.Values) < 2 || !strings.HasSuffix(v.Doc, ".") {
			t.Errorf("%s has values %v and doc %q", v.Name, v.Values, v.Doc)
		}
		if !strings.Contains(source.String(), `"`+v.Name+`"`) {
			t.Errorf("nothing asks for variant %s", v.Name)
		}
	}
}
