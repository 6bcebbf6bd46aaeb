package strategytest

import (
	"cmp"
	"slices"
	"sync"
	"testing"
	"time"

	"sweetspot/strategies"
)

const (
	answerMaxBody = 1 << 20 // bytes, of a body that is decoded
	answerLimit   = 4
	// answerTimeout is the timeout of requests whose answers must not time out, on a machine that does much else.
	answerTimeout = 20 * time.Second
	// slowTimeout is that of requests which must.
	slowTimeout = 400 * time.Millisecond
	// answerSessions is the number of sessions that share the answers, if they cost little.
	answerSessions = 6
)

// answersHaveTheirClass makes requests for every odd answer, each several times, as some differ when a connection is reused.
func answersHaveTheirClass(t *testing.T, c candidate) {
	skipIf(t, c.otherProcess && c.traits.Answers == nil, "it does not say which answers its library takes for others")
	needsHTTP1(t, c)
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) { checkAnswers(t, c, scheme == "https") })
	}
}

func checkAnswers(t *testing.T, c candidate, secure bool) {
	for _, a := range askAll(t, c, secure) {
		t.Run(a.String(), func(t *testing.T) { a.check(t, secure, c.traits.Answers[a.String()]) })
	}
}

// asked is an answer with what became of the requests for it.
type asked struct {
	Answer
	outcomes []strategies.Outcome
}

// check compares the outcomes with the class that the answer must have, or with it and those that a strategy declares.
func (a asked) check(t *testing.T, secure bool, declared []strategies.Class) {
	must := a.Want
	if secure {
		must = cmp.Or(a.Secure, a.Want)
	}
	want := append([]strategies.Class{must, cmp.Or(a.Late, must)}, declared...)
	got := map[strategies.Class]int{}
	var err error
	for _, o := range a.outcomes {
		got[o.Class]++
		if !slices.Contains(want, o.Class) {
			err = o.Err
		}
	}
	for class := range got {
		if !a.Either && !slices.Contains(want, class) {
			t.Errorf("classes %v, want only %v: %v", got, want, err)
			return
		}
	}
}

// askAll makes requests for all answers, in several sessions at a time.
func askAll(t *testing.T, c candidate, secure bool) []asked {
	sessions := answerSessions
	if c.otherProcess {
		sessions = 1
	}
	var (
		kinds   [4][]*asked // of answers that need the same target
		all     []*asked
		running sync.WaitGroup
	)
	for _, answer := range Answers() {
		a := &asked{Answer: answer}
		kind := 0
		if a.JSON {
			kind |= 1
		}
		if a.Want == strategies.Timeout || slices.Contains(c.traits.Answers[a.String()], strategies.Timeout) {
			kind |= 2
		}
		kinds[kind], all = append(kinds[kind], a), append(all, a)
	}
	for kind, answers := range kinds {
		target := strategies.Target{JSON: kind&1 != 0, MaxBody: answerMaxBody, Insecure: true, Timeout: answerTimeout, DialTimeout: answerTimeout}
		rounds := 3
		if kind&2 != 0 {
			target.Timeout, rounds = slowTimeout, 1
		}
		for part := range sessions {
			var share []*asked
			for i := part; i < len(answers); i += sessions {
				share = append(share, answers[i])
			}
			if len(share) > 0 {
				running.Go(func() { ask(t, c, target, secure, share, rounds) })
			}
		}
	}
	running.Wait()
	asked := make([]asked, len(all))
	for i, a := range all {
		asked[i] = *a
	}
	return asked
}

// ask makes requests for these answers in one session, one each in every round. Between two rounds the connections are idle for
// long enough that the server has done with them what it will.
func ask(t *testing.T, c candidate, target strategies.Target, secure bool, answers []*asked, rounds int) {
	session, err := c.Open(t.Context(), target, answerLimit)
	if err != nil {
		t.Error(err)
		return
	}
	defer session.Close()
	urls := make([]string, len(answers))
	for i, a := range answers {
		urls[i] = a.Serve(t, secure)
	}
	for range rounds {
		w := NewWork(int64(len(urls)), urls...)
		if err := session.Run(t.Context(), answerLimit, w); err != nil {
			t.Error(err)
			return
		}
		w.Check(t)
		for index := range w.N {
			a := answers[index%int64(len(answers))]
			a.outcomes = append(a.outcomes, w.Outcomes[index])
		}
		time.Sleep(200 * time.Millisecond)
	}
}
