// Package cmd is the program: one file a command. A command takes the world from
// a Factory, reads its flags into a struct, and returns an error that carries the
// exit code; it prints through the factory's streams and nowhere else.
//
// To add a command, write newXCommand(f) in a file of its own and name it in
// newRoot. To add a product, add a line to products.
package cmd
