//! Renders a model's own chat template with minijinja.
//!
//! The environment is the one that templates are written for, `apply_chat_template` of Hugging Face transformers: blocks
//! are trimmed, loops can be left early, strings and maps have Python's methods, and `raise_exception` and `strftime_now`
//! exist. `tojson` escapes `<`, `>` and `&`, which only tool calls would notice.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Value};
use minijinja::{Environment, Error, ErrorKind, State, context};
use minijinja_contrib::filters::datetimeformat;
use minijinja_contrib::globals::now;
use minijinja_contrib::pycompat::unknown_method_callback;

/// A chat template and the control tokens that it may name.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChatTemplate<'a> {
    pub source: &'a str,
    pub bos_token: &'a str,
    pub eos_token: &'a str,
}

/// A chat template comes with the model, so its instructions are counted: one fuel for each, and for each 64 bytes of data.
/// The long templates of today's models take some thousands.
const FUEL: u64 = 1_000_000;

impl ChatTemplate<'_> {
    /// The text of a conversation of (role, content) up to where the answer begins, with thinking switched off.
    ///
    /// # Errors
    /// What minijinja says: the template does not parse, does not end, or refuses the conversation.
    pub fn render(&self, turns: &[(&str, &str)]) -> Result<String, Error> {
        let messages: Value = turns.iter().map(|&(role, content)| context! { role, content }).collect();
        let variables = context! {
            messages,
            add_generation_prompt => true,
            bos_token => self.bos_token,
            eos_token => self.eos_token,
            tools => (),
            // Each family has its own name for the switch. `reasoning_effort` is left out: its values differ between
            // families, and no value means "off" in all of them.
            enable_thinking => false,
            thinking => false,
            reasoning => false,
            thinking_budget => 0,
        };
        environment()?.render_named_str("chat template", &without_generation_tags(self.source), variables)
    }
}

fn environment() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(unknown_method_callback);
    environment.add_function("raise_exception", raise_exception);
    environment.add_function("strftime_now", strftime_now);
    Ok(environment)
}

fn raise_exception(message: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

/// The date in UTC, where transformers takes the local one.
fn strftime_now(state: &State, format: String) -> Result<String, Error> {
    datetimeformat(state, now(), Kwargs::from_iter([("format", Value::from(format))]))
}

/// Transformers adds the tags `generation` and `endgeneration`, which mark the answers of a training text and print
/// nothing. minijinja has no tags of its own making, so they become conditions that hold.
fn without_generation_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for (place, piece) in source.split("{%").enumerate() {
        if place == 0 {
            text.push_str(piece);
            continue;
        }
        text.push_str("{%");
        let name_at = piece.len() - piece.trim_start_matches(['-', '+']).trim_start().len();
        let (before, tag) = piece.split_at(name_at);
        let replaced = [("generation", "if true"), ("endgeneration", "endif")].into_iter().find_map(|(name, other)| {
            let rest = tag.strip_prefix(name)?;
            rest.trim_start_matches(['-', '+', ' ', '\t', '\r', '\n']).starts_with("%}").then_some((other, rest))
        });
        let (name, rest) = replaced.unwrap_or(("", tag));
        text.extend([before, name, rest]);
    }
    text
}

#[cfg(test)]
mod tests;
