import com.netflix.hystrix.HystrixCircuitBreaker.HystrixCircuitBreakerImpl;
import com.netflix.hystrix.HystrixCommandMetrics;
import com.netflix.hystrix.HystrixCommandProperties;
import com.netflix.hystrix.HystrixEventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import rx.VirtualTime;

/** Records what Hystrix's circuit breaker decides, as stories that the conformance tests can tell. See README.md. */
public class HystrixRecorder {
    static final int CASES = 158;
    static final Random RANDOM = new Random(20260101);
    static final Map<String, Integer> TRANSITIONS = new TreeMap<>();

    final List<String> calls = new ArrayList<>();
    final int interval = any(List.of(10, 100, 500, 1_000));
    final int window = interval * (1 + RANDOM.nextInt(8)) + RANDOM.nextInt(2) * interval / 2;
    final int sleep = any(List.of(1, 500, 2_000, 5_000));
    final int percent = any(List.of(1, 10, 28, 29, 50, 57, 60, 75, 100));
    final int least = 1 + RANDOM.nextInt(7);
    HystrixCommandMetrics metrics;
    HystrixCircuitBreakerImpl breaker;
    String state = "closed";
    /** When its state began, and when its looks did: what the recorder aims at. */
    long since;
    long looks;
    double failing;
    int lines;
    int named;

    public static void main(String[] arguments) {
        System.out.println("# Hystrix, recorded by HystrixRecorder.java. Never edited by hand.");
        int lines = 0;
        for (int i = 0; i < CASES; i++) {
            System.out.println();
            VirtualTime.clear();
            HystrixRecorder story = new HystrixRecorder();
            System.out.println("Hystrix(window: \"" + story.window + "ms\", interval: \"" + story.interval + "ms\", min_calls: "
                + story.least + ", failure_rate: \"" + story.percent + "%\", open_for: \"" + story.sleep
                + "ms\", ignore: Refused)");
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

    void step() {
        if (RANDOM.nextInt(8) == 0) {
            failing = any(List.of(0.0, 0.3, 0.6, 1.0));
        }
        pass();
        int what = RANDOM.nextInt(100);
        if (what < 30 && calls.size() < 6) {
            ask(true);
        } else if (what < 60 && !calls.isEmpty()) {
            String call = calls.remove(RANDOM.nextInt(calls.size()));
            String how = how();
            end(how);
            tell(call + " " + (how.equals("fail") ? "fails" : how), "");
        } else if (what < 82) {
            several();
        } else if (what < 92) {
            tell("look", "");
        } else {
            ask(what < 98 || lines < 50);
        }
    }

    /** Time passes, often to an edge: where the breaker changes by time, or a millisecond before or after. */
    void pass() {
        long now = VirtualTime.now;
        int how = RANDOM.nextInt(100);
        long to = now;
        if (how >= 42 && how < 60) {
            to = now + 1 + RANDOM.nextInt(interval);
        } else if (how >= 60 && how < 95) {
            long edge = state.equals("open") ? since + sleep
                : looks + ((now - looks) / interval + 1 + (RANDOM.nextInt(3) == 0 ? RANDOM.nextInt(window / interval) : 0)) * interval;
            to = Math.max(now, edge + any(List.of(-1, 0, 0, 1)));
        } else if (how >= 95) {
            to = now + 1_000L * (1 + RANDOM.nextInt(5));
        }
        VirtualTime.pass(to, this::see);
    }

    /** As a command does, the first of which makes breaker and metrics. */
    boolean attempt() {
        if (breaker == null) {
            HystrixCommandProperties properties =
                new HystrixCommandProperties(window, interval, least, percent, sleep);
            metrics = new HystrixCommandMetrics(properties);
            breaker = new HystrixCircuitBreakerImpl(properties, metrics);
            looks = VirtualTime.now;
        }
        boolean admitted = breaker.attemptExecution();
        see();
        return admitted;
    }

    void ask(boolean toBeEnded) {
        if (!attempt()) {
            tell("ask", "no, ");
        } else if (toBeEnded) {
            String name = name();
            calls.add(name);
            tell("ask " + name, "yes, ");
        } else {
            tell("ask", "yes, ");
        }
    }

    /** Calls one after the other, each ended at once, up to the first that is refused. */
    void several() {
        String how = how();
        int wanted = 1 + RANDOM.nextInt(4);
        int made = 0;
        while (made < wanted && attempt()) {
            end(how);
            made++;
        }
        if (made > 0) {
            tell(made + " " + how, "");
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

    /** As AbstractCommand: the breaker is told first, then the stream. */
    void end(String how) {
        if (how.equals("ok")) {
            breaker.markSuccess();
        } else {
            breaker.markNonSuccess();
        }
        metrics.markCommandDone(switch (how) {
            case "ok" -> HystrixEventType.SUCCESS;
            case "fail" -> HystrixEventType.FAILURE;
            case "ignored" -> HystrixEventType.BAD_REQUEST;
            default -> HystrixEventType.CANCELLED;
        });
        see();
    }

    /** Notes a change of state, when it happens. */
    void see() {
        String name = breaker == null ? "" : breaker.stateName();
        String seen = name.equals("OpenState") ? "open" : name.equals("HalfOpenState") ? "half-open" : "closed";
        if (!seen.equals(state)) {
            TRANSITIONS.merge(state + " to " + seen, 1, Integer::sum);
            since = VirtualTime.now;
            looks = seen.equals("closed") ? since : looks;
        }
        state = seen;
    }

    void tell(String what, String answer) {
        see();
        lines++;
        System.out.println(VirtualTime.now + "ms: " + what + " -> " + answer + state);
    }

    String name() {
        while (true) {
            String name = String.valueOf((char) ('a' + named++ % 26));
            if (!calls.contains(name)) {
                return name;
            }
        }
    }
}
