//! Is the catalogue whole, and the index what it says?

use assay_contract::{CheckProblem, CheckReply};
use assay_domain::{DocumentState, Failure, Problem};
use assay_pipeline::consistency::{CheckReport, Difference, check};

use crate::app::App;

impl App {
    /// Is the catalogue whole? Large ones are not read through when they are opened.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        self.engines.read().await.read_catalogue_through().await
    }

    /// Is the catalogue whole, and the index what it says?
    pub async fn check(&self) -> Result<CheckReply, Failure> {
        let engines = self.engines.read().await;
        if let Err(failure) = engines.read_catalogue_through().await {
            return Ok(unopened(&failure));
        }
        let index = match engines.index().await {
            Ok(index) => index,
            Err(failure) => return Ok(unopened(&failure)),
        };
        let checked = check(engines.store().as_ref(), index.reader()).await?;
        Ok(check_reply(checked))
    }
}

fn unopened(failure: &Failure) -> CheckReply {
    let kind = match failure.problem {
        Problem::IndexOfAnotherModel => "other_model",
        Problem::IndexDamaged => "damaged",
        _ => "not_open",
    };
    let (what, action) = (failure.message.clone(), failure.action.clone());
    let problem = CheckProblem { kind: kind.into(), document: None, what, action };
    CheckReply { ok: false, documents: 0, chunks: 0, problems: vec![problem] }
}

fn check_reply(checked: CheckReport) -> CheckReply {
    let problems: Vec<CheckProblem> = checked.differences.into_iter().map(check_problem).collect();
    CheckReply { ok: problems.is_empty(), documents: checked.documents, chunks: checked.chunks, problems }
}

fn check_problem(difference: Difference) -> CheckProblem {
    let (kind, document, what, action) = match difference {
        Difference::Rows { name, wanted, found, .. } => {
            let kind = if found < wanted { "missing_rows" } else { "extra_rows" };
            let what = format!("{name} should have {wanted} chunks in the index and has {found}");
            (kind, Some(name), what, "rebuild the index: assay rebuild")
        }
        Difference::Orphans { generation, found } => {
            let what = format!("{found} chunks of reading {generation} belong to no document");
            ("extra_rows", None, what, "rebuild the index: assay rebuild")
        }
        Difference::Unfinished { name, .. } => {
            let what = format!("{name} is still {}", DocumentState::Queued.as_str());
            ("unfinished", Some(name), what, "ingest it again")
        }
    };
    CheckProblem { kind: kind.into(), document, what, action: action.into() }
}
