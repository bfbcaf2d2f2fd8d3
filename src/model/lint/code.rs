//! The catalogue of the design review's codes: what each means and what would mend it, for `explain`. Finds nothing.

use crate::scenario::{Explanation, Term, TermKind};

/// What a code means.
struct Code {
    id: &'static str,
    /// In a few words.
    title: &'static str,
    /// At length.
    explanation: &'static str,
    /// What mends it, as it is written.
    example: &'static str,
}

const CODES: &[Code] = &[
    Code {
        id: "L001",
        title: "more work than threads",
        explanation: "In health, first attempts alone need more threads than the service has: attempts per second \
            times the mean time for which each holds its thread, its own work and its waits for others. The queue \
            grows until it is full or the traffic falls, before any fault. Waiting and retries come on top.",
        example: r#""user": Service(replicas: 6, threads: 10, ...)"#,
    },
    Code {
        id: "L002",
        title: "little room for anything unusual",
        explanation: "More than 80 % of the service's threads are busy in health. Waiting grows like 1 / (1 - \
            utilization), and a slow callee, a lost replica or a few retries use up what is left.",
        example: r#""user": Service(replicas: 6, threads: 10, ...)"#,
    },
    Code {
        id: "L003",
        title: "work without a mean",
        explanation: "The mean of a Pareto distribution with an alpha of 1 or less is infinite. The average of a run \
            then grows with its length, and no capacity can be stated.",
        example: r#"Work(Pareto(min: "10ms", alpha: 2.5))"#,
    },
    Code {
        id: "L004",
        title: "overloaded with cold caches",
        explanation: "With warm caches the service has threads enough; with caches as cold as after a start, the \
            misses hold its threads for so long that it cannot carry the same load. When all replicas start at once, \
            the queue grows before the caches are warm, and what was meant to help makes an outage. Retries and \
            the waits at a callee that the misses overload come on top.",
        example: r#"caches: { "profile": Warming(hit_ratio: "90%", after: 5000, after_start: "100%") }"#,
    },
    Code {
        id: "L005",
        title: "behind a capacity cache",
        explanation: "With warm caches the service has capacity enough; with those of a caller as cold as after a start \
            it gets more than it can carry. A cache that only saves time is a latency cache; this one carries load, \
            and is a capacity cache (Google's SRE book, chapter 22). When it is lost, its misses overload the service, \
            and answers that come too late fill nothing: the system may not heal by itself even at a load that it \
            carried for months (Bronson et al., HotOS '21).",
        example: r#"caches: { "profile": Warming(hit_ratio: "90%", after: 5000, after_start: "100%") }"#,
    },
    Code {
        id: "L006",
        title: "more calls at once than places",
        explanation: "In health, first attempts alone need more permits or connections than the bulkhead or the pool of a \
            call has: calls per second times the mean time for which each waits for its answer (Little's law). Threads \
            may be enough; who finds no place waits for one, or is refused, before any fault. Retries come on top.",
        example: r#"calls: { "app -> db": Policy(pool: Pool(size: 20)) }"#,
    },
    Code {
        id: "L010",
        title: "vulnerable to a retry storm",
        explanation: "The service can carry its first attempts, but not the attempts that come when every one fails: \
            load < capacity < attempts x load. Whatever overloads it for long enough, a pause or a burst, is then \
            replaced by the retries that it set off, and may never end although its cause is gone. The worst case \
            counts retries on all layers above, bounded by retry budgets and by breakers that trip. The finding is \
            milder where a short queue, the newest first, or canceled attempts keep the service from working for \
            callers that are gone.",
        example: "calls: { \"checkout -> user\": Policy(timeout: \"1.5s\", retry: Retry(max_attempts: 4, budget: \
                  Tokens(share: \"10%\"))) }",
    },
    Code {
        id: "L011",
        title: "retries on more than one layer",
        explanation: "Attempts multiply over layers: three on each of two layers are nine at the end, on each of five \
            layers 243. The path on which they multiply most is reported for each traffic class; layers with a retry \
            budget are left out, because they only add their share.",
        example: r#"calls: { "front -> back": Policy(retry: Retry(max_attempts: 3)), "users -> front": Policy(timeout: "5s") }"#,
    },
    Code {
        id: "L012",
        title: "refusals of an open breaker are tried again at once",
        explanation: "The refusal of an open breaker uses up an attempt. Without a backoff all attempts are used up \
            within the same instant, so that the retries neither wait for the breaker nor reach the callee.",
        example: r#"Retry(max_attempts: 3, backoff: Exponential(base: "100ms"), jitter: Full)"#,
    },
    Code {
        id: "L020",
        title: "calls without a timeout",
        explanation: "A call without a timeout and without a deadline holds its caller's thread for as long as the \
            callee takes. When the callee stands still, the threads of the caller fill up, then those of the caller's \
            callers: this is how most outages spread.",
        example: r#"calls: { "user -> user-db": Policy(timeout: "500ms") }"#,
    },
    Code {
        id: "L021",
        title: "a timeout shorter than the answer takes",
        explanation: "The caller gives up before the mean answer of a healthy callee that nobody waits for. Many or \
            most attempts fail without any fault, and the callee does their work all the same.",
        example: r#"calls: { "checkout -> user": Policy(timeout: "1.5s") }"#,
    },
    Code {
        id: "L022",
        title: "a caller gives up before its callee does",
        explanation: "A call deeper down may go on for longer than its caller's caller waits, retries and backoffs \
            included. The callee then works, waits and tries again for somebody who has left. Timeouts should shrink \
            from layer to layer, or a deadline should cover the call below.",
        example: r#"calls: { "front -> back": Policy(timeout: "3s"), "back -> db": Policy(timeout: "1s", deadline: "2.5s", retry: Retry(max_attempts: 3)) }"#,
    },
    Code {
        id: "L030",
        title: "a queue without a bound",
        explanation: "Whatever cannot be served at once waits, however many wait already. After a standstill, callers \
            give up while they wait, and the service works off attempts that nobody waits for any more. A queue that \
            is shorter than its callers' patience refuses them at once instead.",
        example: "queue: Fifo(capacity: 100)",
    },
    Code {
        id: "L031",
        title: "a queue longer than its callers' patience",
        explanation: "A full queue takes longer to work off (its capacity, times the mean hold, divided by the \
            threads of a replica) than a caller waits. Once it is full, first come, first served, every attempt in it \
            is answered too late.",
        example: "queue: Fifo(capacity: 100)",
    },
    Code {
        id: "L032",
        title: "a queue larger than the memory",
        explanation: "Every request that waits needs memory, whether its caller is still there or not. Before the \
            queue is full the process is killed, with everything that it had and everything that it remembered; its \
            share of the load then falls on the other replicas, which are killed next.",
        example: r#"queue: Fifo(capacity: 150), memory: Memory(limit: "1GiB", idle: "340MiB", per_request: "100KiB")"#,
    },
    Code {
        id: "L040",
        title: "a breaker that cannot open",
        explanation: "The breaker looks at the outcomes of the last seconds and decides nothing from fewer than \
            `min_calls`. At the forecast rate it never sees so many, even if every call fails and is tried again. Each \
            replica of the caller has its own breaker unless `scope` says otherwise. The default of 100 calls of \
            resilience4j and of Polly is often too many for a window of some seconds.",
        example: r#"breaker: Resilience4j(window: Time("10s"), min_calls: 10)"#,
    },
    Code {
        id: "L050",
        title: "a single point of failure",
        explanation: "The service has one replica and traffic reaches it. A pause, a crash or a deploy of that \
            replica is one of the whole service.",
        example: r#""user-db": Service(replicas: 2, ...)"#,
    },
    Code {
        id: "L060",
        title: "a probe that asks for a dependency",
        explanation: "The operation that the probe asks for calls another service. When that one fails or is slow, \
            the probes of all replicas fail together, although none of them is broken. Where balancers believe the \
            probe (`detection: Probes`), nobody is left to answer, not even what could have been answered without the \
            other service. A probe should tell whether this replica is worse off than the others.",
        example: r#"probe: Probe(asks: "health"), operations: { "health": [Work("1ms")], ... }"#,
    },
];

/// Explains a code of the design review; capitals make no difference.
pub fn explain(term: &str) -> Option<Explanation> {
    let code = CODES.iter().find(|code| code.id.eq_ignore_ascii_case(term.trim()))?;
    Some(Explanation {
        title: format!("{}: {}", code.id, code.title),
        body: code.explanation.to_owned(),
        example: Some(code.example.to_owned()),
    })
}

/// All codes of the design review, in order.
pub fn terms() -> Vec<Term> {
    let term =
        |code: &Code| Term { kind: TermKind::Code, name: code.id.to_owned(), summary: code.title.to_owned() };
    CODES.iter().map(term).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_in_order_and_explained() {
        for pair in CODES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} and {}", pair[0].id, pair[1].id);
        }
        for code in CODES {
            assert!(code.explanation.ends_with('.') && !code.title.ends_with('.'), "{}", code.id);
            assert!(!code.example.is_empty(), "{}", code.id);
        }
        assert_eq!(explain("l010").unwrap().title, "L010: vulnerable to a retry storm");
        assert_eq!(explain("K010"), None);
    }
}
