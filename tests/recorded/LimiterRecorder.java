import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Records what resilience4j's AtomicRateLimiter decides. See README.md. */
public class LimiterRecorder {
    static final int CASES = 120;
    static final long MS = 1_000_000;
    static final long SEC = 1_000 * MS;
    static final Random RANDOM = new Random(20260101);
    static final Map<String, Integer> ANSWERS = new TreeMap<>();

    static long now;

    final long period = any(List.of(MS, 10 * MS, 100 * MS, 333 * MS, SEC));
    int limit = 1 + RANDOM.nextInt(6);
    long longest;
    AtomicRateLimiter limiter;

    public static void main(String[] arguments) {
        System.out.println("# resilience4j's rate limiter, recorded by LimiterRecorder.java. Never edited by hand.");
        AtomicRateLimiter.time = () -> 123_456_789_012L + now;
        for (int i = 0; i < CASES; i++) {
            System.out.println();
            now = 0;
            LimiterRecorder story = new LimiterRecorder();
            story.begin();
            int lines = 60 + RANDOM.nextInt(36);
            for (int line = 0; line < lines; line++) {
                story.step();
            }
        }
        System.err.println(CASES + " cases, " + ANSWERS);
    }

    static <T> T any(List<T> of) {
        return of.get(RANDOM.nextInt(of.size()));
    }

    void begin() {
        another();
        RateLimiterConfig config = RateLimiterConfig.custom().limitForPeriod(limit)
            .limitRefreshPeriod(Duration.ofNanos(period)).timeoutDuration(Duration.ofNanos(longest)).build();
        limiter = new AtomicRateLimiter("recorded", config);
        System.out.println(settings());
    }

    /** Another longest wait: none, a part of a period, whole periods, or one nanosecond less or more. */
    void another() {
        longest = any(List.of(0L, period / 2, period, 3 * period, 3 * period / 2 + 1, 2 * period - 1));
    }

    String settings() {
        return "Resilience4j(limit: " + limit + ", period: \"" + length(period) + "\", max_wait: \"" + length(longest)
            + "\")";
    }

    void step() {
        int how = RANDOM.nextInt(100);
        if (how >= 55 && how < 70) {
            now += RANDOM.nextInt((int) period);
        } else if (how >= 70 && how < 80) {
            now += period * (1 + RANDOM.nextInt(3));
        } else if (how >= 80) {
            // Where a period begins, or where a wait of the longest would end with one.
            long edge = (now / period + 1 + RANDOM.nextInt(2)) * period;
            edge -= RANDOM.nextInt(3) == 0 ? longest % period : 0;
            now = Math.max(now, edge + any(List.of(-1L, 0L, 0L, 1L)));
        }
        if (RANDOM.nextInt(25) > 0) {
            long wait = limiter.reservePermission();
            String answer = wait < 0 ? "no" : wait == 0 ? "now" : "after";
            ANSWERS.merge(answer, 1, Integer::sum);
            System.out.println(sum(now) + ": ask -> " + answer + (wait > 0 ? " " + sum(wait) : ""));
            return;
        }
        if (RANDOM.nextInt(2) == 0) {
            limit = 1 + RANDOM.nextInt(6);
            limiter.changeLimitForPeriod(limit);
        } else {
            another();
            limiter.changeTimeoutDuration(Duration.ofNanos(longest));
        }
        System.out.println(sum(now) + ": set " + settings());
    }

    static String length(long nanos) {
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
