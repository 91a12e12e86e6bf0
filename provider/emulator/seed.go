package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadSeed reads a file with the content of a new state. It returns nil if path is "".
func ReadSeed[T any](path string) (*T, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("emulator seed: %w", err)
	}
	seed, err := ParseSeed[T](data)
	if err != nil {
		return nil, fmt.Errorf("emulator seed %s: %w", path, err)
	}
	return seed, nil
}

// ParseSeed parses a seed. An unknown field is an error.
func ParseSeed[T any](data []byte) (*T, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var seed T
	if err := dec.Decode(&seed); err != nil {
		return nil, placed(data, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is data after the seed")
	}
	return &seed, nil
}

// placed adds the line to an error of the JSON decoder, if it is known.
func placed(data []byte, err error) error {
	var syntax *json.SyntaxError
	var value *json.UnmarshalTypeError
	at := int64(-1)
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &value):
		at = value.Offset
	}
	if at < 0 || at > int64(len(data)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:max(0, at-1)], []byte("\n")), err)
}
