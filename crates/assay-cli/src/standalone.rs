//! `rerank`, `embed`, `measure`, `bench`.

use std::process::ExitCode;

use assay_app::standalone::{self, BenchOptions, MeasureInput, MeasureOptions, Models, ScaleOptions};
use assay_app::{App, Failure, Opening, Problem};
use assay_contract::{BenchReply, ScaleReply};
use assay_domain::port::TextKind;
use assay_pipeline::quality::Order;

use crate::arguments::{Bench, BenchChoice, Embed, Kind, Measure, Rerank};
use crate::print::{Progress, json_to, table};

/// `assay rerank`
pub async fn rerank(models: &Models, command: Rerank) -> anyhow::Result<ExitCode> {
    let reply = standalone::rerank(models, &command.query, standalone::read_lines(&command.passages)?).await?;
    if command.json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows: Vec<_> = reply.scores.iter().collect();
    rows.sort_by_key(|row| row.rank);
    let rows = rows.into_iter().map(|row| {
        let read = format!("{}/{}", row.tokens_read, row.tokens_total);
        [row.rank.to_string(), format!("{:+.4}", row.logit), format!("{:.4}", row.probability), read, row.id.clone()]
    });
    table(&["#", "logit", "sigmoid", "tokens read", "id"], rows.collect());
    println!("\n{} on {}, {:.0} ms", reply.model, reply.device, reply.ms);
    Ok(ExitCode::SUCCESS)
}

/// `assay embed`
pub async fn embed(models: &Models, command: Embed) -> anyhow::Result<ExitCode> {
    let models = Models { embedder: command.encoder.model.clone(), ..models.clone() };
    let kind = match command.kind {
        Kind::Query => TextKind::Query,
        Kind::Passage => TextKind::Passage,
    };
    let reply = standalone::embed(&models, kind, standalone::read_lines(&command.texts)?).await?;
    if command.json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    for row in &reply.vectors {
        let head: Vec<String> = row.vector.iter().take(6).map(|value| format!("{value:+.4}")).collect();
        println!("{}  {} ... ({} values)", row.id, head.join(" "), reply.dimension);
    }
    Ok(ExitCode::SUCCESS)
}

/// `assay measure`
pub async fn measure(models: &Models, command: Measure) -> anyhow::Result<ExitCode> {
    let models = Models { embedder: command.embedder.clone(), writer: command.writer.clone(), ..models.clone() };
    let input = match (command.candidates, command.corpus, command.queries, command.qrels) {
        (Some(candidates), ..) => MeasureInput::Candidates(candidates),
        (None, Some(corpus), Some(queries), Some(qrels)) => MeasureInput::Corpus { corpus, queries, qrels },
        _ => anyhow::bail!("give --corpus, --queries and --qrels, or --candidates"),
    };
    let unknown = |name: &String| {
        let message = format!("there is no stage {name:?}");
        let known = Order::ALL.map(Order::as_str).join(", ");
        Failure::new(Problem::BadSetting, message, format!("stages are {known}"))
    };
    let stages = command.stages.iter().map(|name| Order::parse(name).ok_or_else(|| unknown(name)));
    let options = MeasureOptions {
        stages: stages.collect::<Result<_, _>>()?,
        k: command.k,
        retrieve: command.retrieve,
        rerank_pool: command.pool,
        context: !command.no_context,
    };
    let mut progress = Progress::new();
    let mut forward = |done: usize, total: usize| progress.step(done as u32, total as u32, None);
    let reply = standalone::measure(&models, &input, &options, &mut forward).await?;
    progress.end();
    if command.json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = reply.stages.iter().map(|stage| {
        let metric = |name: &str| {
            let value = stage.metrics.get(&format!("{name}@{}", command.k));
            value.map_or("-".into(), |value| format!("{:.3} [{:.3}, {:.3}]", value.mean, value.low, value.high))
        };
        let time = format!("{:.0} / {:.0}", stage.ms.p50, stage.ms.p95);
        [stage.name.to_string(), metric("ndcg"), metric("mrr"), metric("recall"), time]
    });
    let k = command.k;
    let (ndcg, mrr, recall) = (format!("nDCG@{k}"), format!("MRR@{k}"), format!("recall@{k}"));
    table(&["stage", &ndcg, &mrr, &recall, "ms p50 / p95"], rows.collect());
    println!("\n{} questions; intervals are 95 % bootstrap", reply.queries);
    Ok(ExitCode::SUCCESS)
}

