//! The `remote` suite: a library on an S3 server, one publisher and readers that ask meanwhile, races, kills, and a
//! store that is away.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, mark, note, seconds, text, utf8};
use super::options::Options;
use super::process::{Ended, watch};
use super::store::{MISSING, Store};
use crate::Library;

/// Seconds after which a committed document answers on the other machine.
const LAG: f64 = 35.0;
/// How much longer a question may take over a mirror.
const SLOWER: f64 = 1.1;

/// `remote [--documents 200] [--races 100] [--kills 100] [--questions 20] [--seed 1]`
pub fn remote(options: &Options) -> Result<Cases, String> {
    let mut cases = Cases::new("remote");
    let Some(store) = Store::start() else {
        println!("  skipped: {MISSING}");
        cases.skip(MISSING);
        cases.check("nothing to run", Ok(()));
        return Ok(cases);
    };
    let seed = options.count("seed", 1);
    follow(&mut cases, &store, options.count("documents", 200), options.count("questions", 20))?;
    race(&mut cases, &store, options.count("races", 100))?;
    kill(&mut cases, &store, options.count("kills", 100), seed)?;
    Ok(cases)
}

/// Machines on one store.
struct Scene<'a> {
    store: &'a Store,
    url: String,
    endpoint: String,
    files: tempfile::TempDir,
}

impl<'a> Scene<'a> {
    fn new(store: &'a Store) -> Result<Self, String> {
        let files = tempfile::tempdir().map_err(|error| error.to_string())?;
        Ok(Self { store, url: store.address(), endpoint: store.endpoint(), files })
    }

    fn write(&self, number: u64) -> Result<PathBuf, String> {
        let path = self.files.path().join(format!("note-{number}.md"));
        fs::write(&path, note(&mark(number))).map_err(|error| error.to_string())?;
        Ok(path)
    }

    fn publisher(&self) -> Result<Library, String> {
        let library = Library::quick("");
        done(&library, &self.store.arguments("create", &self.url, &self.endpoint))?;
        Ok(library)
    }

    fn reader(&self) -> Result<Library, String> {
        let library = Library::quick("");
        done(&library, &self.store.arguments("join", &self.url, &self.endpoint))?;
        Ok(library)
    }
}

fn run(library: &Library, words: &[&str]) -> Ended {
    watch(library.with_keys(words).arg("--json"))
}

/// Runs a command that must succeed.
fn done(library: &Library, words: &[&str]) -> Result<Value, String> {
    let ended = run(library, words);
    ended.survived()?;
    match ended.status.success() {
        true => ended.json(),
        false => Err(format!("{words:?} ended with {}: {}", ended.words(), ended.complaint())),
    }
}

/// The candidates of a question, without the times.
fn answer(library: &Library, word: &str) -> Result<(Value, String), String> {
    let question = format!("Who kept the {word} lamp?");
    let ended = run(library, &["ask", &question, "--rerank", "off"]);
    ended.survived()?;
    let reply = ended.json()?;
    Ok((serde_json::json!([reply["candidates"], reply["answer"]]), ended.complaint()))
}

fn finds(library: &Library, word: &str) -> Result<bool, String> {
    let (found, _) = answer(library, word)?;
    let rows = found[0].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(rows.iter().any(|row| text(row, "text").contains(word)))
}

/// What both machines say of their documents.
fn same(one: &Library, other: &Library) -> Result<(), String> {
    let rows = |library: &Library| -> Result<Vec<String>, String> {
        let list = library.reply(&["documents"])?;
        let of = |row: &Value| format!("{} {} {} {}", row["id"], row["name"], row["chunks"], row["pages"]);
        Ok(array(&list, "documents").iter().map(of).collect())
    };
    let (here, there) = (rows(one)?, rows(other)?);
    if here == there { Ok(()) } else { Err(format!("{} documents here, {} there", here.len(), there.len())) }
}

