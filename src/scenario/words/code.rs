//! The catalogue of diagnostic codes: what each means and what would mend it, for `explain`. Knows no scenario.

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) struct Code {
    /// `K001` and so on.
    pub(in crate::scenario) id: &'static str,
    /// In a few words.
    pub(in crate::scenario) title: &'static str,
    /// At length.
    pub(in crate::scenario) explanation: &'static str,
    /// How it is written rightly.
    pub(in crate::scenario) example: &'static str,
}

/// Defines a constant per code, and the catalogue of all.
macro_rules! codes {
    ($($name:ident $code:literal $title:literal $explanation:literal $example:literal;)*) => {
        $(#[doc = $title] pub(in crate::scenario) const $name: &str = $code;)*

        /// All codes, in order.
        pub(in crate::scenario) const CODES: &[Code] = &[$(
            Code { id: $code, title: $title, explanation: $explanation, example: $example }
        ),*];
    };
}

codes! {
    // Reading the text.
    TEXT "K001" "the text cannot be read"
        "A scenario is a text in UTF-8 of at most 4 MiB. This one is too long, contains bytes that are no \
        text, or is another kind of file altogether."
        r"knockon check scenarios/shop.ron";
    SYNTAX "K002" "the text is not well formed"
        "The structure of the text is broken: a bracket or a quote is not closed, a comma is missing, or \
        something stands where nothing can. The language is RON: Name(field: value, ...), [list], {\"key\": \
        value}, \"text\", numbers, // comments. In parentheses, leading values may stand without their \
        names; after the first named one, all are named."
        r#"Fault(name: "gc", at: "T+0s", for: "12s", on: "user-db", effect: Pause)"#;
    DEPTH "K003" "values are nested too deeply"
        "Values may stand at most 64 deep within each other. Steps within branches within branches are \
        probably clearer as operations that call each other."
        r#"Branch(Chance("10%"), then: [Call("user-db.read")])"#;
    FORMAT "K004" "the version of the language is missing or unknown"
        "Every file says which version of the language it is written in, so that later versions can read it \
        as it was meant."
        r#"Scenario(format: 1, name: "checkout outage", ...)"#;
    BASE "K005" "the base cannot be used"
        "`base` takes another file and lays this one over it: groups merge field by field, maps key by key; \
        lists and single values are replaced. The path counts from the folder of this file. A file cannot \
        be based on itself, directly or through others."
        r#"Scenario(format: 1, base: "shop.ron", faults: [...])"#;
    PATH "K006" "a path or an override cannot be used"
        "Overrides (`--set`, and `set` of a variant) are a path and a value. A path is names joined by \
        dots; names with a dot or an arrow in them stand in quotes; items of a list are reached by their \
        `name` or by position, from 0. `format`, `base` and `variants` can only be changed in the file."
        r#"--set 'calls."checkout -> user".retry.max_attempts=1' --set faults.gc.for=30s --set 'faults[0].for=30s'"#;
    // Fields and values.
    FIELD "K010" "there is no such field"
        "Fields are refused rather than ignored when nobody knows them, because a mistyped field would \
        otherwise silently leave its default in force. The message lists the fields there are."
        r"Service(replicas: 5, threads: 10, operations: {...})";
    TWICE "K011" "something is given twice"
        "A field, or a name in a map, stands twice in the same place. Only one of them could count, so that \
        neither does."
        r"Service(threads: 10, operations: {...})";
    MISSING "K012" "a required value is missing"
        "This field has no default, because no default would be right for most scenarios."
        r#"Open(rate: "80/s", entry: "checkout.buy")"#;
    FORM "K013" "an unknown name stands before the parenthesis"
        "Where there is a choice (of a queue, a distribution, an effect), the choice is made by the name \
        before the parenthesis. Capitals count."
        r"queue: Fifo(capacity: 100)";
    KIND "K014" "a value is of the wrong kind"
        "A text where a number is expected, a list where a map is expected, and so on. Names that you \
        choose stand in quotes; names of the language do not; counts and factors stand without quotes; \
        everything with a unit stands in quotes."
        r#"threads: 20, timeout: "1.5s", effect: Pause, on: "user-db""#;
    TOO_MANY "K015" "too many values"
        "More values without names than there are fields to take them."
        r#"Work(Exp("20ms"), per: Request)"#;
    UNIT "K016" "a unit is missing or wrong"
        "Everything that has a unit is written with it, in quotes: durations \"250ms\" (ns, us, ms, s, m, h, d), \
        rates \"80/s\" (per s, min, h, day), shares \"5%\", sizes \"512MiB\" (B, KiB, MiB, GiB, or kB, MB, GB), points \
        in time \"T+10s\", times of day \"14:00:00\". A number alone would leave open whether 0.05 means 5 % or 0.05 %."
        r#"rate: "10000/min", timeout: "1.5s", effect: Errors("30%")"#;
    RANGE "K017" "a number is out of its range"
        "The value cannot be simulated, or is so far from anything real that it is almost certainly a slip. \
        The message states the range."
        r"threads: 200";
    ORDER "K018" "values are in the wrong order"
        "Times of a profile must increase; a range, a period or a pair of bounds begins with its lower end; \
        the longest backoff is not below the first."
        r#"rate: Steps([("T+0s", "100/s"), ("T+60s", "200/s")])"#;
    EMPTY "K019" "something is empty that cannot be"
        "A scenario needs a service and traffic, a service an operation, a profile a point, a `Parallel` a \
        call."
        r#"operations: { "read": [Work(Exp("2ms"))] }"#;
    // Names.
    UNKNOWN "K020" "a name refers to nothing"
        "Names refer to names: a call to an operation of a service, a fault to a service or call, an \
        expectation to a monitor. Nothing has this name; perhaps it is mistyped."
        r#""checkout": Service(operations: { "buy": [Call("user.authenticate")] })"#;
    AMBIGUOUS "K021" "a name could mean two things"
        "A traffic class and a service may have the same name, but then a plain name does not say which is \
        meant. The name of a journey does not say which of its steps, each of which is a class of its own."
        r#"ErrorRate(of: Service("checkout"))"#;
    NAME "K022" "a name cannot be used"
        "Names that you choose are not empty and contain no dot, no arrow `->`, no quotes and no brackets, \
        because paths, operations and calls are written with those. Calls are written \"caller -> callee\", \
        for services or traffic classes, or \"caller.operation -> callee.operation\"; operations \
        \"service.operation\"."
        r#"calls: { "checkout -> user": Policy(timeout: "1.5s") }"#;
    NO_EFFECT "K023" "this has no effect"
        "What is written is understood, but changes nothing: a policy of a call that no operation makes, an \
        operation that nothing calls, a cache that nothing asks, a fault that is cut off by the horizon, a threshold that is never \
        reached."
        r#"calls: { "checkout -> user": Policy(...) } needs an operation of checkout that calls one of user"#;
    UNSEEN "K024" "a character that cannot be seen"
        "Some characters take no room, break a line, steer a terminal or change the direction in which text is read. \
        Names with them look like other names, and what is told of them could read as something else. They come \
        with text that is copied from a page or a chat: type it again. Where the name is right, remove them. The only blank \
        in a name is the usual one. Texts \
        that are no names, such as `notes`, may have several lines."
        r#""payment": Service(...)"#;
    // The shape of the system.
    CYCLE "K030" "operations call each other in a circle"
        "A request would never end. Cycles between services are fine, as long as the operations do not come \
        back to themselves."
        r#""a": [Call("b.x")] and b's "x": [Call("a.other")]"#;
    CHAIN "K031" "the chain of calls is too long"
        "At most 200 operations may call one another in a row."
        r#"Call("user.authenticate")"#;
    TOTAL "K032" "the system is too large"
        "At most 100,000 replicas in all."
        r"replicas: 5";
    // Faults.
    FAULT_TIME "K040" "a fault outside the run"
        "A fault begins before the horizon, which counts from the end of the warm-up, as the fault's time \
        does."
        r#"horizon: "10m", faults: [Fault(at: "T+60s", for: "12s", on: "user-db", effect: Pause)]"#;
    FIT "K041" "these do not fit together"
        "The values are fine each for itself, but not together: an effect on a target that cannot have it \
        (only `Errors` can be put on a call), a quorum of more calls than there are, a jitter that needs \
        another backoff, a balancer that believes the probes of a service without any."
        r#"Fault(at: "T+0s", on: "checkout -> user", effect: Errors("30%"))"#;
    REPLICA "K042" "there is no such replica"
        "Replicas are counted from 0: a service of three has 0, 1 and 2."
        r#"on: Replica("user", 0)"#;
    // Monitors and expectations.
    WINDOW "K050" "a window that does not fit its scrapes"
        "A reading is taken at every scrape over the trailing window, from counts between scrapes; so the \
        window is a multiple of the scrape interval."
        r#"ErrorRate(of: "user", window: "45s", scrape: "15s")"#;
    READING "K051" "not what this monitor reads"
        "A bound or threshold is written in the unit of what it is compared with: error rates and health in \
        shares \"5%\", rates \"80/s\", latencies \"500ms\", load ratios and counts without a unit. Only a \
        monitor with an `alert` fires, only a service with a `probe` is known to be healthy, only services \
        have threads, queues and replicas, and only attempts are tried again."
        r#"At("T+10s", "user errors", Within("22%", "38%"))"#;
    LATE "K052" "an expectation after the end"
        "Nothing is known beyond the horizon, so the expectation will not hold."
        r#"horizon: "10m", expect: [Firing("T+30s", "user errors")]"#;
    // Choices.
    VARIANT "K060" "there is no such variant"
        "Variants are defined in the file, under `variants`."
        r#"variants: { "no retries": Variant(set: { "calls.'checkout -> user'.retry.max_attempts": 1 }) }"#;
    FIXED "K061" "this cannot change during a run"
        "A `Set` changes a setting while a run goes on: of a service its threads, queue and limits, of a call its \
        whole policy except `scope`. Services, replicas, steps, traffic, faults, monitors, times and the seed \
        are what the run is made of. To see what another choice of them does, compare a variant."
        r#"Set("calls.'checkout -> user'.retry.max_attempts", 1)"#;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_in_order() {
        for pair in CODES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} and {}", pair[0].id, pair[1].id);
        }
    }

    #[test]
    fn explanations_are_sentences() {
        for code in CODES {
            assert!(code.explanation.ends_with('.'), "{}", code.id);
            assert!(!code.title.ends_with('.') && !code.example.is_empty(), "{}", code.id);
        }
    }
}
