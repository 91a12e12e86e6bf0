package config

import (
	"regexp"
	"strings"
)

// fleetName is what the name of a tenant of a fleet looks like: it names files with keys and results.
var fleetName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$`)

// keyFileEnd is what the end of the name of a tenant's key file looks like, as in paris.PARTOO_API_KEY.
var keyFileEnd = regexp.MustCompile(`(?i)^[A-Z][A-Z0-9]*_[A-Z0-9_]*$`)

// ValidFleetName reports whether a tenant of a fleet can have the name.
func ValidFleetName(name string) bool { return fleetName.MatchString(name) }

// check reports names that are not valid, and tenants that are there twice.
func (r *fleetReader) check() {
	named, configured := map[string]*FleetTenant{}, map[string]*FleetTenant{}
	for i := range r.fleet.Tenants {
		t := &r.fleet.Tenants[i]
		if !ValidFleetName(t.Name) {
			r.about(t, problem("fleet/name", t.at.Ptr(), "Name of a tenant is not valid",
				"%q is to name files and jobs. Use up to 100 letters from a to z, digits, dots, dashes and underscores; begin with a letter or a digit, and do not end with a dot.", t.Name))
			continue
		}
		name := strings.ToLower(t.Name)
		if other := named[name]; other != nil {
			r.about(t, problem("fleet/duplicate", t.at.Ptr(), "Tenant "+quoted(t.Name)+" is declared twice",
				"%s is declared at %s. Names that differ only in case are the same. Keep one of the two, or rename it.", quoted(other.Name), lineOf(other.at)))
			continue
		}
		named[name] = t
		key := t.identity()
		if other := configured[key]; other != nil {
			r.about(t, problem("fleet/duplicate", t.at.Ptr(), "Two tenants are the same",
				"%s and %s have the same directory, %s, and the same variables, so each would change what the other did. Delete one of them, or give it other variables.",
				quoted(other.Name), quoted(t.Name), t.Directory))
			continue
		}
		configured[key] = t
	}
	for i := range r.fleet.Tenants {
		t := &r.fleet.Tenants[i]
		dot := strings.LastIndexByte(t.Name, '.')
		if dot < 0 || !keyFileEnd.MatchString(t.Name[dot+1:]) {
			continue
		}
		if other := named[strings.ToLower(t.Name[:dot])]; other != nil {
			r.about(t, problem("fleet/name", t.at.Ptr(), "Name of a tenant is that of a key file of another",
				"A file %s has a key of %s, and %s would run with it. Rename one of the two tenants.", quoted(t.Name), quoted(other.Name), quoted(t.Name)))
		}
	}
}

// identity is what distinguishes the configuration of a tenant from that of others.
func (t *FleetTenant) identity() string {
	parts := []string{t.RealDirectory, t.RealFile}
	if t.RealDirectory == "" {
		parts = []string{t.Directory, t.VariablesFile}
	}
	for _, in := range t.Inputs() {
		if in.File == "" {
			parts = append(parts, in.Var)
		}
	}
	return strings.Join(parts, "\x00")
}

// SameConfiguration reports whether a tenant is configured by the same directory, with the same variables.
func (t *FleetTenant) SameConfiguration(other *FleetTenant) bool {
	a, b := *t, *other
	a.RealDirectory, b.RealDirectory = "", ""
	return a.identity() == b.identity()
}
