//! The steps of layouts 9 and 13 to 16: kept turns in columns.

/// Kept turns in columns; earlier layouts have each reply as one JSON text. Candidates and citations
/// do not reference documents: their scores outlive the document, only their words go (`removed`).
pub const TURNS: &str = "
ALTER TABLE turns RENAME TO json_turns;
DROP INDEX turns_of_conversation;
CREATE TABLE turns (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation    INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question        TEXT NOT NULL,
    answer          TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('extractive', 'written', 'refused')),
    withdrawn       INTEGER NOT NULL DEFAULT 0,
    device          TEXT NOT NULL,
    embedder        TEXT NOT NULL,
    reranker        TEXT,
    second_reranker TEXT,
    writer          TEXT,
    rerank_scale    TEXT,
    order_rule      TEXT,
    cut_value       REAL,
    cut_on          TEXT NOT NULL,
    cut_rule        TEXT NOT NULL,
    cut_why         TEXT NOT NULL,
    created         INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX turns_of_conversation ON turns (conversation);
INSERT INTO sqlite_sequence (name, seq) SELECT 'turns', seq FROM sqlite_sequence WHERE name = 'json_turns';

CREATE TABLE turn_candidates (
    turn                INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position            INTEGER NOT NULL,
    generation          INTEGER NOT NULL,
    ordinal             INTEGER NOT NULL,
    document            INTEGER NOT NULL,
    name                TEXT NOT NULL,
    offline             INTEGER NOT NULL,
    page                INTEGER,
    heading             TEXT,
    text                TEXT NOT NULL,
    removed             INTEGER NOT NULL DEFAULT 0,
    vector_similarity   REAL,
    vector_rank         INTEGER,
    lexical_score       REAL,
    lexical_rank        INTEGER,
    fused_score         REAL,
    fused_rank          INTEGER,
    rerank_model        TEXT,
    rerank_logit        REAL,
    rerank_probability  REAL,
    rerank_rank         INTEGER,
    rerank_tokens_read  INTEGER,
    rerank_tokens_total INTEGER,
    rerank_windows      INTEGER,
    rerank_window       INTEGER,
    first_model         TEXT,
    first_logit         REAL,
    first_probability   REAL,
    first_rank          INTEGER,
    first_tokens_read   INTEGER,
    first_tokens_total  INTEGER,
    first_windows       INTEGER,
    first_window        INTEGER,
    blend_score         REAL,
    blend_rank          INTEGER,
    outcome             TEXT NOT NULL,
    PRIMARY KEY (turn, position)
);
CREATE INDEX turn_candidates_of_document ON turn_candidates (document);
CREATE INDEX turn_candidates_of_chunk ON turn_candidates (generation, ordinal);

CREATE TABLE turn_citations (
    turn       INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    ordinal    INTEGER NOT NULL,
    document   INTEGER NOT NULL,
    page       INTEGER,
    quote      TEXT NOT NULL,
    removed    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (turn, position)
);
CREATE INDEX turn_citations_of_document ON turn_citations (document);

CREATE TABLE turn_stages (
    turn        INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    name        TEXT NOT NULL,
    nanoseconds INTEGER NOT NULL,
    state       TEXT NOT NULL,
    reason_code TEXT,
    reason      TEXT,
    PRIMARY KEY (turn, position)
);

CREATE TABLE turn_rerankers (
    turn                   INTEGER NOT NULL,
    stage                  INTEGER NOT NULL,
    position               INTEGER NOT NULL,
    model                  TEXT NOT NULL,
    precision              TEXT NOT NULL,
    computed               INTEGER NOT NULL,
    cached                 INTEGER NOT NULL,
    tokenizing_nanoseconds INTEGER NOT NULL,
    PRIMARY KEY (turn, stage, position),
    FOREIGN KEY (turn, stage) REFERENCES turn_stages (turn, position) ON DELETE CASCADE
);

