//! Where a library lies: a bucket, a prefix, and how the store is reached.

use serde::{Deserialize, Serialize};

use crate::error::RemoteError;

/// Where a library lies. It holds no keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// `s3://BUCKET/PREFIX`.
    pub url: String,
    /// Address of the store; `None` for Amazon's.
    pub endpoint: Option<String>,
    /// Region; `None` for that of the environment, or `us-east-1`.
    pub region: Option<String>,
    /// Whether the endpoint may be reached without encryption.
    #[serde(default)]
    pub allow_http: bool,
}

impl Address {
    /// An address, checked and without a slash at its end.
    ///
    /// # Errors
    /// [`RemoteError::Address`].
    pub fn new(
        url: &str,
        endpoint: Option<String>,
        region: Option<String>,
        allow_http: bool,
    ) -> Result<Self, RemoteError> {
        let address = Self {
            url: url.trim().trim_end_matches('/').to_owned(),
            endpoint: endpoint.map(|endpoint| endpoint.trim().trim_end_matches('/').to_owned()),
            region,
            allow_http,
        };
        address.check()?;
        Ok(address)
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        self.parts().0
    }

    /// The prefix, without slashes at its ends.
    pub fn prefix(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        let rest = self.url.strip_prefix("s3://").unwrap_or(&self.url);
        rest.split_once('/').map_or((rest, ""), |(bucket, prefix)| (bucket, prefix.trim_matches('/')))
    }

    fn check(&self) -> Result<(), RemoteError> {
        let wrong = |why| Err(RemoteError::Address { url: self.url.clone(), why });
        if !self.url.starts_with("s3://") {
            return wrong("it does not begin with s3://");
        }
        let bucket = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
        if !(3..=63).contains(&self.bucket().len()) || !self.bucket().chars().all(bucket) {
            return wrong("a bucket's name has 3 to 63 small letters, digits, dots and hyphens");
        }
        let part = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain);
        if self.prefix().is_empty() || !self.prefix().split('/').all(part) {
            return wrong(
                "the prefix is empty or has other characters than letters, digits, dots, hyphens and underscores",
            );
        }
        let Some(endpoint) = &self.endpoint else { return Ok(()) };
        if endpoint.contains('@') {
            return wrong("the endpoint holds a name or password");
        }
        match endpoint.split_once("://").map(|(scheme, _)| scheme) {
            Some("https") => Ok(()),
            Some("http") if self.allow_http => Ok(()),
            Some("http") => wrong("its endpoint is not encrypted, which --allow-http permits"),
            _ => wrong("its endpoint does not begin with https://"),
        }
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_is_a_bucket_and_a_prefix() {
        let address = Address::new("s3://team-files/assay/one/", None, None, false).unwrap();
        assert_eq!((address.bucket(), address.prefix()), ("team-files", "assay/one"));
        for (url, endpoint, http) in [
            ("https://team-files/assay", None, false),
            ("s3://ab/assay", None, false),
            ("s3://Team/assay", None, false),
            ("s3://team-files", None, false),
            ("s3://team-files/", None, false),
            ("s3://team-files/a//b", None, false),
            ("s3://team-files/a/../b", None, false),
            ("s3://team-files/a b", None, false),
            ("s3://team-files/a", Some("store.example"), false),
            ("s3://team-files/a", Some("http://store.example"), false),
            ("s3://team-files/a", Some("https://me:secret@store.example"), false),
        ] {
            assert!(Address::new(url, endpoint.map(str::to_owned), None, http).is_err(), "{url} {endpoint:?}");
        }
        Address::new("s3://team-files/a", Some("http://127.0.0.1:5000/".into()), None, true).unwrap();
    }
}
