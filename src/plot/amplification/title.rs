//! The finding of the amplification picture, in a sentence. Draws nothing.

use crate::plot::words::{arrow, factor, length};
use crate::record::Record;

use super::calls::{AMPLIFIED, Call};
use super::threads::Threads;

/// Threads that are full for less than this beyond the twin's are no news.
const NOTICEABLE_S: f64 = 5.0;

/// Which call was amplified most, and which of the services that matter had hardly a thread free for longest against the twin.
pub(super) fn title(record: &Record, calls: &[Call<'_>], services: &[Threads<'_>]) -> String {
    let whose = if record.twin.is_some() { "the twin\u{2019}s first attempts" } else { "its first attempts" };
    let load = match calls.first() {
        None => return "No call has enough attempts to be compared".to_owned(),
        Some(call) if call.peak >= AMPLIFIED => {
            format!("{} sent up to {} {whose}", arrow(call.name), factor(call.peak))
        }
        Some(call) => format!("No call was amplified: at most {} {whose}", factor(call.peak)),
    };
    let fullest = services.iter().rev().max_by(|a, b| a.longer_full_s().total_cmp(&b.longer_full_s()));
    match fullest.filter(|service| service.longer_full_s() >= NOTICEABLE_S) {
        Some(service) => {
            format!("{load}; {} had hardly a thread free for {}", service.name, length(service.full_s()))
        }
        None => load,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::amplification::{calls, threads};

    #[test]
    fn the_peak_is_that_of_the_summary() {
        let (record, mut summary) = crate::analysis::fixture::attended();
        let told = |record: &Record, summary: &crate::analysis::Summary| {
            let (calls, _) = calls::chosen(record, summary);
            title(record, &calls, &threads::chosen(record, &calls)).replace('\u{a0}', " ")
        };
        for (name, call) in &mut summary.calls {
            call.peak_amplification = Some(if name == "checkout -> user" { 7.7 } else { 1.0 });
        }
        let words = told(&record, &summary);
        assert!(
            words.starts_with(
                "checkout \u{2192} user sent up to \u{d7}7.7 the twin\u{2019}s first attempts; user had "
            ),
            "{words}"
        );
        summary.calls.values_mut().for_each(|call| call.peak_amplification = Some(1.04));
        let words = told(&record, &summary);
        assert!(words.starts_with("No call was amplified: at most \u{d7}1.0 "), "{words}");
        let (blank, summary) = crate::plot::fixture::blank(10.0);
        assert_eq!(told(&blank, &summary), "No call has enough attempts to be compared");
    }
}
