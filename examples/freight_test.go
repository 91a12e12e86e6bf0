package examples_test

import (
	"path/filepath"
	"slices"
	"testing"

	roserocket "github.com/rolecall-dev/rolecall/provider/roserocket/emulator"
)

// TestFreightIsTheGuides holds examples/freight against the case in Rose Rocket's
// guide to roles and permissions: what each role must be able to do afterwards, and
// what it must not.
func TestFreightIsTheGuides(t *testing.T) {
	dir := copied(t, "freight")
	must(t, 0, "apply", "--auto-approve", dir)
	s, err := roserocket.New(roserocket.Options{State: filepath.Join(dir, ".rolecall", "roserocket.json")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	all, err := s.Rights()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		role   string
		can    []string
		cannot []string
	}{{
		"operations",
		[]string{"customer.status read", "order.deliveryDate edit", "order.deliveryTimeTo edit", "stop.deliveryDate edit"},
		[]string{"order.margin read", "order.marginPercent read", "order.cost read", "stop.detentionCost read", "customer.balance read",
			"financialLineItem.amount read", "invoice.total read", "order.weight edit"},
	}, {
		"sales",
		[]string{"order.notes edit", "customer.name edit", "quote.rate edit"},
		[]string{"order create", "order delete", "customer create", "customer delete", "quote create", "quote delete", "stop delete"},
	}, {
		"partner",
		[]string{"order.status read", "order board order"},
		[]string{"payStub.status read", "payStub.netPay read", "payStub board payStub"},
	}, {
		"admin",
		[]string{"order create", "order.margin read", "payStub.netPay read"},
		nil,
	}} {
		for _, right := range test.can {
			if !slices.Contains(all[test.role], right) {
				t.Errorf("%s lacks: %s", test.role, right)
			}
		}
		for _, right := range test.cannot {
			if slices.Contains(all[test.role], right) {
				t.Errorf("%s has: %s", test.role, right)
			}
		}
	}
}
