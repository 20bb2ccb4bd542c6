// Generated from crates/assay-contract by its test; do not edit by hand.

export type ProblemCode = "unsupported_file" | "unreadable_file" | "encrypted_file" | "empty_file" | "scanned_file" | "too_large" | "no_permission" | "missing_file" | "file_changed" | "device_fault" | "too_many_open_files" | "file_in_use" | "reader_died" | "timed_out" | "model_missing" | "model_wrong" | "index_of_another_model" | "index_damaged" | "not_read_back" | "out_of_memory" | "disk_full" | "library_in_use" | "library_not_empty" | "restore_waits" | "backup_unusable" | "newer_assay" | "file_in_the_way" | "folders_collide" | "remote_unreachable" | "remote_refused" | "remote_held" | "follows_another" | "empty_library" | "empty_question" | "bad_setting" | "stopped" | "bug";

export type ProblemView = { 
/**
 * Which problem it is.
 */
problem: ProblemCode, 
/**
 * What happened.
 */
message: string, 
/**
 * What to do next.
 */
action: string, };

export type DocumentState = "queued" | "reading" | "embedding" | "committed" | "failed" | "quarantined" | "offline" | "missing" | "removed";

export type Extractor = "pdf-extract" | "second" | "ocr" | "format" | "none";

export type PageOutcome = "text" | "empty" | "scanned" | "failed";

export type FaultKind = "damaged" | "letters" | "encoding" | "reader_failed" | "too_large" | "attachment" | "no_recognition" | "recognition_cap" | "recognition_unsure" | "recognition_failed" | "other";

export type PageRow = { 
/**
 * The page's own number; absent in formats without pages.
 */
number: number | null, 
/**
 * What the text came from.
 */
extractor: Extractor, 
/**
 * Characters of text.
 */
characters: number, 
/**
 * Confidence of text recognition, 0 to 100; only for `ocr`.
 */
confidence: number | null, 
/**
 * How the page was read.
 */
outcome: PageOutcome, 
/**
 * Why it was not read, or only in part.
 */
reason: string | null, 
/**
 * The same as a code, for translation.
 */
code: FaultKind | null, };

export type DocumentRow = { 
/**
 * The catalogue's number.
 */
id: number, 
/**
 * File name.
 */
name: string, 
/**
 * Name of the folder it lies in, which tells files of one name apart.
 */
folder: string, 
/**
 * Collection.
 */
collection: string, 
/**
 * How far it is in the ingest.
 */
state: DocumentState, 
/**
 * Why it failed, or what is incomplete.
 */
reason: string | null, 
/**
 * Which problem that is, if it failed or is offline.
 */
problem: ProblemCode | null, 
/**
 * Pages of the file.
 */
pages: number, 
/**
 * Pages that gave text.
 */
pages_with_text: number, 
/**
 * Chunks in the index.
 */
chunks: number, 
/**
 * Length of the file.
 */
bytes: number, 
/**
 * ISO 639-3.
 */
language: string | null, 
/**
 * Whether a reading of it (perhaps an earlier one) answers questions.
 */
searchable: boolean, 
/**
 * Unix time in seconds at which it leaves the library for good, if its file is missing.
 */
missing_until: number | null, 
/**
 * Unix time in seconds of the next try, if it failed with a fault that passes by itself.
 */
again_at: number | null, 
/**
 * Whether the user stopped it before it was read: it waits until the user goes on.
 */
stopped: boolean, };

export type FolderState = "watching" | "polling" | "offline" | "resting";

export type FolderRow = { 
/**
 * The catalogue's number.
 */
id: number, 
/**
 * Its own name.
 */
name: string, 
/**
 * The collection its files join.
 */
collection: string, 
/**
 * How it is followed.
 */
state: FolderState, 
/**
 * Why it is polled or offline.
 */
reason: string | null, 
/**
 * Files found by the last full scan.
 */
files: number, 
/**
 * Files and folders that a rule left out of the last full scan: hidden, ignored, too large.
 */
excluded: number, 
/**
 * Unix time of the last full scan, in seconds; absent before the first.
 */
scanned: number | null, };

export type NoticeKind = "healed" | "damaged" | "rebuilding" | "older_index" | "queue" | "snapshot" | "synced_folder" | "remote" | "embedder";

export type WorkState = "waiting" | "going_on" | "stopped" | "unfinished";

export type WaitingWork = { 
/**
 * How it stands.
 */
state: WorkState, 
/**
 * Files to read.
 */
files: number, 
/**
 * Files and folders that were added and not looked at yet.
 */
added: number, 
/**
 * Whether it is the rebuild of the index.
 */
rebuild: boolean, };

export type NoticeFact = { "fact": "synced", 
/**
 * Its name.
 */
program: string, } | { "fact": "catalogue_restored", 
/**
 * The snapshot's name.
 */
snapshot: string, 
/**
 * Documents in it.
 */
documents: number, } | { "fact": "turns_unreadable", 
/**
 * How many.
 */
turns: number, } | { "fact": "catalogue_damaged" } | { "fact": "index_moved", 
/**
 * Why, in English.
 */
reason: string, } | { "fact": "manifests_moved", 
/**
 * How many.
 */
manifests: number, } | { "fact": "files_left_out", 
/**
 * How many.
 */
files: number, } | { "fact": "search_index_dropped", 
/**
 * Its name.
 */
name: string, } | { "fact": "readings_unknown", 
/**
 * How many.
 */
readings: number, } | { "fact": "passages_lacking", 
/**
 * How many.
 */
documents: number, } | { "fact": "names_not_searched" } | { "fact": "copies_failed", 
/**
 * Why, in English.
 */
reason: string, } | { "fact": "mirror_old", 
/**
 * When it was published, in seconds since 1970.
 */
published: number, 
/**
 * When the store was last asked, in seconds since 1970.
 */
looked: number | null, 
/**
 * Why, in English.
 */
reason: string, } | { "fact": "not_published", 
/**
 * Why, in English.
 */
reason: string, } | { "fact": "taken_over" } | { "fact": "english_alone", 
/**
 * Its name.
 */
model: string, };

export type NoticeRow = { 
/**
 * What it is about.
 */
kind: NoticeKind, 
/**
 * One sentence: what happened.
 */
what: string, 
/**
 * What to do about it; empty where there is nothing to do.
 */
do: string, 
/**
 * The bi-encoder that a rebuild should fill the index with, where that is what the notice offers.
 */
embedder?: string, 
/**
 * What it tells, unless it is about the queue.
 */
fact?: NoticeFact, 
/**
 * The work that waits or goes on, where the notice is about the queue.
 */
work?: WaitingWork, };

