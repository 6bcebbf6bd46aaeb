package capacity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A kind is one sort of model, as it is written.
type kind struct {
	name    string
	example string
	read    func(*fields) Model
}

var kinds = []kind{
	{"none", "none", func(*fields) Model { return None{} }},
	{"usl", "usl:rate=20,sigma=0,kappa=0.000278", func(f *fields) Model {
		return USL{PerSecond: f.number("rate"), Sigma: f.number("sigma"), Kappa: f.number("kappa")}
	}},
	{"workers", "workers:n=32,service=10ms", func(f *fields) Model { return readWorkers(f) }},
	{"shaper", "shaper:rate=500", func(f *fields) Model {
		return Shaper{PerSecond: f.number("rate"), Burst: f.perhaps("burst")}
	}},
	{"reject", "reject:rate=500", func(f *fields) Model {
		return Reject{PerSecond: f.number("rate"), Burst: f.perhaps("burst")}
	}},
	{"cliff", "cliff:n=32,service=10ms,at=80,factor=0.4", func(f *fields) Model {
		return Cliff{Workers: readWorkers(f), At: f.count("at"), Factor: f.number("factor")}
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
			f.fault("%q: want a number of requests before the =", field.key)
		}
		m = append(m, Point{N: n, PerSecond: f.number(field.key)})
	}
	return m
}

// Examples returns one right spec of every kind of model.
func Examples() []string {
	var examples []string
	for _, k := range kinds {
		examples = append(examples, k.example)
	}
	return examples
}

// Parse reads a model as it is written on the command line: the name of its kind, a colon and its fields, like
// "workers:n=32,service=10ms". An error is one line that names the fields at fault and shows a right spec.
func Parse(spec string) (Model, error) {
	name, rest, _ := strings.Cut(spec, ":")
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		f := split(rest)
		m := k.read(f)
		if err := f.err(); err != nil {
			return nil, wrong(spec, err, k.example)
		}
		if err := m.Validate(); err != nil {
			return nil, wrong(spec, err, k.example)
		}
		return m, nil
	}
	return nil, fmt.Errorf("capacity %q: no such model: want one like %s", spec, strings.Join(Examples(), " or "))
}

// wrong puts the faults, however many, on one line with a spec that is right.
func wrong(spec string, faults error, example string) error {
	return fmt.Errorf("capacity %q: %s, as in %s", spec, strings.ReplaceAll(faults.Error(), "\n", "; "), example)
}

// fields are the key=value pairs of a spec. Reading one marks it as known; faults are gathered, not returned one
// by one, so that a spec is wrong only once.
type fields struct {
	list   []field
	faults []error
}

type field struct {
	key, value string
	known      bool
}

func split(text string) *fields {
	f := new(fields)
	if text == "" {
		return f
	}
	for pair := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			f.fault("%q: want key=value", pair)
			continue
		}
		f.list = append(f.list, field{key: key, value: value})
	}
	return f
}

func (f *fields) fault(format string, args ...any) {
	f.faults = append(f.faults, fmt.Errorf(format, args...))
}

// err returns every fault found, those fields among them that nothing has read.
func (f *fields) err() error {
	for _, field := range f.list {
		if !field.known {
			f.fault("%q is no field of it, or is there twice", field.key)
		}
	}
	return errors.Join(f.faults...)
}

// take returns the value of the first field of that key not yet read.
func (f *fields) take(key string) (value string, ok bool) {
	for i := range f.list {
		if field := &f.list[i]; field.key == key && !field.known {
			field.known = true
			return field.value, true
		}
	}
	return "", false
}

func (f *fields) number(key string) float64 {
	return need(f, key, "a number", func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
}

func (f *fields) count(key string) int { return need(f, key, "a whole number", strconv.Atoi) }

func (f *fields) duration(key string) time.Duration {
	return need(f, key, "a duration such as 10ms", time.ParseDuration)
}

// perhaps reads a number that may be left out, and is 0 then.
func (f *fields) perhaps(key string) float64 {
	for _, field := range f.list {
		if field.key == key {
			return f.number(key)
		}
	}
	return 0
}

func need[T any](f *fields, key, want string, parse func(string) (T, error)) T {
	text, ok := f.take(key)
	value, err := parse(text)
	switch {
	case !ok:
		f.fault("%s is missing: want %s", key, want)
	case err != nil:
		f.fault("%s %q: want %s", key, text, want)
	}
	return value
}

func (None) String() string { return "none" }

func (m USL) String() string {
	return "usl:rate=" + decimal(m.PerSecond) + ",sigma=" + decimal(m.Sigma) + ",kappa=" + decimal(m.Kappa)
}

func (m Workers) String() string { return "workers:" + m.fields() }

func (m Workers) fields() string { return "n=" + strconv.Itoa(m.N) + ",service=" + m.Service.String() }

func (m Cliff) String() string {
	return "cliff:" + m.Workers.fields() + ",at=" + strconv.Itoa(m.At) + ",factor=" + decimal(m.Factor)
}

func (m Shaper) String() string { return "shaper:" + rateAndBurst(m.PerSecond, m.Burst) }

func (m Reject) String() string { return "reject:" + rateAndBurst(m.PerSecond, m.Burst) }

func rateAndBurst(perSecond, burst float64) string {
	if burst == 0 {
		return "rate=" + decimal(perSecond)
	}
	return "rate=" + decimal(perSecond) + ",burst=" + decimal(burst)
}

func (m Curve) String() string {
	points := make([]string, len(m))
	for i, p := range m {
		points[i] = strconv.Itoa(p.N) + "=" + decimal(p.PerSecond)
	}
	return "curve:" + strings.Join(points, ",")
}

// decimal prints the shortest text that reads back as x.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
