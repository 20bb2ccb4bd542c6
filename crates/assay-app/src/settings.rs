//! Settings: their file, their checks, and their conversion to the types of engines and pipelines.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use assay_contract::{
    AUTO_RERANKER, DraftChoice, HostedChoice, OrderChoice, PrecisionChoice, RerankChoice, Settings, ThresholdChoice,
};
use assay_domain::{DraftMode, Failure, OrderRule, Problem, Question, RerankMode, Scope, Steps, Threshold};
use assay_library::OcrSettings;
use assay_models::address::shown;
use assay_models::hosted::{HostedForm, HostedReranker, HostedSettings};
use assay_models::open_encoders::Precision;
use assay_text::ChunkSize;
use serde::Serialize;

/// Standard deviations between which the cut follows neither rule (two-stage retrieval notes).
const NARROW: f32 = 0.05;
const WIDE: f32 = 0.15;

/// Rerankers that shipped with earlier versions. Settings that name one leave the choice to the program.
const RETIRED_RERANKERS: [&str; 1] = ["assay-reranker-mini"];

/// The settings in a file; one that is not there yet holds the defaults.
pub fn read(path: &Path) -> Result<Settings, Failure> {
    let text = text(path)?;
    let read: Result<Settings, _> = toml::from_str(&text);
    // Who names a threshold and no rule wants that threshold.
    let rule = read.as_ref().map_or(ThresholdChoice::default(), |settings: &Settings| settings.threshold_rule);
    let rule = if names(path, "threshold")? && !names(path, "threshold_rule")? { ThresholdChoice::Fixed } else { rule };
    let mut settings = read.map_err(|error| not_understood(path, &error))?;
    settings.threshold_rule = rule;
    if RETIRED_RERANKERS.contains(&settings.reranker.as_str()) {
        settings.reranker = AUTO_RERANKER.to_owned();
    }
    if RETIRED_RERANKERS.contains(&settings.second_reranker.as_str()) {
        settings.second_reranker.clear();
    }
    Ok(settings)
}

fn not_understood(path: &Path, error: &toml::de::Error) -> Failure {
    let message = format!("{} cannot be understood: {}", path.display(), error.message());
    Failure::new(Problem::BadSetting, message, "correct that line, or delete the file to start with the defaults")
}

/// Whether a file of settings names one of them; a missing file names none.
pub fn names(path: &Path, key: &str) -> Result<bool, Failure> {
    let table: Result<toml::Table, _> = text(path)?.parse();
    Ok(table.is_ok_and(|table| table.contains_key(key)))
}

/// Sets one setting and leaves the other lines of the file as they are. Where a line of that name is not the setting
/// (it may be quoted, or stand in a text), the file is written anew, without its comments.
pub fn set(path: &Path, key: &str, value: impl Into<toml::Value>) -> Result<(), Failure> {
    let (before, value) = (text(path)?, value.into());
    let mut table = before.parse::<toml::Table>().map_err(|error| not_understood(path, &error))?;
    table.insert(key.to_owned(), value.clone());
    let names_it = |line: &&str| line.split_once('=').is_some_and(|(name, _)| name.trim() == key);
    let others = before.lines().filter(|line| !names_it(line)).map(|line| format!("{line}\n"));
    let by_lines = format!("{key} = {value}\n{}", others.collect::<String>());
    let same = by_lines.parse::<toml::Table>().is_ok_and(|written| written == table);
    replace(path, &if same { by_lines } else { text_of(&table)? })
}

/// The settings' text without one of them.
pub fn without(settings: &Settings, key: &str) -> Result<String, Failure> {
    let mut table = toml::Table::try_from(settings).map_err(|error| Failure::bug(error.to_string()))?;
    table.remove(key);
    text_of(&table)
}

fn text(path: &Path) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|error| cannot(path, &error)),
    }
}

/// The settings as their file holds them.
pub fn text_of(settings: &impl Serialize) -> Result<String, Failure> {
    toml::to_string_pretty(settings).map_err(|error| Failure::bug(error.to_string()))
}

/// Writes the settings.
pub fn write(path: &Path, settings: &Settings) -> Result<(), Failure> {
    replace(path, &text_of(settings)?)
}