export type LibraryView = { 
/**
 * One row for every document.
 */
documents: Array<DocumentRow>, 
/**
 * Documents per state; they add up to the rows.
 */
counts: { [key in DocumentState]?: number }, 
/**
 * Whether an ingest is running.
 */
busy: boolean, 
/**
 * Whether the running ingest is paused.
 */
paused: boolean, 
/**
 * Watched folders.
 */
folders: Array<FolderRow>, 
/**
 * Files that the user removed from watched folders; scans leave them out.
 */
removed: Array<RemovedRow>, 
/**
 * What happened to the library itself since it was opened.
 */
notices: Array<NoticeRow>, 
/**
 * Pieces of work that the user stopped and that wait until the user goes on.
 */
stopped: number, 
/**
 * What it is to the object store: unless that is off, the text of its documents lies there, too.
 */
shared: RemoteRole, 
/**
 * Why the index cannot answer, if it cannot.
 */
problem: ProblemView | null, 
/**
 * Names of the first files and folders that were added and wait until the library can take them in.
 */
waiting: Array<string>, 
/**
 * How many files and folders wait so.
 */
waiting_count: number, };

export type BackupChoice = { 
/**
 * The index; without it, it is filled again from the stored text.
 */
index: boolean, 
/**
 * Downloaded and imported models.
 */
models: boolean, };

export type BackupGap = "keys" | "passwords" | "index" | "models" | "model_files";

export type BackupProgress = { 
/**
 * Bytes done.
 */
done: number, 
/**
 * Bytes in all.
 */
total: number, };

export type BackupReply = { 
/**
 * Documents in it.
 */
documents: number, 
/**
 * Kept questions in it.
 */
questions: number, 
/**
 * Judgements in it.
 */
judgements: number, 
/**
 * Length of the file.
 */
bytes: number, 
/**
 * What is not in it.
 */
left_out: Array<BackupGap>, };

export type BackupRoot = { 
/**
 * Its number in the backup.
 */
id: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Documents below it.
 */
documents: number, 
/**
 * Whether it is watched.
 */
watched: boolean, 
/**
 * Whether it is on this machine.
 */
found: boolean, };

export type BackupView = { 
/**
 * When it was made, in seconds since 1970.
 */
created: number, 
/**
 * Documents in it.
 */
documents: number, 
/**
 * Kept questions in it.
 */
questions: number, 
/**
 * Judgements in it.
 */
judgements: number, 
/**
 * Whether the index is in it.
 */
index: boolean, 
/**
 * Whether models are in it.
 */
models: boolean, 
/**
 * The folders that its documents lie in.
 */
roots: Array<BackupRoot>, };

export type FileState = "committed" | "unchanged" | "renamed" | "failed" | "quarantined" | "excluded" | "offline" | "missing" | "removed" | "stopped";

export type FileRow = { 
/**
 * File name.
 */
name: string, 
/**
 * How the ingest ended for it.
 */
state: FileState, 
/**
 * Why, where there is a reason.
 */
reason: string | null, 
/**
 * The problem's code, for a file that failed.
 */
problem: ProblemCode | null, 
/**
 * Pages of the file.
 */
pages: number, 
/**
 * Pages that gave text.
 */
pages_with_text: number, 
/**
 * Chunks in the index.
 */
chunks: number, 
/**
 * Wall-clock time from reading to commit.
 */
seconds: number, };

export type IngestReply = { 
/**
 * A row for every file.
 */
files: Array<FileRow>, 
/**
 * Files per state; they add up to the rows.
 */
counts: { [key in FileState]?: number }, 
/**
 * Wall-clock time of the whole.
 */
seconds: number, };

export type LibraryEvent = { "kind": "started", 
/**
 * Files found.
 */
files: number, } | { "kind": "file", 
/**
 * The catalogue's number.
 */
document: number, 
/**
 * File name.
 */
name: string, 
/**
 * Its state.
 */
state: DocumentState, 
/**
 * Why it failed.
 */
reason: string | null, 
/**
 * Which problem that is.
 */
problem: ProblemCode | null, } | { "kind": "progress", 
/**
 * Files finished, however they ended.
 */
done: number, 
/**
 * Files found.
 */
files: number, 
/**
 * Estimated from the bytes still to read; absent until the first file is done.
 */
seconds_left: number | null, } | { "kind": "paused", 
/**
 * Whether it is paused now.
 */
paused: boolean, } | { "kind": "finished", 
/**
 * Its reply.
 */
reply: IngestReply, } | { "kind": "failed", 
/**
 * Why.
 */
problem: ProblemView, } | { "kind": "changed" };

export type RemovedRow = { 
/**
 * The number of its mark.
 */
id: number, 
/**
 * File name.
 */
name: string, 
/**
 * Name of the folder it lies in.
 */
folder: string, 
/**
 * The collection it was in.
 */
collection: string, 
/**
 * Unix time of the removal, in seconds.
 */
removed: number, };

export type PageView = { 
/**
 * The page's own number.
 */
number: number | null, 
/**
 * Its text.
 */
text: string, };

export type PassageView = { 
/**
 * The chunk.
 */
chunk: string, 
/**
 * Its document.
 */
document: number, 
/**
 * File name.
 */
name: string, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Pages of the document.
 */
pages: number, 
/**
 * Heading path.
 */
heading: string | null, 
/**
 * The page's text before the passage.
 */
before: string, 
/**
 * The passage.
 */
text: string, 
/**
 * The page's text after the passage.
 */
after: string, };

export type CheckKind = "missing_rows" | "extra_rows" | "unfinished" | "other_model" | "damaged" | "not_open";

export type CheckProblem = { 
/**
 * How they differ.
 */
kind: CheckKind, 
/**
 * The document's name or number, where it is about one.
 */
document: string | null, 
/**
 * What is wrong.
 */
what: string, 
/**
 * What to do about it.
 */
do: string, };

export type CheckReply = { 
/**
 * Whether index and catalogue agree.
 */
ok: boolean, 
/**
 * Documents that answer questions.
 */
documents: number, 
/**
 * Chunks that answer questions.
 */
chunks: number, 
/**
 * What differs.
 */
problems: Array<CheckProblem>, };

export type RerankChoice = "on" | "off" | "auto";

export type DraftChoice = "on" | "off" | "auto";

export type OrderChoice = "rerank" | "blend";

export type ThresholdChoice = "measured" | "fixed" | "spread";

export type ThemeChoice = "system" | "light" | "dark";

export type PrecisionChoice = "auto" | "f32" | "bf16" | "int8";

export type HostedChoice = "off" | "cohere" | "jina" | "tei";

