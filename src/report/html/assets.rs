//! The styles and scripts of a page, which are files of the repository, and the policy that lets a browser run these and
//! nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A file below `assets/report`.
macro_rules! asset {
    ($name:literal) => {
        include_str!(concat!("../../../assets/report/", $name))
    };
}

/// The styles, in order.
const STYLES: [&str; 2] = [asset!("story.css"), asset!("replay.css")];

/// The scripts, in the order in which they run.
pub(super) const SCRIPTS: [&str; 32] = [
    asset!("page.js"),
    asset!("more.js"),
    asset!("words.js"),
    asset!("series.js"),
    asset!("run.js"),
    asset!("health.js"),
    asset!("states.js"),
    asset!("events.js"),
    asset!("moments.js"),
    asset!("clock.js"),
    asset!("dom.js"),
    asset!("theme.js"),
    asset!("edges.js"),
    asset!("nodes.js"),
    asset!("topology.js"),
    asset!("chart.js"),
    asset!("caption.js"),
    asset!("blame.js"),
    asset!("margin.js"),
    asset!("lanes.js"),
    asset!("calls.js"),
    asset!("detail.js"),
    asset!("table.js"),
    asset!("legend.js"),
    asset!("link.js"),
    asset!("keys.js"),
    asset!("voice.js"),
    asset!("presenter.js"),
    asset!("stage.js"),
    asset!("controls.js"),
    asset!("room.js"),
    asset!("replay.js"),
];

/// The styles as one.
pub(super) fn style() -> String {
    STYLES.concat()
}

/// What a browser may do with a page of this style: nothing is loaded, and no other style or script counts.
pub(super) fn policy(style: &str) -> String {
    let scripts: Vec<String> = SCRIPTS.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        scripts.join(" ")
    )
}

/// What a policy calls a text.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_can_leave_its_element() {
        for asset in STYLES.iter().chain(&SCRIPTS) {
            let low = asset.to_lowercase();
            assert!(!low.contains("</s") && !low.contains("<!--") && !low.contains('\r'));
            // What cannot be seen is marked on the page: a script would not be the one that its digest is of.
            assert_eq!(crate::unseen::marked_lines(asset), *asset);
        }
    }

    #[test]
    fn a_hash_is_what_browsers_compute() {
        assert_eq!(hash("alert('Hello, world.');"), "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }
}