/// One machine publishes while another asks.
fn follow(cases: &mut Cases, store: &Store, documents: u64, questions: u64) -> Result<(), String> {
    let scene = Scene::new(store)?;
    scene.write(0)?;
    let publisher = Library::quick("");
    done(&publisher, &["ingest", utf8(scene.files.path())])?;
    done(&publisher, &store.arguments("create", &scene.url, &scene.endpoint))?;
    let reader = scene.reader()?;
    let mut watching = Background::start(&publisher, &["watch", utf8(scene.files.path())])?;
    let mut following = Background::start(&reader, &["watch"])?;
    let (begun, mut asked) = (Instant::now(), 0);
    for number in 1..documents {
        scene.write(number)?;
        if number % 10 == 0 {
            asked += 1;
            cases.check(
                &format!("question {asked} while documents come in"),
                finds(&reader, &mark(0)).and_then(is_found),
            );
        }
    }
    let written = Instant::now();
    // From the commit here to the answer there.
    let last = mark(documents - 1);
    while !finds(&publisher, &last)? {
        if written.elapsed() > Duration::from_secs(1_200) {
            return Err("the documents are not taken in".to_owned());
        }
        sleep(Duration::from_millis(200));
    }
    let committed = Instant::now();
    while !finds(&reader, &last)? && committed.elapsed() < Duration::from_secs(120) {
        sleep(Duration::from_millis(200));
    }
    let lag = committed.elapsed().as_secs_f64();
    cases.figure(format!(
        "{documents} documents in {:.0} s; the last one answers on the other machine {lag:.1} s after it answers here; {asked} questions meanwhile",
        (committed - begun).as_secs_f64()
    ));
    cases.check("lag", if lag <= LAG { Ok(()) } else { Err(format!("{lag:.1} s")) });
    watching.end();
    following.end();
    done(&publisher, &["remote", "sync"])?;
    done(&reader, &["remote", "sync"])?;
    cases.check("the documents are equal", same(&publisher, &reader));
    for number in (0..documents).step_by((documents / questions.max(1)).max(1) as usize) {
        let both = answer(&publisher, &mark(number)).and_then(|(one, _)| Ok((one, answer(&reader, &mark(number))?.0)));
        cases.check(
            &format!("answer {number} is equal"),
            both.and_then(|(one, other)| if one == other { Ok(()) } else { Err(format!("{one}\n{other}")) }),
        );
    }
    cases.check("the mirror's index is what its catalogue says", reader.agrees(false));
    away(cases, &scene, &reader, &mark(1))?;
    speed(cases, &publisher, &reader, questions)
}

fn is_found(found: bool) -> Result<(), String> {
    if found { Ok(()) } else { Err("the passage is not found".to_owned()) }
}

/// The store is away: the mirror answers and says how old it is.
fn away(cases: &mut Cases, scene: &Scene<'_>, reader: &Library, word: &str) -> Result<(), String> {
    scene.store.close();
    let begun = Instant::now();
    let offline = answer(reader, word);
    let took = begun.elapsed().as_secs_f64();
    scene.store.open();
    let (found, said) = offline?;
    cases.check("an offline reader answers", is_found(found.to_string().contains(word)));
    let tells = said.contains("answers come from the mirror of");
    cases.check("it says how old its mirror is", if tells { Ok(()) } else { Err(said.clone()) });
    cases.figure(format!("offline: answered in {took:.1} s; it said {said:?}"));
    Ok(())
}

/// Warm questions over the mirror against the same over the library that was published, through `assay mcp`-like
/// repeated commands on an open library.
fn speed(cases: &mut Cases, publisher: &Library, reader: &Library, questions: u64) -> Result<(), String> {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..questions.max(5) {
        for (library, times) in [publisher, reader].into_iter().zip(&mut times) {
            let question = format!("Who kept the {} lamp?", mark(round));
            let reply = library.reply(&["ask", &question, "--rerank", "off", "--no-cache"])?;
            let stages = array(&reply, "stages").iter();
            times.push(stages.filter_map(|stage| stage["ms"].as_f64()).sum::<f64>());
        }
    }
    let medians: Vec<f64> = times
        .iter_mut()
        .map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    let factor = medians[1] / medians[0];
    cases.figure(format!(
        "a question takes {:.1} ms over the library that is published and {:.1} ms over its mirror (medians of the stages): {factor:.2} times",
        medians[0], medians[1]
    ));
    cases.check("a question over a mirror", if factor <= SLOWER { Ok(()) } else { Err(format!("{factor:.2} times")) });
    Ok(())
}