-- Replies of earlier layouts that could not be read, as they were.
CREATE TABLE unreadable_turns (
    turn  INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    reply TEXT NOT NULL
);

ALTER TABLE beside RENAME TO shadow_index;
";

/// Layout 13: a kept follow-up has the question it was searched as, and an answer may come from the list of files. SQLite
/// cannot change a CHECK in place, so the table is created again; the code that writes a kind knows the kinds.
pub const FOLLOW_UPS: &str = "
CREATE TABLE turn_rows (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation    INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question        TEXT NOT NULL,
    standalone      TEXT,
    answer          TEXT NOT NULL,
    kind            TEXT NOT NULL,
    withdrawn       INTEGER NOT NULL DEFAULT 0,
    device          TEXT NOT NULL,
    embedder        TEXT NOT NULL,
    reranker        TEXT,
    second_reranker TEXT,
    writer          TEXT,
    rerank_scale    TEXT,
    order_rule      TEXT,
    cut_value       REAL,
    cut_on          TEXT NOT NULL,
    cut_rule        TEXT NOT NULL,
    cut_why         TEXT NOT NULL,
    created         INTEGER NOT NULL DEFAULT (unixepoch())
);
INSERT INTO turn_rows (id, conversation, question, answer, kind, withdrawn, device, embedder, reranker, second_reranker,
        writer, rerank_scale, order_rule, cut_value, cut_on, cut_rule, cut_why, created)
    SELECT id, conversation, question, answer, kind, withdrawn, device, embedder, reranker, second_reranker,
        writer, rerank_scale, order_rule, cut_value, cut_on, cut_rule, cut_why, created
    FROM turns;
DELETE FROM sqlite_sequence WHERE name = 'turn_rows';
INSERT INTO sqlite_sequence (name, seq) SELECT 'turn_rows', seq FROM sqlite_sequence WHERE name = 'turns';
DROP TABLE turns;
ALTER TABLE turn_rows RENAME TO turns;
CREATE INDEX turns_of_conversation ON turns (conversation);
";

/// Layout 14: a kept question has the collection that it was limited to; a written answer has its sentences with the passages
/// that they cite, and the numbers that name none. A sentence is a range of bytes of the answer, so it goes with the answer's
/// text.
pub const SENTENCES: &str = "
ALTER TABLE turns ADD COLUMN collection TEXT;
ALTER TABLE turns ADD COLUMN unknown_numbers TEXT;

CREATE TABLE turn_sentences (
    turn        INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    start_byte  INTEGER NOT NULL,
    end_byte    INTEGER NOT NULL,
    cites       TEXT NOT NULL,
    model       TEXT,
    logit       REAL,
    probability REAL,
    cosine      REAL,
    score_limit REAL,
    PRIMARY KEY (turn, position)
);
";

/// Layout 15: the queries that a language model drafted for a kept question, and how each found a candidate. Turns of earlier
/// layouts have none.
pub const DRAFTS: &str = "
CREATE TABLE IF NOT EXISTS turn_drafts (
    turn     INTEGER NOT NULL,
    stage    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    query    TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (turn, stage, position),
    FOREIGN KEY (turn, stage) REFERENCES turn_stages (turn, position) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS turn_drafted_scores (
    turn              INTEGER NOT NULL,
    candidate         INTEGER NOT NULL,
    query             TEXT NOT NULL,
    rank              INTEGER NOT NULL,
    vector_similarity REAL,
    vector_rank       INTEGER,
    lexical_score     REAL,
    lexical_rank      INTEGER,
    PRIMARY KEY (turn, candidate, query),
    FOREIGN KEY (turn, candidate) REFERENCES turn_candidates (turn, position) ON DELETE CASCADE
);
";

/// Layout 16: of how many documents a kept question searched how many, where filters limited it.
pub const NARROWED: &str = "
ALTER TABLE turns ADD COLUMN searched_documents INTEGER;
ALTER TABLE turns ADD COLUMN of_documents INTEGER;
";
