// Package strategytest holds a strategy to the contract of package strategies, as testing/fstest holds a file system to that
// of io/fs. It serves strategies in this module and elsewhere:
//
//	func TestConformance(t *testing.T) { strategytest.Test(t, mine.Strategy{}) }
//
// A strategy whose HTTP library departs from the contract, and cannot be configured to keep it, declares so by its
// [strategies.Traits], and the checks allow for it. Each check is a subtest whose name is a sentence, so that -run selects one.
// The folder testdata/channel is a complete module with a strategy, its test and a program that measures it.
//
// The package also has what tests of a single strategy need: [Work], which hands out requests and keeps every outcome;
// [Countdown], which only counts failures and suits benchmarks; [Server], which counts requests independently of the
// strategy; and [RawServer], which answers with any bytes.
package strategytest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies"
)

// Test runs every check on s as a subtest. It opens many sessions of s, one after the other, and connects only to servers on
// the loopback interface, which it starts. It takes a few seconds, and longer for a strategy whose requests another process
// makes.
func Test(t *testing.T, s strategies.Strategy) {
	c := newCandidate(t, s)
	run(t, c, checksOfSchedule)
	run(t, c, checks)
}

// TestSchedule runs the checks of when requests start, how many are in flight, and how a run ends. It suits a strategy whose
// HTTP client is that of another strategy, which is held to all of [Test].
func TestSchedule(t *testing.T, s strategies.Strategy) {
	run(t, newCandidate(t, s), checksOfSchedule)
}

func run(t *testing.T, c candidate, all []check) {
	for _, check := range all {
		t.Run(check.name, func(t *testing.T) { check.run(t, c) })
	}
}

// A check is one sentence of the contract.
type check struct {
	name string
	run  func(t *testing.T, c candidate)
}

var checksOfSchedule = []check{
	{"each request is made exactly once", eachRequestIsMadeOnce},
	{"exactly limit requests are in flight", exactlyLimitAreInFlight},
	{"a session holds limits below its largest", sessionHoldsLowerLimits},
	{"connections outlive a run", connectionsOutliveARun},
	{"connections are kept to every host", connectionsAreKeptToEveryHost},
	{"close ends what is in flight", closeEndsWhatIsInFlight},
	{"no strategy holds a run longer than its timeouts", timeoutsBoundEveryPhase},
	{"cancellation starts nothing new and waits", cancellationWaits},
	{"a run whose context has ended starts nothing", cancelledRunStartsNothing},
}

var checks = []check{
	{"the server receives what the target says", targetIsSent},
	{"requests are sent as given", requestsAreSentAsGiven},
	{"a request sends its own message", requestsSendTheirOwnMessage},
	{"redirects are not followed", redirectsAreNotFollowed},
	{"redirects are followed if the target says so", redirectsAreFollowed},
	{"a request with its redirects keeps the limit", redirectsKeepTheLimit},
	{"a request with its redirects takes one timeout", redirectsTakeOneTimeout},
	{"Handle gets the answer to which redirects lead", handleGetsTheLastAnswer},
	{"a session keeps its cookies", sessionKeepsCookies},
	{"Handle gets bodies whole and as sent", handleGetsWholeBodies},
	{"Handle gets every answer and its header if the target says so", everyAnswerIsHandled},
	{"Burn is spent in each request", burnIsSpent},
	{"bodies are decoded if the target says so", bodiesAreDecoded},
	{"a body of a bad status is not decoded", badStatusIsNotDecoded},
	{"an expectation decides what is a success", expectationsDecide},
	{"Insecure accepts any certificate", insecureAcceptsAnyCertificate},
	{"every way to a target is taken", everyWayIsTaken},
	{"what stands in the way is a failure of the right class", obstaclesHaveTheirClass},
	{"connections closed while idle are replaced", idleConnectionsAreReplaced},
	{"a long header line is accepted", longHeaderIsAccepted},
	{"an answer before the whole body was sent is an answer", earlyAnswerIsAnAnswer},
	{"an early response does not spoil the next body", earlyResponseDoesNotSpoilTheNextBody},

	{"failures are outcomes of the right class", failuresHaveTheirClass},
	{"odd answers are outcomes of the right class", answersHaveTheirClass},
	{"odd frames are outcomes of the right class", framesHaveTheirClass},
	{"huge answers take little memory", hugeAnswersTakeLittleMemory},
	{"some failures leave the other requests alone", failuresLeaveOthersAlone},
	{"a timeout expires on a reused connection too", timeoutExpiresOnAnyConnection},
}

// candidate is a strategy with what the checks need to know about it.
type candidate struct {
	strategies.Strategy
	protocol     strategies.Protocol
	traits       strategies.Traits
	otherProcess bool
}

func newCandidate(t *testing.T, s strategies.Strategy) candidate {
	t.Helper()
	return candidate{Strategy: s, protocol: strategies.ProtocolOf(s), traits: strategies.TraitsOf(s), otherProcess: cannotHandle(t, s)}
}

// delay returns how long a server must take to respond so that all slots are full at some moment: d, or longer if another
// process makes the requests, since an interpreter on a busy machine may need milliseconds per request.
func (c candidate) delay(d time.Duration) time.Duration {
	if c.otherProcess {
		return 100 * time.Millisecond
	}
	return d
}

// skipIf skips the check if the strategy has a trait that excludes it.
func skipIf(t *testing.T, trait bool, why string) {
	t.Helper()
	if trait {
		t.Skip(why)
	}
}

// cannotHandle reports whether the strategy's requests are made by another process, which cannot call Target.Handle.
func cannotHandle(t *testing.T, s strategies.Strategy) bool {
	t.Helper()
	session, err := s.Open(t.Context(), strategies.Target{Handle: func(*strategies.Request, strategies.Answer) error { return nil }}, 1)
	if errors.Is(err, strategies.ErrHandle) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	return false
}

// RequireInstalled skips the test if s cannot run here because a program or a library is not installed: its Open returns an
// error that wraps [exec.ErrNotFound] or that contains "apt install". If the environment variable SWEETSPOT_REQUIRE is set, as
// in CI, the test fails instead. Any other error of Open fails the test.
func RequireInstalled(t testing.TB, s strategies.Strategy) {
	t.Helper()
	session, err := s.Open(t.Context(), strategies.Target{}, 1)
	switch {
	case err == nil:
		if err := session.Close(); err != nil {
			t.Fatal(err)
		}
	case !errors.Is(err, exec.ErrNotFound) && !strings.Contains(err.Error(), "apt install"):
		t.Fatal(err)
	case os.Getenv("SWEETSPOT_REQUIRE") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// Open opens a session of s and closes it at the end of the test. An error of either fails the test.
func Open(t testing.TB, s strategies.Strategy, target strategies.Target, maxLimit int) strategies.Session {
	t.Helper()
	session, err := s.Open(t.Context(), target, maxLimit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return session
}

// Run opens a session, runs w at the limit and calls w.Check. It closes the session at the end of the test. An error fails the
// test.
func Run(t testing.TB, s strategies.Strategy, target strategies.Target, limit int, w *Work) {
	t.Helper()
	if err := Open(t, s, target, limit).Run(t.Context(), limit, w); err != nil {
		t.Fatal(err)
	}
	w.Check(t)
}