/// Writes the file. A crash leaves either the old one or the new one.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let staging = path.with_extension("toml.new");
    let written = File::create(&staging).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&staging, path)
    });
    written.map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failure {
    let problem = match error.kind() {
        std::io::ErrorKind::StorageFull => Problem::DiskFull,
        _ => Problem::NoPermission,
    };
    let message = format!("{} cannot be read or written: {error}", path.display());
    Failure::new(problem, message, "check the disk and the rights on that folder")
}

/// The settings of the engines.
///
/// # Errors
/// Fails on the first value that is out of range.
pub fn checked(written: &Settings) -> Result<assay_library::Settings, Failure> {
    within("chunk size", written.chunk_tokens, 16, 8_192)?;
    if written.chunk_overlap * 2 > written.chunk_tokens {
        return Err(bad(&format!(
            "a chunk overlap of {} is more than half of the chunk size {}",
            written.chunk_overlap, written.chunk_tokens
        )));
    }
    within("candidates retrieved", written.retrieve, 1, 1_000)?;
    within("candidates reranked", written.rerank_pool, 1, 1_000)?;
    within("candidates for the second reranker", written.second_pool, 1, 1_000)?;
    within("time for reranking in milliseconds", written.rerank_milliseconds, 0, 3_600_000)?;
    within("MiB of kept scores", written.pairs_mebibytes, 0, 65_536)?;
    within("passages kept", written.keep, 1, 50)?;
    within("threads", written.threads, 0, 256)?;
    within("reading time in seconds", written.read_seconds, 1, 86_400)?;
    within("reading memory in MiB", written.read_mebibytes, 1_024, 1 << 20)?;
    within("file size in MiB", written.file_mebibytes, 1, 1 << 20)?;
    within("days for which a missing file is kept", written.missing_days, 0, 3_650)?;
    within("pages recognised", written.ocr_pages, 0, 50_000)?;
    within("megapixels recognised", written.ocr_megapixels, 1, 200)?;
    within("recognition time of a page in seconds", written.ocr_page_seconds, 1, 3_600)?;
    within("recognition time of a file in seconds", written.ocr_file_seconds, 1, 86_400)?;
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '/');
    if written.ocr_languages.is_empty() || !written.ocr_languages.chars().all(known) {
        return Err(bad(&format!(
            "the languages to recognise are {:?}, and must be Tesseract's names joined by +, as in chi_sim+eng",
            written.ocr_languages
        )));
    }
    within("tokens of an answer", written.answer_tokens, 16, 8_192)?;
    for (what, value) in
        [("threshold", written.threshold), ("loose cut", written.spread_loose), ("tight cut", written.spread_tight)]
    {
        if !(0.0..=1.0).contains(&value) {
            return Err(bad(&format!("the {what} is {value}, and must lie between 0 and 1")));
        }
    }
    within("seconds for the hosted reranker", written.hosted_seconds, 1, 600)?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let hub = given(&written.hub);
    if hub.as_ref().is_some_and(|hub| !hub.starts_with("https://") && !hub.starts_with("http://")) {
        return Err(bad(&format!("the hub's address is {:?}, and must begin with https://", shown(&written.hub))));
    }
    let hosted = hosted(written);
    if let Some(hosted) = &hosted {
        HostedReranker::open(hosted, None)?;
    }
    Ok(assay_library::Settings {
        embedder: written.embedder.clone(),
        reranker: Some(written.reranker.clone()).filter(|name| *name != AUTO_RERANKER),
        second_reranker: Some(written.second_reranker.clone())
            .filter(|name| !name.is_empty() && *name != written.reranker),
        score_cache_bytes: u64::from(written.pairs_mebibytes) << 20,
        writer: Some(written.writer.clone()).filter(|name| !name.is_empty()),
        chunking: ChunkSize { tokens: written.chunk_tokens as usize, overlap: written.chunk_overlap as usize },
        context: written.context,
        threads: Some(written.threads as usize).filter(|&threads| threads > 0),
        precision: precision(written.precision),
        read_time: Duration::from_secs(written.read_seconds.into()),
        read_memory: u64::from(written.read_mebibytes) << 20,
        file_bytes: u64::from(written.file_mebibytes) << 20,
        missing_time: missing_time(written),
        ocr: written.ocr.then(|| ocr(written)),
        answer_tokens: written.answer_tokens as usize,
        hub,
        proxy: given(&written.proxy),
        hosted,
    })
}

