//! Documents as resources: `assay://document/7` is the text of a document as it was read.

use assay_app::{Failure, Problem};
use rmcp::ErrorData;
use rmcp::model::{ListResourcesResult, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use crate::address::Address;
use crate::on_demand::OnDemand;
use crate::status::{Document, documents};
use crate::text::{Get, Text, get};

/// Documents on one page of the list.
const PAGE: usize = 100;

/// The media type of what is read.
const PLAIN: &str = "text/plain";

/// A page of the list of documents; the cursor is the number of the last document of the page before.
///
/// # Errors
/// Fails if the library cannot be opened or the cursor is none of ours.
pub async fn list(library: &OnDemand, cursor: Option<String>) -> Result<ListResourcesResult, ErrorData> {
    let after = cursor.map_or(Ok(i64::MIN), |cursor| cursor.parse());
    let after =
        after.map_err(|_| ErrorData::invalid_params("the cursor comes from another list; begin again", None))?;
    let session = library.session().await.map_err(unavailable)?;
    let (documents, more) = documents(&session, after, PAGE).await.map_err(unavailable)?;
    let next = documents.last().filter(|_| more).map(|document| document.id.to_string());
    let mut result =
        ListResourcesResult::with_all_items(documents.iter().filter(|row| row.searchable).map(resource).collect());
    result.next_cursor = next;
    Ok(result)
}

fn resource(document: &Document) -> Resource {
    let about = format!("{} pages, {} passages, collection {}", document.pages, document.passages, document.collection);
    Resource::new(document.uri.clone(), document.name.clone()).with_description(about).with_mime_type(PLAIN)
}

/// The forms of addresses.
pub fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new("assay://document/{id}", "document")
            .with_description("The text of a document as it was read; a long one says where it goes on")
            .with_mime_type(PLAIN),
        ResourceTemplate::new("assay://document/{id}/page/{page}", "page")
            .with_description("The text of a document from a page on, counted from 1")
            .with_mime_type(PLAIN),
        ResourceTemplate::new("assay://passage/{id}", "passage")
            .with_description("A passage with the text around it")
            .with_mime_type(PLAIN),
    ]
}

/// The text at an address.
///
/// # Errors
/// Fails if the address names nothing in the library.
pub async fn read(library: &OnDemand, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    if !uri.starts_with("assay://") {
        return Err(ErrorData::resource_not_found(
            format!("{uri:?} is no address of Assay; resources/list names them"),
            None,
        ));
    }
    let session = library.session().await.map_err(unavailable)?;
    let wanted = Get { id: uri.to_owned(), page: None, from: None, max_characters: None };
    let text = get(&session, &wanted).await.map_err(unavailable)?;
    Ok(ReadResourceResult::new(contents(&text)))
}

/// One content for each page; a document that goes on says where.
fn contents(text: &Text) -> Vec<ResourceContents> {
    if let Some(passage) = &text.passage {
        let page = format!("{}{}{}", passage.before, passage.text, passage.after);
        return vec![ResourceContents::text(page, text.uri.clone())];
    }
    let uri = |page| Address::Document { id: text.document, page: Some(page) }.to_string();
    let pages = text.pages.iter().map(|page| ResourceContents::text(page.text.clone(), uri(page.page)));
    let goes_on = text.next.map(|next| {
        let more = format!(
            "The document goes on: call get with id {}, page {} and from {}.",
            text.document, next.page, next.from
        );
        ResourceContents::text(more, uri(next.page))
    });
    pages.chain(goes_on).collect()
}

fn unavailable(failure: Failure) -> ErrorData {
    match failure.problem {
        Problem::MissingFile => ErrorData::resource_not_found(failure.to_string(), None),
        Problem::BadSetting => ErrorData::invalid_params(failure.to_string(), None),
        _ => ErrorData::internal_error(failure.to_string(), None),
    }
}
