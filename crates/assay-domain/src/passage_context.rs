//! Where a passage comes from: what a reader of the whole file would know before reading it.

/// The context of a passage. It is kept apart from the passage's text, which stays an exact slice of its page.
///
/// Names can change while the text stays: the vector therefore never holds them (see [`Self::headings`]), the
/// lexical retriever reads them in a field of their own, and a cross-encoder gets them as they are when asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PassageContext {
    /// Folders between the file and its root, `2025/March`; empty directly below the root.
    pub folder: String,
    /// File name.
    pub name: String,
    /// Heading path of the section in which it begins: title, subject, sheet or slide first.
    pub heading: Option<String>,
}

/// Separates the headings of a path.
pub const HEADING_SEPARATOR: &str = " > ";

/// Most tokens of a prefix.
pub const PREFIX_TOKENS: usize = 48;

impl PassageContext {
    /// The prefix for a cross-encoder: name without extension, with its folders, then the heading path.
    /// `tokens` counts the tokens of a text; the prefix has at most [`PREFIX_TOKENS`] of them.
    pub fn prefix(&self, text: &str, tokens: &dyn Fn(&str) -> usize) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let place = [self.folder.as_str(), stem].into_iter().filter(|part| !part.is_empty());
        let title = place.collect::<Vec<_>>().join("/");
        within(std::iter::once(title.as_str()).chain(self.segments(text)).collect(), tokens)
    }

    /// The prefix for a bi-encoder: the heading path alone. A vector with the file's name in it would be wrong
    /// after a rename, and no rename is worth embedding a document again.
    pub fn headings(&self, text: &str, tokens: &dyn Fn(&str) -> usize) -> String {
        within(self.segments(text).collect(), tokens)
    }

    /// What the lexical retriever reads in the field of names.
    pub fn names(&self) -> String {
        if self.folder.is_empty() { self.name.clone() } else { format!("{} {}", self.folder, self.name) }
    }

    /// Headings that say something which the text does not: neither ranges of cells or lines nor a heading with
    /// which the text itself begins.
    pub fn segments<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let begins = text.trim_start_matches(['#', ' ', '\n']).to_owned();
        let path = self.heading.as_deref().unwrap_or_default().split(HEADING_SEPARATOR);
        path.filter(move |heading| !heading.is_empty() && !is_range(heading) && !begins.starts_with(heading))
    }
}

/// Joins title and headings; leaves out the outer headings, then cuts the rest, until they fit.
fn within(mut parts: Vec<&str>, tokens: &dyn Fn(&str) -> usize) -> String {
    parts.retain(|part| !part.is_empty());
    while parts.len() > 2 && tokens(&parts.join(HEADING_SEPARATOR)) > PREFIX_TOKENS {
        parts.remove(1);
    }
    let mut prefix = parts.join(HEADING_SEPARATOR);
    while !prefix.is_empty() && tokens(&prefix) > PREFIX_TOKENS {
        let kept = prefix.chars().count() * 3 / 4;
        prefix = prefix.chars().take(kept).collect();
    }
    prefix
}

/// Whether a heading only says where its section lies: `A2:D31` of a sheet, `L12–40` of source code.
fn is_range(heading: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_cell = |text: &str| {
        let row = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
        row.len() < text.len() && digits(row)
    };
    let cells = heading.split_once(':').is_some_and(|(from, to)| is_cell(from) && is_cell(to));
    let lines = heading.strip_prefix('L').and_then(|lines| lines.split_once('–'));
    cells || lines.is_some_and(|(from, to)| digits(from) && digits(to))
}

#[cfg(test)]
mod tests {
    use super::{PREFIX_TOKENS, PassageContext};

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn context(folder: &str, name: &str, heading: &str) -> PassageContext {
        let heading = (!heading.is_empty()).then(|| heading.to_owned());
        PassageContext { folder: folder.into(), name: name.into(), heading }
    }

    #[test]
    fn a_prefix_names_the_file_first_and_leaves_out_what_the_text_begins_with() {
        for (folder, name, heading, text, prefix, headings) in [
            ("2025", "invoice.pdf", "", "Total 347.90", "2025/invoice", ""),
            ("", "manual.md", "Pumps > KX-300 > Lid", "22 Nm", "manual > Pumps > KX-300 > Lid", "Pumps > KX-300 > Lid"),
            ("", "manual.md", "Pumps > Lid", "## Lid\n22 Nm", "manual > Pumps", "Pumps"),
            ("", "stock.xlsx", "Stock > Lamps > A2:D31", "Lamp: 3", "stock > Stock > Lamps", "Stock > Lamps"),
            ("", "main.rs", "fn main > L12–40", "x", "main > fn main", "fn main"),
        ] {
            let context = context(folder, name, heading);
            assert_eq!(context.prefix(text, &words), prefix, "{name}");
            assert_eq!(context.headings(text, &words), headings, "{name}");
        }
    }

    #[test]
    fn a_long_prefix_keeps_title_and_innermost_heading_within_the_budget() {
        let outer = "outer ".repeat(PREFIX_TOKENS);
        let path = context("", "a.md", &format!("{} > inner", outer.trim()));
        assert_eq!(path.prefix("x", &words), "a > inner");
        let endless = context("", "a.md", &"word ".repeat(500)).prefix("x", &words);
        assert!((PREFIX_TOKENS / 2..=PREFIX_TOKENS).contains(&words(&endless)), "{endless}");
    }
}
