package optimum_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sweetspot/bench/optimum"
	"sweetspot/server/capacity"
)

// A server is one whose truth is known.
type server struct {
	name    string
	spec    string
	delay   time.Duration // spent outside the server
	max     int           // the largest limit to try
	drift   float64       // by how much its capacity changes over a sweep
	verdict optimum.Verdict
}

const article = "usl:rate=20,sigma=0,kappa=0.000277777778" // 605/s at 60

var servers = []server{
	{"1 usl", article, 0, 4096, 0, optimum.Peak},
	{"2 usl with delay", article, 10 * time.Millisecond, 4096, 0, optimum.Peak},
	{"3 flat usl", "usl:rate=100,sigma=0.33,kappa=0.000186111111", 0, 4096, 0, optimum.Peak},
	{"4 workers", "workers:n=32,service=10ms", 20 * time.Millisecond, 4096, 0, optimum.Plateau},
	{"5 shaper", "shaper:rate=500", 80 * time.Millisecond, 4096, 0, optimum.Plateau},
	{"5 rejects", "reject:rate=500", 80 * time.Millisecond, 4096, 0, optimum.Plateau},
	{"6 cliff", "cliff:n=32,service=10ms,at=80,factor=0.4", 0, 4096, 0, optimum.Cliff},
	{"7 humps", "curve:1=90,10=850,40=560,70=600,126=995,256=700,512=300", 0, 4096, 0, optimum.Multimodal},
	{"8 one", "usl:rate=100,sigma=1,kappa=0.001", 0, 4096, 0, optimum.Peak},
	{"9 delay alone", "none", 100 * time.Millisecond, 512, 0, optimum.NoKnee},
	{"11 drifting", article, 0, 4096, -0.2, optimum.Unstable},
}

// named returns the server whose name begins with the number.
func named(number string) server {
	for _, s := range servers {
		if strings.HasPrefix(s.name, number) {
			return s
		}
	}
	panic("no server " + number)
}

// A weather is what disturbs the trials.
type weather struct {
	name  string
	noise float64 // standard deviation of ln(goodput) from trial to trial, beside the counting error
	tails bool    // Student's t with 3 degrees of freedom, scaled to that deviation, instead of a normal distribution
	again float64 // correlation of a trial's noise with that of the trial before
	drift float64 // change of capacity over a sweep
}

var weathers = []weather{
	{name: "1%", noise: 0.01},
	{name: "3%", noise: 0.03},
	{name: "5%", noise: 0.05},
	{name: "tails", noise: 0.03, tails: true},
	{name: "AR(1)", noise: 0.03, again: 0.6},
	{name: "drift", noise: 0.03, drift: -0.2},
}

// A site is a server and the exact truth about it. It is shared by all machines.
type site struct {
	server
	truth  capacity.Truth // goodput by limit
	answer capacity.Truth // answers of any kind by limit
}

func newSite(t testing.TB, s server) *site {
	t.Helper()
	model, err := capacity.Parse(s.spec)
	if err != nil {
		t.Fatal(err)
	}
	site := &site{server: s, truth: capacity.Closed(model, s.max, s.delay)}
	site.answer = site.truth
	if _, rejects := model.(capacity.Reject); rejects { // What it rejects it answers at once.
		site.answer = capacity.Closed(capacity.None{}, s.max, s.delay)
	}
	return site
}

// A machine measures trials of a site in some weather, as a harness would: in simulated time, with every error that
// a real trial has.
type machine struct {
	*site
	weather  weather
	random   *rand.Rand
	shock    float64 // noise of the trial before, in standard deviations
	trials   int
	requests int
	elapsed  float64 // seconds
}

func (s *site) in(w weather, seed uint64) *machine {
	return &machine{site: s, weather: w, random: rand.New(rand.NewPCG(seed, 7))}
}

// sweep is the number of trials over which a drift spreads.
const sweep = 70

// measure makes a trial. Besides the weather's noise it has a counting error, as if completions were a Poisson process
// (which is what they are behind a saturated server with exponential service), and an edge effect of up to
// a fifth of a round of requests at the window's ends.
func (m *machine) measure(trial optimum.Trial) optimum.Observation {
	const window, warmup, settle = 0.5, 0.2, 0.2 // seconds, at least
	drift := 1 + (m.drift+m.weather.drift)*float64(m.trials)/sweep
	goodput := drift * m.truth[trial.Limit-1]
	answers := drift * m.answer[trial.Limit-1]
	counted := math.Ceil(math.Max(float64(trial.Completions), window*answers))
	succeeded := math.Ceil(counted * goodput / answers)

	edge := 0.2 * float64(trial.Limit) / counted * (2*m.random.Float64() - 1)
	y := math.Log(goodput) + m.weather.noise*m.noise() + m.random.NormFloat64()/math.Sqrt(succeeded) + edge
	m.trials++
	m.requests += int(counted)
	m.elapsed += settle + math.Max(warmup, 3*float64(trial.Limit)/answers) + counted/answers
	return optimum.Observation{PerSecond: math.Exp(y), Completions: int(succeeded), Failed: 1 - goodput/answers}
}

// noise returns the next shock, of mean 0 and variance 1.
func (m *machine) noise() float64 {
	z := m.random.NormFloat64()
	if m.weather.tails {
		chi := 0.0
		for range 3 {
			x := m.random.NormFloat64()
			chi += x * x
		}
		z /= math.Sqrt(chi) // Student's t with 3 degrees of freedom has the variance 3, so this has 1.
	}
	r := m.weather.again
	m.shock = r*m.shock + math.Sqrt(1-r*r)*z
	return m.shock
}

// budget is how long a sweep may take, in seconds: two minutes at 600 requests a second, and for slower servers as long
// as the same number of requests takes.
func (s *site) budget() float64 { return 120 * math.Max(1, 600/s.truth.Peak().PerSecond) }

// drive runs a search to its end or to the end of the budget.
func (m *machine) drive(settings optimum.Settings) *optimum.Search {
	search := optimum.New(settings)
	for trial, ok := search.Next(); ok && m.elapsed < m.budget(); trial, ok = search.Next() {
		search.Add(trial, m.measure(trial))
	}
	return search
}
