package fetch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/redirect"
)

// jobs is a source of URLs, one per word.
type jobs []string

func (j jobs) Len() int64     { return int64(len(j)) }
func (j jobs) Varied() bool   { return false }
func (j jobs) Digest() string { return digestOf([]byte(strings.Join(j, " "))) }
func (j jobs) Job(at Place) (Job, Place, error) {
	return Job{URL: j[at]}, at + 1, nil
}

// of returns n jobs of a host.
func of(host string, n int) jobs {
	var all jobs
	for i := range n {
		all = append(all, fmt.Sprintf("http://%s/%d", host, i))
	}
	return all
}

// A desk is a scheduler whose requests the test answers.
type desk struct {
	*scheduler
	t     *testing.T
	began time.Time
}

func newDesk(t *testing.T, s Settings, limit int, source Source) *desk {
	t.Helper()
	s.Target.Method = "GET"
	if s.MaxWait == 0 {
		s.MaxWait = DefaultMaxWait
	}
	if s.Patience == 0 {
		s.Patience = DefaultPatience
	}
	d := &desk{newScheduler(s, source, newIndexes(), time.Now()), t, time.Now()}
	d.limit = limit
	for d.scan(100, 0) {
	}
	return d
}

func (d *desk) now() time.Duration { return time.Since(d.began) }

// started starts as many requests as there may be now.
func (d *desk) started() []*task {
	var all []*task
	for {
		t, _ := d.next(d.now())
		if t == nil {
			return all
		}
		all = append(all, t)
	}
}

// hostsOf counts tasks by host.
func hostsOf(tasks []*task) map[string]int {
	counts := map[string]int{}
	for _, t := range tasks {
		counts[t.host.name]++
	}
	return counts
}

var (
	success = result{class: strategies.OK, status: 200, wait: -1}
	refused = result{class: strategies.Refused, wait: -1, failure: &Failure{"refused", "connection refused"}}
	missing = result{class: strategies.BadStatus, status: 404, wait: -1, failure: &Failure{"status", "HTTP status 404"}}
)

func busy(wait time.Duration) result {
	return result{class: strategies.BadStatus, status: 429, wait: wait, failure: &Failure{"status", "HTTP status 429"}}
}

func TestHostsShareTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, quick := of("slow", 50), of("quick", 200)
		d := newDesk(t, Settings{}, 10, append(slow, quick...))
		flying := d.started()
		if got := hostsOf(flying); got["http://slow"] != 5 || got["http://quick"] != 5 {
			t.Fatalf("started %v, want 5 of each host", got)
		}
		for range 100 { // the slow host never answers, and comes to hold no more than its half
			i := slices.IndexFunc(flying, func(t *task) bool { return t.host.name == "http://quick" })
			d.finish(flying[i], success, d.now())
			flying = append(slices.Delete(flying, i, i+1), d.started()...)
			if got := hostsOf(flying); got["http://slow"] != 5 || got["http://quick"] != 5 {
				t.Fatalf("in flight %v, want 5 of each host", got)
			}
		}
	})
}

func TestAHostAloneHasTheWholeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{}, 10, append(of("a", 3), of("b", 100)...))
		if got := hostsOf(d.started()); got["http://a"] != 3 || got["http://b"] != 7 {
			t.Errorf("started %v, want all of a and the rest of b", got)
		}
	})
}

func TestPerHostBoundsEachHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{PerHost: 2}, 100, append(of("a", 30), of("b", 30)...))
		flying := d.started()
		if got := hostsOf(flying); got["http://a"] != 2 || got["http://b"] != 2 {
			t.Fatalf("started %v, want 2 of each", got)
		}
		d.finish(flying[0], success, d.now())
		if got := d.started(); len(got) != 1 || got[0].host != flying[0].host {
			t.Errorf("started %v after one ended, want one of its host", hostsOf(got))
		}
	})
}

func TestRatesSpaceTheStarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			s    Settings
			want int // starts in ten seconds
		}{
			{Settings{Rate: 5}, 50 + 1}, {Settings{RatePerHost: 2}, 2 * (20 + 1)}, {Settings{Rate: 3, RatePerHost: 2}, 30 + 1},
		} {
			d := newDesk(t, c.s, 1000, append(of("a", 500), of("b", 500)...))
			n := 0
			for d.now() <= 10*time.Second {
				task, wait := d.next(d.now())
				if task != nil {
					d.finish(task, success, d.now())
					n++
					continue
				}
				time.Sleep(wait)
			}
			if n < c.want-1 || n > c.want+1 {
				t.Errorf("%+v: %d starts in 10 s, want %d", c.s, n, c.want)
			}
		}
	})
}