export type Settings = { 
/**
 * Name of the bi-encoder, as in the model list.
 */
embedder: string, 
/**
 * Whether to offer a rebuild where the bi-encoder reads English alone; false once it was said.
 */
rebuild_offer: boolean, 
/**
 * Name of the cross-encoder, as in the model list; `auto` for the one that was measured best on the languages
 * of each question and passage.
 */
reranker: string, 
/**
 * Name of a cross-encoder that reads the best of the first one's order; empty for none.
 */
second_reranker: string, 
/**
 * Name of the language model, as in the model list; empty for extractive answers.
 */
writer: string, 
/**
 * Most tokens in a chunk.
 */
chunk_tokens: number, 
/**
 * Tokens shared by neighbouring chunks.
 */
chunk_overlap: number, 
/**
 * Whether passages are indexed and reranked with the context they come from: file, folder, headings.
 */
context: boolean, 
/**
 * Candidates per retriever.
 */
retrieve: number, 
/**
 * Candidates that the cross-encoder reads.
 */
rerank_pool: number, 
/**
 * Candidates that the second cross-encoder reads.
 */
second_pool: number, 
/**
 * Time budget of reranking in milliseconds; 0 for no limit.
 */
rerank_milliseconds: number, 
/**
 * Whether the second cross-encoder may stop when no other passage is expected to enter the
 * top. A heuristic.
 */
early_stop: boolean, 
/**
 * Mebibytes of cached scores and token ids; 0 for none.
 */
pairs_mebibytes: number, 
/**
 * Passages kept for the answer.
 */
keep: number, 
/**
 * Whether the cross-encoder runs.
 */
rerank: RerankChoice, 
/**
 * Which order is in force once passages are reranked.
 */
order: OrderChoice, 
/**
 * How the threshold is chosen.
 */
threshold_rule: ThresholdChoice, 
/**
 * The fixed threshold, on the sigmoid of the rerank logit.
 */
threshold: number, 
/**
 * The threshold when the ten best are close together.
 */
spread_loose: number, 
/**
 * The threshold when the ten best are far apart.
 */
spread_tight: number, 
/**
 * Whether a follow-up is rewritten into a question that stands alone.
 */
follow_ups: boolean, 
/**
 * Whether the language model drafts more queries for a question.
 */
drafts: DraftChoice, 
/**
 * Whether copies of a passage are put behind it before reranking.
 */
fold_copies: boolean, 
/**
 * Whether the documents of the kept passages are read to their end where a question asks for a list.
 */
read_on: boolean, 
/**
 * Whether what room is left in a language model's context goes to the neighbours of the kept passages.
 */
neighbours: boolean, 
/**
 * Whether each sentence of a written answer is compared with the passages that it cites.
 */
check_citations: boolean, 
/**
 * Threads for the encoders; 0 for one per physical core.
 */
threads: number, 
/**
 * Precision of the encoders' linear layers.
 */
precision: PrecisionChoice, 
/**
 * Most seconds for reading one file.
 */
read_seconds: number, 
/**
 * Most mebibytes of memory for reading one file.
 */
read_mebibytes: number, 
/**
 * Largest file that is ingested, in mebibytes.
 */
file_mebibytes: number, 
/**
 * Days for which a document is kept whose file is gone from a watched folder; 0 removes it at once.
 */
missing_days: number, 
/**
 * Whether text in pictures and scans is recognised, where Tesseract is installed.
 */
ocr: boolean, 
/**
 * Tesseract's names of the languages to recognise, joined by `+`.
 */
ocr_languages: string, 
/**
 * Most pages of one file that are recognised.
 */
ocr_pages: number, 
/**
 * Most megapixels of a page that is recognised.
 */
ocr_megapixels: number, 
/**
 * Most seconds for recognising one page.
 */
ocr_page_seconds: number, 
/**
 * Most seconds for recognising the pages of one file.
 */
ocr_file_seconds: number, 
/**
 * Most tokens in a written answer.
 */
answer_tokens: number, 
/**
 * `en`, `zh`, or empty for the system's.
 */
language: string, 
/**
 * The theme of the window.
 */
theme: ThemeChoice, 
/**
 * Address of the model hub or a mirror; empty for the default hub.
 */
hub: string, 
/**
 * Proxy for downloads, `http://host:port`; empty for the environment's.
 */
proxy: string, 
/**
 * Whether a hosted reranker is used. Its key is never stored in the settings.
 */
hosted: HostedChoice, 
/**
 * Its address, `https://host`.
 */
hosted_url: string, 
/**
 * The server's name for the model.
 */
hosted_model: string, 
/**
 * Most seconds for one reply of the server.
 */
hosted_seconds: number, };

export type ScopeChoice = { 
/**
 * Only these documents; all if empty.
 */
documents?: readonly number[], 
/**
 * Only files below this folder: its absolute path, or the names of one or more folders in a row (`2024/invoices`).
 */
folder?: string, 
/**
 * Only these formats: names of formats or endings of file names (`pdf`); all if empty.
 */
formats?: readonly string[], 
/**
 * Only documents in these languages: ISO 639 codes (`zh`, `eng`); all if empty.
 */
languages?: readonly string[], 
/**
 * Only files last written on this day or later (`2024-12-31`, UTC).
 */
since?: string, 
/**
 * Only files last written before this day (UTC).
 */
before?: string, };

export type ScopeView = { 
/**
 * Documents that it searched.
 */
documents: number, 
/**
 * Documents of the library that answer.
 */
of: number, };

export type AskRequest = { 
/**
 * Its text.
 */
question: string, 
/**
 * Only this collection.
 */
collection: string | null, 
/**
 * What else limits the documents that are searched.
 */
scope?: ScopeChoice, 
/**
 * The conversation to continue.
 */
conversation: number | null, 
/**
 * Reranking for this question.
 */
rerank: RerankChoice | null, 
/**
 * Passages kept.
 */
keep: number | null, 
/**
 * Candidates retrieved.
 */
retrieve: number | null, 
/**
 * Whether a follow-up is rewritten into a question that stands alone.
 */
follow_up?: boolean, };

export type VectorView = { 
/**
 * Cosine, -1 to 1; the dot product where `models.metric` is `dot`.
 */
similarity: number, 
/**
 * From 1.
 */
rank: number, };

export type LexicalView = { 
/**
 * 0 and up.
 */
score: number, 
/**
 * From 1.
 */
rank: number, };

export type FusedView = { 
/**
 * Sum of 1 / (60 + rank).
 */
score: number, 
/**
 * From 1.
 */
rank: number, };

