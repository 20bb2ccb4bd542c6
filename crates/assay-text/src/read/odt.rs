//! Reads OpenDocument texts (odt). anydoc reads the text with footnotes and text boxes; headers, footers and
//! comments follow it.

use anydoc::Format;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::margin::Margin;
use crate::read::package::{self, Package};
use crate::read::{blocks, odf};

const NAME: &str = "OpenDocument text";
const CONTENT: &str = "content.xml";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    let mut margin = Margin::default();
    let mut changed = None;
    if let Ok(mut package) = Package::counted(bytes, NAME) {
        if let Some(styles) = package.part("styles.xml") {
            odf::headers_and_footers(&styles, &mut margin);
        }
        if let Some(content) = package.part(CONTENT).and_then(|content| String::from_utf8(content).ok()) {
            margin.comments = odf::comments(content.as_bytes()).into_iter().map(|(_, comment)| comment).collect();
            let content = odf::without_comments(&content);
            changed = content.and_then(|content| package.with(&[(CONTENT.to_owned(), content.into_bytes())]));
        }
    }
    let mut composer = blocks::composed(changed.as_deref().unwrap_or(bytes), Format::Odt, NAME)?;
    margin.write(&mut composer);
    Ok(vec![composer.finish()])
}
