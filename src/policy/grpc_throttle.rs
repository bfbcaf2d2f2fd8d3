//! gRPC's throttle of retries: failures drain tokens, successes bring some back. Knows no time.

/// gRPC keeps thousandths of a token: digits of the ratio after the third are ignored.
const SCALE: u32 = 1_000;

/// The retry throttle of gRPC (`Budget::Grpc`), after proposal A6 and grpc-java's `RetriableStream.Throttle`.
///
/// It starts full. A failed attempt that could be tried again takes a token, whether it is tried again or not; an
/// attempt that succeeds brings back the ratio. Retries are allowed while more than half of the tokens are there, which
/// is looked at after the failure was counted. A retry itself costs nothing.
#[derive(Clone, Debug)]
pub(super) struct GrpcThrottle {
    max: u32,
    ratio: u32,
    /// Thousandths of a token, as `max` and `ratio`.
    tokens: u32,
}

impl GrpcThrottle {
    /// All tokens there.
    pub(super) fn new(max_tokens: u32, token_ratio: f64) -> Self {
        let max = max_tokens * SCALE;
        Self { max, ratio: thousandths(token_ratio), tokens: max }
    }

    /// Other numbers; tokens beyond the new maximum are lost.
    pub(super) fn reconfigure(&mut self, max_tokens: u32, token_ratio: f64) {
        self.max = max_tokens * SCALE;
        self.ratio = thousandths(token_ratio);
        self.tokens = self.tokens.min(self.max);
    }

    /// An attempt failed in a way that is tried again.
    pub(super) const fn on_retryable_failure(&mut self) {
        self.tokens = self.tokens.saturating_sub(SCALE);
    }

    pub(super) fn on_success(&mut self) {
        self.tokens = self.tokens.saturating_add(self.ratio).min(self.max);
    }

    pub(super) const fn allows(&self) -> bool {
        self.tokens > self.max / 2
    }
}

/// A number in thousandths, truncated; what is a thousandth but for the rounding of binary numbers is one.
fn thousandths(number: f64) -> u32 {
    (number * f64::from(SCALE) + 1e-6) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grpc_retry_throttling() {
        // Most tokens, ratio, outcomes (`x` a failure that may be tried again, `o` a success), then for each the tokens
        // left in thousandths and whether a retry would be allowed.
        type Row<'a> = (u32, f64, &'a str, &'a [(u32, bool)]);
        let tables: &[Row<'_>] = &[
            // Proposal A6: retries while more than half are left, which is asked after the decrement.
            (
                10,
                0.1,
                "xxxxxx",
                &[(9_000, true), (8_000, true), (7_000, true), (6_000, true), (5_000, false), (4_000, false)],
            ),
            // Ten successes bring back one token; half itself is not more than half.
            (
                10,
                0.1,
                "xxxxxoo",
                &[
                    (9_000, true),
                    (8_000, true),
                    (7_000, true),
                    (6_000, true),
                    (5_000, false),
                    (5_100, true),
                    (5_200, true),
                ],
            ),
            // Neither above the most nor below none.
            (2, 1.5, "oxxxo", &[(2_000, true), (1_000, false), (0, false), (0, false), (1_500, true)]),
            // Odd numbers are halved exactly: 3 - 1 = 2 > 1.5, and 1 is not.
            (3, 0.001, "xxo", &[(2_000, true), (1_000, false), (1_001, false)]),
            // A single token never allows a retry: 1 - 1 = 0.
            (1, 1.0, "xo", &[(0, false), (1_000, true)]),
            // Digits after the third are ignored; 0.29 is 290 thousandths although 0.29 in binary is a little less.
            (10, 0.2999, "xo", &[(9_000, true), (9_299, true)]),
            (10, 0.29, "xo", &[(9_000, true), (9_290, true)]),
        ];
        for (max, ratio, outcomes, wanted) in tables {
            let mut throttle = GrpcThrottle::new(*max, *ratio);
            let tell = |outcome| {
                match outcome {
                    'x' => throttle.on_retryable_failure(),
                    _ => throttle.on_success(),
                }
                (throttle.tokens, throttle.allows())
            };
            let got: Vec<(u32, bool)> = outcomes.chars().map(tell).collect();
            assert_eq!(got, *wanted, "{max} {ratio} {outcomes}");
        }
    }

    #[test]
    fn other_numbers_keep_the_tokens() {
        let mut throttle = GrpcThrottle::new(10, 0.1);
        (0..4).for_each(|_| throttle.on_retryable_failure());
        throttle.reconfigure(20, 0.1);
        assert_eq!((throttle.tokens, throttle.allows()), (6_000, false));
        throttle.reconfigure(5, 0.5);
        assert_eq!((throttle.tokens, throttle.allows()), (5_000, true));
    }
}