export type RerankView = { 
/**
 * Raw output.
 */
logit: number, 
/**
 * Sigmoid of the logit; not a calibrated probability.
 */
probability: number, 
/**
 * From 1.
 */
rank: number, 
/**
 * Passage tokens that were read.
 */
tokens_read: number, 
/**
 * Tokens of the passage.
 */
tokens_total: number, 
/**
 * Name of the cross-encoder. Logits of two models are never compared.
 */
model?: string, 
/**
 * Present if the passage was longer than the model reads and was scored in windows.
 */
window?: WindowView, };

export type WindowView = { 
/**
 * From 1.
 */
best: number, 
/**
 * Windows in all.
 */
of: number, };

export type BlendView = { 
/**
 * 1 / (60 + fused rank) + weight / (60 + rerank rank); the weight is 1 unless another was measured.
 */
score: number, 
/**
 * From 1.
 */
rank: number, };

export type OrderRule = "fused" | "rerank" | "blend";

export type PlaceView = { 
/**
 * From 1.
 */
rank: number, 
/**
 * The order in force.
 */
rule: OrderRule, };

export type Outcome = "kept" | "below_threshold" | "beyond_top" | "duplicate" | "did_not_fit" | "not_reranked";

export type DraftedQuery = "hypothetical" | "variant_1" | "variant_2" | "variant_3";

export type DraftedView = { 
/**
 * Which query.
 */
query: DraftedQuery, 
/**
 * Rank in the query's list, from 1; it is fused with the ranks of the other retrievers. The list of a wording is the
 * reciprocal rank fusion of its two searches.
 */
rank: number, 
/**
 * Of the search by its vector, if that found the passage.
 */
vector: VectorView | null, 
/**
 * Of the search by its words, if that found the passage.
 */
lexical: LexicalView | null, };

export type CandidateRow = { 
/**
 * Identifies the chunk.
 */
chunk: string, 
/**
 * Its document.
 */
document: number, 
/**
 * File name; empty in a kept answer once its document was removed from the library.
 */
name: string, 
/**
 * Folder that the file lies in, which tells files of one name apart; empty in a kept answer.
 */
folder?: string, 
/**
 * Whether its document's file could not be reached then: its text is as it was last read.
 */
offline?: boolean, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Heading path.
 */
heading: string | null, 
/**
 * Its text; empty in a kept answer once its document was removed from the library.
 */
text: string, 
/**
 * The vector retriever's score, if it found the passage.
 */
vector: VectorView | null, 
/**
 * The lexical retriever's score, if it found the passage.
 */
lexical: LexicalView | null, 
/**
 * One for each drafted query that found it.
 */
drafted?: Array<DraftedView>, 
/**
 * After fusion.
 */
fused: FusedView | null, 
/**
 * The deciding cross-encoder's score, if one read it.
 */
rerank: RerankView | null, 
/**
 * The first cross-encoder's score, where a second one decides.
 */
first_rerank?: RerankView, 
/**
 * Its blended score, where the blended order is in force.
 */
blend?: BlendView, 
/**
 * Its place now.
 */
place?: PlaceView, 
/**
 * Files that hold a copy of it. The copies follow as candidates with the outcome `duplicate`.
 */
copies?: Array<string>, 
/**
 * Whether it was kept, or why not.
 */
outcome: Outcome, };

export type ThresholdOn = "rerank.probability" | "none";

export type ThresholdRule = "not_reranked" | "fixed" | "measured" | "narrow_spread" | "middle_spread" | "wide_spread";

export type ThresholdView = { 
/**
 * The value, if anything was cut.
 */
value: number | null, 
/**
 * Which score it cuts.
 */
on: ThresholdOn, 
/**
 * Why this value.
 */
why: string, 
/**
 * The same as a code, for translation.
 */
rule: ThresholdRule, };

export type CitationRow = { 
/**
 * As in `[1]`.
 */
number: number, 
/**
 * The chunk.
 */
chunk: string, 
/**
 * Its document.
 */
document: number, 
/**
 * File name; empty in a kept answer once its document was removed from the library.
 */
name: string, 
/**
 * Folder that the file lies in, which tells files of one name apart; empty in a kept answer.
 */
folder?: string, 
/**
 * Whether its document's file could not be reached then: its text is as it was last read.
 */
offline?: boolean, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Heading path of its passage.
 */
heading?: string, 
/**
 * The quoted text; empty in a kept answer once its document was removed from the library.
 */
quote: string, };

export type AnswerKind = "extractive" | "written" | "refused" | "catalogue" | "none" | "withdrawn";

export type CitationVerdict = "uncited" | "unchecked" | "found" | "not_found";

export type CheckedBy = "reranker" | "embedder";

export type CitationCheckView = { 
/**
 * Name of the model.
 */
model: string, 
/**
 * What the model is.
 */
by: CheckedBy, 
/**
 * The best score of the cited passages: sigmoid or cosine.
 */
score: number, 
/**
 * The cross-encoder's raw output.
 */
logit?: number, 
/**
 * Below it the sentence counts as not found.
 */
limit: number, };

export type AnswerSentenceView = { 
/**
 * Its words.
 */
text: string, 
/**
 * The numbers that it cites and that name a passage.
 */
cites: readonly number[], 
/**
 * What is known of it.
 */
verdict: CitationVerdict, 
/**
 * The score, if it was compared.
 */
check?: CitationCheckView, };

export type AnswerView = { 
/**
 * Its text, with numbers like `[1]`.
 */
text: string, 
/**
 * How it came about.
 */
kind: AnswerKind, 
/**
 * One for each number.
 */
citations: Array<CitationRow>, 
/**
 * Whether no passage was good enough to answer from.
 */
refused: boolean, 
/**
 * Numbers in the text that name no passage.
 */
unknown?: readonly number[], 
/**
 * Codes and years of the question that no passage that was found names; only a refusal has them.
 */
unnamed?: readonly string[], 
/**
 * Its sentences, if a language model wrote them.
 */
sentences?: readonly AnswerSentenceView[], 
/**
 * What a model wrote to itself before the answer. Nothing is cited from it, and no conversation keeps it.
 */
thinking?: string, };

export type StageName = "follow_up" | "embed" | "vector" | "lexical" | "draft" | "hypothetical" | "variants" | "fuse" | "fold" | "rerank" | "keep" | "read_on" | "context" | "answer" | "check_citations";

export type StageState = "done" | "skipped" | "fell_back" | "failed" | "stopped";