/// `assay bench`
pub async fn bench(models: &Models, command: Bench, opening: Opening) -> anyhow::Result<ExitCode> {
    let options = BenchOptions { pairs: command.pairs.clone(), runs: command.runs.max(1) };
    let reply = match command.what {
        BenchChoice::Scale => return scale(command).await,
        BenchChoice::Rerank => standalone::bench_rerank(models, &options).await?,
        BenchChoice::Embed => {
            let models = Models { embedder: command.encoder.model.clone(), ..models.clone() };
            standalone::bench_embed(&models, &options).await?
        }
        BenchChoice::Query => {
            let app = App::open(Opening { reranker: command.encoder.model.clone(), ..opening })?;
            let questions = ["What is this about?", "Who wrote it and when?", "这是关于什么的？"].map(str::to_owned);
            standalone::bench_query(&app, &questions, &options).await?
        }
    };
    if command.json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    Ok(ExitCode::SUCCESS)
}

/// `assay bench scale`
async fn scale(command: Bench) -> anyhow::Result<ExitCode> {
    let Bench { passages, questions, saves, folder, .. } = command;
    let options = ScaleOptions { passages, questions, saves, folder };
    let mut told = 0;
    let reply = standalone::bench_scale(&options, &mut |added| {
        if added / 100_000 > told {
            told = added / 100_000;
            eprintln!("{added} of {passages} passages");
        }
    })
    .await?;
    if command.json {
        json_to(&reply)?;
    } else {
        print_scale(&reply);
    }
    Ok(ExitCode::SUCCESS)
}

fn print_scale(reply: &ScaleReply) {
    let built = reply.build_seconds.map_or_else(|| "found".into(), |seconds| format!("built in {seconds:.0} s"));
    println!(
        "{} generated passages of {} numbers, {built}, {:.0} bytes each; memory {} MiB, at most {} MiB",
        reply.passages,
        reply.dimension,
        reply.bytes_per_passage,
        reply.memory_bytes >> 20,
        reply.peak_memory_bytes >> 20,
    );
    let mut rows = vec![("vectors", reply.vector), ("words", reply.lexical), ("both and fusion", reply.total)];
    rows.extend(reply.save.map(|save| ("a saved document answers", save)));
    let rows = rows
        .into_iter()
        .map(|(what, times)| [what.to_owned(), format!("{:.1}", times.p50), format!("{:.1}", times.p95)]);
    table(&["", "p50 ms", "p95 ms"], rows.collect());
    let rows = reply.recall.iter().map(|row| {
        let recall = row.recall.map_or_else(|| "no passage".into(), |recall| format!("{recall:.4}"));
        [row.filter.clone().unwrap_or_else(|| "all".into()), recall]
    });
    println!();
    table(&["collection", "recall@100"], rows.collect());
}

fn print(reply: &BenchReply) {
    let padding = match reply.tokens_real {
        0 => String::new(),
        real => format!(", {:.3} tokens computed for each real one", reply.tokens_computed as f64 / real as f64),
    };
    println!(
        "{} {} on {}: {:.1} a second, {:.0} tokens a second, p50 {:.0} ms, p95 {:.0} ms for {}{padding}; peak memory {} MiB",
        reply.what,
        reply.model,
        reply.device,
        reply.pairs_per_second,
        reply.tokens_per_second,
        reply.p50_ms,
        reply.p95_ms,
        reply.pairs,
        reply.peak_memory_bytes >> 20,
    );
}
