// Records what sony/gobreaker decides, as stories that the conformance tests can tell. See README.md.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	cases = 158
	ms    = int64(time.Millisecond)
	sec   = int64(time.Second)
)

var (
	random  = rand.New(rand.NewSource(20260101))
	errFail = errors.New("failure")
	errSkip = errors.New("refused")
	epoch   = time.Unix(1_600_000_000, 0)
)

// It never looks without a call: State is an access like any other to this library, and changes what is due.

// One breaker, its calls under way, and what the recorder aims at.
type story struct {
	now, begun               int64
	interval, bucket, openIn int64
	breaker                  *gobreaker.TwoStepCircuitBreaker[int]
	state                    gobreaker.State
	calls                    map[string]func(error)
	names                    []string
	asked                    map[string]int64
	named, lines             int
	failing                  float64
	rarelyOk                 bool
	out                      *bufio.Writer
	transitions              map[string]int
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "# sony/gobreaker v2, recorded by gobreaker_recorder.go. Never edited by hand.")
	transitions := map[string]int{}
	lines := 0
	for i := 0; i < cases; i++ {
		fmt.Fprintln(out)
		s := newStory(out, transitions)
		for length := 60 + random.Intn(36); s.lines < length; {
			s.step()
		}
		lines += s.lines
	}
	fmt.Fprintln(os.Stderr, cases, "cases,", lines, "lines,", transitions)
}

func newStory(out *bufio.Writer, transitions map[string]int) *story {
	s := &story{out: out, transitions: transitions, calls: map[string]func(error){}, asked: map[string]int64{}}
	text := []string{}
	st := gobreaker.Settings{}
	if random.Intn(2) == 0 {
		enough := uint32(1 + random.Intn(9))
		if random.Intn(3) == 0 {
			enough = uint32(6 + random.Intn(12))
			s.rarelyOk = true
		}
		st.ReadyToTrip = func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= enough }
		if enough == 6 && random.Intn(2) == 0 {
			st.ReadyToTrip = nil // The default: more than five.
		} else {
			text = append(text, fmt.Sprintf("trip: Consecutive(%d)", enough))
		}
	} else {
		percent := []int{20, 34, 50, 60, 60, 75, 100}[random.Intn(7)]
		least := uint32(1 + random.Intn(7))
		rate := float64(percent) / 100
		st.ReadyToTrip = func(c gobreaker.Counts) bool {
			return c.Requests >= least && float64(c.TotalFailures)/float64(c.Requests) >= rate
		}
		text = append(text, fmt.Sprintf("trip: Ratio(min_calls: %d, failure_rate: \"%d%%\")", least, percent))
	}
	kind := random.Intn(4)
	if s.rarelyOk {
		kind = 3
	}
	switch kind {
	case 0: // No interval: nothing is cleared but by a change of state.
	case 1:
		s.interval = []int64{sec, 2500 * ms, 10 * sec}[random.Intn(3)]
		text = append(text, "interval: "+quoted(s.interval))
	default:
		s.interval = []int64{sec, 2 * sec, 3500 * ms, 10 * sec}[random.Intn(4)]
		s.bucket = []int64{250 * ms, 500 * ms, sec, 3 * sec}[random.Intn(4)]
		if s.rarelyOk {
			s.interval, s.bucket = int64(2+random.Intn(3))*500*ms, 500*ms
		}
		text = append(text, "interval: "+quoted(s.interval), "bucket: "+quoted(s.bucket))
	}
	s.openIn = []int64{ms, 500 * ms, 2 * sec, 10 * sec, 60 * sec}[random.Intn(5)]
	if s.openIn != 60*sec {
		text = append(text, "open_for: "+quoted(s.openIn))
	}
	if probes := random.Intn(5); probes > 0 {
		st.MaxRequests = uint32(probes)
		text = append(text, fmt.Sprintf("half_open_calls: %d", probes))
	}
	text = append(text, "ignore: Refused")
	fmt.Fprintf(out, "Gobreaker(%s)\n", strings.Join(text, ", "))

	st.Interval, st.BucketPeriod = time.Duration(s.interval), time.Duration(s.bucket)
	st.Timeout = time.Duration(s.openIn)
	// What its caller gives up is excluded here as README.md says: the library leaves it to this function.
	st.IsExcluded = func(err error) bool { return errors.Is(err, errSkip) || errors.Is(err, context.Canceled) }
	gobreaker.Now = func() time.Time { return epoch.Add(time.Duration(s.now)) }
	s.breaker = gobreaker.NewTwoStepCircuitBreaker[int](st)
	return s
}

func (s *story) step() {
	if s.rarelyOk {
		s.failing = 0.9 // Long runs of failures, a success here and there, and buckets that roll away under them.
	} else if random.Intn(8) == 0 {
		s.failing = []float64{0, 0.3, 0.6, 0.85, 1}[random.Intn(5)]
	}
	if s.state == gobreaker.StateHalfOpen && random.Intn(4) == 0 {
		s.failing = 0 // Else it hardly ever closes again.
	}
	s.pass()
	if i := s.justGone(); i >= 0 {
		s.finish(i, "ok", nil)
		return
	}
	switch what := random.Intn(100); {
	case what < 30 && len(s.names) < 6:
		s.ask(true)
	case what < 60 && len(s.names) > 0:
		i := random.Intn(len(s.names))
		how, err := s.end(false)
		s.finish(i, how, err)
	case what < 86:
		s.several()
	case what < 89 && s.lines > 50:
		s.ask(false)
	default:
		s.ask(true)
	}
}