export type ReasonCode = "stands_alone" | "rewritten" | "switched_off" | "language_unknown_to_embedder" | "embedder_failed" | "vector_failed" | "lexical_failed" | "spelling_failed" | "nothing_retrieved" | "reranking_off" | "language_unknown_to_model" | "no_reranker_for_languages" | "decided_by_similarity" | "no_reranker" | "reranker_failed" | "no_second_reranker" | "second_reranker_failed" | "top_settled" | "time_budget" | "stopped" | "folded" | "read_on" | "neighbours" | "passage_cut" | "citations_checked" | "check_failed" | "about_library" | "not_asked" | "writer_missing" | "no_writer" | "writer_failed" | "drafted" | "draft_failed" | "drafts_late" | "drafts_not_needed" | "no_score_to_compare" | "answer_cut";

export type Precision = "f32" | "f16" | "bf16" | "int8" | "as the host computes it";

export type ScoresRow = { 
/**
 * Its name.
 */
model: string, 
/**
 * Its precision.
 */
precision: Precision, 
/**
 * Passages scored now.
 */
computed: number, 
/**
 * Passages whose score was in the cache.
 */
cached: number, 
/**
 * Milliseconds until the token ids were there.
 */
tokenizing_ms: number, };

export type DraftRow = { 
/**
 * Which one.
 */
query: DraftedQuery, 
/**
 * What is searched.
 */
text: string, };

export type StageRow = { 
/**
 * Which stage.
 */
name: StageName, 
/**
 * Wall-clock milliseconds.
 */
ms: number, 
/**
 * How it went.
 */
state: StageState, 
/**
 * Why, for any state but `done`; for `done`, what it left to another stage or what it did.
 */
reason: string | null, 
/**
 * The same as a code, for translation.
 */
code: ReasonCode | null, 
/**
 * How many candidates the reason is about, where it is about some of them.
 */
count?: number, 
/**
 * What each cross-encoder did in it.
 */
scores?: Array<ScoresRow>, 
/**
 * Words that the lexical retriever searched besides the question's own, because no file has those as written.
 */
also_searched?: Array<string>, 
/**
 * Queries that the language model drafted, which are searched too.
 */
drafts?: Array<DraftRow>, };

export type ScoreScale = "logit" | "log_odds";

export type LexicalFields = "text" | "words" | "words_and_names";

export type ModelsUsed = { 
/**
 * Bi-encoder.
 */
embedder: string, 
/**
 * Cross-encoder, if one was open.
 */
reranker: string | null, 
/**
 * Second cross-encoder, which reads the best of the first one's order, if one was open.
 */
second_reranker?: string, 
/**
 * What wrote the answer, if anything did.
 */
writer: string | null, 
/**
 * What the rerank logits are.
 */
rerank_scale: ScoreScale | null, 
/**
 * What the lexical scores are; absent in a kept answer.
 */
lexical?: LexicalFields, 
/**
 * What the similarities are; absent in a kept answer.
 */
metric?: Metric, };

export type AskReply = { 
/**
 * The question as asked.
 */
question: string, 
/**
 * The question as it was searched, where a follow-up was rewritten.
 */
standalone?: string, 
/**
 * The collection that it was limited to; absent if all were searched.
 */
collection?: string, 
/**
 * How many documents it searched, if more than the collection limited it.
 */
scope?: ScopeView, 
/**
 * Device in use, and why a faster one is not.
 */
device: string, 
/**
 * The models that took part.
 */
models: ModelsUsed, 
/**
 * Every candidate that was retrieved: reranked ones in the order that each row's place names,
 * then the rest by fused rank.
 */
candidates: Array<CandidateRow>, 
/**
 * The threshold that was applied.
 */
threshold: ThresholdView, 
/**
 * The answer.
 */
answer: AnswerView, 
/**
 * How each stage went.
 */
stages: Array<StageRow>, 
/**
 * The conversation it was saved in, if it was.
 */
conversation: number | null, 
/**
 * Why it was not saved, if saving failed. The answer is whole.
 */
unsaved?: ProblemView, };

export type ScoredRow = { 
/**
 * The chunk.
 */
chunk: string, 
/**
 * Its score.
 */
rerank: RerankView, 
/**
 * The first cross-encoder's score, where a second one decides.
 */
first_rerank?: RerankView, };

export type AskEvent = { "kind": "stage", 
/**
 * How it went.
 */
stage: StageRow, } | { "kind": "stands_alone", 
/**
 * The question that is searched.
 */
question: string, } | { "kind": "retrieved", 
/**
 * In fused order, without rerank scores.
 */
candidates: Array<CandidateRow>, } | { "kind": "scored", 
/**
 * Chunk and score.
 */
scores: Array<ScoredRow>, 
/**
 * Passages scored so far, counted once for each cross-encoder.
 */
done: number, 
/**
 * Passages to score in all, counted the same way.
 */
total: number, } | { "kind": "settled", 
/**
 * All candidates, in final order.
 */
candidates: Array<CandidateRow>, 
/**
 * The threshold that was applied.
 */
threshold: ThresholdView, } | { "kind": "thinking", 
/**
 * Its text.
 */
text: string, } | { "kind": "text", 
/**
 * Its text.
 */
text: string, } | { "kind": "failed", 
/**
 * Why.
 */
problem: ProblemView, };

export type ConversationRow = { 
/**
 * Its number.
 */
id: number, 
/**
 * Its first question.
 */
title: string, 
/**
 * Seconds since 1970.
 */
created: number, 
/**
 * Questions in it.
 */
turns: number, };

export type TurnRow = { 
/**
 * Seconds since 1970.
 */
created: number, 
/**
 * The reply as it was given.
 */
reply: AskReply, 
/**
 * Whether only the question and the answer could be read.
 */
unreadable: boolean, };

export type ModelRole = "embedder" | "reranker" | "writer";

export type ModelState = "built_in" | "here" | "not_here";

export type ModelObstacle = "family" | "pickle";

export type Metric = "cosine" | "dot";

export type ModelRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it is for.
 */
role: ModelRole, 
/**
 * Model family.
 */
family: string, 
/**
 * ISO 639-3 codes.
 */
languages: Array<string>, 
/**
 * Licence.
 */
licence: string, 
/**
 * Length of its files.
 */
bytes: number, 
/**
 * Most tokens it reads.
 */
max_tokens: number, 
/**
 * Whether it is on this machine.
 */
state: ModelState, 
/**
 * Its purpose in one line.
 */
about: string, 
/**
 * The same in Chinese; empty if an earlier version answers.
 */
about_zh: string, 
/**
 * Why it is not offered for download; absent if it is.
 */
obstacle: ModelObstacle | null, 
/**
 * Whether it is one of the pair that is recommended for this machine.
 */
recommended: boolean, 
/**
 * What a bi-encoder of the catalogue wants before a question; its own folder takes precedence.
 */
query_prefix: string | null, 
/**
 * What it wants before a passage.
 */
