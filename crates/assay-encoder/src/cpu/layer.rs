//! One layer of the encoder: its weights, and its computation on a block of rows.

use std::ops::Range;

use super::attention::{self, AttentionScratch, Heads, Source};
use super::gelu::gelu;
use super::i16::I16Line;
use super::i16_attention::{self, I16Scratch};
use super::linear::{Linear, LinearScratch};
use super::matrix::{Rows, RowsMut};
use super::norm::{Norm, add_and_normalise};
use super::{Arithmetic, Floats, Isa};
use crate::EncoderError;
use crate::config::EncoderConfig;
use crate::weights::Weights;

/// Weights of one layer.
pub(crate) struct Layer {
    isa: Isa,
    heads: Heads,
    /// Whether queries, keys and values are in i16.
    in_i16: bool,
    /// Queries, keys and values side by side, `[hidden, 3 * hidden]`.
    projection: Linear,
    output: Linear,
    output_norm: Norm,
    up: Linear,
    down: Linear,
    down_norm: Norm,
}

/// Memory for one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    pub context: Floats,
    pub linear: LinearScratch,
    attention: AttentionScratch,
    i16_attention: I16Scratch,
    narrow: Floats,
    wide: Floats,
}

impl Scratch {
    /// Numbers that it holds where a model computes in f32.
    #[cfg(test)]
    pub fn numbers(&self) -> usize {
        self.context.len() + self.narrow.len() + self.wide.len() + self.attention.numbers()
    }
}

impl Layer {
    /// Reads layer `index`.
    pub fn load(
        isa: Isa,
        arithmetic: Arithmetic,
        weights: &Weights,
        config: &EncoderConfig,
        index: usize,
    ) -> Result<Self, EncoderError> {
        let (hidden, wide) = (config.hidden, config.intermediate);
        let read = |name: &str, shape: &[usize]| weights.encoder(&format!("encoder.layer.{index}.{name}"), shape);
        let linear = |name: &str, depth: usize, columns: usize| {
            let weight = read(&format!("{name}.weight"), &[columns, depth])?;
            Ok(Linear::new(isa, arithmetic, &weight, &read(&format!("{name}.bias"), &[columns])?, depth))
        };
        let norm = |name: &str| {
            let scale = read(&format!("{name}.LayerNorm.weight"), &[hidden])?;
            Ok(Norm { scale, shift: read(&format!("{name}.LayerNorm.bias"), &[hidden])?, epsilon: config.epsilon })
        };
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in ["query", "key", "value"] {
            weight.extend(read(&format!("attention.self.{name}.weight"), &[hidden, hidden])?);
            bias.extend(read(&format!("attention.self.{name}.bias"), &[hidden])?);
        }
        let width = hidden / config.heads;
        let in_i16 = arithmetic != Arithmetic::F32 && width.is_multiple_of(2);
        // The weights of the queries absorb the division of the scores by the root of the head's width, and the
        // change of base where exponentials are powers of two.
        let base = if in_i16 { std::f32::consts::LOG2_E } else { 1.0 };
        let factor = base / (width as f32).sqrt();
        weight[..hidden * hidden].iter_mut().chain(&mut bias[..hidden]).for_each(|value| *value *= factor);
        Ok(Self {
            isa,
            heads: Heads { hidden, heads: config.heads },
            in_i16,
            projection: Linear::new(isa, arithmetic, &weight, &bias, hidden),
            output: linear("attention.output.dense", hidden, hidden)?,
            output_norm: norm("attention.output")?,
            up: linear("intermediate.dense", hidden, wide)?,
            down: linear("output.dense", wide, hidden)?,
            down_norm: norm("output")?,
        })
    }

    /// Memory of one row of queries, keys and values, counted in f32.
    pub fn line(&self) -> usize {
        if self.in_i16 { self.i16_line().stride() } else { 3 * self.heads.hidden }
    }

