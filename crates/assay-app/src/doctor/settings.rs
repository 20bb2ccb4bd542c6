//! The settings that differ from the defaults.

use std::collections::BTreeMap;

use assay_contract::Settings;

use crate::backup::without_secrets;

/// Settings whose values tell of the user's network; only that they are set is reported.
const ADDRESSES: [&str; 3] = ["hub", "proxy", "hosted_url"];

/// The settings that differ from the defaults, as the file writes them, without secrets and addresses.
pub fn that_differ(written: &Settings) -> BTreeMap<String, String> {
    let (plain, _) = without_secrets(written.clone());
    let usual = table(&Settings::default());
    let differs = |(key, value): &(String, String)| usual.get(key) != Some(value);
    let shown = |(key, value): (String, String)| {
        let hidden = ADDRESSES.contains(&key.as_str());
        (key, if hidden { "set".to_owned() } else { value })
    };
    table(&plain).into_iter().filter(differs).map(shown).collect()
}

fn table(settings: &Settings) -> BTreeMap<String, String> {
    let text = crate::settings::text_of(settings).unwrap_or_default();
    let table: toml::Table = text.parse().unwrap_or_default();
    let plain = |value: toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    table.into_iter().map(|(key, value)| (key, plain(value))).collect()
}

#[cfg(test)]
mod tests {
    use assay_contract::{HostedChoice, Settings};

    use super::that_differ;

    #[test]
    fn only_what_differs_is_told_and_no_address() {
        assert!(that_differ(&Settings::default()).is_empty());
        let written = Settings {
            keep: 9,
            proxy: "http://me:secret@proxy.example:3128".into(),
            hosted: HostedChoice::Jina,
            hosted_url: "https://rerank.example/v1?key=secret".into(),
            ..Settings::default()
        };
        let told: Vec<(String, String)> = that_differ(&written).into_iter().collect();
        let wanted = [("hosted", "jina"), ("hosted_url", "set"), ("keep", "9"), ("proxy", "set")];
        assert_eq!(told, wanted.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
