//! Keys of the object store: from the environment, else from a profile of Amazon's files. They are kept nowhere.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::PathBuf;

use crate::error::RemoteError;

/// The keys of a profile or of the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// Name of the key.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// Token of a session.
    pub token: Option<String>,
    /// Region of the profile or the environment.
    pub region: Option<String>,
    /// Endpoint of the profile or the environment.
    pub endpoint: Option<String>,
}

/// Finds the keys.
///
/// # Errors
/// [`RemoteError::NoKeys`].
pub fn find() -> Result<Keys, RemoteError> {
    let file = |name: &str, usual: &str| {
        let named = env::var_os(name).map(PathBuf::from);
        let path = named.or_else(|| home().map(|home| home.join(".aws").join(usual)));
        path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default()
    };
    let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = file("AWS_CONFIG_FILE", "config");
    choose(|name| env::var(name).ok().filter(|value| !value.is_empty()), &credentials, &config)
        .ok_or(RemoteError::NoKeys)
}

fn home() -> Option<PathBuf> {
    env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from)
}

/// A profile that is named goes before the keys of the environment.
fn choose(of: impl Fn(&str) -> Option<String>, credentials: &str, config: &str) -> Option<Keys> {
    let named = of("AWS_PROFILE");
    let profile = named.clone().unwrap_or_else(|| "default".to_owned());
    let mut values = section(config, &format!("profile {profile}"));
    values.extend(section(config, &profile));
    values.extend(section(credentials, &profile));
    let region = of("AWS_REGION").or_else(|| of("AWS_DEFAULT_REGION")).or_else(|| values.get("region").cloned());
    let endpoint = of("AWS_ENDPOINT_URL_S3").or_else(|| of("AWS_ENDPOINT_URL"));
    let endpoint = endpoint.or_else(|| values.get("endpoint_url").cloned());
    let of_environment = || {
        let (id, secret) = (of("AWS_ACCESS_KEY_ID")?, of("AWS_SECRET_ACCESS_KEY")?);
        Some((id, secret, of("AWS_SESSION_TOKEN")))
    };
    let of_profile = || {
        let value = |name: &str| values.get(name).cloned();
        Some((value("aws_access_key_id")?, value("aws_secret_access_key")?, value("aws_session_token")))
    };
    let found = if named.is_some() { of_profile() } else { of_environment().or_else(of_profile) };
    let (id, secret, token) = found?;
    Some(Keys { id, secret, token, region, endpoint })
}

/// The values below `[name]`.
fn section(text: &str, name: &str) -> HashMap<String, String> {
    let mut inside = false;
    let mut values = HashMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            inside = title.trim() == name;
        } else if inside && let Some((key, value)) = line.split_once('=') {
            values.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::choose;

    const CREDENTIALS: &str = "# mine\n[default]\naws_access_key_id = A\naws_secret_access_key=a=\n\n[ team ]\n\
                               aws_access_key_id=T\naws_secret_access_key=t\naws_session_token=s\n";
    const CONFIG: &str =
        "[default]\nregion = eu-west-1\n[profile team]\nregion = eu-north-1\nendpoint_url = https://store.example\n";

    fn chosen(set: &[(&str, &str)]) -> Option<(String, String, Option<String>, Option<String>)> {
        let of = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        choose(of, CREDENTIALS, CONFIG).map(|keys| (keys.id, keys.secret, keys.token, keys.region))
    }

    #[test]
    fn a_named_profile_goes_before_the_environment_and_that_before_the_usual_profile() {
        let own = |text: &str| Some(text.to_owned());
        let keys = [("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "e")];
        assert_eq!(chosen(&[]), Some(("A".into(), "a=".into(), None, own("eu-west-1"))));
        assert_eq!(chosen(&keys), Some(("E".into(), "e".into(), None, own("eu-west-1"))));
        let named = [keys[0], keys[1], ("AWS_PROFILE", "team")];
        assert_eq!(chosen(&named), Some(("T".into(), "t".into(), own("s"), own("eu-north-1"))));
        assert_eq!(chosen(&[("AWS_PROFILE", "nobody")]), None);
        assert_eq!(chosen(&[keys[0]]).unwrap().0, "A", "half a key is none");
    }
}
