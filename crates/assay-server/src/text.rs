//! The text of a passage or of a document's pages, in bounded pieces: what `get` and `multi_get` return.

use assay_app::{Failure, Problem, Session};
use assay_contract::{PassageView, call};
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::address::Address;

/// Characters of a reply unless the request says how many.
const USUAL: usize = 20_000;

/// Most characters of a reply.
const MOST: usize = 100_000;

/// Most characters of the page that are returned on each side of a passage.
const AROUND: usize = 1_000;

/// Most texts of one request.
const TEXTS: usize = 20;

/// Most pages of one text; empty ones take none of its characters.
const PAGES: usize = 500;

/// Most characters of a heading path.
const HEADING: usize = 500;

/// Characters of an unknown id that are told.
const NAMED: usize = 80;

/// Which text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Get {
    /// The id of a passage, the number of a document, or an `assay://` address of either.
    pub id: String,
    /// The document's page to begin with, counted from 1; the first if absent.
    #[serde(default)]
    pub page: Option<u32>,
    /// Characters of that page to leave out at its beginning.
    #[serde(default)]
    pub from: Option<u32>,
    /// Most characters to return, up to 100000; 20000 if absent.
    #[serde(default)]
    pub max_characters: Option<u32>,
}

/// Which texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MultiGet {
    /// Ids of passages, numbers of documents, or `assay://` addresses; at most 20.
    pub ids: Vec<String>,
    /// Most characters to return of all of them together, up to 100000; 20000 if absent. What a short text leaves is
    /// shared by those after it.
    #[serde(default)]
    pub max_characters: Option<u32>,
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Text {
    /// Its address.
    pub uri: String,
    /// The number of its document.
    pub document: i64,
    /// File name.
    pub name: String,
    /// Pages of the document.
    pub page_count: u32,
    /// The passage, if one was asked for.
    pub passage: Option<PassageText>,
    /// Pages, if a document was asked for.
    pub pages: Vec<PageText>,
    /// Where the document goes on; null if it was returned to its end.
    pub next: Option<Next>,
}

/// A passage on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PassageText {
    /// Its id.
    pub id: String,
    /// The page's own number; null in formats without pages.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// The page's text before it, at most 1000 characters.
    pub before: String,
    /// The passage.
    pub text: String,
    /// Whether the passage is longer than the limit, and `text` only its beginning.
    pub cut: bool,
    /// The page's text after it, at most 1000 characters.
    pub after: String,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageText {
    /// Its place in the document, from 1.
    pub page: u32,
    /// Its own number; null in formats without pages.
    pub number: Option<u32>,
    /// Characters that were left out at its beginning.
    pub from: u32,
    /// Its text.
    pub text: String,
}

/// Where a document goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Next {
    /// `page` of the next request.
    pub page: u32,
    /// `from` of the next request.
    pub from: u32,
}

/// Several texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Texts {
    /// In the order of the ids.
    pub texts: Vec<TextOrError>,
}

/// A text, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TextOrError {
    /// The id as asked for.
    pub id: String,
    /// The text.
    pub text: Option<Text>,
    /// Why there is none.
    pub error: Option<String>,
}

/// One text.
///
/// # Errors
/// Fails if the id names nothing in the library.
pub async fn get(session: &Session, get: &Get) -> Result<Text, Failure> {
    within(session, get, budget(get.max_characters)).await
}

/// One text of at most so many characters.
async fn within(session: &Session, get: &Get, budget: usize) -> Result<Text, Failure> {
    match Address::parse(&get.id).ok_or_else(|| unknown(&get.id))? {
        Address::Passage(chunk) => passage(session, &chunk, budget).await,
        Address::Document { id, page } => {
            let page = get.page.or(page).unwrap_or(1);
            pages(session, id, page, get.from.unwrap_or(0), budget).await
        }
    }
}

/// Several texts, each cut so that all of them stay within the limit.
///
/// # Errors
/// Fails if too many are asked for; one that is not there is told in its place.
pub async fn multi_get(session: &Session, get_all: &MultiGet) -> Result<Texts, Failure> {
    if get_all.ids.is_empty() || get_all.ids.len() > TEXTS {
        let message = format!("{} ids were named", get_all.ids.len());
        return Err(Failure::new(Problem::BadSetting, message, format!("name 1 to {TEXTS}")));
    }
    let mut left = budget(get_all.max_characters);
    let mut texts = Vec::with_capacity(get_all.ids.len());
    for (place, id) in get_all.ids.iter().enumerate() {
        let share = left / (get_all.ids.len() - place);
        let one = Get { id: id.clone(), page: None, from: None, max_characters: None };
        let (text, error) = match within(session, &one, share).await {
            Ok(text) => (Some(text), None),
            Err(failure) => (None, Some(failure.to_string())),
        };
        left = left.saturating_sub(text.as_ref().map_or(0, characters));
        texts.push(TextOrError { id: beginning(id, NAMED), text, error });
    }
    Ok(Texts { texts })
}

async fn passage(session: &Session, chunk: &str, budget: usize) -> Result<Text, Failure> {
    let view = session.call(call::Passage { chunk: chunk.to_owned() }).await?;
    Ok(Text {
        uri: Address::Passage(chunk.to_owned()).to_string(),
        document: view.document,
        name: view.name.clone(),
        page_count: view.pages,
        passage: Some(fitted(view, budget)),
        pages: Vec::new(),
        next: None,
    })
}