passage_prefix: string | null, 
/**
 * How a bi-encoder's vectors are compared, where known.
 */
metric: Metric | null, 
/**
 * Numbers in a bi-encoder's vector, where known.
 */
dimension: number | null, 
/**
 * Bytes to download, where known. Files on this machine count in `bytes`.
 */
download: number | null, 
/**
 * Bytes of main memory that it needs, where known.
 */
memory: number | null, 
/**
 * `owner/name` on the hub; absent for a built-in or imported model.
 */
repository: string | null, 
/**
 * Branch, tag or commit on the hub.
 */
revision: string, };

export type LanguageRow = { 
/**
 * ISO 639-3 code; Chinese is `zho`.
 */
language: string, 
/**
 * How many.
 */
documents: number, };

export type KeyPlace = "environment" | "store" | "none";

export type PairRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * ISO 639-3 codes of the languages that it is recommended for.
 */
languages: Array<string>, 
/**
 * Bytes of main memory from which it is recommended.
 */
memory: number, 
/**
 * Name of the bi-encoder.
 */
embedder: string, 
/**
 * Name of the cross-encoder.
 */
reranker: string, 
/**
 * Bytes still to download, where known; 0 if both models are here.
 */
download: number | null, 
/**
 * Bytes of main memory that both need, where known.
 */
needs: number | null, 
/**
 * Whether it is the one for this machine.
 */
recommended: boolean, };

export type MirrorRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its address.
 */
address: string, };

export type ModelRegistryView = { 
/**
 * Models known.
 */
models: Array<ModelRow>, 
/**
 * Recommended pairs; the one for less memory first.
 */
pairs: Array<PairRow>, 
/**
 * Mirrors of the hub.
 */
mirrors: Array<MirrorRow>, 
/**
 * Bytes of this machine's main memory, where the system reports them.
 */
memory: number | null, 
/**
 * Free bytes on the disk of the models, where the system reports them.
 */
disk: number | null, 
/**
 * Languages of the library; the one with the most documents first.
 */
languages: Array<LanguageRow>, 
/**
 * Models that are being downloaded now.
 */
pulling: Array<string>, 
/**
 * Where the hosted reranker's key is kept.
 */
key: KeyPlace, };

export type PullPhase = "asking" | "fetching" | "checking";

export type PullEvent = { 
/**
 * The model.
 */
name: string, 
/**
 * Its phase.
 */
phase: PullPhase, 
/**
 * Bytes downloaded.
 */
done: number, 
/**
 * Bytes in all.
 */
total: number | null, 
/**
 * Bytes per second, recently.
 */
speed: number, 
/**
 * Seconds left at that speed.
 */
seconds_left: number | null, };

export type Hello = { 
/**
 * Version of the program.
 */
version: string, 
/**
 * Settings as written.
 */
settings: Settings, 
/**
 * Models known.
 */
models: Array<ModelRow>, 
/**
 * The library.
 */
library: LibraryView, 
/**
 * Device in use, and why a faster one is not.
 */
device: string, };

export type ExplainRequest = { 
/**
 * The question.
 */
question: string, 
/**
 * The passage.
 */
chunk: string, };

export type SentenceRow = { 
/**
 * Where it begins.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, 
/**
 * The passage's logit without it, once computed.
 */
logit_without: number | null, 
/**
 * What the logit loses without it; above 0 the sentence raises the logit.
 */
change: number | null, };

export type ExplainReply = { 
/**
 * The cross-encoder.
 */
model: string, 
/**
 * The logit of the whole passage, computed for this explanation.
 */
logit: number | null, 
/**
 * Passage tokens that were read.
 */
tokens_read: number, 
/**
 * Tokens of the passage.
 */
tokens_total: number, 
/**
 * Where the model stops reading, in UTF-16 units; absent if it reads all or cannot tell.
 */
read_to: number | null, 
/**
 * In the order of the text.
 */
sentences: Array<SentenceRow>, 
/**
 * Whether it was stopped before every sentence was scored.
 */
stopped: boolean, };

export type ExplainEvent = { "kind": "begun", 
/**
 * Nothing scored yet.
 */
reply: ExplainReply, } | { "kind": "whole", 
/**
 * Its logit.
 */
logit: number, 
/**
 * Passage tokens that were read.
 */
tokens_read: number, 
/**
 * Tokens of the passage.
 */
tokens_total: number, } | { "kind": "sentence", 
/**
 * Which, from 0.
 */
index: number, 
/**
 * The logit without it.
 */
logit_without: number, 
/**
 * What the logit loses without it.
 */
change: number, };

export type SetUp = { 
/**
 * The question.
 */
question: string, 
/**
 * Only this collection.
 */
collection: string | null, 
/**
 * What else limits the documents that are searched.
 */
scope?: ScopeChoice, 
/**
 * Whether the cross-encoder runs.
 */
rerank: RerankChoice, 
/**
 * Name of another cross-encoder; that of the settings if absent.
 */
reranker: string | null, 
/**
 * Candidates per retriever.
 */
retrieve: number, 
/**
 * Candidates that the cross-encoder reads.
 */
rerank_pool: number, 
/**
 * Passages kept.
 */
keep: number, 
/**
 * A fixed threshold; the rule of the settings if absent.
 */
threshold: number | null, };

export type WhyRequest = { 
/**
 * The question.
 */
question: string, 
/**
 * A quote of a document.
 */
text: string, 
/**
 * Look for the text in this document alone.
 */
document: number | null, 
/**
 * The question searches only this collection.
 */
collection: string | null, 
/**
 * What else limits the documents that the question searches.
 */
scope?: ScopeChoice, 
/**
 * Reranking for this question.
 */
rerank: RerankChoice | null, 
/**
 * Passages kept.
 */
keep: number | null, 
/**
 * Candidates per retriever.
 */
retrieve: number | null, };

export type WhyMatch = "exact" | "nearest" | "nowhere";

export type WhyStageName = "vector" | "lexical" | "drafted" | "fused" | "fold" | "rerank" | "kept";

export type WhyStanding = "ranked" | "outside" | "no_match" | "cut_before" | "not_run" | "not_searched";

export type WhyOutcome = "kept" | "not_in_pool" | "not_reranked" | "below_threshold" | "beyond_top" | "duplicate" | "did_not_fit" | "other_collection" | "out_of_scope" | "document_missing" | "in_no_chunk" | "not_searched" | "page_not_read" | "document_not_read" | "in_no_document";

