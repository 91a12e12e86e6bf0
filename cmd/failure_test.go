package cmd_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestFailureScenes plays both scenes with nothing in the way.
func TestFailureScenes(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			st := s.play(t)
			st.converge()
			if st.watch.looks == 0 {
				t.Error("no write was looked at")
			}
		})
	}
}

var _ = func(http.ResponseWriter, *httptest.ResponseRecorder) {}