/// A passage with as much around it as the budget leaves, half of that before it unless there is less.
fn fitted(view: PassageView, budget: usize) -> PassageText {
    let length = view.text.chars().count();
    let left = budget.saturating_sub(length);
    let (all_before, all_after) = (view.before.chars().count(), view.after.chars().count());
    let after = all_after.min(AROUND).min(left - left / 2);
    let before = all_before.min(AROUND).min(left - after);
    let after = all_after.min(AROUND).min(left - before);
    PassageText {
        id: view.chunk,
        page: view.page,
        heading: view.heading.map(|heading| beginning(&heading, HEADING)),
        before: view.before.chars().skip(all_before - before).collect(),
        text: beginning(&view.text, budget),
        cut: length > budget,
        after: beginning(&view.after, after),
    }
}

async fn pages(session: &Session, id: i64, page: u32, from: u32, budget: usize) -> Result<Text, Failure> {
    let view = session.call(call::Document { document: id }).await?;
    let page_count = view.pages.len() as u32;
    if page == 0 || page > page_count.max(1) {
        let message = format!("document {id} has no page {page}");
        return Err(Failure::new(Problem::MissingFile, message, format!("name one of 1 to {page_count}")));
    }
    let texts = view.pages.into_iter().map(|page| (page.number, page.text));
    let (pages, next) = cut(texts.collect(), page, from, budget);
    let page = (page > 1).then_some(page);
    let uri = Address::Document { id, page }.to_string();
    Ok(Text { uri, document: id, name: view.name, page_count, passage: None, pages, next })
}

/// As many characters of these pages as the budget allows, from a place on, and where they go on.
fn cut(pages: Vec<(Option<u32>, String)>, page: u32, from: u32, budget: usize) -> (Vec<PageText>, Option<Next>) {
    let mut left = budget;
    let mut taken = Vec::new();
    for (place, (number, text)) in (1..).zip(pages).skip(page.saturating_sub(1) as usize) {
        let from = if place == page { from } else { 0 };
        if left == 0 || taken.len() == PAGES {
            return (taken, Some(Next { page: place, from }));
        }
        let rest = text.chars().count().saturating_sub(from as usize);
        let text: String = text.chars().skip(from as usize).take(left).collect();
        let read = rest.min(left);
        taken.push(PageText { page: place, number, from, text });
        if read < rest {
            return (taken, Some(Next { page: place, from: from + read as u32 }));
        }
        left -= read;
    }
    (taken, None)
}

fn characters(text: &Text) -> usize {
    let passage = text.passage.iter().flat_map(|passage| [&passage.before, &passage.text, &passage.after]);
    let pages = text.pages.iter().map(|page| &page.text);
    passage.chain(pages).map(|text| text.chars().count()).sum()
}

fn beginning(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn budget(characters: Option<u32>) -> usize {
    characters.map_or(USUAL, |characters| (characters as usize).clamp(1, MOST))
}

fn unknown(id: &str) -> Failure {
    let id = beginning(id, NAMED);
    let message = format!("{id:?} is neither the id of a passage nor the number of a document");
    Failure::new(Problem::MissingFile, message, "take it from a result of query, or from the list of documents")
}

#[cfg(test)]
mod tests {
    use assay_contract::PassageView;

    use super::{AROUND, Next, PAGES, cut, fitted};

    #[test]
    fn pages_are_cut_at_the_limit_and_go_on_where_they_were_cut() {
        let pages =
            || vec![(Some(1), "灯塔 stands".to_owned()), (Some(2), String::new()), (Some(3), "tall".to_owned())];
        for (page, from, budget, wanted, next) in [
            (1, 0, 100, vec!["灯塔 stands", "", "tall"], None),
            (1, 0, 9, vec!["灯塔 stands"], Some(Next { page: 2, from: 0 })),
            (1, 0, 1, vec!["灯"], Some(Next { page: 1, from: 1 })),
            (1, 1, 1, vec!["塔"], Some(Next { page: 1, from: 2 })),
            (3, 2, 9, vec!["ll"], None),
            (3, 99, 9, vec![""], None),
            (1, 0, 11, vec!["灯塔 stands", "", "ta"], Some(Next { page: 3, from: 2 })),
        ] {
            let (taken, goes_on) = cut(pages(), page, from, budget);
            let texts: Vec<&str> = taken.iter().map(|page| page.text.as_str()).collect();
            assert_eq!((texts, goes_on), (wanted, next), "{page} {from} {budget}");
        }
    }

    #[test]
    fn pages_without_text_are_counted_too() {
        let pages = (0..2 * PAGES).map(|_| (None, String::new())).collect();
        let (taken, goes_on) = cut(pages, 1, 0, 9);
        assert_eq!((taken.len(), goes_on), (PAGES, Some(Next { page: PAGES as u32 + 1, from: 0 })));
    }

    #[test]
    fn a_passage_and_what_is_around_it_stay_within_the_limit() {
        let view = |before: usize, after: usize| PassageView {
            chunk: "1-1".to_owned(),
            document: 1,
            name: "灯塔.txt".to_owned(),
            page: None,
            pages: 1,
            heading: None,
            before: "前".repeat(before),
            text: "灯塔 stands".to_owned(),
            after: "后".repeat(after),
        };
        for (before, after, budget, wanted) in [
            (5_000, 5_000, 20_000, (AROUND, 9, AROUND, false)),
            (50, 50, 29, (10, 9, 10, false)),
            (50, 50, 30, (10, 9, 11, false)),
            (2, 50, 29, (2, 9, 18, false)),
            (50, 2, 29, (18, 9, 2, false)),
            (50, 50, 9, (0, 9, 0, false)),
            (50, 50, 4, (0, 4, 0, true)),
            (50, 50, 0, (0, 0, 0, true)),
        ] {
            let text = fitted(view(before, after), budget);
            let count = |text: &str| text.chars().count();
            assert_eq!((count(&text.before), count(&text.text), count(&text.after), text.cut), wanted, "{budget}");
        }
    }
}
