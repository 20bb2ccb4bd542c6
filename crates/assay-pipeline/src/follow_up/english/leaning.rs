//! Whether a question leans on the ones before it.

use assay_domain::{IdentifierKind, identifiers};

use super::pronoun::{is_resolved, open_pronoun};
use super::words::{DETERMINERS, PREPOSITIONS, QUESTION_WORDS, REQUESTS, Word, YEAR_STEPS, bare, led, words};

/// Whether a question leans on the one before: something is missing in it, or a pronoun stands for nothing that it names
/// itself. One that says everything does not lean, whatever word it begins with.
pub(in crate::follow_up) fn leans(question: &str) -> bool {
    let led = led(question);
    let rest = led.as_ref().map_or(bare(question), |led| led.rest);
    let words = words(rest);
    if led.as_ref().is_some_and(|led| led.elliptic) || open_pronoun(&words).is_some() || lacks_place(&words) {
        return true;
    }
    let content = words.iter().filter(|word| word.is_content()).count();
    let years = identifiers(rest).iter().filter(|one| one.kind == IdentifierKind::Year).count();
    let steps = YEAR_STEPS.iter().any(|(phrase, _)| rest.to_ascii_lowercase().ends_with(phrase));
    if content <= years || steps || compares_unnamed(&words, rest) {
        return true;
    }
    if led.is_some() {
        return is_fragment(&words) || (content < 2 && !names_thing(&words, rest));
    }
    let phrase = words.first().is_some_and(|first| first.is(PREPOSITIONS)) && is_fragment(&words);
    phrase && (words.len() <= 3 || (words.len() <= 6 && question.trim().ends_with('?')))
}

/// Whether the question ends in a `there` that means a place named before.
fn lacks_place(words: &[Word]) -> bool {
    let Some(last) =
        words.len().checked_sub(1).filter(|last| words.get(*last).is_some_and(|word| word.plain == "there"))
    else {
        return false;
    };
    let exists = last.checked_sub(1).and_then(|before| words.get(before)).is_some_and(Word::is_auxiliary);
    !exists && !is_resolved(words, last)
}

/// `Which is heavier?` compares what was named before.
fn compares_unnamed(words: &[Word], rest: &str) -> bool {
    let [which, verb, said @ ..] = words else { return false };
    let asks = which.plain == "which" && verb.is_auxiliary();
    asks && said.iter().filter(|word| word.is_content()).count() <= 2 && !names_thing(words, rest)
}

/// Whether a thing is named: behind a determiner, with a capital, or by an identifier.
fn names_thing(words: &[Word], text: &str) -> bool {
    let determined = words.windows(2).any(|pair| match pair {
        [one, next] => one.is(DETERMINERS) && next.is_content(),
        _ => false,
    });
    determined || words.iter().skip(1).any(|word| word.capital && word.is_content()) || !identifiers(text).is_empty()
}

/// Whether the words are no clause of a question: `the printer`, `in 2023`, `if the pump breaks`.
pub(super) fn is_fragment(words: &[Word]) -> bool {
    let asks = |word: &Word| word.is(QUESTION_WORDS) || word.is_auxiliary();
    let Some(first) = words.first() else { return true };
    if first.is_auxiliary() || first.is(REQUESTS) || first.is(&["what", "which", "who", "whom", "whose", "how", "why"])
    {
        return false;
    }
    // `For the KX-100, how are the bolts tightened?` and `In which year was it built?` are clauses.
    let inner = words.windows(2).any(|pair| matches!(pair, [one, next] if one.comma && asks(next)));
    let phrase = words.get(1).is_some_and(|second| second.is(QUESTION_WORDS));
    !inner && !phrase && !words.iter().any(Word::is_auxiliary)
}
