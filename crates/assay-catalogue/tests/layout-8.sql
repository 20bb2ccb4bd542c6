-- A library of layout 8 as the version before layout 9 wrote it: `.dump` of its catalogue.sqlite.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE generations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('begun', 'committed', 'dead')),
    begun    INTEGER NOT NULL DEFAULT (unixepoch())
);
INSERT INTO generations VALUES(1,1,'committed',1796036799);
INSERT INTO generations VALUES(2,2,'committed',1796036799);
INSERT INTO generations VALUES(3,3,'dead',1796036799);
INSERT INTO generations VALUES(4,2,'begun',1796036801);
CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    title   TEXT NOT NULL,
    created INTEGER NOT NULL DEFAULT (unixepoch())
);
INSERT INTO conversations VALUES(1,'Where is the treaty?',1796036800);
INSERT INTO conversations VALUES(2,'Where is the treaty?',1796036800);
CREATE TABLE turns (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('extractive', 'written', 'refused')),
    reply        TEXT NOT NULL,
    created      INTEGER NOT NULL DEFAULT (unixepoch())
);
INSERT INTO turns VALUES(1,1,'Where is the treaty?','the xylophone treaty [1]','extractive','{"question":"Where is the treaty?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","second_reranker":"larger","writer":"writer","rerank_scale":"logit"},"candidates":[{"chunk":"1-0","document":1,"name":"secret.pdf","offline":true,"page":1,"heading":"heading of the xylophone","text":"the xylophone treaty of Zanzibar","vector":{"similarity":0.1234567,"rank":1},"lexical":{"score":17.300001,"rank":2},"fused":{"score":0.03252247488101534,"rank":1},"rerank":{"logit":2.71828,"probability":0.9380967,"rank":1,"tokens_read":300,"tokens_total":411,"model":"larger","window":{"best":2,"of":3}},"first_rerank":{"logit":-11.374999,"probability":0.000011478779,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"blend":{"score":0.03278688524590164,"rank":1},"place":{"rank":1,"rule":"blend"},"outcome":"kept"},{"chunk":"2-1","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"plain words: \"灯塔\" \\ and a\nline","vector":null,"lexical":{"score":0.3,"rank":1},"fused":{"score":0.01639344262295082,"rank":2},"rerank":{"logit":1.1754944e-38,"probability":0.5,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"place":{"rank":2,"rule":"blend"},"outcome":"kept"},{"chunk":"2-0","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"more words","vector":{"similarity":-0.25,"rank":2},"lexical":null,"fused":{"score":0.016129032258064516,"rank":3},"rerank":null,"place":{"rank":3,"rule":"blend"},"outcome":"not_reranked"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"the xylophone treaty [1]","kind":"extractive","citations":[{"number":1,"chunk":"1-0","document":1,"name":"secret.pdf","page":1,"quote":"the xylophone treaty"}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036800);
INSERT INTO turns VALUES(2,1,'Where is the treaty?','something of the xylophone [1]','written','{"question":"Where is the treaty?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","second_reranker":"larger","writer":"writer","rerank_scale":"logit"},"candidates":[{"chunk":"1-0","document":1,"name":"secret.pdf","offline":true,"page":1,"heading":"heading of the xylophone","text":"the xylophone treaty of Zanzibar","vector":{"similarity":0.1234567,"rank":1},"lexical":{"score":17.300001,"rank":2},"fused":{"score":0.03252247488101534,"rank":1},"rerank":{"logit":2.71828,"probability":0.9380967,"rank":1,"tokens_read":300,"tokens_total":411,"model":"larger","window":{"best":2,"of":3}},"first_rerank":{"logit":-11.374999,"probability":0.000011478779,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"blend":{"score":0.03278688524590164,"rank":1},"place":{"rank":1,"rule":"blend"},"outcome":"kept"},{"chunk":"2-1","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"plain words: \"灯塔\" \\ and a\nline","vector":null,"lexical":{"score":0.3,"rank":1},"fused":{"score":0.01639344262295082,"rank":2},"rerank":{"logit":1.1754944e-38,"probability":0.5,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"place":{"rank":2,"rule":"blend"},"outcome":"kept"},{"chunk":"2-0","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"more words","vector":{"similarity":-0.25,"rank":2},"lexical":null,"fused":{"score":0.016129032258064516,"rank":3},"rerank":null,"place":{"rank":3,"rule":"blend"},"outcome":"not_reranked"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"something of the xylophone [1]","kind":"written","citations":[{"number":1,"chunk":"2-1","document":2,"name":"kept.pdf","page":1,"quote":"plain words"}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036800);
INSERT INTO turns VALUES(3,1,'Where is the treaty?','plain words [1]','extractive','{"question":"Where is the treaty?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","second_reranker":"larger","writer":"writer","rerank_scale":"logit"},"candidates":[{"chunk":"1-0","document":1,"name":"secret.pdf","offline":true,"page":1,"heading":"heading of the xylophone","text":"the xylophone treaty of Zanzibar","vector":{"similarity":0.1234567,"rank":1},"lexical":{"score":17.300001,"rank":2},"fused":{"score":0.03252247488101534,"rank":1},"rerank":{"logit":2.71828,"probability":0.9380967,"rank":1,"tokens_read":300,"tokens_total":411,"model":"larger","window":{"best":2,"of":3}},"first_rerank":{"logit":-11.374999,"probability":0.000011478779,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"blend":{"score":0.03278688524590164,"rank":1},"place":{"rank":1,"rule":"blend"},"outcome":"kept"},{"chunk":"2-1","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"plain words: \"灯塔\" \\ and a\nline","vector":null,"lexical":{"score":0.3,"rank":1},"fused":{"score":0.01639344262295082,"rank":2},"rerank":{"logit":1.1754944e-38,"probability":0.5,"rank":2,"tokens_read":300,"tokens_total":411,"model":"cross"},"place":{"rank":2,"rule":"blend"},"outcome":"kept"},{"chunk":"2-0","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"more words","vector":{"similarity":-0.25,"rank":2},"lexical":null,"fused":{"score":0.016129032258064516,"rank":3},"rerank":null,"place":{"rank":3,"rule":"blend"},"outcome":"not_reranked"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"plain words [1]","kind":"extractive","citations":[{"number":1,"chunk":"2-1","document":2,"name":"kept.pdf","page":1,"quote":"plain words"}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036800);
INSERT INTO turns VALUES(4,2,'Where is the treaty?','nothing was good enough','refused','{"question":"Where is the treaty?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":null,"writer":null,"rerank_scale":null},"candidates":[],"threshold":{"value":null,"on":"none","why":"nothing to cut","rule":"not_reranked"},"answer":{"text":"nothing was good enough","kind":"refused","citations":[],"refused":true},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036800);
INSERT INTO turns VALUES(5,2,'What of the big bird?','','extractive','{"question":"What of the big bird?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","second_reranker":"larger","writer":"writer","rerank_scale":"logit"},"candidates":[{"chunk":"3-0","document":3,"name":"","page":1,"heading":null,"text":"","vector":null,"lexical":null,"fused":{"score":0.01639344262295082,"rank":1},"rerank":null,"outcome":"kept"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"","kind":"withdrawn","citations":[{"number":1,"chunk":"3-0","document":3,"name":"","page":1,"quote":""}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036800);
INSERT INTO turns VALUES(6,2,'An early one?','plain words [1]','extractive','{"question":"An early one?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","writer":"writer"},"candidates":[{"chunk":"1-0","document":1,"name":"secret.pdf","page":1,"heading":"heading of the xylophone","text":"the xylophone treaty of Zanzibar","vector":{"similarity":0.1234567,"rank":1},"lexical":{"score":17.300001,"rank":2},"fused":{"score":0.03252247488101534,"rank":1},"rerank":{"logit":2.71828,"probability":0.9380967,"rank":1,"tokens_read":300,"tokens_total":411},"outcome":"kept"},{"chunk":"2-1","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"plain words: \"灯塔\" \\ and a\nline","vector":null,"lexical":{"score":0.3,"rank":1},"fused":{"score":0.01639344262295082,"rank":2},"rerank":{"logit":1.1754944e-38,"probability":0.5,"rank":2,"tokens_read":300,"tokens_total":411},"outcome":"kept"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"plain words [1]","kind":"extractive","citations":[{"number":1,"chunk":"2-1","document":2,"name":"kept.pdf","page":1,"quote":"plain words"}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036801);
INSERT INTO turns VALUES(7,2,'Not JSON?','of the xylophone','written','no JSON, but words of the xylophone',1796036801);
INSERT INTO turns VALUES(8,2,'Another form?','of the xylophone','written','{"hits":["the xylophone"]}',1796036801);
INSERT INTO turns VALUES(9,2,'Unknown name?','of the xylophone','written','{"question":"An early one?","device":"processor; no graphics card is used","models":{"embedder":"bi","reranker":"cross","writer":"writer","rerank_scale":"logit"},"candidates":[{"chunk":"1-0","document":1,"name":"secret.pdf","page":1,"heading":"heading of the xylophone","text":"the xylophone treaty of Zanzibar","vector":{"similarity":0.1234567,"rank":1},"lexical":{"score":17.300001,"rank":2},"fused":{"score":0.03252247488101534,"rank":1},"rerank":{"logit":2.71828,"probability":0.9380967,"rank":1,"tokens_read":300,"tokens_total":411},"outcome":"cherished"},{"chunk":"2-1","document":2,"name":"kept.pdf","page":null,"heading":null,"text":"plain words: \"灯塔\" \\ and a\nline","vector":null,"lexical":{"score":0.3,"rank":1},"fused":{"score":0.01639344262295082,"rank":2},"rerank":{"logit":1.1754944e-38,"probability":0.5,"rank":2,"tokens_read":300,"tokens_total":411},"outcome":"cherished"}],"threshold":{"value":0.55,"on":"rerank.probability","why":"fixed at 0.55 in the settings","rule":"fixed"},"answer":{"text":"plain words [1]","kind":"extractive","citations":[{"number":1,"chunk":"2-1","document":2,"name":"kept.pdf","page":1,"quote":"plain words"}],"refused":false},"stages":[{"name":"embed","ms":1.5,"state":"done","reason":null,"code":null},{"name":"vector","ms":0.25,"state":"skipped","reason":"it reads English only","code":"language_unknown_to_embedder"},{"name":"rerank","ms":123.456789,"state":"fell_back","reason":"it is not there","code":"no_second_reranker","scores":[{"model":"cross","precision":"int8","computed":30,"cached":20,"tokenizing_ms":1.234567},{"model":"cross","precision":"as the host computes it","computed":30,"cached":20,"tokenizing_ms":1.234567}]},{"name":"answer","ms":0.0,"state":"stopped","reason":"stopped before the answer was whole","code":"stopped"}],"conversation":null}',1796036801);
CREATE TABLE labels (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    document INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    name     TEXT,
    page     INTEGER,
    passage  TEXT,
    grade    INTEGER NOT NULL,
    origin   TEXT NOT NULL CHECK (origin IN ('marked', 'imported', 'proposed')),
    created  INTEGER NOT NULL DEFAULT (unixepoch()),
    CHECK (passage IS NOT NULL OR name IS NOT NULL)
);
INSERT INTO labels VALUES(1,'Where is the treaty?',1,'secret.pdf',1,'the xylophone treaty',1,'marked',1796036800);
INSERT INTO labels VALUES(2,'other',NULL,'list.csv',NULL,'imported words',0,'imported',1796036800);
CREATE TABLE runs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL DEFAULT (unixepoch()),
    run     TEXT NOT NULL
);
INSERT INTO runs VALUES(1,1796036800,'{"questions":2}');
CREATE TABLE IF NOT EXISTS "pages" (
    document   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page_index INTEGER NOT NULL,
    number     INTEGER,
    extractor  TEXT NOT NULL DEFAULT 'none',
    confidence INTEGER,
    outcome    TEXT NOT NULL CHECK (outcome IN ('text', 'empty', 'scanned', 'failed')),
    failure    TEXT,
    characters INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL, fault TEXT,
    PRIMARY KEY (document, page_index)
);
INSERT INTO pages VALUES(1,0,1,'pdf-extract',NULL,'text',NULL,45,'the xylophone treaty of Zanzibar, on its page',NULL);
INSERT INTO pages VALUES(1,1,2,'none',NULL,'failed','no font',0,'','letters');
INSERT INTO pages VALUES(2,0,1,'pdf-extract',NULL,'text',NULL,15,'plain words: 灯塔',NULL);
INSERT INTO pages VALUES(2,1,2,'none',NULL,'failed','no font',0,'','letters');
CREATE TABLE headings (
    document   INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    path       TEXT NOT NULL,
    PRIMARY KEY (document, page_index, place),
    FOREIGN KEY (document, page_index) REFERENCES pages (document, page_index) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO headings VALUES(1,0,0,0,'Intro');
INSERT INTO headings VALUES(2,0,0,0,'Intro');
CREATE TABLE folders (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    path       TEXT NOT NULL,
    collection TEXT NOT NULL,
    device     INTEGER,
    scanned    INTEGER,
    files      INTEGER NOT NULL DEFAULT 0,
    excluded   INTEGER NOT NULL DEFAULT 0,
    away       TEXT,
    UNIQUE (collection, path)
);
INSERT INTO folders VALUES(1,'/books','default',NULL,NULL,0,0,NULL);
CREATE TABLE IF NOT EXISTS "documents" (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    collection      TEXT NOT NULL,
    path            TEXT NOT NULL,
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN
        ('queued', 'reading', 'embedding', 'committed', 'failed', 'quarantined', 'offline')),
    reason          TEXT,
    generation      INTEGER,
    hash            TEXT,
    bytes           INTEGER,
    format          TEXT,
    language        TEXT,
    incomplete      TEXT,
    pages           INTEGER NOT NULL DEFAULT 0,
    pages_with_text INTEGER NOT NULL DEFAULT 0,
    chunks          INTEGER NOT NULL DEFAULT 0,
    added           INTEGER NOT NULL DEFAULT (unixepoch()),
    changed         INTEGER NOT NULL DEFAULT (unixepoch()),
    folder          INTEGER REFERENCES folders (id) ON DELETE SET NULL,
    device          INTEGER,
    seen_hash       TEXT,
    seen_bytes      INTEGER,
    seen_modified   INTEGER,
    seen_changed    INTEGER,
    seen_inode      INTEGER, problem TEXT, partly_by TEXT,
    UNIQUE (collection, path),
    CHECK ((generation IS NULL) = (hash IS NULL)),
    CHECK (state <> 'committed' OR generation IS NOT NULL)
);
INSERT INTO documents VALUES(1,'default','/books/secret.pdf','secret.pdf','committed','1 of 2 pages could not be read',1,'hash of the xylophone treaty of Zanzibar, on its page',9,'PDF','eng','1 of 2 pages could not be read',2,1,2,1796036799,1796036799,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'this reader');
INSERT INTO documents VALUES(2,'default','/books/kept.pdf','kept.pdf','committed','1 of 2 pages could not be read',2,'hash of plain words: 灯塔',9,'PDF','eng','1 of 2 pages could not be read',2,1,2,1796036799,1796036799,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'this reader');
INSERT INTO documents VALUES(4,'default','/books/failed.pdf','failed.pdf','failed','it needs a password; save a copy without one',NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,1796036799,1796036800,1,NULL,NULL,NULL,NULL,NULL,NULL,'encrypted_file',NULL);
CREATE TABLE tries (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    hash     TEXT NOT NULL,
    tries    INTEGER NOT NULL,
    problem  TEXT NOT NULL,
    message  TEXT NOT NULL,
    action   TEXT NOT NULL,
    by       TEXT NOT NULL,
    PRIMARY KEY (document, hash)
);
INSERT INTO tries VALUES(4,'hash',1,'encrypted_file','it needs a password','save a copy without one','program');
CREATE TABLE indexes (
    folder TEXT PRIMARY KEY,
    state  TEXT NOT NULL CHECK (state IN ('answers', 'filling', 'dropped'))
);
INSERT INTO indexes VALUES('index-2','filling');
CREATE TABLE beside (
    document   INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    reading    INTEGER NOT NULL,
    generation INTEGER NOT NULL UNIQUE,
    chunks     INTEGER
);
INSERT INTO beside VALUES(2,2,4,2);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('folders',1);
INSERT INTO sqlite_sequence VALUES('documents',4);
INSERT INTO sqlite_sequence VALUES('generations',4);
INSERT INTO sqlite_sequence VALUES('labels',2);
INSERT INTO sqlite_sequence VALUES('runs',1);
INSERT INTO sqlite_sequence VALUES('conversations',2);
INSERT INTO sqlite_sequence VALUES('turns',9);
CREATE INDEX generations_of_document ON generations (document);
CREATE INDEX turns_of_conversation ON turns (conversation);
CREATE UNIQUE INDEX labels_once ON labels (question, coalesce(name, ''), coalesce(page, -1), coalesce(passage, ''));
CREATE INDEX labels_of_document ON labels (document);
CREATE INDEX documents_of_folder ON documents (folder) WHERE folder IS NOT NULL;
COMMIT;
PRAGMA user_version = 8;
