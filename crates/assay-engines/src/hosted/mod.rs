//! A reranker on another machine, over HTTP. Off unless the settings switch it on, because the
//! question and the passages leave this machine; its identity says so in the device's place.

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

use crate::EnginesError;

/// Tries for an answer in all.
const TRIES: u32 = 4;
/// A wait that a host asks for is kept up to here.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Which host, and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedSettings {
    /// The form of request and reply.
    pub form: HostedForm,
    /// Address without the form's own path: `https://api.cohere.com`, `http://localhost:8080`.
    pub url: String,
    /// The host's name for the model; a TEI host serves one and needs none.
    pub model: String,
    /// Longest time for one answer.
    pub time: Duration,
}

/// A hosted reranker.
pub struct HostedReranker {
    asker: Arc<Asker>,
    identity: RerankerIdentity,
    scale: ScoreScale,
    batch: usize,
}

impl HostedReranker {
    /// Nothing is sent until passages are scored.
    ///
    /// # Errors
    /// [`EnginesError::BadAddress`] for an address that is none, or that would carry a key unsealed.
    pub fn open(settings: &HostedSettings, key: Option<String>) -> Result<Self, EnginesError> {
        let url = settings.url.trim().trim_end_matches('/');
        let bad = |reason: &str| EnginesError::BadAddress { address: settings.url.clone(), reason: reason.to_owned() };
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad("it does not begin with https://"))?;
        let host = rest.split('/').next().unwrap_or_default().to_owned();
        if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains('@') {
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
        let asker =
            Asker { agent, form: settings.form, url: format!("{url}{}", settings.form.path()), host, model, key };
        let (scale, batch) = (settings.form.scale(), settings.form.batch());
        Ok(Self { asker: Arc::new(asker), identity, scale, batch })
    }

    /// Whether what is scored goes to another machine.
    pub fn leaves_this_machine(&self) -> bool {
        !is_this_machine(&self.asker.host)
    }
}

/// Loopback by name or number; anything else may be another machine.
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
            let (asker, question) = (self.asker.clone(), question.clone());
            async move {
                let (first, texts) = batches.next().filter(|_| !over)?;
                let work = tokio::task::spawn_blocking(move || asker.scores(&question, &texts));
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

/// No host says how many tokens it read, which 0 of 0 stands for.
fn pairs(first: usize, scores: &[f32]) -> Vec<PairScore> {
    let pair = |(place, &logit)| PairScore { index: first + place, logit, tokens_read: 0, tokens_total: 0 };
    scores.iter().enumerate().map(pair).collect()
}

struct Asker {
    agent: ureq::Agent,
    form: HostedForm,
    url: String,
    host: String,
    model: String,
    key: Option<String>,
}

impl Asker {
    /// Scores in the order of the texts.
    fn scores(&self, question: &str, texts: &[String]) -> Result<Vec<f32>, EnginesError> {
        let body = self.form.request(&self.model, question, texts);
        let mut tried = 0;
        loop {
            let (reason, wait) = match self.once(&body) {
                Ok(text) => {
                    let wrong = |reason| EnginesError::HostAnswer { host: self.host.clone(), reason };
                    return self.form.read(&text, texts.len()).map_err(wrong);
                }
                Err(Silence::Final(error)) => return Err(error),
                Err(Silence::Passing { reason, wait }) => (reason, wait),
            };
            tried += 1;
            if tried == TRIES {
                return Err(EnginesError::HostSilent { host: self.host.clone(), reason });
            }
            let own = Duration::from_millis(250 << tried);
            std::thread::sleep(wait.unwrap_or(own).min(LONGEST_WAIT));
        }
    }

    fn once(&self, body: &serde_json::Value) -> Result<String, Silence> {
        let mut request = self.agent.post(&self.url).header("Accept", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let sent = request.send_json(body);
        let mut response = sent.map_err(|error| Silence::passing(error.to_string(), None))?;
        let status = response.status().as_u16();
        let wait = response.headers().get("retry-after").and_then(|wish| wish.to_str().ok()?.trim().parse().ok());
        let text = response.body_mut().read_to_string();
        match status {
            200 => text.map_err(|error| Silence::passing(format!("its answer broke off: {error}"), None)),
            408 | 425 | 429 | 500..=599 => {
                Err(Silence::passing(format!("it answered {status}"), wait.map(Duration::from_secs)))
            }
            401 | 403 if self.key.is_none() => Err(Silence::Final(EnginesError::NoKey { host: self.host.clone() })),
            status => {
                let said = text.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
                Err(Silence::Final(EnginesError::HostRefused { host: self.host.clone(), status, said }))
            }
        }
    }
}

/// Why there is no answer.
enum Silence {
    Passing { reason: String, wait: Option<Duration> },
    Final(EnginesError),
}

impl Silence {
    fn passing(reason: String, wait: Option<Duration>) -> Self {
        Self::Passing { reason, wait }
    }
}