export type WhyStage = { 
/**
 * Which stage.
 */
name: WhyStageName, 
/**
 * How the text stands there.
 */
standing: WhyStanding, 
/**
 * Its rank among all, from 1, also beyond the pool.
 */
rank: number | null, 
/**
 * Its raw score; `name` says which.
 */
score: number | null, 
/**
 * Passages that are ranked there.
 */
of: number | null, 
/**
 * How many of them go on.
 */
limit: number | null, 
/**
 * Sigmoid of the logit.
 */
probability: number | null, 
/**
 * The cross-encoder.
 */
model: string | null, 
/**
 * The threshold that applies to it.
 */
threshold: number | null, 
/**
 * What became of it here, if it went no further.
 */
cut: WhyOutcome | null, 
/**
 * Why it has no rank, or was cut.
 */
reason: string | null, 
/**
 * The code of a stage's reason, for translation.
 */
code: ReasonCode | null, };

export type WhyPassage = { 
/**
 * Its chunk; absent if the text is in none.
 */
chunk: string | null, 
/**
 * Its document.
 */
document: number, 
/**
 * File name.
 */
name: string, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Heading path of the passage that was followed.
 */
heading?: string, 
/**
 * Text of the passage that was followed; absent for the others.
 */
text?: string, };

export type WhyUnread = { 
/**
 * The document.
 */
document: number, 
/**
 * File name.
 */
name: string, 
/**
 * Whether the document as a whole was not read.
 */
whole: boolean, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Why it was not read, or only in part.
 */
reason: string, };

export type WhyReply = { 
/**
 * The question.
 */
question: string, 
/**
 * The text.
 */
text: string, 
/**
 * Whether the text is on a page of the library, word for word or nearly so.
 */
found: boolean, 
/**
 * How it was found.
 */
matched: WhyMatch, 
/**
 * For `nearest`: the share of the text's shingles that stands in the passage.
 */
likeness: number | null, 
/**
 * The passage that was followed: of those that hold the text, the one that got furthest.
 */
passage: WhyPassage | null, 
/**
 * Other passages that hold the text.
 */
others: Array<WhyPassage>, 
/**
 * The stages in order.
 */
stages: Array<WhyStage>, 
/**
 * The threshold that was applied.
 */
threshold: ThresholdView, 
/**
 * What became of the text.
 */
outcome: WhyOutcome, 
/**
 * The same in English, with the numbers of the case and what to do.
 */
reason: string, 
/**
 * For `duplicate`: the passage before it.
 */
duplicate_of: WhyPassage | null, 
/**
 * If the text was not found: pages and documents that were not read.
 */
unread: Array<WhyUnread>, };

export type ChunkSpan = { 
/**
 * The chunk.
 */
chunk: string, 
/**
 * Where it begins.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, };

export type DocumentPage = { 
/**
 * Index from 0.
 */
index: number, 
/**
 * The page's own number.
 */
number: number | null, 
/**
 * Its text.
 */
text: string, 
/**
 * How the page was read.
 */
outcome: PageOutcome, 
/**
 * Why it was not read, or only in part.
 */
reason: string | null, 
/**
 * The same as a code, for translation.
 */
code: FaultKind | null, 
/**
 * What the text came from.
 */
extractor: Extractor, 
/**
 * Characters of text.
 */
characters: number, 
/**
 * Confidence of text recognition, 0 to 100; only for `ocr`.
 */
confidence: number | null, 
/**
 * Its chunks in order.
 */
chunks: Array<ChunkSpan>, };

export type DocumentView = { 
/**
 * The catalogue's number.
 */
document: number, 
/**
 * File name.
 */
name: string, 
/**
 * Whether the original is a PDF that the page can draw.
 */
pdf: boolean, 
/**
 * In order.
 */
pages: Array<DocumentPage>, };

export type DiskPart = "catalogue" | "index" | "models";

export type DiskRow = { 
/**
 * Which part.
 */
what: DiskPart, 
/**
 * Bytes.
 */
bytes: number, };

export type CostView = { 
/**
 * Device in use.
 */
device: string, 
/**
 * The bi-encoder.
 */
embedder: string, 
/**
 * The cross-encoder, if one can be opened.
 */
reranker: string | null, 
/**
 * Why there is none.
 */
without: string | null, 
/**
 * Pairs that were timed just now, all of them passages of the library.
 */
pairs: number, 
/**
 * Mean passage tokens of those pairs.
 */
pair_tokens: number, 
/**
 * Pairs that the cross-encoder reads in a second.
 */
pairs_per_second: number | null, 
/**
 * Milliseconds for one question's vector.
 */
embed_ms: number, 
/**
 * Milliseconds for the nearest passages of the whole library.
 */
search_ms: number, 
/**
 * Passages that the cross-encoder reads under the current settings.
 */
pool: number, 
/**
 * Passages in the library.
 */
chunks: number, 
/**
 * Resident memory of the program, bytes; 0 where the system does not report it.
 */
memory: number, 
/**
 * Its peak.
 */
peak_memory: number, 
/**
 * Bytes on disk, one row for each part.
 */
disk: Array<DiskRow>, };

export type MarkRequest = { 
/**
 * The question that it was found for.
 */
question: string, 
/**
 * The passage.
 */
chunk: string, 
/**
 * Relevant or not; absent takes the mark back.
 */
relevant: boolean | null, };

export type LabelOrigin = "marked" | "imported" | "proposed";

export type LabelRow = { 
/**
 * Its number.
 */
id: number, 
/**
 * The question.
 */
question: string, 
/**
 * Text of the passage; absent if only the document is known.
 */
passage: string | null, 
/**
 * File name of the document, if known.
 */
name: string | null, 
/**
 * The page's own number, if known.
 */
page: number | null, 
/**
 * 0 not relevant, 1 and up relevant.
 */
grade: number, 
/**
 * Where it comes from.
 */
origin: LabelOrigin, };

export type ProposalSource = "definition" | "label" | "heading";

export type ProposalRow = { 
/**
 * The question.
 */
question: string, 
/**
 * What it was made from.
 */
from: ProposalSource, 
/**
 * The chunk of the passage.
 */
chunk: string, 
/**
 * File name.
 */
name: string, 
/**
 * The page's own number.
 */
page: number | null, 
/**
 * Heading path.
 */
heading: string | null, 
/**
 * The passage that should answer it.
 */
passage: string, };

export type ImportReply = { 
/**
 * Judgements taken.
 */
taken: number, 
/**
 * Questions among them.
 */
questions: number, 
/**
 * Why lines could not be used; the first few.
 */
refused: Array<string>, 
/**
 * All judgements now.
 */
labels: Array<LabelRow>, };

export type Interval = { 
/**
 * Mean over the questions.
 */
mean: number, 
/**
 * 2.5th percentile.
 */
low: number, 
/**
 * 97.5th percentile.
 */
high: number, };

