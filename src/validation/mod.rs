//! The engine against queueing theory: scenarios whose answer is known, and whether the simulation gives it.
//!
//! | file | owns |
//! |---|---|
//! | [`formulas`] | what theory says: pure functions with their sources |
//! | `exact`, `limits` | which scenarios are compared with it, and in what |
//! | `case` | what a comparison is, and when the two agree |
//! | `library` | scenarios in which only the laws are looked at |
//! | `measure`, `witness` | what is read from a run: its record, and an observer's own counts |
//! | `interval` | what independent runs say about a mean |
//! | `suite` | all cases under all seeds |
//!
//! Scenarios lie under `validation/` and can be run as any other.

mod case;
mod exact;
pub mod formulas;
mod interval;
mod library;
mod limits;
mod measure;
mod suite;
mod witness;

pub use case::{Case, Group, Row, Rule, Verdict, WIDEST};
pub use exact::exact;
pub use interval::{CONFIDENCE, Interval, student_quantile};
pub use library::library;
pub use limits::{approximate, asymptotic, bounds};
pub use measure::Measured;
pub use suite::{Compared, Effort, Validation, cases, runs, validate};
pub use witness::{Gap, Laws, Waits, Witness};
