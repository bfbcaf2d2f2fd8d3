// Records who gets the connections of a real HikariCP pool: see README.md. Connections are stubs, time is real.

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;

public final class HikariRecorder {
    static final int CASES = 24;
    static final int STEPS = 80;
    /** Between two steps, so that all is over that a step led to. */
    static final int STEP_MS = 25;

    /** A database without a network: every connection is there at once and always valid. */
    static DataSource stub() {
        return proxy(DataSource.class, Map.of("getConnection", () -> proxy(Connection.class, Map.of(
            "isValid", () -> true, "getAutoCommit", () -> true, "getTransactionIsolation", () -> 2))));
    }

    interface Answer { Object get(); }

    static <T> T proxy(Class<T> type, Map<String, Answer> answers) {
        Object made = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Answer answer = answers.get(method.getName());
            if (answer != null) return answer.get();
            if (method.getReturnType() == boolean.class) return false;
            return method.getReturnType() == int.class ? (Object) 0 : null;
        });
        return type.cast(made);
    }

    /** What became of an asker: it got a connection, or its wait ended after so long. */
    record News(int asker, Connection got, double waitedMs) {}

    final HikariDataSource pool;
    final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    final Map<Integer, Connection> held = new TreeMap<>();
    final List<Integer> waiting = new ArrayList<>();

    HikariRecorder(int size, int timeoutMs) throws InterruptedException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(stub());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(timeoutMs);
        pool = new HikariDataSource(config);
        while (pool.getHikariPoolMXBean().getIdleConnections() < size) Thread.sleep(5);
    }

    /** Asks on a thread of its own. */
    void ask(int asker) {
        waiting.add(asker);
        new Thread(() -> {
            long begun = System.nanoTime();
            Connection got = null;
            try {
                got = pool.getConnection();
            } catch (SQLTransientConnectionException late) {
                // Told below: nothing was got.
            } catch (SQLException wrong) {
                throw new IllegalStateException(wrong);
            }
            news.add(new News(asker, got, (System.nanoTime() - begun) / 1e6));
        }).start();
    }

    /** Tells what has become of whom, in a few words. */
    String told() {
        StringBuilder line = new StringBuilder();
        for (News one = news.poll(); one != null; one = news.poll()) {
            waiting.remove((Integer) one.asker);
            if (one.got != null) held.put(one.asker, one.got);
            String what = one.got != null ? "%d has one" : "%d gave up after %.1f ms";
            line.append(line.length() > 0 ? ", " : "").append(String.format(what, one.asker, one.waitedMs));
        }
        return line.length() > 0 ? line.toString() : "nothing";
    }

    void run(Random random, int size, int timeoutMs) throws Exception {
        System.out.printf("%npool of %d, connectionTimeout %d ms%n", size, timeoutMs);
        double releases = random.nextBoolean() ? 0.35 : 0.12;
        long begun = System.nanoTime();
        for (int step = 1; step <= STEPS; step++) {
            double draw = random.nextDouble();
            String what = "nothing";
            double asks = waiting.size() < 6 ? 0.4 : 0.1;
            if (draw < asks) {
                ask(step);
                what = step + " asks";
            } else if (draw < asks + releases && !held.isEmpty()) {
                Integer holder = List.copyOf(held.keySet()).get(random.nextInt(held.size()));
                held.remove(holder).close();
                what = holder + " is done";
            }
            Thread.sleep(Math.max(1, step * STEP_MS - (System.nanoTime() - begun) / 1_000_000));
            System.out.println(what + " -> " + told());
        }
        for (Connection left : held.values()) left.close();
        pool.close();
    }

    /** How often somebody who asks just as the only connection is given back gets it before the one who waits. */
    static void overtaking(boolean sameThread) throws Exception {
        int overtaken = 0;
        int rounds = 500;
        HikariRecorder recorder = new HikariRecorder(1, 5_000);
        for (int round = 0; round < rounds; round++) {
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch given = new CountDownLatch(1);
            Connection mine = recorder.pool.getConnection();
            Thread waiter = new Thread(() -> recorder.use("waiter", order));
            Thread other = new Thread(() -> {
                while (given.getCount() > 0) Thread.onSpinWait();
                recorder.use("other", order);
            });
            waiter.start();
            if (!sameThread) other.start();
            while (recorder.pool.getHikariPoolMXBean().getThreadsAwaitingConnection() < 1) Thread.sleep(1);
            given.countDown();
            mine.close();
            if (sameThread) recorder.use("other", order);
            waiter.join();
            other.join();
            overtaken += order.get(0).equals("other") ? 1 : 0;
        }
        recorder.pool.close();
        String who = sameThread ? "the thread that gave it back, asking again at once," : "a thread that came just then";
        System.out.printf("# Overtaking: %s was served before the one who waited in %d of %d.%n", who, overtaken, rounds);
    }

    void use(String who, List<String> order) {
        try (Connection got = pool.getConnection()) {
            order.add(who);
        } catch (SQLException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    public static void main(String[] args) throws Exception {
        System.out.println("# Who gets the connections of HikariCP 2.7.9, as HikariRecorder.java saw it.");
        overtaking(true);
        overtaking(false);
        Random random = new Random(6);
        for (int number = 0; number < CASES; number++) {
            int size = 1 + random.nextInt(4);
            // A wait ends between two steps, never beside one.
            int timeoutMs = 250 + STEP_MS * random.nextInt(12) + 12;
            new HikariRecorder(size, timeoutMs).run(random, size, timeoutMs);
        }
    }
}
