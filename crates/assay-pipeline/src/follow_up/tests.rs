mod english;
mod chinese;

use super::{leans, stand_alone};

fn check(before: &str, question: &str, alone: &str) {
    assert!(leans(question), "{question} leans on {before}");
    assert_eq!(stand_alone(question, &[before.to_owned()]), alone, "{question} after {before}");
}
