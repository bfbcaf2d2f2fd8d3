#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods
)]
use knockon::scenario::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let path = &args[1];
    let seeds: u64 = args.get(2).map_or(1, |s| s.parse().unwrap());
    let only = args.get(3);
    let bytes = std::fs::read(path).unwrap();
    let doc = match Document::parse(path, &bytes, &|_| Err("no".into())) {
        Ok(d) => d,
        Err(r) => {
            show(&r);
            return;
        }
    };
    let mut names: Vec<Option<String>> = vec![None];
    names.extend(doc.variants().into_iter().map(|v| Some(v.name)));
    for v in names {
        if let Some(o) = only {
            if v.as_deref().unwrap_or("base") != o {
                continue;
            }
        }
        for seed in 0..seeds {
            let r = match doc.resolve(&Choice { variant: v.clone(), sets: vec![], seed: Some(42 + seed) }) {
                Ok(r) => r,
                Err(r) => {
                    show(&r);
                    return;
                }
            };
            if seed == 0 {
                for w in &r.warnings {
                    println!("warning {} {}", w.code, w.message);
                }
            }
            let setup = knockon::experiment::Setup {
                scenario: &r.scenario,
                variant: v.as_deref(),
                overrides: &[],
                twin: true,
            };
            let t = std::time::Instant::now();
            let i = knockon::experiment::replay(&setup, &());
            let s = i.summary;
            println!(
                "== {:?} seed {} {:?} {} [{:.1}s]",
                v,
                42 + seed,
                s.verdict.unwrap().name(),
                s.verdict_reason,
                t.elapsed().as_secs_f64()
            );
            for (n, t) in &s.traffic {
                if seed == 0 {
                    println!("   {n}: failed {} unavailable {}", t.failed, t.unavailable_s);
                }
            }
            for e in &s.expectations {
                if !e.held || (seed == 0 && only.is_some()) {
                    println!(
                        "   {} {} => {:?} {}",
                        if e.held { "ok  " } else { "FAIL" },
                        e.text,
                        e.measured,
                        e.found
                    );
                }
            }
        }
    }
}
fn show(r: &Rejected) {
    for d in &r.diagnostics {
        let (l, c) = r.sources.line_column(d.span);
        println!(
            "{} {} at {}:{}:{} [{}] {:?}",
            d.code,
            d.message,
            r.sources.get(d.span.source).name,
            l,
            c,
            r.sources.snippet(d.span),
            d.help
        );
    }
}
