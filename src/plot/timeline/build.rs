//! Puts the timeline together: which panels, in which order. Draws none of them.

use crate::analysis::Summary;
use crate::plot::figure::Figure;
use crate::plot::headline;
use crate::record::Record;

use super::page::{LEFT, Page};
use super::{errors, goodput, lane, load, people, replicas};

/// The incident's timeline: what people did, error rates as the monitors read them, call rates and goodput against the twin's, ready replicas, and a
/// lane of events, on one time axis. An early part that would be too small to see is enlarged, and says so.
pub fn timeline(record: &Record, summary: &Summary) -> Figure {
    let title = headline::finding(record, summary);
    let mut page = Page::new(record, summary, title, &headline::verdict(summary), LEFT);
    people::draw(&mut page);
    errors::draw(&mut page);
    load::draw(&mut page);
    goodput::draw(&mut page);
    replicas::draw(&mut page);
    lane::draw(&mut page);
    page.time_axis();
    page.finish()
}
