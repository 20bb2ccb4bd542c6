//! The main language of a document.

use assay_domain::Page;

/// Enough to be sure, little enough to be quick.
const SAMPLE_CHARS: usize = 20_000;

/// ISO 639-3 code (`eng`, `cmn`) where the text leaves no doubt.
pub(crate) fn language_of(pages: &[Page]) -> Option<String> {
    let mut sample = String::new();
    let mut room = SAMPLE_CHARS;
    for page in pages.iter().filter(|page| !page.text.is_empty()) {
        let before = sample.len();
        sample.extend(page.text.chars().take(room));
        sample.push('\n');
        room = room.saturating_sub(sample.get(before..).map_or(0, |added| added.chars().count()));
        if room == 0 {
            break;
        }
    }
    let info = whatlang::detect(&sample)?;
    info.is_reliable().then(|| info.lang().code().to_owned())
}