    /// Some of the queries (0), keys (1) and values (2) of rows: `[rows, hidden]` to lines, in which the other parts
    /// are unspecified. `before` changes each row first.
    pub fn project(
        &self,
        rows: &mut [f32],
        parts: Range<usize>,
        lines: &mut [f32],
        scratch: &mut LinearScratch,
        before: impl FnMut(usize, &mut [f32]),
    ) {
        let hidden = self.heads.hidden;
        let mut columns = parts.start * hidden..parts.end * hidden;
        if !columns.start.is_multiple_of(self.projection.width()) {
            columns.start = 0;
        }
        self.projection.convert(rows, hidden, scratch, before);
        if !self.in_i16 {
            let out = RowsMut { data: lines, stride: 3 * hidden };
            return self.projection.multiply(rows, hidden, scratch, out, columns);
        }
        let mut floats = std::mem::take(&mut scratch.floats);
        floats.fit(3 * rows.len());
        let out = RowsMut { data: &mut floats, stride: 3 * hidden };
        self.projection.multiply(rows, hidden, scratch, out, columns);
        self.i16_line().write(self.isa, parts, &floats, lines);
        scratch.floats = floats;
    }

    /// Attention of rows to all keys of their sequence, written to the scratch's context at `place`. `queries` are
    /// the lines of the rows, `projected` those of all tokens, of which `span` are the sequence's.
    pub fn attend(
        &self,
        queries: &[f32],
        projected: &[f32],
        span: Range<usize>,
        scratch: &mut Scratch,
        place: Range<usize>,
    ) {
        let hidden = self.heads.hidden;
        let context = &mut scratch.context[place.start * hidden..place.end * hidden];
        if self.in_i16 {
            let scratch = &mut scratch.i16_attention;
            return i16_attention::attend(self.isa, self.heads, queries, projected, span, scratch, context);
        }
        let queries = Rows { data: queries, stride: 3 * hidden };
        let source = Source { projected, span };
        attention::attend(self.isa, self.heads, queries, source, &mut scratch.attention, context);
    }

    /// Everything after attention. Replaces `rows`, `[rows, hidden]`, by the layer's result and writes the next
    /// layer's projection of some parts to its lines. The context of the rows is in `scratch`.
    pub fn finish(&self, rows: &mut [f32], scratch: &mut Scratch, next: Option<(&Layer, Range<usize>, &mut [f32])>) {
        let hidden = self.heads.hidden;
        let wide = self.up.columns();
        let count = rows.len() / hidden;
        scratch.narrow.fit(rows.len());
        scratch.wide.fit(count * wide);
        let Scratch { context, linear, narrow, wide: middle, .. } = scratch;
        let line = |index: usize| index * hidden..(index + 1) * hidden;

        let context = &mut context[..rows.len()];
        self.output.convert(context, hidden, linear, |_, _| ());
        self.output.multiply(context, hidden, linear, RowsMut { data: narrow, stride: hidden }, 0..hidden);
        let norm = |index, row: &mut [f32]| add_and_normalise(self.isa, row, &narrow[line(index)], &self.output_norm);
        self.up.convert(rows, hidden, linear, norm);
        self.up.multiply(rows, hidden, linear, RowsMut { data: middle, stride: wide }, 0..wide);
        self.down.convert(middle, wide, linear, |_, row| gelu(self.isa, row));
        self.down.multiply(middle, wide, linear, RowsMut { data: narrow, stride: hidden }, 0..hidden);
        let norm = |index, row: &mut [f32]| add_and_normalise(self.isa, row, &narrow[line(index)], &self.down_norm);
        match next {
            Some((next, parts, lines)) => next.project(rows, parts, lines, linear, norm),
            None => rows.chunks_exact_mut(hidden).enumerate().for_each(|(index, row)| norm(index, row)),
        }
    }

    fn i16_line(&self) -> I16Line {
        I16Line { hidden: self.heads.hidden, width: self.heads.hidden / self.heads.heads }
    }
}
