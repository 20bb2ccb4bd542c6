//! The order of work on slow engines, and the heads that use it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_domain::port::{Embedder, Reranker, TextKind};
use futures::executor::block_on;
use futures::{FutureExt, StreamExt};

use super::{copy_of, encoder_copy_of, words};
use crate::handle::{EngineThread, Job};
use crate::schedule::{Priority, Progress, Scheduler, Turn};
use crate::{EncoderOptions, open_embedder, open_reranker};

/// An engine that writes down which job's batches it computed, and counts those that it began.
#[derive(Default, Clone)]
struct Slow(Arc<Mutex<Vec<String>>>, Arc<AtomicUsize>);

impl Slow {
    fn log(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn begun(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }

    fn count(&self, name: &str) -> usize {
        self.log().iter().filter(|entry| *entry == name).count()
    }
}

/// A job of some batches that take time.
struct Batches {
    name: &'static str,
    left: usize,
    millis: u64,
    /// Whether a batch ends early for more urgent work.
    stops_inside: bool,
    cancelled: Arc<AtomicBool>,
    done: Sender<()>,
}

impl Job<Slow> for Batches {
    fn run(&mut self, engine: &mut Slow, turn: &Turn<'_>) -> Progress {
        while self.left > 0 {
            if self.cancelled.load(Ordering::SeqCst) {
                break;
            }
            engine.1.fetch_add(1, Ordering::SeqCst);
            for _ in 0..self.millis {
                sleep(Duration::from_millis(1));
                if self.stops_inside && turn.interrupts() {
                    engine.0.lock().unwrap().push(format!("{} stopped", self.name));
                    return Progress::Interrupted;
                }
            }
            engine.0.lock().unwrap().push(self.name.into());
            self.left -= 1;
            if self.left > 0 && turn.gives_way() {
                return Progress::GaveWay;
            }
        }
        let _ = self.done.send(());
        Progress::Done
    }
}

struct Submitted {
    cancelled: Arc<AtomicBool>,
    done: Receiver<()>,
}

impl Submitted {
    fn wait(&self) {
        self.done.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}

fn submit(thread: &EngineThread<Slow>, priority: Priority, name: &'static str, left: usize, millis: u64) -> Submitted {
    submit_with(thread, priority, name, (left, millis), false)
}

fn submit_with(
    thread: &EngineThread<Slow>,
    priority: Priority,
    name: &'static str,
    (left, millis): (usize, u64),
    stops_inside: bool,
) -> Submitted {
    let (done, received) = channel();
    let cancelled = Arc::new(AtomicBool::new(false));
    thread.submit(priority, Batches { name, left, millis, stops_inside, cancelled: cancelled.clone(), done });
    Submitted { cancelled, done: received }
}

fn until(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it did not happen");
        sleep(Duration::from_micros(200));
    }
}

fn start(scheduler: &Arc<Scheduler>, engine: &Slow) -> EngineThread<Slow> {
    EngineThread::start_with(scheduler.clone(), "slow", engine.clone()).unwrap()
}

#[test]
fn a_question_waits_for_at_most_one_batch_of_an_ingest() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    // The same engine, and another one on the same cores.
    let (embedder, reranker) = (start(&scheduler, &engine), start(&scheduler, &engine));
    let ingest = submit(&embedder, Priority::Ingest, "ingest", 60, 5);
    for (thread, priority) in
        [(&embedder, Priority::Query), (&reranker, Priority::Reranking), (&embedder, Priority::Explanation)]
    {
        for _ in 0..3 {
            let before = engine.count("ingest");
            until(|| engine.count("ingest") > before + 1);
            let before = engine.log().len();
            submit(thread, priority, "question", 1, 1).wait();
            let log = engine.log();
            let place = log.iter().rposition(|entry| entry == "question").unwrap();
            assert!(place <= before + 1, "{priority:?}: {place} after {before}: {log:?}");
        }
    }
    ingest.wait();
    assert_eq!(engine.count("ingest"), 60, "no batch is lost or computed twice");
}

#[test]
fn the_most_urgent_work_goes_first_and_equal_work_in_its_order() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let thread = start(&scheduler, &engine);
    let first = submit(&thread, Priority::Query, "first", 1, 200);
    let waiting = [
        submit(&thread, Priority::Ingest, "ingest", 2, 1),
        submit(&thread, Priority::Explanation, "explanation", 2, 1),
        submit(&thread, Priority::Reranking, "reranking", 2, 1),
        submit(&thread, Priority::Reranking, "second reranking", 1, 1),
        submit(&thread, Priority::Query, "query", 1, 1),
    ];
    first.wait();
    waiting.iter().for_each(Submitted::wait);
    let wanted = ["first", "query", "reranking", "reranking", "second reranking"];
    let rest = ["explanation", "explanation", "ingest", "ingest"];
    assert_eq!(engine.log(), [wanted.as_slice(), rest.as_slice()].concat());
}

