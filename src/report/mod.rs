//! What people and programs read: blocks of toned text and numbers, one renderer per file. Never prints, never opens a
//! file, knows no terminal.
//!
//! | file | gives |
//! |---|---|
//! | [`story()`] | an incident in words: verdict, moments, numbers, facts |
//! | [`postmortem()`] | an incident as the review of it begins: impact, timeline, causes, open questions |
//! | [`SeedTable`] | many seeds of one scenario: how often each verdict |
//! | [`validation_report()`] | the engine against theory |
//! | [`design_review()`] | what can be said about a scenario without simulating it |
//! | [`text`], [`markdown`] | a report for a terminal, for a pull request |
//! | [`html`] | one run, or two, as a page that plays |
//! | [`json`], [`csv`], [`events`] | the files of a run |
//! | [`chrome`] | the requests that were followed, in the format that Chrome and Perfetto read |
//! | [`saved`] | the files of a run, read back |
//! | [`dashboard`] | what a monitor reads |
//! | [`diagnostic`] | problems of a scenario, framed or one per line |
//! | [`quantity`] | numbers as people read them |

mod block;
pub mod chrome;
#[cfg(feature = "report")]
pub mod csv;
#[cfg(feature = "report")]
pub mod dashboard;
#[cfg(feature = "report")]
pub mod diagnostic;
pub mod events;
#[cfg(all(test, feature = "report"))]
mod fixture;
#[cfg(feature = "report")]
pub mod html;
pub mod json;
pub mod markdown;
mod postmortem;
pub mod quantity;
mod review;
pub mod saved;
mod seed_story;
mod seeds;
mod story;
#[cfg(feature = "report")]
mod table;
#[cfg(feature = "report")]
pub mod text;
mod validation;

#[cfg(all(test, feature = "report"))]
mod tests;

pub use block::{Block, Line, Moment, Piece, Report, Side, Table, Tone};
pub use postmortem::postmortem;
pub use review::design_review;
pub use seed_story::seed_report;
pub use seeds::{FailedExpectation, Frequency, SeedOutcome, SeedTable};
pub use story::{Telling, brief, found, story};
pub use validation::{ValidationData, ValidationRow, validation_report};
