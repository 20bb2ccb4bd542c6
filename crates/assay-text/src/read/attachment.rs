//! Reads the files attached to a message with the readers of their formats.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};

use crate::context::Context;
use crate::error::TextError;
use crate::guard::catch;

/// The name of the mail format, whose pages bring headings of their own.
pub(crate) const MAIL_NAME: &str = "e-mail message";
/// Maximum nesting of messages in messages.
const DEEPEST: usize = 5;
/// Maximum number of attachments per message file, at all depths.
const MOST: usize = 1_000;
/// Maximum text of all attachments of a message file.
const MOST_TEXT_BYTES: usize = 64 << 20;

/// Adds an attachment's pages under headings that begin with its name. An attachment that cannot be
/// read gets a row with the reason.
pub(crate) fn read(bytes: &[u8], name: &str, parent: &str, context: &Context<'_>, pages: &mut Vec<Page>) {
    if bytes.is_empty() {
        return;
    }
    nested(name, context, pages, |context, pages| {
        let before = u32::try_from(pages.len()).unwrap_or(u32::MAX - 1);
        let (format, read) = catch(|| context.read_embedded(bytes, name, before))
            .unwrap_or_else(|cause| Err(TextError::Damaged { format: "attachment", cause }))?;
        let path = [parent, name].into_iter().filter(|step| !step.is_empty()).collect::<Vec<_>>().join(" > ");
        let totals = context.totals;
        for page in read {
            totals.attached_text.set(totals.attached_text.get() + page.text.len());
            if totals.attached_text.get() > MOST_TEXT_BYTES {
                return Err(TextError::TooLarge { limit: format!("{} MiB of text", MOST_TEXT_BYTES >> 20) });
            }
            pages.push(if format == MAIL_NAME { page } else { under(&path, page) });
        }
        Ok(())
    });
}

/// Reads an embedded file or message one level deeper, unless a limit is reached or an earlier attempt
/// crashed on it.
pub(crate) fn nested(
    name: &str,
    context: &Context<'_>,
    pages: &mut Vec<Page>,
    read: impl FnOnce(&Context<'_>, &mut Vec<Page>) -> Result<(), TextError>,
) {
    let met = context.totals.attachments.get() + 1;
    context.totals.attachments.set(met);
    if met > MOST {
        if met == MOST + 1 {
            pages.push(failed(format!("the message has more than {MOST} attachments; the rest is left out")));
        }
        return;
    }
    if context.depth >= DEEPEST {
        let reason = format!("{name} lies more than {DEEPEST} messages deep; it is left out");
        return pages.push(failed(reason));
    }
    let number = u32::try_from(pages.len() + 1).unwrap_or(u32::MAX);
    if !context.options.begin(number, Extractor::Format) {
        return pages.push(failed(format!("attachment {name} crashed its reader or took too long; it is left out")));
    }
    if let Err(error) = read(&context.deeper(), pages) {
        pages.push(failed(format!("attachment {name}: {error}")));
    }
}

fn failed(reason: String) -> Page {
    Page::without_text(None, PageOutcome::Failed(FaultKind::Attachment.because(reason)))
}

/// Puts an attachment's path, and the page's number in it, before the headings of a page.
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
