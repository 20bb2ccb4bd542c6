//! Judgements and kept answers in the catalogue's file. The terminal makes none, so they are written with Python's
//! SQLite, and read again.

use std::process::Command;

use super::done;
use crate::Library;

const WRITE: &str = "
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
file.execute(\"INSERT INTO conversations (id, title) VALUES (1, 'kept')\")
file.execute(\"INSERT INTO turns (id, conversation, question, answer, kind, device, embedder, cut_on, cut_rule, cut_why) \"
    \"VALUES (1, 1, 'q', 'a', 'extractive', 'd', 'e', 'none', 'fixed', '')\")
for place, document in enumerate(sys.argv[2:]):
    file.execute(\"INSERT INTO labels (question, document, name, passage, grade, origin) \"
        \"VALUES ('q', ?, 'n', 'p' || ?, 1, 'marked')\", (document, document))
    file.execute(\"INSERT INTO turn_citations (turn, position, number, generation, ordinal, document, quote) \"
        \"VALUES (1, ?, 1, 0, 0, ?, 'quote')\", (place, document))
file.commit()
";

const READ: &str = "
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
labels = sorted(row[0] for row in file.execute('SELECT document FROM labels'))
cited = sorted(row[0] for row in file.execute('SELECT document FROM turn_citations WHERE NOT removed'))
wanted = sorted(int(word) for word in sys.argv[2:])
if labels != wanted: sys.exit('judgements of %s instead of %s' % (labels, wanted))
if cited != wanted: sys.exit('citations of %s instead of %s' % (cited, wanted))
";

/// A judgement and a citation for each document.
pub fn judge_and_cite(library: &Library, documents: &[i64]) -> Result<(), String> {
    python(library, WRITE, documents)
}

/// Fails unless exactly these documents have their judgement and their citation.
pub fn is_whole(library: &Library, documents: &[i64]) -> Result<(), String> {
    python(library, READ, documents)
}

fn python(library: &Library, program: &str, documents: &[i64]) -> Result<(), String> {
    let file = library.data.path().join("catalogue.sqlite");
    let documents = documents.iter().map(i64::to_string);
    done(Command::new("python3").args(["-c", program]).arg(file).args(documents)).map(drop)
}