func (s *story) finish(i int, how string, err error) {
	name := s.names[i]
	s.names = append(s.names[:i], s.names[i+1:]...)
	s.calls[name](err)
	s.tell(name+" "+how, "")
}

// A call whose bucket is the newest of those that are gone: a success that must not count. Not always, and else -1.
func (s *story) justGone() int {
	if s.rarelyOk && s.state == gobreaker.StateClosed && random.Intn(2) == 0 {
		for i, name := range s.names {
			age := (s.now-s.begun)/s.bucket - (s.asked[name]-s.begun)/s.bucket
			if s.asked[name] >= s.begun && age == s.interval/s.bucket {
				return i
			}
		}
	}
	return -1
}

// Time passes, often to an edge: where the breaker changes by time, or a bit before or after.
func (s *story) pass() {
	how := random.Intn(100)
	if s.rarelyOk && s.state == gobreaker.StateClosed && how >= 42 {
		if how < 70 {
			s.now = s.begun + ((s.now-s.begun)/s.bucket+1)*s.bucket
		}
		return
	}
	switch {
	case how < 42:
	case how < 58:
		s.now += (1+int64(random.Intn(400)))*ms - s.now%ms
	case how < 61:
		s.now += int64(random.Intn(int(sec)))
	case how < 95:
		edge := s.begun + s.openIn
		if s.state == gobreaker.StateClosed && s.interval > 0 {
			edge = s.begun + s.interval
			if s.bucket > 0 {
				edge = s.edgeOfBuckets()
			}
		}
		edge += []int64{-ms, -1, 0, 0, 1, 1, ms}[random.Intn(7)]
		if edge > s.now && s.state != gobreaker.StateHalfOpen {
			s.now = edge
		}
	default:
		s.now += (1+int64(random.Intn(5)))*sec - s.now%sec
	}
}

// Where a bucket begins: one of the next, or that with which the bucket of a call under way is gone.
func (s *story) edgeOfBuckets() int64 {
	if len(s.names) > 0 && random.Intn(2) == 0 {
		asked := s.asked[s.names[random.Intn(len(s.names))]]
		all := (s.interval + s.bucket - 1) / s.bucket
		return s.begun + ((asked-s.begun)/s.bucket+all+int64(random.Intn(2)))*s.bucket
	}
	return s.begun + ((s.now-s.begun)/s.bucket+1+int64(random.Intn(3)))*s.bucket
}

func (s *story) ask(named bool) {
	done, err := s.breaker.Allow()
	if err != nil {
		s.tell("ask", "no, ")
		return
	}
	name := ""
	if named {
		name = s.name()
		s.calls[name], s.asked[name] = done, s.now
		s.names = append(s.names, name)
		name = " " + name
	}
	s.tell("ask"+name, "yes, ")
}

// Calls one after the other, each ended at once, up to the first that is refused.
func (s *story) several() {
	how, err := s.end(true)
	made, wanted := 0, 1+random.Intn(4)
	refused := false
	for made < wanted && !refused {
		if done, no := s.breaker.Allow(); no != nil {
			refused = true
		} else {
			done(err)
			made++
		}
	}
	if made > 0 {
		s.tell(fmt.Sprintf("%d %s", made, how), "")
	}
	if refused {
		s.tell("ask", "no, ")
	}
}

// How a call ends, in the words of a story.
func (s *story) end(several bool) (string, error) {
	switch what := random.Intn(100); {
	case what < 9:
		return "ignored", errSkip
	case what < 15:
		return "given up", context.Canceled
	}
	if random.Float64() >= s.failing {
		return "ok", nil
	}
	if several {
		return "fail", errFail
	}
	return "fails", errFail
}

func (s *story) tell(what, answer string) {
	state := s.breaker.State()
	if state != s.state {
		s.transitions[s.state.String()+" to "+state.String()]++
		s.begun = s.now
	} else if s.bucket == 0 && s.interval > 0 && s.now > s.begun+s.interval && state == gobreaker.StateClosed {
		s.begun = s.now
	}
	s.state = state
	s.lines++
	fmt.Fprintf(s.out, "%s: %s -> %s%s\n", sum(s.now), what, answer, state)
}

func (s *story) name() string {
	for {
		name := string(rune('a' + s.named%26))
		s.named++
		used := false
		for _, other := range s.names {
			used = used || other == name
		}
		if !used {
			return name
		}
	}
}

func quoted(nanos int64) string { return fmt.Sprintf("\"%dms\"", nanos/ms) }

// A length of time as a sum: 61s+5ms+1ns.
func sum(nanos int64) string {
	parts := []string{}
	if nanos >= sec {
		parts = append(parts, fmt.Sprintf("%ds", nanos/sec))
	}
	if nanos%sec >= ms {
		parts = append(parts, fmt.Sprintf("%dms", nanos%sec/ms))
	}
	if nanos%ms > 0 {
		parts = append(parts, fmt.Sprintf("%dns", nanos%ms))
	}
	if len(parts) == 0 {
		return "0s"
	}
	return strings.Join(parts, "+")
}
