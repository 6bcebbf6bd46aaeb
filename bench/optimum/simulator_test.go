package optimum_test

import (
	"math"
	"math/rand/v2"

	"sweetspot/bench/optimum"
)

// A weather is what disturbs the trials.
type weather struct {
	name  string
	noise float64 // standard deviation of ln(goodput) from trial to trial, beside the counting error
	tails bool    // Student's t with 3 degrees of freedom, scaled to that deviation, instead of a normal distribution
	again float64 // correlation of a trial's noise with that of the trial before
	drift float64 // change of capacity over a sweep
	gusts float64 // mean seconds for which the client is starved of processors, and for which it is not; 0 if it never is
	kept  float64 // share of the limit that a starved client keeps in flight at the server
	blind bool    // nothing shows how much that is
}

var weathers = []weather{
	{name: "1%", noise: 0.01},
	{name: "3%", noise: 0.03},
	{name: "5%", noise: 0.05},
	{name: "tails", noise: 0.03, tails: true},
	{name: "AR(1)", noise: 0.03, again: 0.6},
	{name: "drift", noise: 0.03, drift: -0.2},
}

// A machine measures trials of a site in some weather, as a harness would: in simulated time, with every error that
// a real trial has.
type machine struct {
	*site
	weather  weather
	random   *rand.Rand
	shock    float64 // noise of the trial before, in standard deviations
	harmed   bool    // the server has its scar
	left     float64 // tokens in the bucket
	trials   int
	requests int
	elapsed  float64 // seconds
	turns    float64 // when the gust, or the calm, ends
	gust     bool    // the client is starved
}

func (s *site) in(w weather, seed uint64) *machine {
	return &machine{site: s, weather: w, random: rand.New(rand.NewPCG(seed, 7)), left: s.tokens}
}

const (
	sweep  = 70  // the number of trials over which a drift spreads
	settle = 0.2 // seconds between trials
	window = 0.5 // seconds, at least
	warmup = 0.2 // seconds, at least
	spread = 0.4 // standard deviation of a third of a trial beside its counting error, as a part of the weather's noise
)

// measure makes a trial. Besides the weather's noise it has a counting error, as if completions were a Poisson process
// (which is what they are behind a saturated server with exponential service), and an edge effect of up to
// a fifth of a round of requests at the window's ends.
func (m *machine) measure(trial optimum.Trial) optimum.Observation {
	m.pause(settle)
	if m.scarred.At > 0 && trial.Limit >= m.scarred.At {
		m.harmed = true
	}
	m.serve(trial.Limit, m.timeFor(trial.Limit, warmup, 3*trial.Limit))
	lasts := m.timeFor(trial.Limit, window, trial.Completions)
	var thirds [3]float64
	served, kept := 0.0, 0.0
	for i := range thirds {
		kept += m.kept() / float64(len(thirds))
		thirds[i] = m.serve(trial.Limit, lasts/3)
		served += thirds[i]
	}
	answered := served
	if rejects := m.answer[trial.Limit-1] > m.truth[trial.Limit-1]; rejects {
		answered = m.answer[trial.Limit-1] * lasts
	}
	m.trials++
	m.requests += int(answered)

	edge := 0.2 * float64(trial.Limit) / answered * (2*m.random.Float64() - 1)
	off := m.weather.noise*m.noise() + m.random.NormFloat64()/math.Sqrt(served) + edge
	part := func(third float64) float64 {
		noise := math.Hypot(spread*m.weather.noise, 1/math.Sqrt(max(1, third)))
		return third / lasts * 3 * math.Exp(off+noise*m.random.NormFloat64())
	}
	o := optimum.Observation{PerSecond: served / lasts * math.Exp(off), Completions: int(math.Ceil(served)), Failed: max(0, 1-served/answered)}
	if m.weather.gusts > 0 && !m.weather.blind {
		o.Ready = kept
	}
	if lasts >= 3 { // The harness counts by the second.
		o.Early, o.Late = part(thirds[0]), part(thirds[2])
	}
	return o
}