/// How long a document whose file is gone is kept.
pub fn missing_time(written: &Settings) -> Duration {
    Duration::from_secs(u64::from(written.missing_days) * 86_400)
}

fn ocr(written: &Settings) -> OcrSettings {
    OcrSettings {
        languages: written.ocr_languages.clone(),
        pages: written.ocr_pages,
        pixels: u64::from(written.ocr_megapixels) * 1_000_000,
        page_time: Duration::from_secs(written.ocr_page_seconds.into()),
        file_time: Duration::from_secs(written.ocr_file_seconds.into()),
        ..OcrSettings::default()
    }
}

fn hosted(written: &Settings) -> Option<HostedSettings> {
    let form = match written.hosted {
        HostedChoice::Off => return None,
        HostedChoice::Cohere => HostedForm::Cohere,
        HostedChoice::Jina => HostedForm::Jina,
        HostedChoice::Tei => HostedForm::Tei,
    };
    let (url, model) = (written.hosted_url.trim().to_owned(), written.hosted_model.trim().to_owned());
    Some(HostedSettings { form, url, model, time: Duration::from_secs(written.hosted_seconds.into()) })
}

fn within(what: &str, value: u32, least: u32, most: u32) -> Result<(), Failure> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(bad(&format!("{what} is {value}, and must lie between {least} and {most}")))
}

fn bad(message: &str) -> Failure {
    Failure::new(Problem::BadSetting, message, "change it in the settings")
}

/// A question under these settings, over the whole library.
pub fn question(written: &Settings, text: String) -> Question {
    Question {
        text,
        scope: Scope::default(),
        retrieve: written.retrieve as usize,
        context: written.context,
        rerank_pool: written.rerank_pool as usize,
        second_pool: written.second_pool as usize,
        budget: budget(written.rerank_milliseconds),
        early_stop: written.early_stop,
        order: order(written.order),
        keep: written.keep as usize,
        rerank: rerank_mode(written.rerank),
        threshold: threshold(written),
        answer: true,
        earlier: Vec::new(),
        steps: Steps {
            follow_up: written.follow_ups,
            drafts: draft_mode(written.drafts),
            fold: written.fold_copies,
            read_on: written.read_on,
            neighbours: written.neighbours,
            check_citations: written.check_citations,
        },
    }
}

/// The threshold of the settings.
pub fn threshold(written: &Settings) -> Threshold {
    match written.threshold_rule {
        ThresholdChoice::Measured => Threshold::Measured { otherwise: written.threshold },
        ThresholdChoice::Fixed => Threshold::Fixed(written.threshold),
        ThresholdChoice::Spread => Threshold::Spread {
            loose: written.spread_loose,
            middle: written.threshold,
            tight: written.spread_tight,
            narrow: NARROW,
            wide: WIDE,
        },
    }
}

/// The precision of a choice.
pub fn precision(choice: PrecisionChoice) -> Precision {
    match choice {
        PrecisionChoice::Auto => Precision::Auto,
        PrecisionChoice::F32 => Precision::F32,
        PrecisionChoice::Bf16 => Precision::Bf16,
        PrecisionChoice::Int8 => Precision::Int8,
    }
}

/// The rerank mode of a choice.
pub fn rerank_mode(choice: RerankChoice) -> RerankMode {
    match choice {
        RerankChoice::On => RerankMode::On,
        RerankChoice::Off => RerankMode::Off,
        RerankChoice::Auto => RerankMode::Auto,
    }
}

/// Whether queries are drafted, by a choice.
pub fn draft_mode(choice: DraftChoice) -> DraftMode {
    match choice {
        DraftChoice::On => DraftMode::On,
        DraftChoice::Off => DraftMode::Off,
        DraftChoice::Auto => DraftMode::Auto,
    }
}

/// The order of a choice.
pub fn order(choice: OrderChoice) -> OrderRule {
    match choice {
        OrderChoice::Rerank => OrderRule::Rerank,
        OrderChoice::Blend => OrderRule::Blend,
    }
}

/// The time budget of reranking, if there is one.
pub fn budget(milliseconds: u32) -> Option<Duration> {
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds.into()))
}
