package cmd_test

import (
	"fmt"
	"regexp"
	"strings"
)

// An expression evaluates what workflows write between ${{ and }}, as far as ours use it: names,
// strings, ==, !=, &&, ||, !, parentheses and the functions that ask for the status of the job.
type expression struct {
	words  []string
	lookup func(name string) (any, error)
	status map[string]bool // by function
	asked  bool            // a function of the status was called
}

var expressionWord = regexp.MustCompile(`\s*('(?:[^']|'')*'|==|!=|&&|\|\||[!()]|[A-Za-z_][A-Za-z0-9_.-]*)`)

// evaluate returns the value of an expression: a string, a bool or nil.
func evaluate(source string, status map[string]bool, lookup func(string) (any, error)) (value any, asked bool, err error) {
	e := &expression{lookup: lookup, status: status}
	rest := strings.TrimSpace(source)
	for rest != "" {
		at := expressionWord.FindStringSubmatchIndex(rest)
		if at == nil || at[0] != 0 {
			return nil, false, fmt.Errorf("%q: cannot read %q", source, rest)
		}
		e.words = append(e.words, rest[at[2]:at[3]])
		rest = strings.TrimSpace(rest[at[1]:])
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%q: %v", source, r)
		}
	}()
	value = e.or()
	if len(e.words) > 0 {
		panic(fmt.Sprintf("%q is left", e.words))
	}
	return value, e.asked, nil
}

func (e *expression) peek() string {
	if len(e.words) == 0 {
		return ""
	}
	return e.words[0]
}

func (e *expression) next() string {
	w := e.peek()
	if w == "" {
		panic("it ends too early")
	}
	e.words = e.words[1:]
	return w
}

func (e *expression) or() any {
	v := e.and()
	for e.peek() == "||" {
		e.next()
		if w := e.and(); !truthy(v) {
			v = w
		}
	}
	return v
}

func (e *expression) and() any {
	v := e.comparison()
	for e.peek() == "&&" {
		e.next()
		if w := e.comparison(); truthy(v) {
			v = w
		}
	}
	return v
}

func (e *expression) comparison() any {
	v := e.operand()
	for e.peek() == "==" || e.peek() == "!=" {
		equal := e.next() == "=="
		v = strings.EqualFold(shown(v), shown(e.operand())) == equal
	}
	return v
}

func (e *expression) operand() any {
	w := e.next()
	switch {
	case w == "!":
		return !truthy(e.operand())
	case w == "(":
		v := e.or()
		if e.next() != ")" {
			panic("a parenthesis is not closed")
		}
		return v
	case w[0] == '\'':
		return strings.ReplaceAll(w[1:len(w)-1], "''", "'")
	case w == "true" || w == "false":
		return w == "true"
	case e.peek() == "(":
		if e.next(); e.next() != ")" {
			panic("only functions of the status are known")
		}
		holds, known := e.status[w]
		if !known {
			panic("no function " + w)
		}
		e.asked = true
		return holds
	}
	v, err := e.lookup(w)
	if err != nil {
		panic(err)
	}
	return v
}

func truthy(v any) bool { return v != nil && v != false && v != "" }

// shown is the value as text.
func shown(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
