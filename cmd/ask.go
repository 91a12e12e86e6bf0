package cmd

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// ask prints a question for a person at a terminal and returns the answer, a line
// without the space around it. The error is that of ctx, where the person
// interrupted instead of answering.
func (f *Factory) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(f.Err, question)
	answer := make(chan string, 1)
	go func() { answer <- readLine(f.In) }()
	select {
	case <-ctx.Done():
		fmt.Fprintln(f.Err)
		return "", ctx.Err()
	case line := <-answer:
		return strings.TrimSpace(line), nil
	}
}

// readLine reads up to the end of a line, and leaves what follows for the next
// question. An input that breaks off or goes on for ever is no answer.
func readLine(in io.Reader) string {
	var line []byte
	for b := make([]byte, 1); len(line) < 1024; {
		n, err := in.Read(b)
		if n > 0 && b[0] != '\n' {
			line = append(line, b[0])
		}
		if n > 0 && b[0] == '\n' || err == io.EOF {
			return string(line)
		}
		if err != nil {
			return ""
		}
	}
	return ""
}
