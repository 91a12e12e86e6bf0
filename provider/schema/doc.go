// Package schema has the types that all other packages use. It describes the kinds of a
// product, each as a struct and a table of attributes. Everything else (decoding, identity,
// comparing, printing, documentation, JSON Schema) reads that table.
//
// The package has no product, no network and no clock.
package schema
