//! Words that mean one thing and nothing near it: part numbers, codes, names of functions, years.
//!
//! `KX-300`, `KX 300` and `kx300` are the same identifier; `KX-3000` is another one. So are `1,500 W` and `1500W`, `FY24` and
//! `2024`, `v1.2.3` and `1.2.3`.

mod token;
mod year;
mod unit;
mod read;
mod names;
mod scope;
mod asked;

pub use asked::{asked_for, identifiers};
pub use names::Names;
pub use read::{Identifier, IdentifierKind};
pub use scope::{Exclusion, exclusion, is_bound_mark};
pub use token::characters;
pub use year::month;

#[cfg(test)]
mod tests;
