//! Reads mailboxes (mbox), message by message.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};
use mail_parser::mailbox::mbox::MessageIterator;

use crate::context::Context;
use crate::error::TextError;
use crate::read::attachment::MAIL_NAME;
use crate::read::mail;

/// Maximum number of messages in a mailbox.
const MOST_MESSAGES: usize = 100_000;

/// Returns the pages of each message. The limits on attachments apply to each message by itself.
pub(crate) fn pages(bytes: &[u8], context: &Context<'_>) -> Result<Vec<Page>, TextError> {
    let damaged = |cause: &str| TextError::Damaged { format: MAIL_NAME, cause: cause.to_owned() };
    let mut pages = Vec::new();
    for (place, message) in MessageIterator::new(bytes).enumerate() {
        if place >= MOST_MESSAGES {
            return Err(TextError::TooLarge { limit: format!("{MOST_MESSAGES} messages in a mailbox") });
        }
        context.totals.attachments.set(0);
        context.totals.attached_text.set(0);
        let number = u32::try_from(pages.len() + 1).unwrap_or(u32::MAX);
        let read = match &message {
            _ if !context.options.begin(number, Extractor::Format) => {
                Err(damaged("it crashed its reader or took too long"))
            }
            Ok(message) => mail::read(message.contents(), context, &mut pages),
            Err(_) => Err(damaged("its first line is broken")),
        };
        if let Err(error) = read {
            let outcome = PageOutcome::Failed(FaultKind::Damaged.because(error.to_string()));
            pages.push(Page::without_text(None, outcome));
        }
    }
    Ok(mail::numbered(pages))
}
