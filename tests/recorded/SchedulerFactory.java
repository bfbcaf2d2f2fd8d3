package io.github.resilience4j.circuitbreaker.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Stands before the library's class of this name, so that its timers go by the recorder's clock. See README.md. */
public class SchedulerFactory {
    /** The time in nanoseconds; set by {@link #pass}. */
    public static long now;

    private static final SchedulerFactory INSTANCE = new SchedulerFactory();
    private static final List<Timer> TIMERS = new ArrayList<>();

    private final ScheduledExecutorService scheduler = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            Timer timer = new Timer(now + unit.toNanos(delay), task);
            TIMERS.add(timer);
            return timer;
        }
    };

    public static SchedulerFactory getInstance() {
        return INSTANCE;
    }

    public ScheduledExecutorService getScheduler() {
        return scheduler;
    }

    /** A new breaker has no timers yet. */
    public static void clear() {
        TIMERS.clear();
    }

    /** Time passes; whatever is due fires at its instant, and is seen after each. */
    public static void pass(long to, Runnable seen) {
        while (true) {
            Timer next = TIMERS.stream().filter(timer -> timer.due <= to)
                .min(Comparator.comparingLong(timer -> timer.due)).orElse(null);
            if (next == null) {
                break;
            }
            TIMERS.remove(next);
            now = next.due;
            next.done = true;
            next.task.run();
            seen.run();
        }
        now = to;
    }

    private static class Timer implements ScheduledFuture<Object> {
        private final long due;
        private final Runnable task;
        private boolean done;

        Timer(long due, Runnable task) {
            this.due = due;
            this.task = task;
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            return TIMERS.remove(this);
        }

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public boolean isCancelled() {
            return !done && !TIMERS.contains(this);
        }

        @Override
        public Object get() {
            return null;
        }

        @Override
        public Object get(long timeout, TimeUnit unit) {
            return null;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
