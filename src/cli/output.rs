//! The directory of a run: made and tried before the run, its files written whole or not at all. Knows no format.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::exit::{CliError, reason};

/// Where runs write unless told otherwise.
const ROOT: &str = "output";
/// The longest name of a directory made from a name in a scenario.
const LONGEST: usize = 80;
/// So much of overrides is kept in the name of a directory.
const READABLE: usize = 48;
/// Marks a directory as that of a run, which the next one may take over.
pub(crate) const MARK: &str = "run.json";
/// Everything that a run may write beside [`MARK`].
const NAMES: [&str; 20] = [
    "summary.json",
    "record.json",
    "series.csv",
    "events.jsonl",
    "postmortem.md",
    "seeds.csv",
    "timeline.svg",
    "timeline.png",
    "propagation.svg",
    "propagation.png",
    "blast-radius.svg",
    "blast-radius.png",
    "heatmap.svg",
    "heatmap.png",
    "latency.svg",
    "latency.png",
    "amplification.svg",
    "amplification.png",
    "report.html",
    "comparison.html",
];

/// The directory of a run.
#[derive(Debug)]
pub(crate) struct Output {
    path: PathBuf,
    written: Vec<String>,
}

/// Where a run writes: `--out`, or `output/<scenario>/<variant>/<overrides>`.
pub(crate) fn place(out: Option<&Path>, scenario: &Path, variant: Option<&str>, sets: &[String]) -> PathBuf {
    out.map_or_else(
        || {
            let stem = scenario.file_stem().unwrap_or(OsStr::new("scenario"));
            let home = Path::new(ROOT).join(stem);
            let home = variant.map_or_else(|| home.clone(), |variant| home.join(slug(variant)));
            if sets.is_empty() { home } else { home.join(overrides(sets)) }
        },
        Path::to_path_buf,
    )
}

/// Overrides as the name of a directory: what can be read of them, and a digest that keeps different ones apart.
fn overrides(sets: &[String]) -> String {
    let all = sets.join("\n");
    // FNV-1a: the same on every machine and in every version.
    let digest = all.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let readable: String = slug(&all).chars().take(READABLE).collect();
    format!("{}-{:06x}", readable.trim_end_matches('-'), digest >> 40)
}

/// A name as that of a file: letters and digits, the rest as single dashes.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if slug.len() + letter.len_utf8() > LONGEST {
            break;
        }
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

impl Output {
    /// Makes the directory and tries to write in it, so that a run is not wasted. Takes the files of an earlier run out.
    pub(crate) fn open(path: PathBuf) -> Result<Self, CliError> {
        let failed = |error: &io::Error| {
            CliError::output(format!("cannot write to the directory `{}`: {}", path.display(), reason(error)))
                .help("name another one with `--out DIR`")
        };
        fs::create_dir_all(&path).map_err(|error| failed(&error))?;
        NamedTempFile::new_in(&path)
            .and_then(|mut probe| probe.write_all(b"knockon"))
            .map_err(|error| failed(&error))?;
        if path.join(MARK).is_file() {
            for name in NAMES.into_iter().chain([MARK]) {
                match fs::remove_file(path.join(name)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&error)),
                    _ => {}
                }
            }
        }
        Ok(Self { path, written: Vec::new() })
    }

    /// A directory, made if there is none, whose files stay unless they are written anew.
    pub(crate) fn add_to(path: PathBuf) -> Result<Self, CliError> {
        fs::create_dir_all(&path).map_err(|error| {
            CliError::output(format!(
                "cannot write to the directory `{}`: {}",
                path.display(),
                reason(&error)
            ))
            .help("name another one with `--out DIR`")
        })?;
        Ok(Self { path, written: Vec::new() })
    }

    /// Writes a file whole or not at all.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> Result<(), CliError> {
        self.fill(name, |file| file.write_all(content))
    }

    /// The same for a file that is too long for the memory.
    pub(crate) fn fill(
        &mut self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        fill_whole(&self.path.join(name), fill)?;
        self.written.push(name.to_owned());
        Ok(())
    }

    /// The directory and the names of what was written, for people.
    pub(crate) fn listing(&self) -> (String, Vec<String>) {
        (self.path.display().to_string(), self.written.clone())
    }
}

/// What a run wrote to a directory and is still there, in the order in which it was written.
pub(crate) fn present(directory: &Path) -> Vec<String> {
    let names = std::iter::once(MARK).chain(NAMES);
    names.filter(|name| directory.join(name).is_file()).map(str::to_owned).collect()
}

/// Writes a file whole or not at all.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), CliError> {
    fill_whole(path, |file| file.write_all(content))
}

/// Tries whether a file can be written here, so that a run is not wasted.
pub(crate) fn try_file(path: &Path) -> Result<(), CliError> {
    let tried = match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        Ok(there) if !there.is_file() => Ok(()),
        _ => beside(path).map(|_| ()),
    };
    tried.map_err(|error| unwritten(path, &error))
}

/// Fills a file under another name in the same directory first. A link stays one, and what is no file, as a pipe or a device,
/// is written to as it is.
fn fill_whole(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
    let failed = |error: &io::Error| unwritten(path, error);
    if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        let device = fs::OpenOptions::new().write(true).open(path).map_err(|error| failed(&error))?;
        let mut buffer = BufWriter::new(device);
        return fill(&mut buffer).and_then(|()| buffer.flush()).map_err(|error| failed(&error));
    }
    let (place, file) = beside(path).map_err(|error| failed(&error))?;
    let mut buffer = BufWriter::new(file);
    fill(&mut buffer).map_err(|error| failed(&error))?;
    let file = buffer.into_inner().map_err(|error| failed(error.error()))?;
    file.persist(place).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Where a path leads, and a file beside it under another name.
fn beside(path: &Path) -> io::Result<(PathBuf, NamedTempFile)> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".knockon-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(parent)?;
    Ok((place, file))
}

fn unwritten(path: &Path, error: &io::Error) -> CliError {
    CliError::output(format!("cannot write `{}`: {}", path.display(), reason(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_of_a_variant_can_be_read() {
        let of = |variant| place(None, Path::new("scenarios/thursday.ron"), variant, &[]);
        assert_eq!(of(None), Path::new("output/thursday"));
        assert_eq!(of(Some("2 attempts, no jitter!")), Path::new("output/thursday/2-attempts-no-jitter"));
        assert_eq!(place(Some(Path::new("x/y")), Path::new("a.ron"), Some("v"), &[]), Path::new("x/y"));
        assert_eq!(slug("../.."), "unnamed");
        assert!(slug(&"\u{20000}".repeat(80)).len() <= LONGEST, "files have names of so many bytes");
    }

    #[test]
    fn overrides_have_a_directory_of_their_own() {
        let of = |variant, sets: &[&str]| {
            let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
            place(None, Path::new("shop.ron"), variant, &sets).display().to_string()
        };
        let one = of(None, &["horizon=10m"]);
        assert!(one.starts_with("output/shop/horizon-10m-") && one.len() == 30, "{one}");
        assert!(of(Some("no retries"), &["horizon=10m"]).starts_with("output/shop/no-retries/horizon-10m-"));
        assert_ne!(of(None, &["a=0.1"]), of(None, &["a=0-1"]));
        let long = of(None, &[&"x".repeat(500)]);
        assert!(long.len() < 80, "{long}");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_stay_what_they_are() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| directory.path().join(name));
        write_whole(&file, b"one").unwrap();
        symlink(&file, &link).unwrap();
        write_whole(&link, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        write_whole(Path::new("/dev/null"), b"gone").unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }

    #[test]
    fn files_are_replaced_whole() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