export type OrderName = "vector" | "lexical" | "hybrid" | "reranked" | "blended" | "hypothetical" | "variants" | "drafted" | "drafted_reranked" | "given";

export type OrderRow = { 
/**
 * Which order.
 */
name: OrderName, 
/**
 * nDCG@10.
 */
ndcg: Interval, 
/**
 * MRR@10.
 */
mrr: Interval, 
/**
 * Recall@10.
 */
recall: Interval, 
/**
 * Median milliseconds of a question.
 */
p50: number, 
/**
 * 95th percentile.
 */
p95: number, };

export type QuestionRow = { 
/**
 * The question.
 */
question: string, 
/**
 * Passages judged relevant.
 */
relevant: number, 
/**
 * By vector search alone.
 */
vector: number, 
/**
 * By lexical search alone.
 */
lexical: number, 
/**
 * Both fused.
 */
hybrid: number, 
/**
 * After the cross-encoder.
 */
reranked: number, };

export type CutPoint = { 
/**
 * The threshold, on the rerank sigmoid.
 */
cut: number, 
/**
 * Share of the kept passages that is relevant.
 */
precision: number, 
/**
 * Share of the relevant passages that is kept.
 */
recall: number, };

export type BandRow = { 
/**
 * Lower end of the band.
 */
from: number, 
/**
 * Mean sigmoid in it.
 */
mean: number, 
/**
 * Passages in it.
 */
passages: number, 
/**
 * Share that was relevant, with its 95 % Wilson interval.
 */
relevant: Interval, };

export type RunRow = { 
/**
 * Its number, once kept.
 */
id: number, 
/**
 * Seconds since 1970.
 */
created: number, 
/**
 * The bi-encoder.
 */
embedder: string, 
/**
 * The cross-encoder, if one ran.
 */
reranker: string | null, 
/**
 * Device in use.
 */
device: string, 
/**
 * Chunk size in tokens.
 */
chunk_tokens: number, 
/**
 * Candidates per retriever.
 */
retrieve: number, 
/**
 * Candidates that the cross-encoder read.
 */
rerank_pool: number, 
/**
 * One for each order.
 */
orders: Array<OrderRow>, 
/**
 * One for each question that has a relevant passage.
 */
questions: Array<QuestionRow>, 
/**
 * Precision and recall for each threshold.
 */
cuts: Array<CutPoint>, 
/**
 * The threshold with the best F1; absent without judgements to choose by.
 */
suggested: number | null, 
/**
 * Reliability of the sigmoid.
 */
bands: Array<BandRow>, 
/**
 * Whether unmarked passages had to count as not relevant for thresholds and bands.
 */
unmarked_counted: boolean, };

export type MeasureStep = { 
/**
 * Questions done.
 */
done: number, 
/**
 * Questions in all.
 */
total: number, };

export type SystemLook = { 
/**
 * Whether it is dark; absent where the desktop does not report it: then the web view decides.
 */
dark: boolean | null, 
/**
 * Whether high contrast is requested.
 */
contrast: boolean, };

export type RemoteRole = "off" | "publisher" | "reader" | "superseded";

export type RemoteAddress = { 
/**
 * `s3://BUCKET/PREFIX`.
 */
url: string, 
/**
 * Address of the store; absent for Amazon's.
 */
endpoint: string | null, 
/**
 * Region; absent for that of the environment.
 */
region: string | null, 
/**
 * Whether the endpoint may be reached without encryption.
 */
allow_http: boolean, };

export type RemoteLease = { 
/**
 * The machine that holds the lease.
 */
machine: string, 
/**
 * Whether that is this library.
 */
own: boolean, 
/**
 * Grows with each new holder.
 */
token: number, 
/**
 * Seconds until it ends unless it is renewed; 0 if it has ended.
 */
seconds: number, };

export type RemoteHead = { 
/**
 * Number of the publication.
 */
sequence: number, 
/**
 * Token of the lease under which it was published.
 */
token: number, 
/**
 * The machine that published it.
 */
machine: string, 
/**
 * When the store wrote it, in seconds since 1970.
 */
published: number, 
/**
 * Documents in it.
 */
documents: number, 
/**
 * Passages in it.
 */
passages: number, 
/**
 * Bytes of its index.
 */
index_bytes: number, };

export type RemoteMirror = { 
/**
 * Number of the publication.
 */
sequence: number, 
/**
 * When the store wrote it, in seconds since 1970.
 */
published: number, 
/**
 * Documents in it.
 */
documents: number, 
/**
 * Publications that it is behind; absent if the store was not asked.
 */
behind: number | null, };

export type RemoteCost = { 
/**
 * Requests that write, copy or list.
 */
writes: number, 
/**
 * Requests that read.
 */
reads: number, 
/**
 * Requests that delete.
 */
deletes: number, 
/**
 * Bytes that were sent.
 */
sent: number, 
/**
 * Bytes that were received.
 */
received: number, };

export type RemoteDone = { 
/**
 * Whether anything was new.
 */
changed: boolean, 
/**
 * Number of the publication.
 */
sequence: number, 
/**
 * Files of the index that were sent or fetched.
 */
files: number, 
/**
 * Texts of documents that were sent or fetched.
 */
texts: number, 
/**
 * Bytes that were sent or fetched.
 */
bytes: number, 
/**
 * Seconds that it took.
 */
seconds: number, };

export type RemoteView = { 
/**
 * What it is.
 */
role: RemoteRole, 
/**
 * Where it lies.
 */
address: RemoteAddress | null, 
/**
 * Name of this machine.
 */
machine: string, 
/**
 * Name of the machine that publishes, as far as is known.
 */
publisher: string | null, 
/**
 * Who holds the lease; absent if the store was not asked or nobody does.
 */
lease: RemoteLease | null, 
/**
 * What is published; absent if the store was not asked or nothing is.
 */
head: RemoteHead | null, 
/**
 * What is mirrored here, where it is followed.
 */
mirror: RemoteMirror | null, 
/**
 * When the store was last asked for what is new, in seconds since 1970.
 */
looked: number | null, 
/**
 * Bytes on this machine: the index, and what is kept of the store.
 */
cached_bytes: number, 
/**
 * Objects at the store; absent if it was not asked.
 */
objects: number | null, 
/**
 * Bytes of these objects.
 */
stored_bytes: number | null, 
/**
 * What the store has cost since the library was opened.
 */
cost: RemoteCost, 
/**
 * What the command did, if it published or mirrored.
 */
done: RemoteDone | null, 
/**
 * Why the store could not be asked.
 */
problem: ProblemView | null, };
