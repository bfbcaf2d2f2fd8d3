import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.internal.CircuitBreakerStateMachine;
import io.github.resilience4j.circuitbreaker.internal.SchedulerFactory;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Records what resilience4j's CircuitBreaker decides, as stories that the conformance tests can tell. See README.md. */
public class Resilience4jRecorder {
    static final int CASES = 158;
    static final long MS = 1_000_000;
    static final long SEC = 1_000 * MS;
    static final Random RANDOM = new Random(20260101);
    static final Map<String, Integer> TRANSITIONS = new TreeMap<>();

    /** What the breaker is told to ignore. */
    static class Refused extends RuntimeException {
    }

    /** Starts with a whole second, as a run does. */
    static class RunClock extends Clock {
        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(1_600_000_000).plusNanos(SchedulerFactory.now);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    record Call(String name, long begun) {
    }

    final List<Call> calls = new ArrayList<>();
    CircuitBreaker breaker;
    CircuitBreaker.State state = CircuitBreaker.State.CLOSED;
    IntervalFunction wait;
    long slowAfter = 60 * SEC;
    long halfOpenFor;
    boolean secondsCount;
    /** When its state began, and how often it has opened since it was closed: what the recorder aims at. */
    long since;
    int openings;
    double failing;
    int lines;
    int named;

    public static void main(String[] arguments) {
        System.out.println("# resilience4j, recorded by Resilience4jRecorder.java. Never edited by hand.");
        int lines = 0;
        for (int i = 0; i < CASES; i++) {
            System.out.println();
            Resilience4jRecorder story = new Resilience4jRecorder();
            story.begin();
            int length = 60 + RANDOM.nextInt(36);
            while (story.lines < length) {
                story.step();
            }
            lines += story.lines;
        }
        System.err.println(CASES + " cases, " + lines + " lines, " + TRANSITIONS);
    }

    static <T> T any(List<T> of) {
        return of.get(RANDOM.nextInt(of.size()));
    }

    void begin() {
        SchedulerFactory.now = 0;
        SchedulerFactory.clear();
        CircuitBreakerConfig.Builder config = CircuitBreakerConfig.custom().clock(new RunClock());
        config.ignoreException(failure -> failure instanceof Refused);
        List<String> text = new ArrayList<>();
        secondsCount = RANDOM.nextInt(2) == 0;
        int size = 1 + RANDOM.nextInt(secondsCount ? 4 : 10);
        config.slidingWindowType(secondsCount ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED);
        config.slidingWindowSize(size);
        text.add(secondsCount ? "window: Time(\"" + size + "s\")" : "window: Calls(" + size + ")");
        if (secondsCount || RANDOM.nextInt(5) > 0) {
            int least = 1 + RANDOM.nextInt(7);
            config.minimumNumberOfCalls(least);
            text.add("min_calls: " + least);
        }
        int rate = any(List.of(1, 20, 25, 33, 50, 50, 60, 75, 100));
        config.failureRateThreshold(rate);
        text.add("failure_rate: \"" + rate + "%\"");
        if (RANDOM.nextInt(2) == 0) {
            int slow = any(List.of(25, 50, 67, 100));
            slowAfter = any(List.of(MS, 250 * MS, SEC));
            config.slowCallRateThreshold(slow).slowCallDurationThreshold(Duration.ofNanos(slowAfter));
            text.add("slow_rate: \"" + slow + "%\", slow_after: \"" + slowAfter / MS + "ms\"");
        }
        waits(config, text);
        int probes = 1 + RANDOM.nextInt(5);
        config.permittedNumberOfCallsInHalfOpenState(probes);
        text.add("half_open_calls: " + probes);
        if (RANDOM.nextInt(5) < 2) {
            halfOpenFor = any(List.of(MS, 500 * MS, 3 * SEC));
            config.maxWaitDurationInHalfOpenState(Duration.ofNanos(halfOpenFor));
            text.add("half_open_for: \"" + halfOpenFor / MS + "ms\"");
        }
        if (RANDOM.nextInt(5) < 2) {
            config.automaticTransitionFromOpenToHalfOpenEnabled(true);
            text.add("automatic: true");
        }
        text.add("ignore: Refused");
        System.out.println("Resilience4j(" + String.join(", ", text) + ")");
        breaker = new CircuitBreakerStateMachine("recorded", config.build());
    }

    /** Waits whose every step is of whole milliseconds: between steps the library cuts them, which is not compared. */
    void waits(CircuitBreakerConfig.Builder config, List<String> text) {
        double factor = any(List.of(1.0, 1.0, 1.5, 2.0, 2.5));
        long first = any(factor == 1.5 ? List.of(2_560L) : factor == 2.5 ? List.of(64L, 1_024L)
            : List.of(1L, 500L, 1_000L, 10_000L, 60_000L));
        text.add("open_for: \"" + first + "ms\"");
        if (factor == 1.0) {
            wait = IntervalFunction.of(first);
        } else if (factor == 2.0 && first < 1_000 && RANDOM.nextInt(2) == 0) {
            text.add("open_factor: 2");
            wait = IntervalFunction.ofExponentialBackoff(Duration.ofMillis(first), factor);
        } else {
            long longest = any(List.of(first + 1, 5 * first, 20 * first));
            text.add("open_factor: " + factor + ", open_max: \"" + longest + "ms\"");
            wait = IntervalFunction.ofExponentialBackoff(Duration.ofMillis(first), factor, Duration.ofMillis(longest));
        }
        config.waitIntervalFunctionInOpenState(wait);
    }

