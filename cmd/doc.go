// Package cmd is the program: one file per command. A command is a function
// newXCommand, which takes only what the command needs, a struct of its options, and
// a function runX. It prints through Streams and nowhere else, and returns an error
// that carries the exit code.
//
// To add a command, write newXCommand in a file of its own and add it in newRoot. To
// add a product, add a line to products.
package cmd