#[test]
fn an_ingest_goes_on_between_questions() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let (embedder, reranker) = (start(&scheduler, &engine), start(&scheduler, &engine));
    let questions = submit(&reranker, Priority::Reranking, "question", 100, 1);
    let ingest = submit(&embedder, Priority::Ingest, "ingest", 100, 1);
    questions.wait();
    let log = engine.log();
    let longest = log.split(|entry| entry == "ingest").map(<[String]>::len).max();
    assert!(longest <= Some(20) && engine.count("ingest") >= 4, "{longest:?} batches without the ingest: {log:?}");
    assert!(engine.count("ingest") < 20, "the question goes first: {log:?}");
    ingest.cancelled.store(true, Ordering::SeqCst);
    ingest.wait();

    // Many short questions on the ingest's own engine.
    let begun = engine.log().len();
    let questions: Vec<_> = (0..100).map(|_| submit(&embedder, Priority::Query, "query", 1, 1)).collect();
    submit(&embedder, Priority::Ingest, "late", 1, 1).wait();
    questions.iter().for_each(Submitted::wait);
    let place = engine.log().iter().position(|entry| entry == "late").unwrap() - begun;
    assert!(place < 80, "{place} questions went before the ingest");
}

#[test]
fn a_batch_is_given_up_for_a_question_but_never_twice_in_a_row() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let thread = start(&scheduler, &engine);
    let ingest = submit_with(&thread, Priority::Ingest, "ingest", (2, 400), true);
    until(|| engine.begun() == 1);
    submit(&thread, Priority::Query, "first", 1, 1).wait();
    assert_eq!(engine.log(), ["ingest stopped", "first"]);
    until(|| engine.begun() == 3);
    submit(&thread, Priority::Query, "second", 1, 1).wait();
    assert_eq!(engine.log(), ["ingest stopped", "first", "ingest", "second"]);
    ingest.wait();
    assert_eq!(engine.count("ingest"), 2);
}

#[test]
fn a_question_is_embedded_beside_the_batch_of_another_engine() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let (embedder, judge) = (start(&scheduler, &engine), start(&scheduler, &engine));
    let explanation = submit_with(&judge, Priority::Explanation, "explanation", (1, 500), true);
    until(|| engine.begun() == 1);
    submit(&embedder, Priority::Query, "question", 1, 1).wait();
    assert_eq!(engine.log(), ["question"], "the explanation goes on");
    explanation.wait();
    assert_eq!(engine.log(), ["question", "explanation"]);
}

#[test]
fn a_cancelled_job_ends_between_batches_and_a_closed_engine_holds_nobody_up() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let (first, second) = (start(&scheduler, &engine), start(&scheduler, &engine));
    let explanation = submit(&first, Priority::Explanation, "explanation", 10_000, 2);
    until(|| engine.count("explanation") > 1);
    explanation.cancelled.store(true, Ordering::SeqCst);
    let before = engine.count("explanation");
    explanation.wait();
    assert!(engine.count("explanation") <= before + 1);

    let begun = engine.begun();
    let running = submit(&second, Priority::Ingest, "ingest", 1, 30);
    until(|| engine.begun() > begun);
    let dropped = submit(&first, Priority::Query, "dropped", 10_000, 2);
    drop(first);
    running.wait();
    submit(&second, Priority::Ingest, "ingest", 1, 1).wait();
    assert_eq!(
        dropped.done.recv_timeout(Duration::from_secs(60)),
        Err(std::sync::mpsc::RecvTimeoutError::Disconnected)
    );
}

/// A job that panics.
struct Panics(#[allow(dead_code, reason = "its end is what is observed")] Sender<()>);

impl Job<Slow> for Panics {
    fn run(&mut self, _: &mut Slow, _: &Turn<'_>) -> Progress {
        panic!("as a fault would")
    }
}

#[test]
fn a_panic_costs_one_job() {
    let (scheduler, engine) = (Arc::default(), Slow::default());
    let thread = start(&scheduler, &engine);
    let (done, received) = channel();
    thread.submit(Priority::Query, Panics(done));
    assert!(received.recv_timeout(Duration::from_secs(60)).is_err());
    submit(&thread, Priority::Ingest, "ingest", 1, 1).wait();
}

#[test]
fn a_question_overtakes_an_ingest_and_an_explanation_on_real_models() {
    let options = EncoderOptions { threads: Some(2), ..EncoderOptions::default() };
    let embedder = open_embedder(encoder_copy_of("bert-tiny").path(), "tiny", None, options).unwrap();
    let reranker = open_reranker(copy_of("bert-tiny").path(), "tiny", vec![], options).unwrap();
    let passages: Vec<String> = (0..5_000).map(|n| words(n, 30 + n % 60)).collect();

    let mut ingest = embedder.embed(TextKind::Passage, passages.clone());
    let query = block_on(embedder.embed(TextKind::Query, vec!["w200".into()])).unwrap();
    assert!((&mut ingest).now_or_never().is_none(), "the ingest goes on after the question is answered");

    let mut explanation = reranker.score_for_explanation("w200".into(), passages.clone());
    let first = block_on(explanation.next()).unwrap().unwrap();
    let asked: Vec<_> = block_on(reranker.score("w201".into(), passages[..20].to_vec()).collect());
    assert_eq!(asked.into_iter().map(|batch| batch.unwrap().len()).sum::<usize>(), 20);
    let mut explained = first.len();
    while let Some(Some(batch)) = explanation.next().now_or_never() {
        explained += batch.unwrap().len();
    }
    assert!(explained < passages.len() / 2, "{explained} passages were explained before the question's 20");
    drop(explanation);

    // What was given up or put off is computed all the same, with the same numbers.
    let vectors = block_on(ingest).unwrap();
    assert_eq!(vectors.len(), passages.len());
    let again = block_on(embedder.embed(TextKind::Passage, vec![passages[777].clone(), "w200".into()])).unwrap();
    assert_eq!((&again[0], &again[1]), (&vectors[777], &query[0]));
}
