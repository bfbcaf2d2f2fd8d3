import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Records the waits of resilience4j's IntervalFunction. See README.md. */
public class WaitRecorder {
    static final Random RANDOM = new Random(20260101);

    public static void main(String[] arguments) {
        System.out.println("# resilience4j's waits, recorded by WaitRecorder.java. Never edited by hand.");
        for (int i = 0; i < 200; i++) {
            long base = 1 + RANDOM.nextInt(RANDOM.nextBoolean() ? 20 : 2_000);
            double factor = List.of(1.0, 1.25, 1.5, 2.0, 2.0, 2.5, 3.0, 10.0).get(RANDOM.nextInt(8));
            if (factor % 1 > 0) {
                base *= 1L << RANDOM.nextInt(9);
            }
            long longest = base * (1 + RANDOM.nextInt(300)) + RANDOM.nextInt(3);
            IntervalFunction waits =
                IntervalFunction.ofExponentialBackoff(Duration.ofMillis(base), factor, Duration.ofMillis(longest));
            StringBuilder line = new StringBuilder("Exponential(base: \"" + base + "ms\", factor: " + factor
                + ", max: \"" + longest + "ms\") ->");
            double exact = base;
            // Up to the first step that the library cuts to whole milliseconds: from there on it is not compared.
            for (int attempt = 1; attempt <= 12 && (exact % 1 == 0 || exact > longest + 1); attempt++) {
                line.append(" ").append(waits.apply(attempt)).append("ms");
                exact *= factor;
            }
            System.out.println(line);
        }
    }
}
