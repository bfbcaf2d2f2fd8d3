//! The incident on one time axis: what people's monitors read, what load the services were under, what users got, and
//! what happened when.

mod build;
mod errors;
mod goodput;
mod lane;
mod load;
pub(in crate::plot) mod page;
pub(in crate::plot) mod people;
mod readings;
mod replicas;
mod spans;

pub use build::timeline;
pub(in crate::plot) use page::title_block;
