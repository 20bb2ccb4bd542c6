//! Downloads that resume and cannot lie: a file is here once its hash is right, and not before.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::known::{Known, KnownFile};
use super::manifest::{Manifest, sha256};
use crate::EnginesError;

/// Hops from the hub's address to the file's.
const MOST_REDIRECTS: usize = 6;

/// Fetches what is missing of a model into its folder.
pub fn pull(
    hub: &str,
    model: &Known,
    folder: &Path,
    on: &mut dyn FnMut(&str, u64, Option<u64>),
) -> Result<PathBuf, EnginesError> {
    let Some(repository) = &model.repository else {
        let path = folder.to_owned();
        return Err(EnginesError::NotAModel { path, reason: "it is not on the hub; import it instead".into() });
    };
    fs::create_dir_all(folder).map_err(EnginesError::file(folder))?;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .build()
        .into();
    for file in &model.files {
        let whole = folder.join(&file.path);
        let right = file.sha256.as_ref().is_some_and(|wanted| sha256(&whole).is_ok_and(|found| found == *wanted));
        if !right {
            let url = format!("{hub}/{repository}/resolve/main/{}", file.path);
            fetch(&agent, &url, model, file, &whole, on)?;
        }
    }
    let files: Vec<String> = model.files.iter().map(|file| file.path.clone()).collect();
    Manifest::write(&model.name, model.role, &model.family, folder, &files)?;
    Ok(folder.to_owned())
}

fn fetch(
    agent: &ureq::Agent,
    url: &str,
    model: &Known,
    file: &KnownFile,
    whole: &Path,
    on: &mut dyn FnMut(&str, u64, Option<u64>),
) -> Result<(), EnginesError> {
    let mut name = whole.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    if let Some(parent) = part.parent() {
        fs::create_dir_all(parent).map_err(EnginesError::file(parent))?;
    }

    let have = fs::metadata(&part).map_or(0, |meta| meta.len());
    let Answered { response, stated } = request(agent, url, have)?;
    let resumed = response.status().as_u16() == 206;
    let wanted = file.sha256.clone().or(stated);
    let length = response.body().content_length();
    let mut done = if resumed { have } else { 0 };
    let total = length.map(|length| length + done);

    let mut out = File::options().create(true).write(true).append(resumed).truncate(!resumed).open(&part);
    let out = out.as_mut().map_err(|error| EnginesError::File { path: part.clone(), source: copy_of(error) })?;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = body.read(&mut buffer).map_err(|error| fault(url, &error))?;
        if read == 0 {
            break;
        }
        out.write_all(buffer.get(..read).unwrap_or_default()).map_err(EnginesError::file(&part))?;
        done += read as u64;
        on(&file.path, done, total);
    }
    if total.is_some_and(|total| done < total) {
        return Err(fault(url, &format!("the connection ended after {done} bytes")));
    }
    out.sync_all().map_err(EnginesError::file(&part))?;

    let found = sha256(&part).map_err(EnginesError::file(&part))?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
        let _ = fs::remove_file(&part);
        return Err(EnginesError::Damaged { name: model.name.clone(), file: whole.to_owned(), wanted, found });
    }
    fs::rename(&part, whole).map_err(EnginesError::file(whole))
}

/// The last response of a chain of redirects, and the SHA-256 that the hub stated on the way.
struct Answered {
    response: ureq::http::Response<ureq::Body>,
    stated: Option<String>,
}

fn request(agent: &ureq::Agent, url: &str, have: u64) -> Result<Answered, EnginesError> {
    let mut address = url.to_owned();
    let mut stated = None;
    for _ in 0..MOST_REDIRECTS {
        let mut request = agent.get(&address);
        if have > 0 {
            request = request.header("Range", format!("bytes={have}-"));
        }
        let response = request.call().map_err(|error| fault(url, &error))?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        stated = stated.or_else(|| header("x-linked-etag").and_then(|tag| as_sha256(&tag)));
        match response.status().as_u16() {
            200 | 206 => return Ok(Answered { response, stated }),
            416 if have > 0 => return request_anew(agent, url),
            301 | 302 | 303 | 307 | 308 => {
                let next = header("location").ok_or_else(|| fault(url, &"redirected to nowhere"))?;
                address = absolute(&address, &next);
            }
            401 | 403 => return Err(fault(url, &"the hub refuses it without a login")),
            404 => return Err(fault(url, &"the hub does not have it")),
            status => return Err(fault(url, &format!("the hub answered {status}"))),
        }
    }
    Err(fault(url, &"too many redirects"))
}

/// What is here is longer than what is there: begin again.
fn request_anew(agent: &ureq::Agent, url: &str) -> Result<Answered, EnginesError> {
    request(agent, url, 0)
}

fn absolute(from: &str, next: &str) -> String {
    if next.contains("://") {
        return next.to_owned();
    }
    let scheme = from.find("://").map_or(0, |at| at + 3);
    let host = from[scheme..].find('/').map_or(from.len(), |at| scheme + at);
    format!("{}{next}", &from[..host])
}

fn as_sha256(tag: &str) -> Option<String> {
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    (tag.len() == 64 && tag.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| tag.to_lowercase())
}

fn fault(url: &str, reason: &dyn std::fmt::Display) -> EnginesError {
    EnginesError::Fetch { url: url.to_owned(), reason: reason.to_string() }
}

fn copy_of(error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), error.to_string())
}
