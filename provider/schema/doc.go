// Package schema is the leaf of rolecall: the nouns that every other package
// speaks. A product's kinds are described here once, as a struct and a table
// of attributes, and everything else (decoding, identity, comparing, printing,
// documentation, JSON Schema) reads that table.
//
// The package knows no product, no network and no clock.
package schema
