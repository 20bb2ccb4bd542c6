//! Which documents a question searches.

use assay_contract::{ScopeChoice, ScopeView};
use assay_domain::{DocumentId, Failure, Narrowed, Problem, Scope};

/// ISO 639-1 codes of languages that documents are told apart by, with their ISO 639-3 codes.
const SHORT: [(&str, &str); 14] = [
    ("ar", "ara"),
    ("de", "deu"),
    ("en", "eng"),
    ("es", "spa"),
    ("fr", "fra"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("nl", "nld"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ru", "rus"),
    ("tr", "tur"),
    ("zh", "cmn"),
];

/// The scope that a request means.
///
/// # Errors
/// [`Problem::BadSetting`] if a day or a language cannot be read.
pub fn scope(collection: Option<String>, choice: Option<&ScopeChoice>) -> Result<Scope, Failure> {
    let Some(choice) = choice else { return Ok(Scope { collection, ..Scope::default() }) };
    Ok(Scope {
        collection,
        documents: choice.documents.iter().copied().map(DocumentId).collect(),
        folder: choice.folder.clone().filter(|folder| !folder.is_empty()),
        formats: choice.formats.iter().map(|name| name.trim_start_matches('.').to_owned()).collect(),
        languages: choice.languages.iter().map(|code| language(code)).collect::<Result<_, _>>()?,
        since: choice.since.as_deref().map(seconds).transpose()?,
        before: choice.before.as_deref().map(seconds).transpose()?,
    })
}

/// How many documents were searched, for people.
pub fn view(narrowed: Narrowed) -> ScopeView {
    ScopeView { documents: narrowed.documents as u32, of: narrowed.of as u32 }
}

fn language(code: &str) -> Result<String, Failure> {
    let code = code.to_ascii_lowercase();
    if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Ok(if code == "zho" { "cmn".to_owned() } else { code });
    }
    let long = SHORT.iter().find(|(short, _)| *short == code).map(|(_, long)| (*long).to_owned());
    long.ok_or_else(|| bad(format!("{code:?} is no language code"), "name one as zh, en or deu"))
}

/// The beginning of a day (`2024-12-31`) in Unix seconds, UTC.
fn seconds(day: &str) -> Result<i64, Failure> {
    let numbers: Vec<Option<i64>> = day.split('-').map(|part| part.parse().ok()).collect();
    let unreadable = || bad(format!("{day:?} is no day"), "write it as 2024-12-31");
    let [Some(year @ 1..=9999), Some(month @ 1..=12), Some(date @ 1..=31)] = numbers[..] else {
        return Err(unreadable());
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if date > longest {
        return Err(unreadable());
    }
    // The year begins in March, so that the day that a leap year adds is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date - 1;
    Ok((days - 719_468) * 86_400)
}

fn bad(message: String, action: &str) -> Failure {
    Failure::new(Problem::BadSetting, message, action)
}

#[cfg(test)]
mod tests {
    use assay_contract::ScopeChoice;
    use assay_domain::{DocumentId, Problem, Scope};

    use super::{scope, seconds};

    #[test]
    fn days_are_read_in_utc() {
        let read = |day| seconds(day).ok();
        assert_eq!(
            (read("1970-01-01"), read("2000-02-29"), read("2026-12-01")),
            (Some(0), Some(951_782_400), Some(1_796_083_200))
        );
        for wrong in ["", "2024", "2024-13-01", "2023-02-29", "yesterday", "2024-1-1-1", "-5-01-01"] {
            assert_eq!(seconds(wrong).unwrap_err().problem, Problem::BadSetting, "{wrong}");
        }
    }

    #[test]
    fn choices_become_a_scope_and_wrong_ones_say_what_is_wrong() {
        let choice = ScopeChoice {
            documents: vec![3],
            formats: vec![".pdf".into()],
            languages: vec!["zh".into(), "ENG".into(), "zho".into()],
            folder: Some(String::new()),
            ..ScopeChoice::default()
        };
        let wanted = Scope {
            documents: vec![DocumentId(3)],
            formats: vec!["pdf".into()],
            languages: vec!["cmn".into(), "eng".into(), "cmn".into()],
            ..Scope::default()
        };
        assert_eq!(scope(None, Some(&choice)).unwrap(), wanted);
        let wrong = ScopeChoice { languages: vec!["klingon".into()], ..ScopeChoice::default() };
        assert!(scope(None, Some(&wrong)).unwrap_err().message.contains("klingon"));
        assert!(!scope(Some("notes".into()), None).unwrap().is_narrow());
    }
}
