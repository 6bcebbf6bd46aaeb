package requests

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Template is a text with ranges in braces, such as http://host/{0-9a-z:4}?page={1..1000}. It stands for all the texts in
// which each range is replaced by one of its values. A text is made when it is asked for, so that a template of millions
// takes no more memory than a template of two.
//
//	{1..1000}     the numbers from 1 to 1000; {0001..1000} the same with leading zeros
//	{a-z}         the characters from a to z
//	{0-9a-z:4}    all words of four of these characters
//	{xyz:1}       x, y and z; {xyz} is refused, since it is more likely a name that was meant to be filled in
type Template struct {
	text     string
	literals []string // one more than ranges: before, between and after them
	ranges   []span
	count    int64
}

// span is the values of one range.
type span interface {
	count() int64
	append(to []byte, i int64) []byte // the i-th value, from 0
}

// ParseTemplate reads a template. Its error shows how a right one looks.
func ParseTemplate(text string) (*Template, error) {
	t := &Template{text: text, count: 1}
	rest := text
	for {
		literal, after, found := strings.Cut(rest, "{")
		if strings.Contains(literal, "}") {
			return nil, fmt.Errorf("template %q: } without {: want %%7D for a brace, or a range such as {1..1000}", text)
		}
		t.literals = append(t.literals, literal)
		if !found {
			return t, nil
		}
		inside, after, found := strings.Cut(after, "}")
		if !found {
			return nil, fmt.Errorf("template %q: { without }: want %%7B for a brace, or a range such as {1..1000}", text)
		}
		s, err := parseSpan(inside)
		if err != nil {
			return nil, fmt.Errorf("template %q: {%s}: %w", text, inside, err)
		}
		if s.count() > math.MaxInt64/t.count {
			return nil, fmt.Errorf("template %q: stands for more than 2^63 texts", text)
		}
		t.ranges = append(t.ranges, s)
		t.count *= s.count()
		rest = after
	}
}

// String returns the template as [ParseTemplate] reads it.
func (t *Template) String() string { return t.text }

// Len returns how many texts the template stands for.
func (t *Template) Len() int64 { return t.count }

// At returns the i-th text, from 0; after the last text comes the first again. The last range varies fastest.
func (t *Template) At(i int64) string {
	if len(t.ranges) == 0 {
		return t.literals[0]
	}
	i %= t.count
	block := t.count
	text := append(make([]byte, 0, 128), t.literals[0]...)
	for k, s := range t.ranges {
		block /= s.count()
		text = s.append(text, i/block)
		i %= block
		text = append(text, t.literals[k+1]...)
	}
	return string(text)
}

var errSpan = errors.New("want numbers such as {1..1000}, or characters such as {a-z} or {0-9a-z:4}")

func parseSpan(text string) (span, error) {
	if from, to, ok := strings.Cut(text, ".."); ok {
		return parseNumbers(from, to)
	}
	return parseWords(text)
}

// numbers are the whole numbers from first, n of them, with zeros in front up to width digits.
type numbers struct {
	first, n int64
	width    int
}

func parseNumbers(from, to string) (span, error) {
	first, err1 := strconv.ParseInt(from, 10, 63)
	last, err2 := strconv.ParseInt(to, 10, 63)
	if err1 != nil || err2 != nil || first < 0 {
		return nil, errSpan
	}
	if last < first {
		return nil, fmt.Errorf("%d comes after %d: want {%d..%d}", first, last, last, first)
	}
	if last-first == math.MaxInt64 {
		return nil, errSpan
	}
	n := numbers{first: first, n: last - first + 1}
	if strings.HasPrefix(from, "0") && len(from) > 1 {
		n.width = len(from)
	}
	return n, nil
}

func (n numbers) count() int64 { return n.n }

func (n numbers) append(to []byte, i int64) []byte {
	return fmt.Appendf(to, "%0*d", n.width, n.first+i)
}

// words are all words of length characters from an alphabet.
type words struct {
	alphabet string
	length   int
	n        int64
}

func parseWords(text string) (span, error) {
	class, repeat, repeated := strings.Cut(text, ":")
	w := words{length: 1, n: 1}
	if !repeated && !strings.Contains(class, "-") {
		return nil, errSpan
	}
	if repeated {
		length, err := strconv.Atoi(repeat)
		if err != nil || length < 1 {
			return nil, errSpan
		}
		w.length = length
	}
	var err error
	if w.alphabet, err = parseAlphabet(class); err != nil {
		return nil, err
	}
	for range w.length {
		if w.n > math.MaxInt64/int64(len(w.alphabet)) {
			return nil, fmt.Errorf("more than 2^63 words: want a length smaller than %d", w.length)
		}
		w.n *= int64(len(w.alphabet))
	}
	return w, nil
}

// parseAlphabet expands a class such as 0-9a-z. Its characters are ASCII, as in a URL, and different.
func parseAlphabet(class string) (string, error) {
	if class == "" {
		return "", errSpan
	}
	var alphabet []byte
	for i := 0; i < len(class); i++ {
		first, last := class[i], class[i]
		if i+2 < len(class) && class[i+1] == '-' {
			last = class[i+2]
			i += 2
		}
		if first <= ' ' || last > '~' || last < first {
			return "", errSpan
		}
		for c := int(first); c <= int(last); c++ {
			if strings.IndexByte(string(alphabet), byte(c)) >= 0 {
				return "", fmt.Errorf("%c stands in it twice", c)
			}
			alphabet = append(alphabet, byte(c))
		}
	}
	return string(alphabet), nil
}

func (w words) count() int64 { return w.n }

func (w words) append(to []byte, i int64) []byte {
	start := len(to)
	for range w.length {
		to = append(to, 0)
	}
	for k := len(to) - 1; k >= start; k-- {
		to[k] = w.alphabet[i%int64(len(w.alphabet))]
		i /= int64(len(w.alphabet))
	}
	return to
}
