//! Classes of words, and the words of a question.

/// Words that lead a follow-up in and say nothing.
const LEADS: &[&str] = &[
    "and",
    "but",
    "or",
    "then",
    "also",
    "so",
    "okay and",
    "ok and",
    "what about",
    "how about",
    "and what about",
    "and how about",
    "but what about",
    "so what about",
];

/// Words that stand for something named before.
pub(super) const PRONOUNS: &[&str] = &[
    "it", "its", "they", "them", "their", "theirs", "he", "she", "him", "his", "her", "hers", "this", "that", "these",
    "those", "one", "ones",
];

/// Words that carry no subject.
const EMPTY: &[&str] = &[
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "with", "by", "about", "and", "or", "but", "is",
    "are", "was", "were", "be", "been", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would",
    "should", "must", "may", "might", "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "much",
    "many", "often", "long", "far", "old", "there", "then", "so", "also", "too", "not", "if", "as", "than", "more",
    "i", "you", "else", "other", "others", "another", "any", "all", "tell", "explain", "show", "list", "give", "me",
    "details", "detail", "please", "exactly", "again", "since", "until",
];

/// Verbs that say nothing about what is meant: `What happens if it breaks?` names nothing before `it`.
const GENERAL: &[&str] = &[
    "happens", "happen", "happened", "say", "says", "said", "go", "goes", "mean", "means", "work", "works", "need",
    "needs", "needed", "cost", "costs", "take", "takes", "get", "gets", "make", "makes", "know", "look", "looks",
];

pub(super) const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "must", "may", "might",
    "has", "have", "had", "shall",
];

pub(super) const QUESTION_WORDS: &[&str] = &["what", "which", "who", "whom", "whose", "when", "where", "why", "how"];

/// Verbs that a request begins with.
pub(super) const REQUESTS: &[&str] = &[
    "list",
    "show",
    "name",
    "give",
    "find",
    "tell",
    "explain",
    "describe",
    "summarise",
    "summarize",
    "compare",
    "count",
];

pub(super) const PREPOSITIONS: &[&str] =
    &["of", "in", "for", "at", "on", "with", "from", "to", "by", "about", "during", "under"];

pub(super) const DETERMINERS: &[&str] = &["the", "a", "an", "my", "our", "your", "this", "that", "these"];

/// Phrases for a year that another one is counted from.
pub(super) const YEAR_STEPS: &[(&str, i32)] = &[
    ("the year before that", -1),
    ("the year before", -1),
    ("the previous year", -1),
    ("a year earlier", -1),
    ("one year earlier", -1),
    ("the prior year", -1),
    ("the year after that", 1),
    ("the year after", 1),
    ("the following year", 1),
    ("a year later", 1),
    ("one year later", 1),
];

/// A word in small letters without marks and without `'s`, and whether a comma follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub plain: String,
    pub capital: bool,
    pub comma: bool,
}

impl Word {
    fn of(written: &str) -> Option<Self> {
        let trimmed = written.trim_matches(|c: char| !c.is_alphanumeric());
        let capital = trimmed.chars().next()?.is_uppercase();
        let lower = trimmed.to_lowercase().replace('’', "'");
        let plain = lower.strip_suffix("'s").unwrap_or(&lower).to_owned();
        Some(Self { plain, capital, comma: written.ends_with([',', ';']) })
    }

    pub(super) fn is(&self, class: &[&str]) -> bool {
        class.contains(&self.plain.as_str())
    }

    pub(super) fn is_pronoun(&self) -> bool {
        self.is(PRONOUNS)
    }

    pub(super) fn is_auxiliary(&self) -> bool {
        self.is(AUXILIARIES) || self.plain.ends_with("n't")
    }

    /// Whether it names something or says what is done.
    pub(super) fn is_content(&self) -> bool {
        !self.is(EMPTY) && !self.is_pronoun() && !self.is_auxiliary()
    }

    /// Whether a pronoun behind it may mean it.
    pub(super) fn may_be_meant(&self) -> bool {
        self.is_content() && !self.is(GENERAL)
    }
}

pub(super) fn words(text: &str) -> Vec<Word> {
    text.split_whitespace().filter_map(Word::of).collect()
}

/// The question without its end mark.
pub(super) fn bare(question: &str) -> &str {
    question.trim().trim_end_matches(['?', '.', '!', ' '])
}

/// A question in two: the words that lead it in, and the rest.
pub(super) struct Led<'a> {
    /// Whether they say that something is missing: `what about`.
    pub elliptic: bool,
    pub rest: &'a str,
}

/// What follows the words that lead a follow-up in; `None` if it has none.
pub(super) fn led(question: &str) -> Option<Led<'_>> {
    let bare = bare(question);
    let lower = bare.to_ascii_lowercase();
    let lead = LEADS.iter().filter(|lead| lower.strip_prefix(**lead).is_some_and(|rest| rest.starts_with([' ', ','])));
    let longest = lead.max_by_key(|lead| lead.len())?;
    let rest = bare.get(longest.len()..)?.trim_start_matches([' ', ',']);
    (!rest.is_empty()).then_some(Led { elliptic: longest.ends_with("about"), rest })
}
