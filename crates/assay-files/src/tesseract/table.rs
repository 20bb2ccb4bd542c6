//! Tesseract's table (`tsv`): a row for every page, block, paragraph, line and word.

use assay_domain::RecognisedText;

/// Words of lower confidence are guesses at stains and lines.
const LEAST_CONFIDENCE: f32 = 30.0;
/// A page of lower average confidence is nonsense: another language, or no letters at all.
const LEAST_PAGE_CONFIDENCE: f32 = 55.0;

/// A word's row: page, block, paragraph and line, and the confidence.
struct Word<'a> {
    place: [u32; 4],
    confidence: f32,
    text: &'a str,
}

/// The text of each page of the table, in lines and paragraphs.
pub(super) fn frames(table: &str) -> Vec<RecognisedText> {
    let count = table.lines().filter_map(|line| line.split('\t').nth(1)?.parse::<usize>().ok()).max().unwrap_or(0);
    let words: Vec<Word<'_>> = table.lines().filter_map(word).collect();
    (1..=count).map(|page| frame(words.iter().filter(|word| word.place[0] as usize == page))).collect()
}

fn word(line: &str) -> Option<Word<'_>> {
    let cells: Vec<&str> = line.splitn(12, '\t').collect();
    let &[level, page, block, paragraph, row, .., confidence, text] = cells.as_slice() else { return None };
    let confidence = confidence.parse().ok()?;
    if level != "5" || text.trim().is_empty() || confidence < LEAST_CONFIDENCE {
        return None;
    }
    let place = [page.parse().ok()?, block.parse().ok()?, paragraph.parse().ok()?, row.parse().ok()?];
    Some(Word { place, confidence, text: text.trim() })
}

fn frame<'a>(words: impl Iterator<Item = &'a Word<'a>>) -> RecognisedText {
    let (mut text, mut confidence, mut letters) = (String::new(), 0.0, 0.0);
    let mut before: Option<[u32; 4]> = None;
    for word in words {
        match before {
            None => {}
            Some(place) if place[..3] != word.place[..3] => text.push_str("\n\n"),
            Some(place) if place == word.place && closed(&text, word.text) => {}
            Some(place) if place == word.place => text.push(' '),
            Some(_) if hyphenated(&mut text, word.text) || closed(&text, word.text) => {}
            Some(_) => text.push(' '),
        }
        text.push_str(word.text);
        let length = word.text.chars().count() as f32;
        (confidence, letters) = (confidence + word.confidence * length, letters + length);
        before = Some(word.place);
    }
    let confidence = if letters > 0.0 { confidence / letters } else { 0.0 };
    let text = if confidence < LEAST_PAGE_CONFIDENCE { String::new() } else { text };
    RecognisedText { text, confidence: confidence.round() as u8 }
}

/// Whether no blank belongs between two words: Tesseract puts blanks between Chinese and Japanese characters.
fn closed(text: &str, next: &str) -> bool {
    let wide = |c: char| {
        matches!(c, '\u{3000}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3134F}' | '“' | '”' | '‘' | '’' | '…' | '—')
    };
    text.chars().next_back().is_some_and(wide) && next.chars().next().is_some_and(wide)
}

/// Joins a word that was hyphenated at the end of a line.
fn hyphenated(text: &mut String, next: &str) -> bool {
    let Some(stem) = text.strip_suffix('-') else { return false };
    let broken = stem.ends_with(char::is_alphabetic) && next.starts_with(char::is_lowercase);
    if broken {
        text.pop();
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::frames;

    /// Words as (page, block, paragraph, line, confidence, text), and the frames' text and confidence.
    fn check(words: &[(u32, u32, u32, u32, u32, &str)], expected: &[(&str, u8)]) {
        let mut table =
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
            1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n"
                .to_owned();
        for (page, block, paragraph, line, confidence, text) in words {
            table += &format!("5\t{page}\t{block}\t{paragraph}\t{line}\t1\t0\t0\t9\t9\t{confidence}.5\t{text}\n");
        }
        let found = frames(&table);
        let found: Vec<(&str, u8)> = found.iter().map(|frame| (frame.text.as_str(), frame.confidence)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_become_paragraphs() {
        check(&[], &[("", 0)]);
        check(
            &[
                (1, 1, 1, 1, 90, "The"),
                (1, 1, 1, 1, 90, "lan-"),
                (1, 1, 1, 2, 90, "tern"),
                (1, 2, 1, 1, 90, "灯"),
                (1, 2, 1, 1, 90, "塔"),
                (1, 2, 1, 2, 90, "看守"),
            ],
            &[("The lantern\n\n灯塔看守", 91)],
        );
        check(&[(1, 1, 1, 1, 90, "confidence"), (1, 1, 1, 1, 12, "|~")], &[("confidence", 91)]);
        check(&[(1, 1, 1, 1, 33, "stains")], &[("", 34)]);
        check(&[(1, 1, 1, 1, 80, "one"), (3, 1, 1, 1, 80, "three")], &[("one", 81), ("", 0), ("three", 81)]);
    }
}
