//! `report.html`: a run, or two side by side, as one page that needs nothing else: the story, the pictures and the replay.
//! Loads nothing, runs no foreign script; what a scenario names stays text.
//!
//! | file | owns |
//! |---|---|
//! | `page` | what the template is filled with |
//! | `assets` | styles and scripts, and the policy that allows these alone |
//! | `beside` | what became of two runs, in a table |
//! | `parts` | the story in parts |
//! | `view` | blocks as the template wants them |
//! | `words` | terms and what they mean |
//! | `key` | key moments, with questions and answers |
//! | `data` | what the replay reads |

mod assets;
mod beside;
mod data;
mod key;
mod page;
mod parts;
mod view;
mod words;

pub use page::{PageError, Picture, Told, page};
