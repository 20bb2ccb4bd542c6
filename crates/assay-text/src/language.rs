//! Detects the main language of a document.

use assay_domain::Page;

/// Enough for a reliable result; detection time grows with the sample.
const SAMPLE_CHARS: usize = 20_000;

/// Returns the ISO 639-3 code (`eng`, `cmn`) if detection is reliable.
pub(crate) fn language_of(pages: &[Page]) -> Option<String> {
    let mut sample = String::new();
    let mut left = SAMPLE_CHARS;
    for page in pages.iter().filter(|page| !page.text.is_empty()) {
        let before = sample.len();
        sample.extend(page.text.chars().take(left));
        sample.push('\n');
        left = left.saturating_sub(sample.get(before..).map_or(0, |added| added.chars().count()));
        if left == 0 {
            break;
        }
    }
    let info = whatlang::detect(&sample)?;
    info.is_reliable().then(|| info.lang().code().to_owned())
}
