//! The scheduler: which engine computes the next batch.
//!
//! All engines of a process use the same cores, so one of them computes at a time; a question's vector alone, which is
//! a few milliseconds of work, is computed beside the others. A job computes batch by batch and gives way between two
//! of them to more urgent work: a question waits for at most one batch of an ingest. The batch at hand is given up for
//! more urgent work too, where the engine can stop inside of it, but never twice in a row. Less urgent work goes on
//! between questions: after [`PATIENCE`] batches of others it gets one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use assay_domain::port::TextKind;

/// Kinds of work, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The vector of a question: everything else of the question waits for it.
    Query,
    /// The reranking of a question's candidates.
    Reranking,
    /// An explanation of a score or of a rank.
    Explanation,
    /// Vectors of passages.
    Ingest,
}

impl From<TextKind> for Priority {
    fn from(kind: TextKind) -> Self {
        match kind {
            TextKind::Query => Self::Query,
            TextKind::Passage => Self::Ingest,
        }
    }
}

/// Batches of more urgent work after which a waiting job gets one batch.
const PATIENCE: usize = 16;

/// A job's place in the queue.
#[derive(Debug, Clone, Copy)]
struct Ticket {
    engine: u64,
    job: u64,
    priority: Priority,
    /// Batches of more urgent work since it began to wait.
    passed: usize,
    /// Whether its next batch is computed to the end.
    firm: bool,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Ticket>,
    /// Turns that have not ended.
    turns: usize,
    engines: u64,
    jobs: u64,
    closed: Vec<u64>,
}

/// The queue of all engines that share the same cores.
#[derive(Default)]
pub(crate) struct Scheduler {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// How a job left its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has ended.
    Done,
    /// It gave way between two batches.
    GaveWay,
    /// It gave up the batch at hand.
    Interrupted,
}

/// A job's permission to compute, which ends when it is dropped.
pub(crate) struct Turn<'a> {
    scheduler: &'a Scheduler,
    ticket: Ticket,
    firm: AtomicBool,
}

impl Scheduler {
    /// The scheduler of this process's engines.
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Scheduler>> = OnceLock::new();
        SHARED.get_or_init(Arc::default).clone()
    }

    /// A number for a new engine.
    pub fn register(&self) -> u64 {
        let mut queue = self.lock();
        queue.engines += 1;
        queue.engines
    }

    /// A number for a new job.
    pub fn number(&self) -> u64 {
        let mut queue = self.lock();
        queue.jobs += 1;
        queue.jobs
    }

    /// Queues a job of an engine.
    pub fn submit(&self, engine: u64, job: u64, priority: Priority) {
        self.queue_up(Ticket { engine, job, priority, passed: 0, firm: false });
    }

    /// Waits until it is an engine's turn. Returns its job's number with the turn; `None` once the engine is closed.
    pub fn wait(&self, engine: u64) -> Option<(u64, Turn<'_>)> {
        let mut queue = self.lock();
        loop {
            if queue.closed.contains(&engine) {
                queue.closed.retain(|closed| *closed != engine);
                return None;
            }
            if let Some(place) = queue.next_of(engine) {
                let ticket = queue.waiting.remove(place);
                queue.turns += 1;
                let firm = AtomicBool::new(ticket.firm || ticket.passed >= PATIENCE);
                return Some((ticket.job, Turn { scheduler: self, ticket, firm }));
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends a turn. A job that has not ended waits again.
    pub fn finish(&self, turn: Turn<'_>, progress: Progress) {
        let ticket = Ticket { passed: 0, firm: progress == Progress::Interrupted, ..turn.ticket };
        if progress == Progress::Done {
            self.lock().count_batch(ticket.priority);
        } else {
            self.queue_up(ticket);
        }
    }

    /// Drops an engine's jobs and ends its waiting.
    pub fn close(&self, engine: u64) {
        let mut queue = self.lock();
        queue.waiting.retain(|ticket| ticket.engine != engine);
        queue.closed.push(engine);
        self.changed.notify_all();
    }

    fn queue_up(&self, ticket: Ticket) {
        let mut queue = self.lock();
        if !queue.closed.contains(&ticket.engine) {
            queue.waiting.push(ticket);
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Place of an engine's ticket, if it is its turn.
    fn next_of(&self, engine: u64) -> Option<usize> {
        let own = || self.waiting.iter().filter(|ticket| ticket.engine == engine);
        if !own().any(|ticket| ticket.passed >= PATIENCE)
            && let Some(question) = own().find(|ticket| ticket.priority == Priority::Query)
        {
            return self.waiting.iter().position(|ticket| ticket.job == question.job);
        }
        self.next().filter(|place| self.turns == 0 && self.waiting[*place].engine == engine)
    }

    /// Whether a ticket waits for the end of another one's turn: a question's vector waits for its own engine alone.
    fn waits_for(ticket: &Ticket, other: &Ticket) -> bool {
        ticket.priority != Priority::Query || ticket.engine == other.engine
    }

    /// Place of the ticket whose turn it is: one that waited long, else the most urgent, else the first.
    fn next(&self) -> Option<usize> {
        let rank = |ticket: &Ticket| {
            let patient = ticket.passed < PATIENCE;
            (patient, if patient { Some(ticket.priority) } else { None }, ticket.job)
        };
        (0..self.waiting.len()).min_by_key(|place| rank(&self.waiting[*place]))
    }

    /// Counts a batch of one priority for the less urgent work that waits.
    fn count_batch(&mut self, priority: Priority) {
        for ticket in self.waiting.iter_mut().filter(|ticket| ticket.priority > priority) {
            ticket.passed += 1;
        }
    }
}

impl Turn<'_> {
    /// Whether the batch at hand should be given up, because more urgent work waits for it.
    pub fn interrupts(&self) -> bool {
        !self.firm.load(Ordering::Relaxed) && self.scheduler.lock().waiting.iter().any(|ticket| self.is_behind(ticket))
    }

    /// Called after each batch: whether other work is to go on first.
    pub fn gives_way(&self) -> bool {
        self.firm.store(false, Ordering::Relaxed);
        let mut queue = self.scheduler.lock();
        queue.count_batch(self.ticket.priority);
        queue.waiting.iter().any(|ticket| self.is_behind(ticket) || ticket.passed >= PATIENCE)
    }

    fn is_behind(&self, ticket: &Ticket) -> bool {
        ticket.priority < self.ticket.priority && Queue::waits_for(ticket, &self.ticket)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.scheduler.lock().turns -= 1;
        self.scheduler.changed.notify_all();
    }
}
