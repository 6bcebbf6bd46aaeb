package capacity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A kind is one kind of model.
type kind struct {
	name    string // the part of a spec before the colon
	example string // a valid spec
	read    func(*fields) Model
}

var kinds = []kind{
	{"none", "none", func(*fields) Model { return None{} }},
	{"usl", "usl:rate=20,sigma=0,kappa=0.000278", func(f *fields) Model {
		return USL{PerSecond: f.number("rate"), Sigma: f.number("sigma"), Kappa: f.number("kappa")}
	}},
	{"workers", "workers:n=32,service=10ms", func(f *fields) Model { return readWorkers(f) }},
	{"shaper", "shaper:rate=500", func(f *fields) Model {
		return Shaper{PerSecond: f.number("rate"), Burst: f.optionalNumber("burst")}
	}},
	{"reject", "reject:rate=500", func(f *fields) Model {
		return Reject{PerSecond: f.number("rate"), Burst: f.optionalNumber("burst")}
	}},
	{"cliff", "cliff:n=32,service=10ms,at=80,factor=0.4", func(f *fields) Model {
		return Cliff{Workers: readWorkers(f), At: f.count("at"), Factor: f.number("factor")}
	}},
	{"hump", "hump:rate=3000,n=50,s=1,p=0.4", func(f *fields) Model {
		return Hump{PerSecond: f.number("rate"), N: f.number("n"), S: f.number("s"), P: f.number("p")}
	}},
	{"curve", "curve:1=20,10=850,40=300", func(f *fields) Model { return readCurve(f) }},
}

func readWorkers(f *fields) Workers {
	return Workers{N: f.count("n"), Service: f.duration("service")}
}

func readCurve(f *fields) Curve {
	var m Curve
	for _, field := range f.list {
		n, err := strconv.Atoi(field.key)
		if err != nil {
			f.errorf("%q: want a number of requests before the =", field.key)
		}
		m = append(m, Point{N: n, PerSecond: f.number(field.key)})
	}
	return m
}

// Examples returns one valid spec per kind of model.
func Examples() []string {
	var examples []string
	for _, k := range kinds {
		examples = append(examples, k.example)
	}
	return examples
}

// Parse reads a model from a spec: the name of its kind, a colon and its fields, such as "workers:n=32,service=10ms".
// See [Examples] for all kinds. The model that it returns is valid. An error is one line that names every invalid field
// and shows a valid spec.
func Parse(spec string) (Model, error) {
	name, rest, _ := strings.Cut(spec, ":")
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		f := splitFields(rest)
		m := k.read(f)
		if err := f.err(); err != nil {
			return nil, specError(spec, err, k.example)
		}
		if err := m.Validate(); err != nil {
			return nil, specError(spec, err, k.example)
		}
		return m, nil
	}
	return nil, fmt.Errorf("capacity %q: no such model: want a spec such as %s", spec, strings.Join(Examples(), " or "))
}

// specError puts joined errors on one line, with a valid spec.
func specError(spec string, joined error, example string) error {
	return fmt.Errorf("capacity %q: %s, as in %s", spec, strings.ReplaceAll(joined.Error(), "\n", "; "), example)
}

// fields are the key=value pairs of a spec. Errors are collected, so that the user gets all of them at once.
type fields struct {
	list []field
	errs []error
}

type field struct {
	key, value string
	read       bool // if it is still false at the end, the key is unknown or repeated
}

func splitFields(text string) *fields {
	f := new(fields)
	if text == "" {
		return f
	}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			f.errorf("%q: want key=value", pair)
			continue
		}
		f.list = append(f.list, field{key: key, value: value})
	}
	return f
}

func (f *fields) errorf(format string, args ...any) {
	f.errs = append(f.errs, fmt.Errorf(format, args...))
}

// err returns all errors, and one more for each field that has not been read.
func (f *fields) err() error {
	for _, field := range f.list {
		if !field.read {
			f.errorf("unknown or repeated field %q", field.key)
		}
	}
	return errors.Join(f.errs...)
}

// take returns the value of the first unread field with that key, and marks it as read.
func (f *fields) take(key string) (value string, ok bool) {
	for i := range f.list {
		if field := &f.list[i]; field.key == key && !field.read {
			field.read = true
			return field.value, true
		}
	}
	return "", false
}

func (f *fields) number(key string) float64 {
	return required(f, key, "a number", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
}

func (f *fields) count(key string) int { return required(f, key, "a whole number", strconv.Atoi) }

func (f *fields) duration(key string) time.Duration {
	return required(f, key, "a duration such as 10ms", time.ParseDuration)
}

// optionalNumber reads a number; it returns 0 if the field is missing.
func (f *fields) optionalNumber(key string) float64 {
	for _, field := range f.list {
		if field.key == key {
			return f.number(key)
		}
	}
	return 0
}

// required reads a field that must be there; want describes a valid value.
func required[T any](f *fields, key, want string, parse func(string) (T, error)) T {
	text, ok := f.take(key)
	value, err := parse(text)
	switch {
	case !ok:
		f.errorf("%s is missing: want %s", key, want)
	case err != nil:
		f.errorf("%s %q: want %s", key, text, want)
	}
	return value
}

// String implements Model.
func (None) String() string { return "none" }

// String implements Model.
func (m USL) String() string {
	return "usl:rate=" + decimal(m.PerSecond) + ",sigma=" + decimal(m.Sigma) + ",kappa=" + decimal(m.Kappa)
}

// String implements Model.
func (m Workers) String() string { return "workers:" + m.spec() }

// spec returns the fields of the workers, which Cliff has too.
func (m Workers) spec() string { return "n=" + strconv.Itoa(m.N) + ",service=" + m.Service.String() }

// String implements Model.
func (m Cliff) String() string {
	return "cliff:" + m.Workers.spec() + ",at=" + strconv.Itoa(m.At) + ",factor=" + decimal(m.Factor)
}

// String implements Model.
func (m Shaper) String() string { return "shaper:" + rateAndBurst(m.PerSecond, m.Burst) }

// String implements Model.
func (m Reject) String() string { return "reject:" + rateAndBurst(m.PerSecond, m.Burst) }

func rateAndBurst(perSecond, burst float64) string {
	if burst == 0 {
		return "rate=" + decimal(perSecond)
	}
	return "rate=" + decimal(perSecond) + ",burst=" + decimal(burst)
}

// String implements Model.
func (m Curve) String() string {
	points := make([]string, len(m))
	for i, p := range m {
		points[i] = strconv.Itoa(p.N) + "=" + decimal(p.PerSecond)
	}
	return "curve:" + strings.Join(points, ",")
}

// decimal returns the shortest text that parses to exactly x.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
