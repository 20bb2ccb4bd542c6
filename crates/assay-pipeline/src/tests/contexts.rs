//! Where passages come from, how words are written and how they are misspelt: what is searched and reranked beside
//! the text.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Extractor, Page, PageOutcome, Question, StageName};
use assay_text::ChunkSize;

use super::{Fixture, asked_with, block_on, question};
use crate::ask::AskReport;
use crate::refill::{Refill, refill};

fn filled(context: bool, files: &[(&str, &str)]) -> Fixture {
    let mut fixture = Fixture::with(files);
    fixture.context = context;
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    fixture.ingest(&paths, &Cancel::default()).unwrap();
    fixture
}

fn ask(fixture: &Fixture, reranker: &WordReranker, text: &str, context: bool) -> AskReport {
    let question = Question { context, ..question(text) };
    asked_with(fixture, &question, (reranker, None), &Cancel::default(), &EchoWriter::default())
}

/// Name of the first candidate that the lexical retriever found.
fn first_by_words(asked: &AskReport) -> Option<&str> {
    let found = asked.candidates.iter().filter(|candidate| candidate.lexical.is_some());
    found.min_by_key(|candidate| candidate.lexical.unwrap().rank).map(|candidate| candidate.name.as_str())
}

const INVOICES: [(&str, &str); 3] = [
    ("/bills/2024/invoice.pdf", "total three hundred"),
    ("/bills/2025/invoice.pdf", "total four hundred"),
    ("/bills/notes.txt", "pears and plums in jars"),
];

#[test]
fn a_folder_tells_files_of_one_name_apart_in_words_and_reranking() {
    for reranker in [WordReranker::default(), WordReranker::with_token_input(64)] {
        let fixture = filled(true, &INVOICES);
        let asked = ask(&fixture, &reranker, "the total of 2025", true);
        let folders: Vec<&str> = asked.candidates.iter().map(|candidate| candidate.folder.as_str()).collect();
        assert_eq!(folders[..2], ["2025", "2024"]);
        let logits: Vec<f32> = asked.candidates.iter().map(|each| each.rerank.as_ref().unwrap().logit).collect();
        assert!(logits[0] > logits[1], "the year stands in the context alone: {logits:?}");

        let without = ask(&fixture, &reranker, "the total of 2025", false);
        let logits: Vec<f32> = without.candidates.iter().map(|each| each.rerank.as_ref().unwrap().logit).collect();
        assert_eq!(logits[0], logits[1]);
    }
}

#[test]
fn counts_of_tokens_are_those_of_the_passage_and_every_window_reads_its_context() {
    let long = format!("{} total {}", "pears ".repeat(12), "plums ".repeat(12));
    let fixture = filled(true, &[("/bills/invoice.txt", long.trim())]);
    let reranker = WordReranker::with_token_input(15);
    let asked = ask(&fixture, &reranker, "invoice plums", true);
    let score = asked.candidates[0].rerank.clone().unwrap();
    assert_eq!((score.tokens_read, score.tokens_total), (25, 25));
    assert!(score.windows > 1 && score.window > 1, "{score:?}");
    assert_eq!(score.logit, 1.0, "both words in a window that is not the first");
}

#[test]
fn a_file_is_found_by_its_name_alone_if_names_are_indexed() {
    for (context, found) in [(true, Some("invoice.pdf")), (false, None)] {
        let fixture = filled(context, &INVOICES);
        assert_eq!(first_by_words(&ask(&fixture, &WordReranker::default(), "summarise invoice", context)), found);
    }
}

#[test]
fn a_renamed_file_is_found_by_its_new_name_and_embedded_no_more() {
    let fixture = filled(true, &INVOICES);
    let before = fixture.index.rows.lock().unwrap().clone();
    fixture.files.files.lock().unwrap().remove("/bills/2025/invoice.pdf");
    fixture.put("/bills/2026/policy.pdf", INVOICES[1].1);
    let documents = fixture.catalogue.documents().unwrap();
    let gone: Vec<_> = documents.into_iter().filter(|row| row.path.contains("2025")).collect();
    fixture.ingest_with(&["/bills/2026/policy.pdf"], &gone, &Cancel::default(), &mut |_| ()).unwrap();

    let after = fixture.index.rows.lock().unwrap().clone();
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&before.vector, &before.chunk), (&after.vector, &after.chunk));
    }
    let asked = ask(&fixture, &WordReranker::default(), "policy 2026", true);
    assert_eq!(first_by_words(&asked), Some("policy.pdf"));
    assert!(asked.candidates[0].rerank.as_ref().unwrap().logit > 0.0, "{:?}", asked.candidates[0]);
    assert_eq!(first_by_words(&ask(&fixture, &WordReranker::default(), "2025", true)), None);
}

