package fleet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// A Broken is a part of the input that is no result, and so may hide a failure.
type Broken struct {
	Input string `json:"input"` // name of the file, or "-"
	Line  int    `json:"line,omitempty"`
	Pod   string `json:"pod,omitempty"`
	Why   string `json:"why"`
}

// maxInput is the number of bytes of an input up to which it is read: 10,000 tenants with the longest lines have less.
const maxInput = 256 << 20

// Read reads results: lines, or what kubectl get pods -o json prints for one job, of whose containers the termination
// messages have them. What cannot be read is returned as broken; the error is one of reading.
func Read(name string, in io.Reader) ([]Line, []Broken, error) {
	all, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err != nil {
		return nil, nil, err
	}
	if len(all) > maxInput {
		return nil, nil, fmt.Errorf("it has more than %d MB", maxInput>>20)
	}
	if pods, ok := parsePods(all); ok {
		lines, broken := pods.read(name)
		return lines, broken, nil
	}
	var lines []Line
	var broken []Broken
	n := 0
	for line := range bytes.Lines(all) {
		if n++; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		l, err := Decode(line)
		if err != nil {
			broken = append(broken, Broken{Input: name, Line: n, Why: err.Error()})
			continue
		}
		lines = append(lines, l)
	}
	return lines, broken, nil
}

// What the texts of a line look like. Whoever can write into a pipeline's logs can write a line, so nothing else is
// believed.
var (
	validName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
	validCommand = regexp.MustCompile(`^(plan|apply|drift)?$`)
	validDigest  = regexp.MustCompile(`^(sha256:[0-9a-f]{64})?$`)
	validStart   = regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$`)
	validWord    = regexp.MustCompile(`^[a-z-]{1,30}$`)
)

// Decode reads a line.
func Decode(b []byte) (Line, error) {
	var l Line
	var ended struct{ Exit *int } // what is left out would be 0, which is success
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&l); err != nil {
		return Line{}, errors.New("it is no result of rolecall, but other text")
	}
	if _, err := d.Token(); err != io.EOF {
		return Line{}, errors.New("something follows the result on the line")
	}
	if err := json.Unmarshal(b, &ended); err != nil {
		return Line{}, err
	}
	switch {
	case l.FormatVersion != FormatVersion:
		return Line{}, fmt.Errorf("it has format_version %d, and this rolecall reads %d", l.FormatVersion, FormatVersion)
	case !validName.MatchString(l.Tenant):
		return Line{}, errors.New("it names no tenant")
	case ended.Exit == nil:
		return Line{}, errors.New("it has no exit code")
	case l.Exit < 0 || l.Exit > 255 || !validCommand.MatchString(l.Command) || !validDigest.MatchString(l.Digest) ||
		!validDigest.MatchString(l.Remaining) || !validStart.MatchString(l.Started) || !l.numbers():
		return Line{}, errors.New("a value of it is not valid")
	}
	l.Error, l.Traceparent = Cause(l.Error), ParseTraceparent(l.Traceparent)
	return l, nil
}

// numbers reports whether all counts are valid.
func (l *Line) numbers() bool {
	d := &l.Dangers
	all := []int{l.Differences, l.PeopleAffected, l.Requests, l.Errors, l.Limits, d.Loss, d.NewAdmin, d.NotKnown, d.MassChanges}
	for _, m := range []map[string]int{l.Changes, l.Results} {
		for name, n := range m {
			if !validWord.MatchString(name) {
				return false
			}
			all = append(all, n)
		}
	}
	for _, n := range all {
		if n < 0 || n > 1<<40 {
			return false
		}
	}
	return l.Seconds >= 0 && l.Seconds < 1<<40
}