/// Two readers take over from a publisher that left: one of them does.
fn race(cases: &mut Cases, store: &Store, races: u64) -> Result<(), String> {
    let scene = Scene::new(store)?;
    scene.write(0)?;
    let mut publisher = scene.publisher()?;
    done(&publisher, &["ingest", utf8(scene.files.path())])?;
    let (mut one, mut two) = (scene.reader()?, scene.reader()?);
    let mut wins = [0, 0];
    for number in 1..=races {
        let outcome = (|| {
            done(&publisher, &["remote", "leave"])?;
            let start = |library: &Library| {
                let mut command = library.with_keys(&["remote", "take", "--json"]);
                command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())
            };
            let (mut first, mut second) = (start(&one)?, start(&two)?);
            let ended = [&mut first, &mut second].map(|child| child.wait().is_ok_and(|status| status.success()));
            let winner = match ended {
                [true, false] => 0,
                [false, true] => 1,
                both => return Err(format!("took over: {both:?}")),
            };
            wins[winner] += 1;
            // The winner publishes, and the loser follows it.
            let path = scene.write(number)?;
            let (winner, loser) = if winner == 0 { (&one, &two) } else { (&two, &one) };
            done(winner, &["ingest", utf8(&path)])?;
            done(loser, &["remote", "sync"])?;
            same(winner, loser)?;
            for word in [mark(0), mark(number)] {
                is_found(finds(loser, &word)?)?;
            }
            loser.agrees(false)
        })();
        let went_well = outcome.is_ok();
        cases.check(&format!("race {number}"), outcome);
        if !went_well {
            break;
        }
        // The winner leaves in the next round, and a new machine takes its place.
        let joined = scene.reader()?;
        if run(&one, &["remote", "status", "--offline"]).json()?["role"] == "publisher" {
            publisher = std::mem::replace(&mut one, joined);
        } else {
            publisher = std::mem::replace(&mut two, joined);
        }
    }
    cases.figure(format!("{races} races: {} and {} won", wins[0], wins[1]));
    Ok(())
}

/// Publisher, reader and store die at random moments.
fn kill(cases: &mut Cases, store: &Store, kills: u64, seed: u64) -> Result<(), String> {
    let scene = Scene::new(store)?;
    scene.write(0)?;
    let publisher = scene.publisher()?;
    let first = Instant::now();
    done(&publisher, &["ingest", utf8(scene.files.path())])?;
    let takes = first.elapsed().as_secs_f64();
    let reader = scene.reader()?;
    let (mut chance, mut struck) = (Chance::new(seed), [0, 0, 0]);
    for number in 1..=kills {
        let path = scene.write(number)?;
        let which = (number % 3) as usize;
        let after = seconds(chance.share() * takes);
        let name = format!("kill {number}: {} after {after:.2?}", ["publisher", "reader", "store"][which]);
        let outcome = (|| {
            match which {
                0 => struck[0] += u32::from(die(&publisher, &["ingest", utf8(&path)], after)?),
                1 => {
                    done(&publisher, &["ingest", utf8(&path)])?;
                    struck[1] += u32::from(die(&reader, &["remote", "sync"], after)?);
                }
                _ => {
                    let mut running = Background::start(&publisher, &["ingest", utf8(&path)])?;
                    let mut reading = Background::start(&reader, &["remote", "sync"])?;
                    sleep(after);
                    struck[2] += u32::from(running.runs() || reading.runs());
                    store.close();
                    sleep(Duration::from_millis(300));
                    store.open();
                    running.wait();
                    reading.wait();
                }
            }
            // The next command of the publisher goes on, and the reader follows.
            done(&publisher, &["ingest", utf8(&path)])?;
            done(&publisher, &["remote", "sync"])?;
            done(&reader, &["remote", "sync"])?;
            same(&publisher, &reader)?;
            for library in [&publisher, &reader] {
                library.agrees(false)?;
                is_found(finds(library, &mark(number))?)?;
            }
            is_found(finds(&reader, &mark(0))?)
        })();
        cases.check(&name, outcome);
    }
    cases.figure(format!(
        "seed {seed}; of {kills} kills, {} publishers, {} readers and {} connections were at work when they were struck",
        struck[0], struck[1], struck[2]
    ));
    Ok(())
}

/// Starts a command and kills it after a while. Returns whether it was still running.
fn die(library: &Library, words: &[&str], after: Duration) -> Result<bool, String> {
    let mut child = Background::start(library, words)?;
    sleep(after);
    let runs = child.runs();
    child.kill();
    Ok(runs)
}

/// A command that runs meanwhile.
struct Background(Child);

impl Background {
    fn start(library: &Library, words: &[&str]) -> Result<Self, String> {
        let mut command = library.with_keys(words);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        child.map(Self).map_err(|error| error.to_string())
    }

    fn runs(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    fn kill(&mut self) {
        drop(self.0.kill());
        self.wait();
    }

    fn wait(&mut self) {
        drop(self.0.wait());
    }

    /// Ends it as Ctrl-C does.
    fn end(&mut self) {
        let asked = std::process::Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        if asked.is_ok() {
            self.wait();
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
