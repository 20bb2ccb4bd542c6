//! Tests that the files of a crate import each other without circles.
//!
//! A path such as `crate::index::Reader` is an arrow to the file that defines the name, not to one that
//! re-exports it with `pub use`. Test code is left out, and so are names in macros that are not written
//! as paths.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_tests::root;
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

use crate::graph::Graph;

#[test]
fn files_of_a_crate_have_no_import_circle() {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
    let mut graph = Graph::default();
    for member in workspace["workspace"]["members"].as_array().unwrap() {
        for top in ["src/lib.rs", "src/main.rs"] {
            let file = Path::new(member.as_str().unwrap()).join(top);
            if root().join(&file).is_file() {
                Crate::read(&file).draw(&mut graph);
            }
        }
    }
    assert!(graph.arrows() > 500, "only {} imports were found", graph.arrows());
    let circles: Vec<String> = graph.circles().iter().map(ToString::to_string).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// A module's place in its crate: `["read", "pdf"]`.
type Place = Vec<String>;

/// A parsed module.
struct Module {
    file: PathBuf,
    items: Vec<Item>,
    /// Imports: the local name, and the path as written.
    names: BTreeMap<String, Vec<String>>,
}

/// The modules of a crate by their places.
struct Crate(BTreeMap<Place, Module>);

impl Crate {
    fn read(top: &Path) -> Self {
        let mut modules = Self(BTreeMap::new());
        modules.read_file(Vec::new(), top.to_owned(), top.parent().unwrap().to_owned());
        modules
    }

    /// Reads a file and the files of its modules, which are in `folder`.
    fn read_file(&mut self, place: Place, file: PathBuf, folder: PathBuf) {
        let text = std::fs::read_to_string(root().join(&file)).unwrap();
        let items = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).items;
        self.read_module(place, file, folder, items);
    }

    fn read_module(&mut self, place: Place, file: PathBuf, folder: PathBuf, items: Vec<Item>) {
        let items: Vec<Item> = items.into_iter().filter(|item| !is_for_tests(attributes(item))).collect();
        let mut names = BTreeMap::new();
        for item in &items {
            match item {
                Item::Mod(module) => self.read_child(&place, &file, &folder, module),
                Item::Use(used) => {
                    leaves(&used.tree, &mut Vec::new(), &mut |name, path| {
                        names.insert(name.to_owned(), path.to_vec());
                    });
                }
                _ => {}
            }
        }
        self.0.insert(place, Module { file, items, names });
    }

    fn read_child(&mut self, parent: &Place, file: &Path, folder: &Path, module: &ItemMod) {
        let name = module.ident.to_string();
        let place: Place = parent.iter().cloned().chain([name.clone()]).collect();
        let inner = folder.join(&name);
        match &module.content {
            Some((_, items)) => self.read_module(place, file.to_owned(), inner, items.clone()),
            None => {
                let files = [folder.join(format!("{name}.rs")), inner.join("mod.rs")];
                let file = files.iter().find(|file| root().join(file).is_file());
                // A module written by a build script has no file in the checkout.
                if let Some(file) = file {
                    self.read_file(place, file.clone(), inner);
                }
            }
        }
    }

    fn draw(&self, graph: &mut Graph) {
        for (place, module) in &self.0 {
            let mut paths = Paths::default();
            module.items.iter().for_each(|item| paths.visit_item(item));
            for path in paths.0 {
                if let Some(to) = self.file(place, &path, 8) {
                    graph.add(&module.file, &to, path.last().unwrap());
                }
            }
        }
    }

    /// The file that defines what a path in a module names; `None` if it is in another crate.
    fn file(&self, from: &Place, path: &[String], hops: u8) -> Option<PathBuf> {
        let (mut place, mut rest) = (from.clone(), path);
        match rest.first()?.as_str() {
            "crate" => (place, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    place.pop();
                    rest = &rest[1..];
                }
            }
            // A child module, an imported name, or another crate.
            name => {
                let child: Place = place.iter().cloned().chain([name.to_owned()]).collect();
                if !self.0.contains_key(&child) {
                    let imported = self.0.get(from)?.names.get(name).filter(|_| hops > 0 && path.len() > 1)?;
                    let whole: Vec<String> = imported.iter().chain(&rest[1..]).cloned().collect();
                    return self.file(from, &whole, hops - 1);
                }
            }
        }
        while let Some(name) = rest.first() {
            let child: Place = place.iter().cloned().chain([name.clone()]).collect();
            if !self.0.contains_key(&child) {
                break;
            }
            (place, rest) = (child, &rest[1..]);
        }
        let module = self.0.get(&place)?;
        let handed_on = rest.first().and_then(|name| module.names.get(name)).filter(|_| place != *from && hops > 0);
        let defined = handed_on.and_then(|path| self.file(&place, path, hops - 1));
        // A path to a module only is not an arrow.
        (!rest.is_empty()).then(|| defined.unwrap_or_else(|| module.file.clone()))
    }
}

/// The paths that code names.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl Visit<'_> for Paths {
    fn visit_item_use(&mut self, used: &ItemUse) {
        leaves(&used.tree, &mut Vec::new(), &mut |_, path| self.0.push(path.to_vec()));
    }

    // `Crate::read_module` visits modules.
    fn visit_item_mod(&mut self, _: &ItemMod) {}

    fn visit_item(&mut self, item: &Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        if path.segments.len() > 1 {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &syn::Macro) {
        self.tokens(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}

impl Paths {
    /// Collects the paths in a macro's tokens that start with `crate`, `super` or `self`.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(word) if path.is_empty() || path.last().is_some_and(String::is_empty) => {
                    path.pop();
                    path.push(word.to_string());
                }
                TokenTree::Punct(sign) if sign.as_char() == ':' && !path.is_empty() => {
                    if path.last().is_some_and(|part| !part.is_empty()) {
                        path.push(String::new());
                    }
                }
                token => {
                    self.end(&mut path);
                    match token {
                        TokenTree::Group(group) => self.tokens(group.stream()),
                        TokenTree::Ident(word) => path.push(word.to_string()),
                        _ => {}
                    }
                }
            }
        }
        self.end(&mut path);
    }

    fn end(&mut self, path: &mut Vec<String>) {
        path.retain(|part| !part.is_empty());
        if path.len() > 1 && ["crate", "super", "self"].contains(&path[0].as_str()) {
            self.0.push(path.clone());
        }
        path.clear();
    }
}

/// Calls `on` with the local name and the full path of each leaf of a `use`.
fn leaves(tree: &UseTree, path: &mut Vec<String>, on: &mut impl FnMut(&str, &[String])) {
    let mut leaf = |path: &mut Vec<String>, name: String, here: &str| {
        // `use a::{self}` names the module `a`.
        if name == "self" {
            on(path.last().map_or("self", String::as_str), path);
        } else {
            path.push(name);
            on(here, path);
            path.pop();
        }
    };
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            leaves(&inner.tree, path, on);
            path.pop();
        }
        UseTree::Name(name) => leaf(path, name.ident.to_string(), &name.ident.to_string()),
        UseTree::Rename(name) => leaf(path, name.ident.to_string(), &name.rename.to_string()),
        UseTree::Glob(_) => leaf(path, "*".into(), "*"),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, path, on)),
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = || attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        attribute.path().is_ident("test") || attribute.path().is_ident("cfg") && tokens().contains("test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
