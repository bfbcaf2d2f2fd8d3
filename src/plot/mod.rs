//! Pictures of one run, made in memory: the incident's [`timeline`](fn@timeline), the
//! [`propagation`](fn@propagation) of the failure through the services, its [`blast_radius`], the
//! [`heatmap`](fn@heatmap) of the services' health, the [`latency`](fn@latency) that users saw and the
//! [`amplification`](fn@amplification) of calls. They read a record and its summary. [`topology`](fn@topology) draws a
//! scenario that did not run. Nothing here simulates, judges or touches a file.
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
mod amplification;
mod arrow;
mod axis;
mod blast;
mod choice;
mod columns;
mod figure;
#[cfg(test)]
mod fixture;
mod font;
mod geometry;
mod headline;
mod heatmap;
mod labels;
mod latency;
mod paint;
mod pair;
mod palette;
mod propagation;
mod raster;
mod scene;
mod series;
mod shades;
mod svg;
#[cfg(test)]
mod tests;
mod theme;
mod timeline;
mod topology;
mod words;

pub use amplification::amplification;
pub use blast::blast_radius;
pub use figure::{Figure, PlotError};
pub use heatmap::heatmap;
pub use latency::latency;
pub use propagation::propagation;
pub use timeline::timeline;
pub use topology::topology;