    void step() {
        if (RANDOM.nextInt(8) == 0) {
            failing = any(List.of(0.0, 0.3, 0.6, 1.0));
        }
        pass();
        int what = RANDOM.nextInt(100);
        if (what < 30 && calls.size() < 6) {
            ask(true);
        } else if (what < 58 && !calls.isEmpty()) {
            Call call = calls.remove(RANDOM.nextInt(calls.size()));
            String how = how();
            end(how, SchedulerFactory.now - call.begun);
            tell(call.name + " " + (how.equals("fail") ? "fails" : how), "");
        } else if (what < 84) {
            several();
        } else if (what < 92) {
            tell("look", "");
        } else {
            ask(what < 98 || lines < 50);
        }
    }

    /** Time passes, often to an edge: where the breaker changes by time, or a bit before or after. */
    void pass() {
        long now = SchedulerFactory.now;
        int how = RANDOM.nextInt(100);
        long to = now;
        if (how >= 42 && how < 58) {
            to = now - now % MS + (1 + RANDOM.nextInt(400)) * MS;
        } else if (how >= 58 && how < 61) {
            to = now + RANDOM.nextInt((int) SEC);
        } else if (how >= 61 && how < 95) {
            to = Math.max(now, edge(now) + any(List.of(-MS, -1L, 0L, 0L, 1L, 1L, MS)));
        } else if (how >= 95) {
            to = now - now % SEC + (1 + RANDOM.nextInt(5)) * SEC;
        }
        SchedulerFactory.pass(to, this::see);
    }

    long edge(long now) {
        if (!calls.isEmpty() && RANDOM.nextInt(4) == 0) {
            return any(calls).begun + slowAfter;
        }
        return switch (state) {
            case OPEN -> since + wait.apply(openings) * MS;
            case HALF_OPEN -> since + halfOpenFor;
            default -> secondsCount ? (now / SEC + 1 + RANDOM.nextInt(3)) * SEC : now;
        };
    }

    void ask(boolean toBeEnded) {
        if (!breaker.tryAcquirePermission()) {
            tell("ask", "no, ");
        } else if (toBeEnded) {
            String name = name();
            calls.add(new Call(name, SchedulerFactory.now));
            tell("ask " + name, "yes, ");
        } else {
            tell("ask", "yes, ");
        }
    }

    /** Calls one after the other, each ended at once, up to the first that is refused. */
    void several() {
        String how = how();
        long took = slowAfter < 60 * SEC ? slowAfter + any(List.of(-1L, 0L, 1L, MS, -slowAfter + MS)) : MS;
        int wanted = 1 + RANDOM.nextInt(4);
        int made = 0;
        while (made < wanted && breaker.tryAcquirePermission()) {
            end(how, took);
            made++;
        }
        if (made > 0) {
            tell(made + " " + how + (took == MS ? "" : " taking " + single(took)), "");
        }
        if (made < wanted) {
            tell("ask", "no, ");
        }
    }

    /** How a call ends, in the words of a story. */
    String how() {
        int what = RANDOM.nextInt(100);
        return what < 9 ? "ignored" : what < 15 ? "given up" : RANDOM.nextDouble() < failing ? "fail" : "ok";
    }

    void end(String how, long took) {
        switch (how) {
            case "ok" -> breaker.onSuccess(took, TimeUnit.NANOSECONDS);
            case "fail" -> breaker.onError(took, TimeUnit.NANOSECONDS, new IllegalStateException());
            case "ignored" -> breaker.onError(took, TimeUnit.NANOSECONDS, new Refused());
            default -> breaker.releasePermission();
        }
        see();
    }

    /** Notes a change of state, when it happens. */
    void see() {
        CircuitBreaker.State seen = breaker.getState();
        if (seen != state) {
            TRANSITIONS.merge(state + " to " + seen, 1, Integer::sum);
            since = SchedulerFactory.now;
            openings = seen == CircuitBreaker.State.CLOSED ? 0 : openings + (seen == CircuitBreaker.State.OPEN ? 1 : 0);
        }
        state = seen;
    }

    void tell(String what, String answer) {
        see();
        lines++;
        String word = state == CircuitBreaker.State.HALF_OPEN ? "half-open" : state.name().toLowerCase();
        System.out.println(sum(SchedulerFactory.now) + ": " + what + " -> " + answer + word);
    }

    String name() {
        while (true) {
            String name = String.valueOf((char) ('a' + named++ % 26));
            if (calls.stream().noneMatch(call -> call.name.equals(name))) {
                return name;
            }
        }
    }

    static String single(long nanos) {
        return nanos % MS == 0 ? nanos / MS + "ms" : nanos + "ns";
    }

    /** A length of time as a sum: 61s+5ms+1ns. */
    static String sum(long nanos) {
        List<String> parts = new ArrayList<>();
        if (nanos >= SEC || nanos == 0) {
            parts.add(nanos / SEC + "s");
        }
        if (nanos % SEC >= MS) {
            parts.add(nanos % SEC / MS + "ms");
        }
        if (nanos % MS > 0) {
            parts.add(nanos % MS + "ns");
        }
        return String.join("+", parts);
    }
}
