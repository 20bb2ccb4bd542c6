//! Mailboxes (mbox), message by message.

use assay_domain::{FaultKind, Page, PageOutcome};
use mail_parser::mailbox::mbox::MessageIterator;

use crate::TextError;
use crate::read::mail::{self, Attachments};

/// Messages of one mailbox.
const MOST_MESSAGES: usize = 100_000;

/// The pages of each message.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let mut pages = Vec::new();
    for (place, message) in MessageIterator::new(bytes).enumerate() {
        if place >= MOST_MESSAGES {
            return Err(TextError::TooLarge { limit: format!("{MOST_MESSAGES} messages in a mailbox") });
        }
        let read = match &message {
            Ok(message) => mail::read(message.contents(), &mut Attachments::default(), &mut pages),
            Err(_) => Err(TextError::Damaged { format: mail::NAME, cause: "its first line is broken".to_owned() }),
        };
        if let Err(error) = read {
            let outcome = PageOutcome::Failed(FaultKind::Damaged.because(error.to_string()));
            pages.push(Page::without_text(None, outcome));
        }
    }
    Ok(mail::numbered(pages))
}
