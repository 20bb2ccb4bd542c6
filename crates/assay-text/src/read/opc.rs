//! Reads the relationships between the parts of an OOXML package (ECMA-376, part 2).

use crate::read::package::{Package, resolve};
use crate::read::xml::{Tag, attribute, tags};

/// A relationship to a part inside the package.
pub(crate) struct Relationship {
    pub(crate) id: String,
    /// The last step of its type, such as `slide`, which is the same in the strict and transitional variants.
    pub(crate) kind: String,
    pub(crate) target: String,
}

/// Returns the path of the main part.
pub(crate) fn main_part(package: &mut Package, default: &str) -> String {
    let relationships = read(package, "_rels/.rels", "");
    let main = relationships.into_iter().find(|relationship| relationship.kind == "officeDocument");
    main.map_or_else(|| default.to_owned(), |relationship| relationship.target)
}

/// Returns the relationships of a part.
pub(crate) fn relationships(package: &mut Package, part: &str) -> Vec<Relationship> {
    read(package, &path_of(part), part)
}

/// Returns the path of the file with a part's relationships.
pub(crate) fn path_of(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/_rels/{name}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

fn read(package: &mut Package, path: &str, from: &str) -> Vec<Relationship> {
    let Some(part) = package.part(path) else { return Vec::new() };
    let read = |tag: Tag| {
        let target = resolve(from, attribute(&tag, "Target")?);
        let kind = attribute(&tag, "Type")?.rsplit('/').next()?.to_owned();
        Some(Relationship { id: attribute(&tag, "Id")?.to_owned(), kind, target })
    };
    let inside = tags(&part).into_iter().filter(|tag| tag.name == "Relationship");
    inside.filter(|tag| attribute(tag, "TargetMode") != Some("External")).filter_map(read).collect()
}
