//! Pictures of one run, made in memory: the incident's [`timeline`](fn@timeline), the
//! [`propagation`](fn@propagation) of the failure through the services, and its [`blast_radius`]. They read a record and
//! its summary. [`topology`](fn@topology) draws a scenario that did not run. Nothing here simulates, judges or touches a
//! file.
//!
//! ```no_run
//! # fn pictures(record: &knockon::record::Record, summary: &knockon::analysis::Summary)
//! # -> Result<(), knockon::plot::PlotError> {
//! let figure = knockon::plot::timeline(record, summary);
//! let (page, slide): (String, Vec<u8>) = (figure.svg()?, figure.png()?);
//! # Ok(())
//! # }
//! ```

mod actions;
mod arrow;
mod axis;
mod blast;
mod columns;
mod figure;
#[cfg(test)]
mod fixture;
mod font;
mod geometry;
mod headline;
mod labels;
mod layout;
mod paint;
mod propagation;
mod raster;
mod scene;
mod series;
mod svg;
#[cfg(test)]
mod tests;
mod theme;
mod timeline;
mod topology;
mod words;

pub use blast::blast_radius;
pub use figure::{Figure, PlotError};
pub use propagation::propagation;
pub use timeline::timeline;
pub use topology::topology;
