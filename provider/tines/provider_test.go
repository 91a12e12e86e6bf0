package tines

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rolecall-dev/rolecall/provider/providertest"
	"github.com/rolecall-dev/rolecall/provider/schema"
)

func TestTenantAddress(t *testing.T) {
	for _, test := range []struct{ given, want string }{
		{"https://adjective-noun-1234.tines.com", ""},
		{"https://zoo.tines.io", ""},
		{"https://zoo.tines.io/", ""},
		{"https://tines.zoo.example:8443", ""},
		{"adjective-noun-1234", `must be the whole address, such as https://adjective-noun-1234.tines.com or https://adjective-noun-1234.tines.io; this is "adjective-noun-1234"`},
		{"zoo.tines.com", `must begin with https://; write "https://zoo.tines.com"`},
		{"http://zoo.tines.com", `must begin with https://, because requests carry the key; this is "http://zoo.tines.com"`},
		{"https://zoo.tines.com/stories", `must end after the host; write "https://zoo.tines.com"`},
		{"https://zoo.tines.com/api/v1", `must end after the host; write "https://zoo.tines.com"`},
		{"https://zoo.tines.com?a=b", `must end after the host; write "https://zoo.tines.com"`},
		{"https://ana:secret@zoo.tines.com", `must end after the host; write "https://zoo.tines.com"`},
		{"https://", `must be an address such as https://adjective-noun-1234.tines.com; this is "https://"`},
		{"https://:443", `must be an address such as https://adjective-noun-1234.tines.com; this is "https://:443"`},
		{"ftp://zoo.tines.com", `must be an address such as https://adjective-noun-1234.tines.com; this is "ftp://zoo.tines.com"`},
		{"zoo.tines.com:443", `must be an address such as https://adjective-noun-1234.tines.com; this is "zoo.tines.com:443"`},
	} {
		got := ""
		if err := tenantURL(test.given); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.given, diff)
		}
	}
}

func TestEndpoint(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		want     string
	}{
		{"the tenant's own", Settings{Tenant: "https://zoo.tines.io"}, "https://zoo.tines.io/api/v1"},
		{"a slash too much", Settings{Tenant: "https://zoo.tines.io/"}, "https://zoo.tines.io/api/v1"},
		{"the emulator", Settings{Tenant: "https://zoo.tines.io", Endpoint: "emulator"}, "emulator"},
		{"another", Settings{Endpoint: "http://127.0.0.1:8042/api/v1"}, "http://127.0.0.1:8042/api/v1"},
	} {
		o := schema.Object{Kind: &settingsKind, Body: &test.settings}
		if got := endpoint(&o); got != test.want {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	for _, bad := range []string{"zoo", "ftp://zoo", "https://zoo?x=1", "https://zoo#x"} {
		if endpointURL(bad) == nil {
			t.Errorf("%s passes", bad)
		}
	}
	for _, good := range []string{"emulator", "http://127.0.0.1:8042/api/v1"} {
		if err := endpointURL(good); err != nil {
			t.Error(err)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, test := range []struct {
		name     string
		settings Settings
		set      []string
		want     []string
	}{
		{"nothing", Settings{}, nil, []string{"error tines/tenant tines.: The tenant is missing"}},
		{"the emulator", Settings{Endpoint: "emulator"}, []string{"endpoint"}, nil},
		{"a tenant", Settings{Tenant: "https://zoo.tines.io"}, []string{"tenant"}, nil},
		{"no requests", Settings{Endpoint: "emulator"}, []string{"endpoint", "requests_per_minute"},
			[]string{"error tines/requests-per-minute tines.: requests_per_minute must be at least 1"}},
	} {
		o := inFile(&settingsKind, &test.settings, settingsKind.Mask(test.set...))
		if diff := cmp.Diff(test.want, providertest.FindingLines(validateSettings(&o))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	for s, good := range map[string]bool{"none": true, "ana@zoo.example": true, "ana": false, "ana@zoo": false} {
		if (keyUser(s) == nil) != good {
			t.Errorf("key_user %s: %v", s, keyUser(s))
		}
	}
}

// What an identity provider owns is only compared.
func TestObserved(t *testing.T) {
	for provisioning, want := range map[string][]string{
		"": nil, "api": nil, "jit": nil, "scim": {"user", "membership"}, "enhanced_jit": {"membership"},
	} {
		o := schema.Object{Kind: &settingsKind, Body: &Settings{Provisioning: provisioning}}
		if diff := cmp.Diff(want, observed(&o)); diff != "" {
			t.Errorf("%s: %s", provisioning, diff)
		}
	}
}

func TestBudgets(t *testing.T) {
	for _, test := range []struct {
		general int64
		want    budgets
	}{
		{0, budgets{4000, 400, 800}},
		{1000, budgets{1000, 100, 200}},
		{3, budgets{3, 1, 1}},
	} {
		o := schema.Object{Kind: &settingsKind, Body: &Settings{RequestsPerMinute: test.general}}
		if got := budgetsOf(requestsPerMinute(&o)); got != test.want {
			t.Errorf("%d a minute: %+v", test.general, got)
		}
	}
	if got := budgetsOf(0); got != (budgets{}) {
		t.Errorf("the emulator has a budget: %+v", got)
	}
	classes := budgetsOf(4000).classes()
	for path, class := range map[string]int{
		"/admin/users": 0, "/admin/users/7": 0, "/admin/users_of": -1, "/admin/roles": -1, "/teams/7/members": -1, "/audit_logs": 1,
	} {
		for i, l := range classes {
			if l.Match("GET", path) != (i == class) {
				t.Errorf("%s in class %d", path, i)
			}
		}
	}
}