// After a host has said when, nothing is started there before that, whatever it has in flight; the others go on. It does not count
// as a retry.
func TestRetryAfterPausesTheHostForEveryone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{}, 10, append(of("a", 40), of("b", 40)...))
		flying := d.started()
		for i, task := range flying {
			switch {
			case task.host.name == "http://b":
				d.finish(task, success, d.now())
			case i%2 == 0:
				if d.finish(task, busy(3*time.Second), d.now()) {
					t.Fatal("429 was final, without a retry that counts")
				}
			}
		}
		others := d.started()
		if got := hostsOf(others); got["http://a"] != 0 || got["http://b"] < 5 {
			t.Errorf("started %v while a is paused, want b only", got)
		}
		for _, task := range others {
			d.finish(task, success, d.now())
		}
		time.Sleep(3*time.Second - time.Microsecond)
		others = d.started()
		if got := hostsOf(others); got["http://a"] != 0 {
			t.Errorf("started %v a moment before a said", got)
		}
		for _, task := range others {
			d.finish(task, success, d.now())
		}
		time.Sleep(time.Microsecond)
		if got := hostsOf(d.started()); got["http://a"] == 0 {
			t.Errorf("started %v when a said, want some of a", got)
		}
	})
}

func TestRetriesAreBoundedAndDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{Retries: 3}, 1, of("a", 1))
		for attempt := 1; ; attempt++ {
			task, wait := d.next(d.now())
			for task == nil {
				if wait <= 0 || wait > lastInterval {
					t.Fatalf("wait %v, want a delay", wait)
				}
				time.Sleep(wait)
				task, wait = d.next(d.now())
			}
			if d.finish(task, refused, d.now()) {
				if attempt != 4 || !d.done() {
					t.Errorf("final after %d attempts, done %v: want 4, done", attempt, d.done())
				}
				return
			}
			if latest := task.due - d.now(); latest > firstInterval<<(attempt-1) {
				t.Errorf("retry %d is due in %v, want at most %v", attempt, latest, firstInterval<<(attempt-1))
			}
		}
	})
}

func TestWhatIsFinalAtOnce(t *testing.T) {
	post := Job{URL: "http://a/0", Message: &strategies.Message{Method: "POST"}}
	for name, c := range map[string]struct {
		job   Job
		r     result
		final bool
	}{
		"a success":               {r: success, final: true},
		"404":                     {r: missing, final: true},
		"refused":                 {r: refused},
		"refused, with POST":      {job: post, r: refused, final: true},
		"429, with POST":          {job: post, r: busy(time.Second), final: true},
		"a body that is no JSON":  {r: result{class: strategies.Undecodable, status: 200, wait: -1, failure: &Failure{}}, final: true},
		"a body that was cut off": {r: result{class: strategies.Truncated, wait: -1, failure: &Failure{}}},
		"501":                     {r: result{class: strategies.BadStatus, status: 501, wait: -1, failure: &Failure{}}},
		"505":                     {r: result{class: strategies.BadStatus, status: 505, wait: -1, failure: &Failure{}}, final: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, Settings{Retries: 1}, 1, of("a", 1))
			task := d.started()[0]
			if c.job.URL != "" {
				task.job = c.job
			}
			if got := d.finish(task, c.r, d.now()); got != c.final {
				t.Errorf("%s: final %v, want %v", name, got, c.final)
			}
		})
	}
}

