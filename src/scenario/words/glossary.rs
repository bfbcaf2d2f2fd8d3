//! The words of the trade as knockon uses them, for `explain`. Knows no scenario.

/// A term and what it means here.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The term.
    pub term: &'static str,
    /// Other names for it.
    pub also: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
    /// How it is written in a scenario, if it is.
    pub example: Option<&'static str>,
}

/// Lays out the glossary: term, other names, meaning, example.
macro_rules! words {
    ($($term:literal $([$($also:literal),*])? $meaning:literal $($example:literal)?;)*) => {
        /// The glossary.
        pub const WORDS: &[Word] = &[$(
            Word {
                term: $term,
                also: &[$($($also),*)?],
                meaning: $meaning,
                example: words!(@example $($example)?),
            }
        ),*];
    };
    (@example) => { None };
    (@example $example:literal) => { Some($example) };
}

words! {
    "format"
        "The version of the language a file is written in; always the first field. This version reads format \
        1."
        r#"Scenario(format: 1, name: "checkout outage", ...)"#;
    "base"
        "Another file that this one is laid over: groups merge field by field, maps key by key; lists and \
        single values are replaced. One topology can so have many incidents. The path counts from the folder \
        of this file."
        r#"Scenario(format: 1, base: "shop.ron", faults: [...])"#;
    "variants" ["variant"]
        "Named changes to a scenario, to be compared with it. A variant sets paths to values and brings \
        expectations of its own; without `expect` it is run but nothing is expected of it."
        r#"variants: { "no retries": Variant(set: { "calls.'checkout -> user'.retry.max_attempts": 1 }, expect: [Verdict(Contained)]) }"#;
    "path" ["paths", "set", "override"]
        "A way to one place of a scenario, for --set, for variants and for sweeps: names joined by dots. \
        Names with a dot or an arrow in them stand in quotes; items of a list are reached by their `name` or \
        by position, from 0: `faults[0]`."
        r#"--set 'calls."checkout -> user".retry.max_attempts=1' --set faults.gc.for=30s"#;
    "duration" ["durations"]
        "A length of time: a number and its unit (ns, us, ms, s, m, h, d), in quotes. Several may be joined."
        r#""250ms", "1.5s", "1h30m""#;
    "instant" ["time", "T+"]
        "A point in time, counted from the end of the warm-up, which is T+0s."
        r#""T+90s""#;
    "share" ["percent", "shares"]
        "A part of a whole, in percent and in quotes. In files written by programs shares are 0 to 1."
        r#""5%""#;
    "rates" ["rate unit"]
        "So many per time: per s, min, h or day."
        r#""10000/min""#;
    "distribution" ["distributions"]
        "How service times and latencies vary. A plain duration means that it is always the same."
        r#"Work(LogNormal(mean: "20ms", cv: 0.8))"#;
    "service" ["node"]
        "A node of the dependency graph: replicas with threads and a queue, offering operations.";
    "replica" ["instance", "replicas"]
        "One copy of a service, with threads and a queue of its own. Replicas are counted from 0.";
    "restart" ["start-up"]
        "The end of a process and the begin of a new one: by people, at once or one replica after another, drained \
        or not; or by the orchestrator, after a process has died by itself. What was in flight is reset, what the \
        process remembered (caches, breakers, budgets) is lost, and nothing is served until it has started up."
        r#"restart: Restart(startup: "45s", jitter: "10%")"#;
    "crash loop" ["CrashLoopBackOff", "back-off", "restart loop"]
        "A process that dies again and again is left alone for longer and longer: as in Kubernetes it is started at \
        once, then after 10, 20, 40, 80, 160 and 300 s, and afresh after ten minutes of health or a restart by people."
        r#"restart: Restart(backoff: CrashLoop(base: "10s", max: "300s", reset: "10m"))"#;
    "drain" ["draining"]
        "To let a replica finish what it has before it is killed: balancers send it nothing new, and what is on its \
        way to it is refused."
        r#"effect: Restart(how: Rolling(at_once: 1), drain: "30s")"#;
    "out of memory" ["OOM", "oom_kills", "out-of-memory kills"]
        "A replica uses memory for itself and for each attempt that it has, waiting or not, wanted or not. Above its \
        limit the process is killed, and with it everything that it had."
        r#"memory: Memory(limit: "1GiB", idle: "340MiB", per_request: "100KiB")"#;
    "cache" ["caches", "cold", "cold caches", "warm"]
        "What a replica remembers, so that it need not ask. It warms with each miss that is answered, and is lost with \
        the process: cold, the same load costs more threads, and more calls of those who know. While those fail it \
        stays cold."
        r#"caches: { "profile": Warming(hit_ratio: "90%", after: 6000) }"#;
    "size" ["bytes"]
        "An amount of memory: a number and its unit, in quotes. KiB, MiB and GiB count in 1024, kB, MB and GB in 1000."
        r#""512MiB""#;
    "thread" ["worker", "threads"]
        "A place in a replica that handles one attempt at a time. It is held until the answer is sent, \
        waiting for callees included; that is how slowness travels to callers.";
    "contention" ["crowding"]
        "What the attempts on a replica cost each other: locks, a shared processor, cold caches of the hardware. Each one \
        at work makes the next take longer, so that a server without a bound has one all the same."
        r#"Service(threads: 1000000, contention: "1%")"#;
    "operation"
        "What a service offers: a list of steps that a thread carries out in order. Written \
        `service.operation` where it is called."
        r#"Call("user.authenticate")"#;
    "call" ["edge"]
        "A directed edge of the dependency graph, with the policy by which the caller calls: timeout, \
        retries, breaker and so on. A traffic class is a caller too."
        r#"calls: { "checkout -> user": Policy(timeout: "1.5s") }"#;
    "request"
        "One demand of one user. It enters through its traffic class and succeeds or fails as a whole.";
    "attempt" ["first attempt", "first attempts"]
        "One try of one call. A call has a first attempt and, if that fails and a policy says so, retries.";
    "traffic class" ["class"]
        "Requests of one kind, with a rate, an entry and a number of users. Open loop: they arrive whether or \
        not earlier ones were answered. Each step of a journey is a class, too."
        r#"traffic: { "checkout": Open(rate: "80/s", entry: "checkout.buy") }"#;
    "journey" ["journeys", "session", "sessions"]
        "Steps that a user goes through one after another, one request each: the next begins some time after \
        the one before was answered. A journey ends where a step fails. The requests of the later steps are \
        then counted as failed (`not_made`): no service and no monitor sees them, but their value is lost. \
        Each step is a traffic class of its own, \"journey: step\"; a policy of \"journey -> service\" covers \
        all of them."
        r#"Journey(rate: "2/s", steps: { "search": Visit("shop.search"), "pay": Visit("shop.pay", access: Write) })"#;
    "fault"
        "A cause of trouble put in on purpose: what, where, when and for how long. Not to be confused with a \
        failure, which is what becomes of a request."
        r#"Fault(name: "gc", at: "T+0s", for: "12s", on: "user-db", effect: Pause)"#;
    "failure" ["failed"]
        "An attempt or request that was not served as wanted, as its caller saw it: a timeout, a refusal, a \
        full queue, an error and so on.";
    "metastable" ["metastable failure"]
        "A state that outlives its cause: the trigger is gone, yet the system stays impaired, held there by \
        the load that its own reactions make (mostly retries of work that nobody waits for any more). As a \
        verdict: impaired at the end, long after the last trigger, with no improvement in sight. It takes \
        less load, not more time, to get out. See Bronson et al., \"Metastable Failures in Distributed \
        Systems\" (HotOS 2021)."
        r"expect: [Verdict(Metastable, world: Unattended)]";
    "hidden capacity" ["hidden_capacity", "advertised capacity"]
        "The load below which a system heals by itself once it has become metastable; above it, it runs well until \
        something pushes it over, and then stays down. It is lower than the advertised capacity, at which the threads of \
        the busiest service are all busy in health. `--hidden-capacity` finds it: the world goes on from the horizon, \
        without faults and with nobody acting, and of the requests that would arrive only a share does, to two hundredths \
        the largest after which goodput is again that of a healthy system with as few. It is looked at after ten minutes, or \
        a horizon if that is shorter, and given up to twelve times as long while less and less is in flight; \
        `--hidden-capacity=20m` gives it twenty minutes and no more. See Bronson et al., \"Metastable \
        Failures in Distributed Systems\" (HotOS 2021)."
        r"knockon run scenarios/hotos21-retries.ron --hidden-capacity";
    "trigger"
        "What pushes a system over: a fault, a surge, a loss of capacity. What keeps it down is the \
        sustaining effect, which is usually something else.";
    "sustaining effect" ["sustaining loop", "loop", "gain"]
        "The feedback that keeps a metastable system impaired after the trigger is gone, for example: \
        timeouts cause retries, retries cause load, load causes timeouts. Its gain is the thread time that is asked \
        of the service in its middle, over what that has: above 1 the loop feeds itself. Of a metastable world, with or \
        without the response, it is read off what held it between the last fault and the first act.";
    "no return" ["point of no return"]
        "The moment from which on, at the latest, no time heals a system by itself: the trigger is over, what keeps it \
        down goes on, and the world in which nobody acts ends metastable. Somebody has to act.";
    "amplification" ["retry amplification"]
        "Attempts sent on a call, divided by the first attempts that its twin sends, from the first fault to \
        the horizon. 1 means no extra load; 4 attempts per call that all fail make 4. The peak is the \
        largest over ten seconds."
        r#"expect: [Load("T+20s", "T+30s", "checkout -> user", AtMost(1.5))]"#;
    "load ratio" ["load_ratio"]
        "All attempts that reach a service, divided by those in the twin: what a service must bear in the \
        incident, compared with a normal day."
        r#"Load("T+20s", "T+30s", "user", Within(2.5, 4))"#;
    "goodput"
        "Answers per second that somebody still waits for. Throughput counts answers to callers that have \
        long given up as well; under overload the two part, and throughput looks healthy while goodput is \
        near zero.";
    "world" ["worlds"]
        "A scenario is simulated in up to three worlds on the same draws: the actual one, with faults and \
        response; its twin, with neither; and the unattended one, with faults but without response."
        r"Verdict(Recovered, world: Unattended)";
    "twin"
        "The world without faults and response, on the same draws: the same requests arrive at the same \
        instants (the steps of a journey as soon as the one before allows) and take the same work. Impact is the difference from the twin, request by request, so that \
        ordinary failures are not blamed on the fault.";
    "unattended"
        "The world with the faults, but without anybody's response. Whether a system heals by itself is read \
        off there.";
    "verdict" ["verdicts"]
        "How a world ended: unaffected, down, contained, recovered, undecided, limited or metastable, decided \
        in this order by comparing its last window (60 s or 5 % of the horizon) with the twin's."
        r"expect: [Verdict([Recovered, Contained])]";
    "unaffected"
        "Verdict: no request is worse off than in the twin.";
    "down"
        "Verdict: a fault is still active at the end, and the last window is impaired. Nothing can be said \
        about recovery: give the fault an end, or the scenario a longer horizon.";
    "severity" ["incorrect", "wrong", "slower", "late", "worse off"]
        "How much worse off than in the twin a request is: failed, never answered, answered wrongly (incorrect), by a \
        fallback (degraded), or late (slower). Each counts once, as the worst that it is.";
    "percentile" ["p50", "p90", "p99"]
        "A latency that so many percent of the answers do not exceed: half of them stay below p50, one in a hundred is \
        later than p99. Only what was answered has a latency.";
    "contained"
        "Verdict: healthy at the end (goodput at least 99 % of the twin's), and no traffic class failed more \
        than 1 % of its requests beyond its twin (`impact.contained` sets that share).";
    "recovered"
        "Verdict: healthy at the end, after harm that went beyond `impact.contained`.";
    "undecided"
        "Verdict: impaired at the end, but goodput is still rising, a backlog still shrinking, replicas that a fault or a \
        restart had stopped are not ready again, or too little time has passed since the last trigger. A longer horizon \
        decides.";
    "limited"
        "Verdict: impaired at the end because of a setting that the response changed, for example a rate \
        limit that nobody lifted.";
    "affected"
        "A request whose outcome is worse than its twin's: failed rather than answered, or slower, which \
        means a latency above `impact.slower_factor` x the twin's + `impact.slower_margin`."
        r#"impact: Impact(slower_factor: 2, slower_margin: "50ms")"#;
    "harmed" ["harmed attempt"]
        "An attempt that fails where its twin did not, or takes longer than `impact` allows. An attempt \
        without a twin, such as a retry, is harmed only if it fails.";
    "first impact" ["first_impact"]
        "When a service is first hit: the first instant at which at least 3, and at least 1 %, of the \
        attempts at it in the last 10 s are harmed, dated back to the first of them. The target of a fault \
        is hit when the fault begins."
        r#"expect: [Order(["user-db", "user", "checkout"])]"#;
    "propagation" ["cascade"]
        "The services in the order of their first impact, each with the call and the mechanism that carried \
        it there.";
    "blame" ["root cause", "root_causes", "root"]
        "Why requests were harmed. Each interval of a harmed request's waiting goes to what held it then: it is followed \
        along who waits for whom down to a root: a fault, retries, cold caches, missing replicas, a limit, or first \
        attempts beyond what can be done. Whoever stands in line shares the reasons of those who hold the threads; a \
        first attempt that is late passes on what made it late, so that a backlog remembers what built it. A breaker \
        remembers what opened it. Each harmed request counts one; shares sum to 1. Harm is dated by when something began to hold \
        the request. Who is harmed is decided by the twin.";
    "chain" ["wait-for chain"]
        "From a user's call down to a root: the calls of which each waits for the next. `blame.chains` in record.json \
        has those with the most harm, and how each call held up its caller: in line, on a thread, for a connection, \
        refused by a breaker ...";
    "phase" ["phases"]
        "A stretch of an incident in which one root, or two in turn, was behind most of the harm: first the fault, then what \
        took over from it.";
    "blast radius" ["blast_radius", "duration_99_s"]
        "How far an incident reached: the share of requests and users affected, the services hit, how badly, \
        and for how long. From the first affected request to the last may be long because of a single late one: \
        `duration_99_s` is the time until 99 % of them had ended, to the second in runs of up to half an hour, and told \
        where it is much shorter.";
    "outage"
        "In the story: from the first failure to the last of the time in which more than half of a traffic \
        class fails, or else more than 5 %, over periods long enough to hold about 20 requests.";
    "unfinished"
        "In flight at the end: neither answered nor failed.";
    "unanswered" ["never answered"]
        "A severity, between failed and incorrect: a request that is still open at the end, or could not even be begun by \
        then, although its twin's answer is overdue by more than makes an answer slower. Its user got nothing, but \
        was not told so. Its value counts as lost with that of the failed ones.";
    "slo" ["service level objective", "SLO", "objective"]
        "What is promised to the users of a traffic class: that so many of its requests are good, which means answered and \
        in time. Nothing in a run depends on it; `slo` in summary.json tells what became of it."
        r#"traffic: { "checkout": Open(rate: "80/s", entry: "gateway.checkout", slo: Slo(availability: "99.9%", latency: "300ms")) }"#;
    "error budget" ["budget_spent", "bad minutes"]
        "What may be bad of the requests of an objective's whole period, in requests or in minutes of full outage: 43.2 \
        minutes for 99.9 % of 30 days. It is spent by the request: a tenth of them for ten minutes costs as much as all \
        of them for one. The period is taken to have the traffic of this run's twin.";
    "burn rate" ["burn-rate alert"]
        "How many times faster than allowed an error budget is spent. Alerts fire when it is too high over a long and over a \
        short window, as in the SRE workbook: 14.4 over 1 h and 5 min, 6 over 6 h and 30 min, 1 over 3 d and 6 h, for a period \
        of 30 days. What lies before T+0 is taken to be good; if an alert does not fire and the run is shorter than its \
        long window, it is not judged.";
    "capability"
        "Goodput against the twin's, where an answer of a fallback counts half: what was left of the service.";
    "degradation" ["degradation level", "invisible", "cosmetic", "functional", "transactional", "critical"]
        "How much of the service was left. As a level: the highest of 100 (normal), 80 (slight), 60 (visible), 40 (major), 20 \
        (minimal viable), 5 (status page), 0 (down) that the capability reaches. As what users noticed in the worst \
        minute: critical (90 % of the requests lost), transactional (1 % lost), functional (1 % answered with less), \
        cosmetic (1 % slower), invisible.";
    "containment" ["kept off", "gave up"]
        "What kept harm from going further: attempts that a breaker, bulkhead, throttle, pool, rate limit, shedding, queue \
        bound or timeout stopped, call by call, and how the requests ended for which they were made; and calls that a \
        fallback answered.";
    "times" ["time to detect", "time to diagnose", "time to mitigate", "time to recover", "MTTD", "MTTR"]
        "From the first impact until an alert fired or somebody was called (detect), until the last decision before it \
        was mitigated (diagnose), until every class had 90 % of its twin's goodput for good (mitigate), until no service \
        was hit any more either (recover). Each is none where that did not happen; `diagnose` also where it would have ended well \
        had nobody acted. A second that falls short of the 90 % by chance does not count: one alone, by less than three \
        standard deviations of a count.";
    "fix that did not end it" ["vain_fix", "vain_fixes", "last_fix", "at_a_loss"]
        "What people did until they decided on something else, called for help or were at a loss, with the alerts that were \
        firing by then. It may have helped a little. Notice, dismissal, decision, misdiagnosis, action, fixes that did not \
        end it, escalation, being at a loss and the last fix are together the time from a page until it was declared over, \
        or until the end of the run.";
    "worst minute" ["worst_minute"]
        "In the blast radius: the minute in which most requests of a traffic class arrived that were affected.";
    "harm" ["harmed"]
        "An attempt is harmed if it fails where its twin does not, or if it is late by more than makes a request \
        slower. `services.*.harm` counts them, and names the callers that had any.";
    "availability" ["available"]
        "Requests that were answered, a fallback's answer included, divided by all. What is unfinished was not answered.";
    "lost value" ["cost", "lost_value"]
        "What the failed requests of a traffic class were worth: its `value` for each. The cost of an \
        incident is what was lost beyond the twin, that of requests that were never answered included; so is the column of a \
        story's table where there is a twin.";
    "mean wait" ["mean_wait_ms"]
        "How long attempts waited in a service's queue for a thread, on average over those that got one.";
    "mean wait before sending" ["longest_wait_ms", "wait before sending"]
        "How long attempts of a call waited at their caller for a permit of its bulkhead, a turn of its throttle and a \
        connection of its pool: those that were sent, those that gave up, and those that still waited when the run ended. The \
        caller's thread is held all the while. `mean_wait_ms` and `longest_wait_ms` of `calls`, where attempts may have \
        to wait.";
    "unavailable" ["unavailability"]
        "A traffic class that answers at most a tenth of what its twin answers at the same time, whether the rest fails or still \
        waits; without a twin, of which at least 90 % fails.";
    "zombie work" ["zombie"]
        "Work on an attempt whose caller has already given up. It takes a thread, helps nobody, and delays \
        those who still wait. `cancel` decides whether it is worked off."
        r#"Policy(timeout: "1.5s", cancel: AtDequeue)"#;
    "cancellation" ["cancel"]
        "What becomes of an attempt that its caller has abandoned: nothing (`Never`, the default), dropped \
        when it would be taken from the queue (`AtDequeue`), or at once (`AtOnce`)."
        r#"Policy(timeout: "1.5s", cancel: AtDequeue)"#;
    "retry budget" ["budget"]
        "A bound on retries as a share of first attempts. It lets single failures be tried again and stops \
        the storm when everything fails, because then nearly every attempt would be a retry."
        r#"Retry(max_attempts: 4, budget: Ratio(share: "10%"))"#;
    "retry storm"
        "Many callers trying again at once. Load rises just when capacity is missing: with n attempts per \
        call, up to n-fold, and over k layers up to n to the power of k.";
    "backoff"
        "The wait before a retry. It spreads load over time but does not reduce it: a system that stays \
        overloaded stays so."
        r#"Retry(backoff: Exponential(base: "100ms"), jitter: Full)"#;
    "jitter"
        "Randomness in the backoff, so that callers that failed together do not come back together."
        r#"Retry(backoff: Exponential(base: "100ms"), jitter: Full)"#;
    "circuit breaker" ["breaker"]
        "Stops calling a callee that fails. Closed: calls pass and outcomes are recorded. Open: calls are \
        refused at once. Half-open: a few probes decide between the two. Libraries differ in when they look, what they \
        count, how many probes they send and what a late result does: choose the flavor that is in use \
        (`Resilience4j`, `Hystrix`, `Polly`, `Gobreaker`, or the plain `Consecutive`)."
        r#"Policy(breaker: Resilience4j(failure_rate: "50%", open_for: "5s"))"#;
    "fallback" ["fallbacks", "degraded"]
        "What answers in place of a callee: the last good answer for the same user, or a default. An answer \
        that needed one after a failure is degraded, and so is every answer made from it, up to the user: \
        less than was wanted, but counted as answered. Taken after all retries, it adds nothing to the load \
        and takes nothing from it; taken instead of them, it also stops a retry storm."
        r#"Policy(fallback: Cached(max_age: "60s", when: InsteadOfRetry))"#;
    "bulkhead"
        "A cap on the attempts that a caller has under way to one callee, so that a slow callee cannot take \
        all of its threads."
        r"Policy(bulkhead: Bulkhead(max_concurrent: 10))";
    "throttle" ["adaptive throttling", "client-side throttling"]
        "What holds a caller's own attempts back before they are sent: because the callee turned many away of late, or \
        because more than so many in a period were agreed. What is refused fails at once and costs the callee nothing."
        r"Policy(throttle: Adaptive(k: 2))";
    "timeout"
        "How long a caller waits for one attempt; counted from when the attempt passes the breaker. The \
        callee does not notice, unless there is cancellation."
        r#"Policy(timeout: "1.5s")"#;
    "deadline"
        "How long a caller waits for the whole call, all attempts and backoffs included."
        r#"Policy(timeout: "500ms", deadline: "1.5s")"#;
    "load shedding" ["shedding"]
        "A callee refuses work to protect itself. A bounded queue that rejects is its simplest form: what \
        cannot be served in time is better refused at once."
        r"Service(queue: Fifo(capacity: 100), when_full: Reject, shed: [Shed(queue: 50, below: 5)])";
    "rate limit" ["rate limiter", "throttling"]
        "A cap on the attempts of an operation that a service lets in, by a token bucket: a steady rate, and a \
        burst at once. The rest is refused at once (429), which callers do not try again unless told to."
        r#"Service(rate_limits: { "checkout": TokenBucket("60/s", burst: 10) })"#;
    "health check" ["health probe", "deep probe", "readiness"]
        "A question asked of each replica now and then. A shallow one is answered by every process that moves. \
        A deep one does real work: it sees more, fails with what it needs, and is load itself."
        r#"Service(probe: Probe(interval: "5s", asks: "health"))"#;
    "queue"
        "Where attempts wait for a thread of a replica. A long queue turns overload into waiting: once the \
        wait exceeds the callers' timeout, all work is zombie work."
        r"Service(queue: Fifo(capacity: 100))";
    "pause"
        "Stop the world: nothing on a replica moves, for example during a garbage collection. Callers' timers \
        go on; arrivals queue up."
        r#"Fault(at: "T+0s", for: "12s", on: "user-db", effect: Pause)"#;
    "overload"
        "More work arrives than can be done. Queues grow without bound unless something refuses.";
    "utilization" ["busy"]
        "The share of thread time that is held. Waiting for callees counts, so that a service can be full \
        without working.";
    "monitor" ["monitors"]
        "What the people see: a reading over a trailing window, taken at a scrape interval. It lags behind, \
        and may mislead; that is part of the model."
        r#"monitors: { "user errors": ErrorRate(of: "user", window: "45s", scrape: "15s") }"#;
    "alert"
        "Fires when a reading was beyond a threshold at every scrape for a while."
        r#"alert: Above("50%", for: "10s")"#;
    "expectation" ["expect", "expectations"]
        "Something that must be true of a run, so that a scenario can be wrong: `knockon test` fails if one \
        does not hold."
        r#"expect: [Verdict(Contained), Value("traffic.checkout.failed", AtMost(100))]"#;
    "warm-up" ["warm_up", "warmup"]
        "Time to fill queues and windows before T+0s. It runs alike in all worlds, without faults, and \
        nothing in it counts."
        r#"warm_up: "60s""#;
    "horizon"
        "The end of the run, counted from T+0s."
        r#"horizon: "25m""#;
    "seed"
        "The root of all draws. The same scenario and seed give the same run, to the bit."
        r"--seed 7";
    "draw" ["draws"]
        "A random value. It is a function of the seed and of what it is for, not the next of a stream: \
        changing a policy or adding a service leaves all other draws as they were, so that two variants \
        differ by their effects alone.";
    "fingerprint"
        "A digest over all events of a run. Two runs with the same fingerprint did the same.";
    "determinism" ["deterministic"]
        "The same scenario and seed give the same results, on every machine and with any number of jobs."
        r"knockon run shop.ron --check-determinism";
}