#[test]
fn headings_are_embedded_and_searched_with_the_later_parts_of_their_section() {
    let fixture = Fixture { context: true, ..filled(true, &[("/manual.md", "placeholder")]) };
    let document = fixture.catalogue.documents().unwrap().remove(0);
    let text = format!("KX-300\n{}", "the lid bolts are tightened with care ".repeat(8));
    let page = Page {
        number: None,
        text: text.trim().to_owned(),
        headings: vec![(0, "Pumps > KX-300".to_owned())],
        extractor: Extractor::Format,
        confidence: None,
        outcome: PageOutcome::Text,
    };
    let with = Refill {
        embedder: &fixture.embedder,
        index: &fixture.index,
        chunking: ChunkSize { tokens: 20, overlap: 0 },
        context: true,
        control: &fixture.control,
    };
    let generation = fixture.catalogue.begin(document.id).unwrap();
    block_on(refill(&with, &document, vec![page.clone()], generation, &Cancel::default())).unwrap();
    let rows = fixture.index.rows.lock().unwrap().clone();
    let rows: Vec<_> = rows.into_iter().filter(|row| row.generation == generation).collect();
    assert!(rows.len() > 2);
    assert_eq!(rows[0].words.text.lines().next(), Some("pumps"), "the text begins with the other heading itself");
    for row in &rows[1..] {
        assert!(page.text.contains(&row.chunk.text), "the chunk stays a slice of the page");
        assert!(row.words.text.starts_with("pumps\nkx-300\n"), "{:?}", row.words);
        assert_eq!(row.words.names, "manual.md");
    }
    let alone: f32 = rows[1].vector.iter().zip(&rows[2].vector).map(|(a, b)| a * b).sum();
    assert!(alone > 0.5, "{alone}");
}

#[test]
fn scripts_widths_and_accents_do_not_matter_to_words() {
    let files = [
        ("/traditional.txt", "車輛進廠請向門衛領號牌"),
        ("/accents.txt", "Das Cafe\u{301} Mu\u{308}hlegg liegt am See"),
        ("/wide.txt", "Ｔｙｐｅ ＫＸ３００ ｌａｍｐ"),
    ];
    let fixture = filled(true, &files);
    for (question, found) in [
        ("车辆进厂领什么号牌", "traditional.txt"),
        ("Mühlegg", "accents.txt"),
        ("muhlegg", "accents.txt"),
        ("KX300", "wide.txt"),
    ] {
        let asked = ask(&fixture, &WordReranker::default(), question, true);
        assert_eq!(first_by_words(&asked), Some(found), "{question}");
        assert!(files.iter().any(|(_, text)| *text == asked.candidates[0].passage.text), "shown as written");
    }
}

#[test]
fn a_misspelt_word_is_searched_as_the_nearest_one_and_that_is_told() {
    let files = [("/a.txt", "descale the coffee machine with acid"), ("/b.txt", "pears and plums in jars")];
    let fixture = filled(true, &files);
    let also = |asked: &AskReport| -> Vec<String> {
        let stage = asked.stages.iter().find(|stage| stage.name == StageName::Lexical).unwrap();
        stage.also_searched.clone()
    };
    let asked = ask(&fixture, &WordReranker::default(), "acid for the cofee machine", true);
    assert_eq!(also(&asked), ["coffee"]);
    assert_eq!(first_by_words(&asked), Some("a.txt"));
    assert_eq!(asked.candidates[0].rerank.as_ref().unwrap().logit, 3.0, "the reranker reads coffee");

    let right = ask(&fixture, &WordReranker::default(), "acid for the coffee machine", true);
    assert_eq!(also(&right), Vec::<String>::new());
    let foreign = ask(&fixture, &WordReranker::default(), "welcher cofee liegt dort", true);
    assert_eq!(also(&foreign), Vec::<String>::new(), "with most words unknown it is another language");
}