// A host that refuses everything is set aside, tried by one request at a time, and given up; the other host is not held up.
func TestAHostThatFailsWithoutEndIsSetAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{Retries: 1000}, 40, append(of("dead", 5000), of("well", 500)...))
		given, lastWell, mostTries := 0, time.Duration(0), 0
		for !d.done() {
			task, wait := d.next(d.now())
			switch {
			case task == nil:
				time.Sleep(min(wait, time.Second))
			case task.over != nil:
				given++
				d.refuse(task, d.now())
				if !strings.Contains(task.over.Message, "given up") || task.over.Class != "refused" {
					t.Fatalf("%+v, want what the host was given up for", task.over)
				}
			case task.host.name == "http://well":
				d.finish(task, success, d.now())
				lastWell = d.now()
			default:
				if tries := task.host.inFlight; d.now() > 5*time.Second {
					mostTries = max(mostTries, tries)
				}
				d.finish(task, refused, d.now())
			}
		}
		if given != 5000 || lastWell > time.Second || d.now() > 2*DefaultPatience || mostTries > 1 {
			t.Errorf("%d given up after %v, the last of the others at %v, %d tries at once: want all 5000, soon", given, d.now(), lastWell, mostTries)
		}
		if got := d.hosts["http://dead"].counts; got.Failed["refused"] != 5000 || got.Requests > 200 {
			t.Errorf("%+v: want few requests", got)
		}
	})
}

func TestAHostThatComesBackGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{Retries: 1000}, 10, of("a", 100))
		for !d.done() {
			task, wait := d.next(d.now())
			switch {
			case task == nil:
				time.Sleep(min(wait, time.Second))
			case d.now() < 30*time.Second:
				d.finish(task, refused, d.now())
			default:
				d.finish(task, success, d.now())
			}
		}
		if got := d.hosts["http://a"].counts; got.Succeeded != 100 || got.Failures() != 0 {
			t.Errorf("%+v: want 100 successes", got)
		}
	})
}

// A list may have its hosts one after the other: they all begin at once, and the memory does not depend on the length.
// A host whose jobs all lead to a slow one waits for these, so that the queue there has an end.
func TestJobsThatAreLedAwayAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2*mostRetries + 100
		d := newDesk(t, Settings{PerHost: 3}, 40, of("a", n))
		var there []*task // at b, in flight
		for !d.done() {
			task, _ := d.next(d.now())
			switch {
			case task == nil: // one of b's ends
				if len(there) == 0 {
					t.Fatalf("nothing is in flight, and %d jobs are left", d.left)
				}
				if !d.finish(there[0], success, d.now()) {
					t.Fatal("a success is not final")
				}
				there = there[1:]
			case task.host.name == "http://a":
				task.answer = &kept{step: &redirect.Step{URL: "http://b/x", Method: "GET", Taken: 1}}
				if d.finish(task, success, d.now()) {
					t.Fatal("a redirect is final")
				}
			default:
				if there = append(there, task); len(there) > 3 || task.job.URL != "http://b/x" {
					t.Fatalf("%d requests to b at once, to %s", len(there), task.job.URL)
				}
			}
			if away := d.hosts["http://a"].away; away > mostRetries+3 {
				t.Fatalf("%d jobs wait at b", away)
			}
		}
		if a, b := d.hosts["http://a"], d.hosts["http://b"]; a.away != 0 || b.counts.Succeeded != n || a.counts.Requests != n || b.counts.Requests != n {
			t.Errorf("a %+v and %d away, b %+v: want %d requests to both", a.counts, a.away, b.counts, n)
		}
	})
}

func TestTheListIsReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, Settings{}, 10, append(of("a", 100_000), of("b", 10)...))
		if got := hostsOf(d.started()); got["http://a"] != 5 || got["http://b"] != 5 {
			t.Errorf("started %v, want 5 of each", got)
		}
		if d.runs != 2 {
			t.Errorf("%d runs, want one per host", d.runs)
		}
	})
}

func TestManyHostsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var source jobs
		for i := range mostHosts + 500 {
			source = append(source, fmt.Sprintf("http://h%d/", i))
		}
		d := newDesk(t, Settings{}, 10, source)
		for !d.done() {
			for _, task := range d.started() {
				d.finish(task, success, d.now())
			}
		}
		if len(d.hosts) > mostHosts || d.evicted != 500 || d.others.Succeeded != 500 {
			t.Errorf("%d hosts are kept, %d forgotten with %+v: want %d and 500", len(d.hosts), d.evicted, d.others, mostHosts)
		}
	})
}

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 0 ": 0, "Fri, 27 Nov 2026 12:01:00 GMT": time.Minute, "Fri, 27 Nov 2026 11:00:00 GMT": 0,
		"": -1, "soon": -1, "-5": -1, "1.5": -1, "99999999999999999999": -1, "9223372036854775807": never / time.Second * time.Second,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
