package roserocket

// Neither roles nor objects can be listed, and both are open: these keys are only
// suggested to people.

// knownRoles are the keys of Rose Rocket's own roles. Not every organization has
// all of them.
var knownRoles = []string{
	"super-admin", "admin", "manager", "operations", "csr", "sales", "driver", "customer", "partner", "partner-carrier-user", "external", "guest",
}

// knownObjects are the keys of objects that Rose Rocket documents. Objects of an
// organization's own end in __c.
var knownObjects = []string{
	"address", "asset", "bill", "board", "commodity", "contact", "customer", "document", "event", "financialLineItem", "fuelIndex", "glAccount",
	"invoice", "manifest", "order", "partner", "payStub", "quote", "stop", "tag", "tariff", "task", "taxRate", "taxRateComponent", "taxRule",
	"user", "userGroup", "webhookDestination", "webhookSubscription",
}

// probes are objects that every organization has, to find out whether permissions
// can be read at all.
var probes = []string{"contact", "order"}
