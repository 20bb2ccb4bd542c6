//! Rerankers on other machines, over HTTP. They are off unless the settings switch them on, because the
//! question and the passages leave this machine; the identity's device says so.

mod form;
mod key;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use assay_domain::port::{PairScore, Reranker, RerankerIdentity, ScoreScale};
use assay_domain::{Failure, Precision};
use futures::StreamExt;
use futures::stream::{self, BoxStream};

pub use form::HostedForm;
pub use key::{KEY_VARIABLE, KeyStore, KeyWhere};

use crate::error::ModelsError;

/// Tries for one answer.
const TRIES: u32 = 4;
/// Longest wait that a host may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The host, its protocol and its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedSettings {
    /// The form of requests and replies.
    pub form: HostedForm,
    /// Address without the form's path: `https://api.cohere.com`, `http://localhost:8080`.
    pub url: String,
    /// The host's name for the model; a TEI host serves one model and needs none.
    pub model: String,
    /// Longest time for one answer.
    pub time: Duration,
}

/// A hosted reranker.
pub struct HostedReranker {
    client: Arc<Client>,
    identity: RerankerIdentity,
    scale: ScoreScale,
    batch: usize,
}

impl HostedReranker {
    /// Opens a hosted reranker. Nothing is sent until passages are scored.
    ///
    /// # Errors
    /// [`ModelsError::BadAddress`] for an address that is not usable, or that would carry a key without encryption.
    pub fn open(settings: &HostedSettings, key: Option<String>) -> Result<Self, ModelsError> {
        let url = settings.url.trim().trim_end_matches('/');
        let bad = |reason: &str| ModelsError::BadAddress { address: settings.url.clone(), reason: reason.to_owned() };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("it does not begin with https://"))?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
        // A name and password, also one with signs in it that end a host.
        if !matches!(scheme, "http" | "https") || host.is_empty() || rest.contains('@') {
            return Err(bad("it must be https://host, or http://host for a host of your own"));
        }
        let here = is_this_machine(&host);
        if scheme == "http" && key.is_some() && !here {
            return Err(bad("the key would travel unsealed; use https"));
        }
        if settings.form.needs_model() && settings.model.trim().is_empty() {
            return Err(bad("this form needs the name of the host's model as well"));
        }
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(10).min(settings.time)))
            .timeout_global(Some(settings.time))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build()
            .into();
        let model = settings.model.trim().to_owned();
        let named = if model.is_empty() { "reranker" } else { &model };
        let device = if here {
            format!("another program on this machine, {host}")
        } else {
            format!("{host}: the question and the passages leave this machine")
        };
        let identity = RerankerIdentity {
            name: format!("{named} at {host}"),
            weights: String::new(),
            max_tokens: 0,
            languages: Vec::new(),
            device,
            precision: Precision::Hosted,
        };
        let client =
            Client { agent, form: settings.form, url: format!("{url}{}", settings.form.path()), host, model, key };
        let (scale, batch) = (settings.form.scale(), settings.form.batch());
        Ok(Self { client: Arc::new(client), identity, scale, batch })
    }

    /// Whether questions and passages go to another machine.
    pub fn leaves_this_machine(&self) -> bool {
        !is_this_machine(&self.client.host)
    }
}

/// Whether a host is the loopback, by name or number.
fn is_this_machine(host: &str) -> bool {
    let name = host.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let name = name.unwrap_or_else(|| host.split(':').next().unwrap_or_default());
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

impl Reranker for HostedReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn scale(&self) -> ScoreScale {
        self.scale
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let mut batches = Vec::new();
        let mut rest = passages;
        let mut first = 0;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(self.batch));
            let count = rest.len();
            batches.push((first, std::mem::replace(&mut rest, later)));
            first += count;
        }
        let start = (batches.into_iter(), false);
        let asked = stream::unfold(start, move |(mut batches, over)| {
            let (client, question) = (self.client.clone(), question.clone());
            async move {
                let (first, texts) = batches.next().filter(|_| !over)?;
                let work = tokio::task::spawn_blocking(move || client.scores(&question, &texts));
                let scores = match work.await {
                    Ok(scores) => scores.map_err(Failure::from),
                    Err(_) => Err(Failure::bug("asking the hosted reranker panicked")),
                };
                let pairs = scores.map(|scores| pairs(first, &scores));
                let over = pairs.is_err();
                Some((pairs, (batches, over)))
            }
        });
        asked.boxed()
    }
}

/// Scores of one batch. No host reports how many tokens it read; 0 of 0 stands for that.
fn pairs(first: usize, scores: &[f32]) -> Vec<PairScore> {
    let pair = |(place, &logit)| PairScore { index: first + place, logit, tokens_read: 0, tokens_total: 0 };
    scores.iter().enumerate().map(pair).collect()
}

struct Client {
    agent: ureq::Agent,
    form: HostedForm,
    url: String,
    host: String,
    model: String,
    key: Option<String>,
}

impl Client {
    /// Scores in the order of the texts.
    fn scores(&self, question: &str, texts: &[String]) -> Result<Vec<f32>, ModelsError> {
        let body = self.form.request(&self.model, question, texts);
        let mut tried = 0;
        loop {
            let (reason, wait) = match self.once(&body) {
                Ok(text) => {
                    let wrong = |reason| ModelsError::BadHostReply { host: self.host.clone(), reason };
                    return self.form.read(&text, texts.len()).map_err(wrong);
                }
                Err(Fault::Final(error)) => return Err(error),
                Err(Fault::Passing { reason, wait }) => (reason, wait),
            };
            tried += 1;
            if tried == TRIES {
                return Err(ModelsError::HostUnreachable { host: self.host.clone(), reason });
            }
            let own = Duration::from_millis(250 << tried);
            std::thread::sleep(wait.unwrap_or(own).min(LONGEST_WAIT));
        }
    }

    fn once(&self, body: &serde_json::Value) -> Result<String, Fault> {
        let mut request = self.agent.post(&self.url).header("Accept", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let sent = request.send_json(body);
        let mut response = sent.map_err(|error| Fault::passing(error.to_string(), None))?;
        let status = response.status().as_u16();
        let wait = response.headers().get("retry-after").and_then(|wish| wish.to_str().ok()?.trim().parse().ok());
        let text = response.body_mut().read_to_string();
        match status {
            200 => text.map_err(|error| Fault::passing(format!("its answer broke off: {error}"), None)),
            408 | 425 | 429 | 500..=599 => {
                Err(Fault::passing(format!("it answered {status}"), wait.map(Duration::from_secs)))
            }
            401 | 403 if self.key.is_none() => Err(Fault::Final(ModelsError::NoKey { host: self.host.clone() })),
            status => {
                let body = text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
                Err(Fault::Final(ModelsError::HostRefused { host: self.host.clone(), status, body }))
            }
        }
    }
}

/// Why a request gave no answer.
enum Fault {
    Passing { reason: String, wait: Option<Duration> },
    Final(ModelsError),
}

impl Fault {
    fn passing(reason: String, wait: Option<Duration>) -> Self {
        Self::Passing { reason, wait }
    }
}