// rate returns how many requests a second succeed now, if no bucket has tokens left.
func (m *machine) rate(limit int) float64 {
	truth := m.fresh
	if m.harmed {
		truth = m.site.harmed
	}
	drift := 1 + (m.drift+m.weather.drift)*float64(m.trials)/sweep
	atServer := max(1, int(math.Round(m.kept()*float64(limit))))
	return drift * m.warming.Share(m.elapsed) * truth[atServer-1]
}

// kept returns the share of the limit that the client keeps in flight at the server now.
func (m *machine) kept() float64 {
	if m.weather.gusts == 0 {
		return 1
	}
	for ; m.turns <= m.elapsed; m.gust = !m.gust {
		m.turns += m.weather.gusts * m.random.ExpFloat64()
	}
	if m.gust {
		return m.weather.kept
	}
	return 1
}

// asked returns how many requests a second would pass a bucket that has tokens.
func (m *machine) asked(limit int) float64 { return float64(limit) / m.delay.Seconds() }

// serve lets that many seconds pass and returns how many requests succeed in them.
func (m *machine) serve(limit int, seconds float64) float64 {
	rate := m.rate(limit)
	if m.warming.Tau > 0 {
		rate *= (m.warming.Worked(m.elapsed+seconds) - m.warming.Worked(m.elapsed)) / seconds / m.warming.Share(m.elapsed)
	}
	m.elapsed += seconds
	if m.tokens == 0 {
		return rate * seconds
	}
	full := m.truth.Peak().PerSecond // the rate at which tokens come back
	asked := m.asked(limit)
	burst := min(seconds, m.left/max(asked-full, 1e-9))
	if asked <= full {
		burst = seconds
	}
	m.left = min(m.tokens, max(0, m.left-(asked-full)*burst))
	return asked*burst + full*(seconds-burst)
}

// pause lets that many seconds pass without requests.
func (m *machine) pause(seconds float64) {
	m.elapsed += seconds
	m.left = min(m.tokens, m.left+m.truth.Peak().PerSecond*seconds)
}

// timeFor returns how many seconds it takes until at least that many have passed and that many requests have been answered.
func (m *machine) timeFor(limit int, seconds float64, requests int) float64 {
	answers := m.answer[limit-1] / m.truth[limit-1] * m.rate(limit)
	if m.tokens > 0 && m.answer[limit-1] == m.truth[limit-1] { // A shaper: as fast as asked while there are tokens.
		full, asked := m.truth.Peak().PerSecond, m.asked(limit)
		if burst := m.left / (asked - full); asked > full && burst*asked < float64(requests) {
			return max(seconds, burst+(float64(requests)-burst*asked)/full)
		}
		answers = asked
	}
	return max(seconds, float64(requests)/answers)
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

// A budget is what a sweep may take.
type budget struct {
	name    string
	seconds float64
	max     int  // the largest limit to try
	scaled  bool // servers slower than 600 requests a second get the time for as many requests
}

var (
	brief  = budget{"35 s", 35, 512, false}
	usual  = budget{"120 s", 120, 4096, false}
	scaled = budget{"120 s at 600/s", 120, 4096, true}
)

// of returns the seconds that the budget gives to a site.
func (b budget) of(s *site) float64 {
	if !b.scaled {
		return b.seconds
	}
	return b.seconds * math.Max(1, 600/s.truth.Peak().PerSecond)
}

// search returns a new search of the machine's site with that budget.
func (b budget) search(s *site, seed uint64) *optimum.Search {
	return optimum.New(optimum.Settings{Max: len(s.truth), Share: share, Seed: seed, Seconds: b.of(s)})
}

// drive runs a search to its end or to the end of the budget. Like the harness it begins no trial that would end after it.
func (m *machine) drive(search *optimum.Search, seconds float64) *optimum.Search {
	for trial, ok := search.Next(); ok; trial, ok = search.Next() {
		if m.elapsed+settle+m.timeFor(trial.Limit, warmup, 3*trial.Limit)+m.timeFor(trial.Limit, window, trial.Completions) > seconds {
			break
		}
		search.Add(trial, m.measure(trial))
	}
	return search
}
