//! What the library pane shows of the queue: counts and a few names, however long the queue is.

use crate::error::CatalogueError;
use crate::store::Store;

/// How much work waits, and the first of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueSummary {
    /// Files and folders that wait and go on by themselves.
    pub waiting: u32,
    /// Work that the user stopped.
    pub stopped: u32,
    /// Paths of the first files and folders that wait.
    pub first: Vec<String>,
}

impl Store {
    /// Counts the queue and names the first `most` files and folders that wait.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn queue_summary(&self, most: u32) -> Result<QueueSummary, CatalogueError> {
        self.read(|connection| {
            let (waiting, stopped) = connection.query_row(
                "SELECT count(*) FILTER (WHERE NOT stopped AND what <> 'rebuild'), count(*) FILTER (WHERE stopped) \
                 FROM queue",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let mut first = connection.prepare_cached(
                "SELECT coalesce(queue.path, documents.path) FROM queue \
                 LEFT JOIN documents ON documents.id = queue.document \
                 WHERE NOT queue.stopped AND queue.what <> 'rebuild' ORDER BY queue.priority DESC, queue.id LIMIT ?1",
            )?;
            let first = first.query_map([most], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(QueueSummary { waiting, stopped, first })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::Library;

    #[test]
    fn a_long_queue_is_counted_and_its_first_names_are_given() {
        let library = Library::new();
        let ids: Vec<_> = (0..30).map(|number| library.enqueue(&format!("/a/{number}.md"))).collect();
        library.store.want_rebuild().unwrap();
        library.store.want_paths(&["/dropped".to_owned()], "default").unwrap();
        library.store.put_first(&ids[7..8]).unwrap();
        let summary = library.store.queue_summary(3).unwrap();
        assert_eq!((summary.waiting, summary.stopped), (31, 0), "a rebuild is no file");
        assert_eq!(summary.first, ["/a/7.md", "/a/0.md", "/a/1.md"]);
        assert_eq!(library.store.queue_summary(40).unwrap().first.last().unwrap(), "/dropped");
        library.store.stop_work().unwrap();
        let summary = library.store.queue_summary(3).unwrap();
        assert_eq!((summary.waiting, summary.stopped, summary.first.len()), (0, 32, 0));
    }
}
