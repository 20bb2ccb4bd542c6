//! Reads PowerPoint presentations (pptx, pptm, ppsx), slide by slide with the notes.
//!
//! anydoc resolves placeholders, lists and tables, but joins the slides. It puts an anchor before each
//! slide that another slide links to, so the first slide gets a link to every slide before anydoc reads the file.

use anydoc::Format as Container;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::package::{Package, check, resolve};
use crate::read::slides;
use crate::read::xml::{Tag, attribute, tags};

pub(crate) const NAME: &str = "PowerPoint presentation";
const LINK: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide";
const MAIN: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";

/// Returns a page for each slide.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    // A file with a password is not an archive; anydoc reports it.
    check(bytes, NAME)?;
    let marked = Package::open(bytes, NAME).ok().and_then(|mut package| mark(&mut package));
    let (bytes, slides) = match &marked {
        Some((marked, slides)) => (marked.as_slice(), *slides),
        None => (bytes, 0),
    };
    slides::pages(bytes, Container::Pptx, NAME, slides)
}

/// Returns the file with its slides marked, and their number.
fn mark(package: &mut Package) -> Option<(Vec<u8>, usize)> {
    let main = relations(package, "_rels/.rels", "")
        .into_iter()
        .find(|(_, kind, _)| kind == MAIN)
        .map_or_else(|| "ppt/presentation.xml".to_owned(), |(_, _, target)| target);
    let targets = relations(package, &relations_of(&main), &main);
    let presentation = package.part(&main)?;
    let listed = tags(&presentation).into_iter().filter(|tag| tag.name == "sldId");
    let slides: Vec<String> = listed
        .filter_map(|tag| attribute(&tag, "r:id").map(str::to_owned))
        .filter_map(|id| targets.iter().find(|(other, ..)| *other == id).map(|(_, _, target)| target.clone()))
        .collect();
    let links = relations_of(slides.first()?);
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
    Some((package.with(&[(links, part.into_bytes())])?, slides.len()))
}

/// Returns the path of a part's relationships.
fn relations_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// Returns id, type and target of each relationship inside the file.
fn relations(package: &mut Package, part: &str, from: &str) -> Vec<(String, String, String)> {
    let Some(part) = package.part(part) else { return Vec::new() };
    let read = |tag: Tag| {
        let target = resolve(from, attribute(&tag, "Target")?);
        Some((attribute(&tag, "Id")?.to_owned(), attribute(&tag, "Type")?.to_owned(), target))
    };
    let relations = tags(&part).into_iter().filter(|tag| tag.name == "Relationship");
    relations.filter(|tag| attribute(tag, "TargetMode") != Some("External")).filter_map(read).collect()
}
