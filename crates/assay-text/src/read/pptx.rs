//! Reads PowerPoint presentations (pptx, pptm, ppsx), slide by slide with the notes.
//!
//! anydoc resolves placeholders, lists and tables, but joins the slides. It puts an anchor before each
//! slide that another slide links to, so the first slide gets a link to every slide before anydoc reads the file.

use anydoc::Format as Container;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::margin::Margin;
use crate::read::opc::{main_part, path_of, relationships};
use crate::read::package::{Package, check};
use crate::read::slides;
use crate::read::xml::{attribute, tags};

mod comments;

pub(crate) const NAME: &str = "PowerPoint presentation";
const LINK: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide";

/// Returns a page for each slide.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    // A file with a password is not an archive; anydoc reports it.
    check(bytes, NAME)?;
    let marked = Package::counted(bytes, NAME).ok().and_then(|mut package| mark(&mut package));
    let (bytes, margins) = match &marked {
        Some((marked, margins)) => (marked.as_slice(), margins.as_slice()),
        None => (bytes, [].as_slice()),
    };
    slides::pages(bytes, Container::Pptx, NAME, margins)
}

/// Returns the file with its slides marked, and the comments on each.
fn mark(package: &mut Package) -> Option<(Vec<u8>, Vec<Margin>)> {
    let main = main_part(package, "ppt/presentation.xml");
    let targets = relationships(package, &main);
    let presentation = package.part(&main)?;
    let listed = tags(&presentation).into_iter().filter(|tag| tag.name == "sldId");
    let slides: Vec<String> = listed
        .filter_map(|tag| attribute(&tag, "r:id").map(str::to_owned))
        .filter_map(|id| targets.iter().find(|other| other.id == id).map(|slide| slide.target.clone()))
        .collect();
    let links = path_of(slides.first()?);
    let before = package.part(&links).map(|part| String::from_utf8_lossy(&part).into_owned());
    let before = before.unwrap_or_else(|| {
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>"
            .to_owned()
    });
    let end = before.rfind("</")?;
    let added: String = slides
        .iter()
        .enumerate()
        .map(|(place, slide)| {
            let target = slide.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            format!("<Relationship Id=\"assay{place}\" Type=\"{LINK}\" Target=\"/{target}\"/>")
        })
        .collect();
    let part = format!("{}{added}{}", before.get(..end)?, before.get(end..)?);
    let margins = comments::read(package, &main, &slides);
    Some((package.with(&[(links, part.into_bytes())])?, margins))
}
