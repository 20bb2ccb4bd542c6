//! The part of a passage that fits into little room: what stands around its most promising sentence.

use std::collections::HashSet;
use std::ops::Range;

use assay_domain::Failure;
use assay_domain::port::Writer;

use crate::language::is_han;

/// Most characters of a piece that is kept or left out as a whole.
const PIECE: usize = 160;

/// Bytes of at most `room` tokens of a text. The sentence with most words of the question is in it, among those of the
/// cross-encoder's best window if it read several; `windows` has that one's number, from 1, and how many there are. `None` if
/// not a word fits.
///
/// # Errors
/// What the writer's tokenizer reports.
pub(super) async fn best_window(
    question: &str,
    text: &str,
    (window, windows): (u32, u32),
    room: usize,
    writer: &dyn Writer,
) -> Result<Option<Range<usize>>, Failure> {
    let pieces = pieces(text);
    let slice = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let counts = writer.count_tokens(pieces.iter().map(|piece| slice(piece).to_owned()).collect()).await?;
    let asked = words(question);
    let in_window = |piece: &Range<usize>| {
        let share = |place: usize| (place * windows.max(1) as usize) / text.len().max(1);
        (share(piece.start)..=share(piece.end.saturating_sub(1))).contains(&(window.saturating_sub(1) as usize))
    };
    let promise = |piece: &Range<usize>| (in_window(piece), words(slice(piece)).intersection(&asked).count());
    let fitting = pieces.iter().zip(&counts).enumerate().filter(|(_, (_, count))| **count <= room);
    // The first of the most promising ones.
    let best = fitting.rev().max_by_key(|(_, (piece, _))| promise(piece)).map(|(place, _)| place);
    let Some(best) = best else { return Ok(None) };
    let (mut from, mut to) = (best, best);
    let mut left = room - counts.get(best).copied().unwrap_or(room);
    loop {
        let cost =
            |place: Option<usize>| place.and_then(|place| counts.get(place)).filter(|count| **count <= left).copied();
        if let Some(cost) = cost(Some(to + 1)) {
            (to, left) = (to + 1, left - cost);
        } else if let Some(cost) = cost(from.checked_sub(1)) {
            (from, left) = (from - 1, left - cost);
        } else {
            break;
        }
    }
    let ends = pieces.get(from).zip(pieces.get(to));
    Ok(ends.map(|(first, last)| first.start..last.end))
}

/// The text in sentences and lines; long ones are cut at white space, or anywhere in a script without it.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut length, mut before) = (0, 0, ' ');
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        length += 1;
        let ends = "\n。！？；".contains(c) || (c.is_whitespace() && ".!?".contains(before));
        let is_long = length >= PIECE && (c.is_whitespace() || is_han(c) || length >= 2 * PIECE);
        if ends || is_long {
            found.push(start..end);
            (start, length) = (end, 0);
        }
        before = c;
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

/// The words of a text in small letters, and pairs of Chinese characters.
fn words(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let latin =
        lower.split(|c: char| !c.is_alphanumeric() || is_han(c)).filter(|word| word.len() > 2).map(str::to_owned);
    let han: Vec<char> = lower.chars().filter(|c| is_han(*c)).collect();
    latin.chain(han.windows(2).map(|pair| pair.iter().collect())).collect()
}

#[cfg(test)]
mod tests {
    use assay_domain::fakes::EchoWriter;
    use futures::executor::block_on;

    use super::best_window;

    #[test]
    fn what_stands_around_the_most_promising_sentence_is_kept() {
        let text = "Ducks swim in the pond. The pump is cleaned in May. It stands on the roof. Nobody lives there now.";
        for (room, windows, expected) in [
            (100, (1, 1), Some(text)),
            (6, (1, 1), Some("The pump is cleaned in May. ")),
            (11, (1, 1), Some("The pump is cleaned in May. It stands on the roof. ")),
            // A cross-encoder found the best window to be the last of two.
            (5, (2, 2), Some("It stands on the roof. ")),
            (1, (1, 1), None),
        ] {
            let writer = EchoWriter::default();
            let range = block_on(best_window("When is the pump cleaned?", text, windows, room, &writer)).unwrap();
            assert_eq!(range.map(|range| &text[range]), expected, "{room} {windows:?}");
        }
    }
}
