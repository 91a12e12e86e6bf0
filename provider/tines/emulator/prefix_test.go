package emulator

import (
	"net/http"
	"testing"
)

// The API is only below its documented prefix.
func TestPrefix(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for path, want := range map[string]int{"/admin/roles": 404, "/api/v2/admin/roles": 404, "/api/v1/admin/roles": 200} {
		req, err := http.NewRequest("GET", TenantURL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+DefaultKey)
		if res, err := s.Transport().RoundTrip(req); err != nil || res.StatusCode != want {
			t.Errorf("%s: %v %v", path, res, err)
		}
	}
}
