package capacity_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server/capacity"
)

func TestParseReadsEveryKind(t *testing.T) {
	ms := time.Millisecond
	for spec, want := range map[string]capacity.Model{
		"none":                              capacity.None{},
		"usl:rate=20,sigma=0,kappa=0.00025": capacity.USL{PerSecond: 20, Kappa: 0.00025},
		"workers:n=32,service=10ms":         capacity.Workers{N: 32, Service: 10 * ms},
		"shaper:rate=500":                   capacity.Shaper{PerSecond: 500},
		"shaper:rate=500,burst=20":          capacity.Shaper{PerSecond: 500, Burst: 20},
		"reject:rate=500":                   capacity.Reject{PerSecond: 500},
		"cliff:n=32,service=10ms,at=80,factor=0.4": capacity.Cliff{
			Workers: capacity.Workers{N: 32, Service: 10 * ms}, At: 80, Factor: 0.4},
		"curve:1=20,10=850,512=200":     capacity.Curve{{1, 20}, {10, 850}, {512, 200}},
		"hump:rate=3000,n=50,s=1,p=0.4": capacity.Hump{PerSecond: 3000, N: 50, S: 1, P: 0.4},
	} {
		got, err := capacity.Parse(spec)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Parse(%q): %v\n%s", spec, err, diff)
		}
		if got != nil && got.String() != spec {
			t.Errorf("String: got %q, want %q", got, spec)
		}
	}
}

func TestParseErrorNamesTheFieldAndShowsAValidSpec(t *testing.T) {
	for spec, want := range map[string]string{
		"":                                      "no such model",
		"usr:rate=20":                           "no such model",
		"none:rate=1":                           `unknown or repeated field "rate"`,
		"usl":                                   "rate is missing",
		"usl:rate=20,sigma=0":                   "kappa is missing",
		"usl:rate=0,sigma=0,kappa=0":            "rate 0: want",
		"usl:rate=NaN,sigma=0,kappa=0":          "rate NaN: want",
		"usl:rate=1e300,sigma=0,kappa=0":        "rate 1e+300: want",
		"usl:rate=20,sigma=-0.1,kappa=0":        "sigma -0.1: want",
		"usl:rate=20,sigma=x,kappa=0":           `sigma "x": want a number`,
		"usl:rate=20,rate=30,sigma=0,kappa=0":   `unknown or repeated field "rate"`,
		"workers:n=32,service=10":               `service "10": want a duration`,
		"workers:n=0,service=10ms":              "n 0: want a whole number",
		"workers:n=32,service=0s":               "service 0s: want",
		"workers:n=32;service=10ms":             "service is missing",
		"workers:32":                            `"32": want key=value`,
		"hump:rate=3000,n=50,s=-1,p=9":          "s -1: want a number from 0 to 100; p 9: want",
		"shaper:rate=500,burst=0.5":             "burst 0.5: want",
		"reject:rate=-1":                        "rate -1: want",
		"cliff:n=32,service=10ms,at=0,factor=1": "at 0: want",
		"cliff:n=1,service=10ms,at=2,factor=2":  "factor 2: want",
		"workers:n=32,service=2h":               "service 2h0m0s: want a duration above 0 and at most 1h",
		"curve:":                                "no points",
		"curve:10=850,1=20":                     "point 1 comes after 10",
		"curve:1=20,1=30":                       "point 1 comes after 1",
		"curve:0=20":                            "point 0: want",
		"curve:1=0":                             "point 1 0: want",
		"curve:a=20":                            `"a": want a number of requests`,
	} {
		_, err := capacity.Parse(spec)
		if err == nil {
			t.Errorf("Parse(%q): got no error", spec)
			continue
		}
		if got := err.Error(); !strings.Contains(got, want) || strings.Contains(got, "\n") || !showsExample(got) {
			t.Errorf("Parse(%q):\ngot  %s\nwant one line with %q and a valid spec", spec, got, want)
		}
	}
}

func showsExample(text string) bool {
	for _, example := range capacity.Examples() {
		if strings.Contains(text, example) {
			return true
		}
	}
	return false
}

func TestParseErrorNamesEveryInvalidField(t *testing.T) {
	_, err := capacity.Parse("usl:rate=0,sigma=-1,kappa=2,colour=red")
	if err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("got %v, want the unknown field named", err)
	}
	_, err = capacity.Parse("usl:rate=0,sigma=-1,kappa=2")
	for _, field := range []string{"rate 0", "sigma -1", "kappa 2"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("got %v, want %s named", err, field)
		}
	}
}

func TestParseReadsWhatStringPrints(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		want := anyModel(random)
		got, err := capacity.Parse(want.String())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("Parse(%q): %v\n%s", want, err, diff)
		}
	}
}

// anyModel returns a random valid model of a random kind.
func anyModel(random *rand.Rand) capacity.Model {
	rate := func() float64 { return math.Exp(random.Float64()*20 - 5) }
	workers := capacity.Workers{N: 1 + random.IntN(1000), Service: time.Duration(1 + random.Int64N(int64(time.Minute)))}
	switch random.IntN(7) {
	case 0:
		return capacity.None{}
	case 1:
		return capacity.USL{PerSecond: rate(), Sigma: random.Float64(), Kappa: random.Float64()}
	case 2:
		return workers
	case 3:
		return capacity.Shaper{PerSecond: rate(), Burst: 1 + rate()}
	case 4:
		return capacity.Reject{PerSecond: rate()}
	case 5:
		return capacity.Cliff{Workers: workers, At: 1 + random.IntN(1000), Factor: 1 - random.Float64()/2}
	}
	var curve capacity.Curve
	for n := 1; n < 1000; n += 1 + random.IntN(300) {
		curve = append(curve, capacity.Point{N: n, PerSecond: rate()})
	}
	return curve
}

func FuzzParse(f *testing.F) {
	for _, example := range capacity.Examples() {
		f.Add(example)
	}
	f.Add("usl:rate=0x1p-2,sigma=1,sigma=1,kappa=")
	f.Fuzz(func(t *testing.T, spec string) {
		m, err := capacity.Parse(spec)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n") {
				t.Errorf("%q: got an error of more than one line: %v", spec, err)
			}
			return
		}
		again, err := capacity.Parse(m.String())
		if diff := cmp.Diff(m, again); err != nil || diff != "" {
			t.Errorf("%q is printed as %q, which is read as another model: %v\n%s", spec, m, err, diff)
		}
		for _, n := range []int{1, 2, 80, 10_000} {
			if rate := m.Rate(n); !(rate > 0) {
				t.Errorf("%q: Rate(%d) = %v, want above 0", spec, n, rate)
			}
		}
	})
}
