//! Attachments, read by the readers of their formats.

use assay_domain::{FaultKind, Page, PageOutcome};

use crate::TextError;
use crate::compose::Composer;
use crate::contain::catch;
use crate::read::mail;
use crate::recognise::recognise;

/// Messages in messages in messages.
const DEEPEST: usize = 5;
/// Attachments of one file, at all depths.
const MOST: usize = 1_000;
/// Text of all attachments.
const MOST_TEXT_BYTES: usize = 64 << 20;

/// How many attachments were met, and how deep the one in hand lies.
#[derive(Debug, Default)]
pub(crate) struct Attachments {
    depth: usize,
    met: usize,
    text: usize,
}

impl Attachments {
    /// Adds an attachment's pages under headings that begin with its name. One that cannot be
    /// read has a row with the reason.
    pub(crate) fn read(&mut self, bytes: &[u8], name: &str, parent: &str, pages: &mut Vec<Page>) {
        if bytes.is_empty() {
            return;
        }
        self.deeper(name, pages, |attachments, pages| {
            let format = recognise(bytes, name)?;
            if format.name == mail::NAME {
                return mail::read(bytes, attachments, pages);
            }
            let read = catch(|| (format.pages)(bytes))
                .unwrap_or_else(|cause| Err(TextError::Damaged { format: format.name, cause }))?;
            let path = [parent, name].into_iter().filter(|step| !step.is_empty()).collect::<Vec<_>>().join(" > ");
            for page in read {
                attachments.text += page.text.len();
                if attachments.text > MOST_TEXT_BYTES {
                    return Err(TextError::TooLarge { limit: format!("{} MiB of text", MOST_TEXT_BYTES >> 20) });
                }
                pages.push(under(&path, page));
            }
            Ok(())
        });
    }

    /// Reads what lies one step deeper, unless that is too deep or too much.
    pub(crate) fn deeper(
        &mut self,
        name: &str,
        pages: &mut Vec<Page>,
        read: impl FnOnce(&mut Self, &mut Vec<Page>) -> Result<(), TextError>,
    ) {
        self.met += 1;
        if self.met > MOST {
            if self.met == MOST + 1 {
                pages.push(failed(format!("the message has more than {MOST} attachments; the rest is left out")));
            }
            return;
        }
        if self.depth >= DEEPEST {
            let reason = format!("{name} lies more than {DEEPEST} messages deep; it is left out");
            return pages.push(failed(reason));
        }
        self.depth += 1;
        let outcome = read(self, pages);
        self.depth -= 1;
        if let Err(error) = outcome {
            pages.push(failed(format!("attachment {name}: {error}")));
        }
    }
}

fn failed(reason: String) -> Page {
    Page::without_text(None, PageOutcome::Failed(FaultKind::Attachment.because(reason)))
}

/// A page of an attachment; its headings begin with the attachment's path and page.
fn under(path: &str, page: Page) -> Page {
    if page.text.is_empty() {
        return page;
    }
    let path = page.number.map_or_else(|| path.to_owned(), |number| format!("{path} > {number}"));
    let mut headings: Vec<(usize, String)> =
        page.headings.into_iter().map(|(at, heading)| (at, format!("{path} > {heading}"))).collect();
    if headings.first().is_none_or(|(at, _)| *at > 0) {
        headings.insert(0, (0, path));
    }
    Page { headings, ..page }
}

/// Adds a page to the text of another, its headings below a level.
pub(crate) fn append(composer: &mut Composer, page: &Page, level: u8) {
    composer.paragraph();
    let cuts = page.headings.iter().map(|(at, path)| (*at, Some(path)));
    let mut start = 0;
    let mut title: Option<&String> = None;
    for (cut, next) in cuts.chain([(page.text.len(), None)]) {
        let slice = page.text.get(start..cut).unwrap_or_default().trim_end();
        if !slice.is_empty() {
            composer.paragraph();
            if let Some(title) = title {
                composer.section(level, title);
            }
            composer.verbatim(slice.trim_start_matches('\n'));
        }
        start = cut;
        title = next;
    }
    composer.paragraph();
}
