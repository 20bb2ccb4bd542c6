//! Builds heading paths from headings.

/// Deeper headings count as this deep.
const DEEPEST: u8 = 9;
const LONGEST_TITLE: usize = 200;

/// Collects headings in reading order.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    open: Vec<(u8, String)>,
    headings: Vec<(usize, String)>,
}

impl Outline {
    /// Adds a heading of a level (1 is the highest) whose section begins at a byte offset.
    pub(crate) fn enter(&mut self, level: u8, title: &str, offset: usize) {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            return;
        }
        let level = level.min(DEEPEST);
        self.open.retain(|(above, _)| *above < level);
        self.open.push((level, title.chars().take(LONGEST_TITLE).collect()));
        let path: Vec<&str> = self.open.iter().map(|(_, title)| title.as_str()).collect();
        self.headings.push((offset, path.join(" > ")));
    }

    /// Returns byte offsets with heading paths, in order.
    pub(crate) fn finish(self) -> Vec<(usize, String)> {
        self.headings
    }
}
