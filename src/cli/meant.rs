//! Which series somebody means.
//!
//! For: commands about one series. Not for: patterns that choose many (see `selection`).
//! Invariant: exactly one series is meant, or it is an error that lists those that come near.

use std::cmp::Reverse;

use super::error::CliError;
use super::surroundings::Console;
use crate::model::SeriesMeta;
use crate::text::{escape, plural};

/// Series that are listed where several match.
const LISTED: usize = 20;

/// Series that are suggested where none matches.
const SUGGESTED: usize = 3;

/// Digits of a series' id.
const ID_DIGITS: usize = 16;

/// The one series that a text means: by its id, else by its name, else by words that all occur in it.
///
/// # Errors
/// [`CliError::Usage`] where it means none or several, which are listed.
pub(super) fn series<'a>(
    text: &str,
    known: &'a [SeriesMeta],
    console: &mut Console<'_>,
) -> Result<&'a SeriesMeta, CliError> {
    let is_id = text.len() == ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id && let Some(series) = known.iter().find(|series| series.key.id().to_string() == text.to_lowercase()) {
        return Ok(series);
    }
    let name = |series: &SeriesMeta| series.key.to_string().to_lowercase();
    let wanted = text.to_lowercase();
    let named: Vec<&SeriesMeta> = known.iter().filter(|series| name(series) == wanted).collect();
    let has_all_words = |series: &&SeriesMeta| wanted.split_whitespace().all(|word| name(series).contains(word));
    let mut found: Vec<&SeriesMeta> =
        if named.is_empty() { known.iter().filter(has_all_words).collect() } else { named };
    match found.as_slice() {
        [] => Err(none(text, known)),
        [only] => Ok(only),
        several => {
            let count = plural(several.len(), "series", "series");
            found.sort_by_cached_key(|series| (name(series), series.key.id().0));
            for series in found.iter().take(LISTED) {
                let device = series.key.configuration.hardware.device_label();
                let device = device.map_or_else(String::new, |device| format!(" ({device})"));
                let line = format!("{}  {}{device}", series.key.id(), series.key);
                writeln!(console.err, "{}", escape::terminal(&line))?;
            }
            if found.len() > LISTED {
                writeln!(console.err, "and {} more", found.len() - LISTED)?;
            }
            Err(CliError::Usage {
                message: format!("`{text}` means {count}"),
                hint: "give the id of one, or more words of its name".to_owned(),
            })
        }
    }
}

/// The error where nothing matches, with what comes near.
fn none(text: &str, known: &[SeriesMeta]) -> CliError {
    let wanted = text.to_lowercase();
    let mut near: Vec<(usize, u64, String)> = known
        .iter()
        .map(|series| {
            let name = series.key.to_string();
            let lower = name.to_lowercase();
            let words = wanted.split_whitespace().filter(|word| lower.contains(word)).count();
            // The bits of a float that is not negative are in its order.
            let likeness = strsim::jaro_winkler(&wanted, &lower);
            (words, likeness.to_bits(), name)
        })
        .collect();
    near.sort_by_key(|(words, likeness, name)| (Reverse(*words), Reverse(*likeness), name.clone()));
    near.dedup_by(|second, first| second.2 == first.2);
    let names: Vec<String> = near.iter().take(SUGGESTED).map(|(_, _, name)| format!("`{name}`")).collect();
    let hint = if names.is_empty() {
        "there are no series; import results with `benchgate ingest`".to_owned()
    } else {
        format!("the nearest of {} are {}", plural(known.len(), "series", "series"), names.join(", "))
    };
    CliError::Usage { message: format!("no series has the id or the words `{text}`"), hint }
}
