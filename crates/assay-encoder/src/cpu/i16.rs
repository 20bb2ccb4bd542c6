//! Queries, keys and values in i16, with a scale for each of them in each row, and their products in i32.
//!
//! Attention uses them in the reduced precisions: every processor with vectors has this product, and it is twice
//! as fast as f32, where bf16 may be slower (four times as slow per instruction on the Xeon of `docs/speed.md`).

use super::Isa;
use super::isa::{by_isa, join, multiply_add};
use super::kernel::Kernel;
use super::kernel::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::kernel::x86::{Avx2, Avx512, AvxVnni};
use super::tile::{Compiled, Product, compiled};

#[cfg(target_arch = "x86_64")]
static AVX512_VNNI: Compiled<I16> = compiled!(I16 on Avx512 with "avx512f,avx512vnni", "AVX-512 VNNI", 12 rows);
#[cfg(target_arch = "x86_64")]
static AVX_VNNI: Compiled<I16> = compiled!(I16 on AvxVnni with "avx2,fma,avxvnni", "AVX-VNNI", 6 rows);
#[cfg(target_arch = "x86_64")]
static AVX2: Compiled<I16> = compiled!(I16 on Avx2 with "avx2,fma", "AVX2", 6 rows);
static PORTABLE: Compiled<I16> = compiled!(I16 on Portable, "portable", 4 rows);

/// The product in i16, compiled for an instruction set.
pub(super) fn i16_kernel(isa: Isa) -> &'static Compiled<I16> {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Vnni => &AVX512_VNNI,
        #[cfg(target_arch = "x86_64")]
        Isa::AvxVnni => &AVX_VNNI,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx2 => &AVX2,
        Isa::Portable => &PORTABLE,
    }
}

/// `factor[r] * column_factor[c] * sum over k of a[r, k] * panel[k, c]`, two numbers in a group.
pub(super) struct I16 {
    /// The first row's factor, and the distance of factors.
    pub factors: *const f32,
    pub factor_stride: usize,
    pub column_factors: *const f32,
    /// Whether the result is added to what is there.
    pub add: bool,
}

impl<K: Kernel> Product<K> for I16 {
    type Sums = K::Ints;
    type Groups = K::Ints;

    #[inline(always)]
    unsafe fn start(&self, _: usize, _: usize) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::splat_ints(0) }
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::load_ints(from) }
    }

    #[inline(always)]
    unsafe fn splat(group: *const u32) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::splat_ints(group.cast::<i32>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn dot(sums: K::Ints, group: K::Ints, columns: K::Ints) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::dot_i16(sums, group, columns) }
    }

    #[inline(always)]
    unsafe fn finish(&self, row: usize, column: usize, sums: K::Ints) -> K::Floats {
        // SAFETY: see the trait.
        unsafe {
            let factor = K::splat(*self.factors.add(row * self.factor_stride));
            K::mul(K::to_floats(sums), K::mul(factor, K::load(self.column_factors.add(column))))
        }
    }

    #[inline(always)]
    fn adds(&self) -> bool {
        self.add
    }
}

/// Where a row's numbers are, in memory counted in f32: `3 * hidden` i16, then the scales of the queries, keys
/// and values, then a gap that keeps rows out of each other's cache sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct I16Line {
    pub hidden: usize,
    /// Width of a head.
    pub width: usize,
}

/// Largest magnitude of a value, and of the weight that attention gives it: 256 of their products
/// fit 31 bits.
const VALUE: f32 = 1023.0;
pub(super) const WEIGHT: f32 = 8191.0;
/// Keys whose weighted values are summed in integers before they are added in f32.
pub(super) const KEYS: usize = 256;

impl I16Line {
    /// Distance of rows.
    pub fn stride(self) -> usize {
        3 * self.hidden / 2 + 16
    }

    /// Place of the scale of the queries (0), the keys (1) or the values (2).
    pub fn scale(self, part: usize) -> usize {
        3 * self.hidden / 2 + part
    }

    /// Largest magnitude of a part's numbers: the sum over a head must fit 31 bits.
    fn limit(self, part: usize) -> f32 {
        if part == 2 { VALUE } else { (i32::MAX as f32 / self.width as f32).sqrt().floor().min(8191.0) }
    }

    /// Quantises some parts of rows, `[rows, 3 * hidden]`, into lines. NaN and infinity make the scale of their
    /// part NaN, so that the fault stays visible.
    pub fn write(self, isa: Isa, parts: std::ops::Range<usize>, rows: &[f32], lines: &mut [f32]) {
        for (row, line) in rows.chunks_exact(3 * self.hidden).zip(lines.chunks_exact_mut(self.stride())) {
            let (quantised, scales) = line.split_at_mut(self.scale(0));
            for part in parts.clone() {
                let place = part * self.hidden / 2..(part + 1) * self.hidden / 2;
                let row = &row[part * self.hidden..(part + 1) * self.hidden];
                quantise(isa, row, self.limit(part), &mut quantised[place], &mut scales[part]);
            }
        }
    }
}

by_isa! {
    /// Two i16 in the memory of each f32.
    fn quantise(row: &[f32], limit: f32, into: &mut [f32], scale: &mut f32) = quantise_body
}

by_isa! {
    /// `2^(score - largest)` of each column of `[rows, width]`, times the row's factor, as i16 in
    /// pairs of rows; and one over each column's sum of exponentials, `[width]`.
    fn exponentials(scores: &[f32], width: usize, factors: &[f32], into: &mut [u32], shares: &mut [f32]) = exponentials_body
}

// Adding it leaves the nearest whole number in the low bits, a negative one in two's complement.
const MAGIC: f32 = 12_582_912.0;

#[inline(always)]
fn quantise_body<const FUSED: bool>(row: &[f32], limit: f32, into: &mut [f32], scale: &mut f32) {
    const LANES: usize = 64;
    let higher = |a: f32, b: f32| if a > b { a } else { b };
    let (mut most, mut faults) = ([0.0; LANES], [0.0; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = higher(chunk[lane].abs(), most[lane]);
            faults[lane] = multiply_add::<FUSED>(chunk[lane], 0.0, faults[lane]);
        }
    }
    let fault = join(faults, |a, b| a + b) + rest.iter().map(|value| value * 0.0).sum::<f32>();
    let largest = rest.iter().map(|value| value.abs()).fold(join(most, higher), higher);
    let inverse = if largest > 0.0 { limit / largest } else { 0.0 };
    *scale = largest / limit + fault;
    let quantised = |value: f32| multiply_add::<FUSED>(value, inverse, MAGIC).to_bits();
    for (pair, into) in row.as_chunks::<2>().0.iter().zip(into) {
        *into = f32::from_bits(quantised(pair[0]) & 0xffff | quantised(pair[1]) << 16);
    }
}

#[inline(always)]
fn exponentials_body<const FUSED: bool>(
    scores: &[f32],
    width: usize,
    factors: &[f32],
    into: &mut [u32],
    shares: &mut [f32],
) {
    match width {
        32 => columns::<FUSED, 32>(scores, factors, into, shares),
        _ => columns::<FUSED, 16>(scores, factors, into, shares),
    }
}

#[inline(always)]
fn columns<const FUSED: bool, const WIDTH: usize>(
    scores: &[f32],
    factors: &[f32],
    into: &mut [u32],
    shares: &mut [f32],
) {
    let rows = scores.as_chunks::<WIDTH>().0;
    let mut largest = [f32::NEG_INFINITY; WIDTH];
    for row in rows {
        for (most, score) in largest.iter_mut().zip(row) {
            *most = if *most > *score { *most } else { *score };
        }
    }
    let mut sums = [0.0; WIDTH];
    let (pairs, last) = rows.as_chunks::<2>();
    let (double, single) = factors.as_chunks::<2>();
    let (into, _) = into.as_chunks_mut::<WIDTH>();
    for ((pair, factors), into) in pairs.iter().zip(double).zip(into.iter_mut()) {
        for lane in 0..WIDTH {
            let upper = power::<FUSED>(pair[0][lane] - largest[lane]);
            let lower = power::<FUSED>(pair[1][lane] - largest[lane]);
            sums[lane] += upper + lower;
            let upper = multiply_add::<FUSED>(upper, factors[0], MAGIC).to_bits();
            let lower = multiply_add::<FUSED>(lower, factors[1], MAGIC).to_bits();
            into[lane] = upper & 0xffff | lower << 16;
        }
    }
    if let ([row], [factor], Some(into)) = (last, single, into.get_mut(pairs.len())) {
        for lane in 0..WIDTH {
            let upper = power::<FUSED>(row[lane] - largest[lane]);
            sums[lane] += upper;
            into[lane] = multiply_add::<FUSED>(upper, *factor, MAGIC).to_bits() & 0xffff;
        }
    }
    for (share, sum) in shares.iter_mut().zip(sums) {
        *share = 1.0 / sum;
    }
}

/// `2^x` for `x <= 0` by a fitted cubic, with a relative error under 8e-5, less than a step of the weights. Below
/// -126 it stays at `2^-126`, which no sum shows. NaN propagates.
#[inline(always)]
fn power<const FUSED: bool>(x: f32) -> f32 {
    let x = if x < -126.0 { -126.0 } else { x };
    let shifted = x + MAGIC;
    let rest = x - (shifted - MAGIC);
    let mut sum = 0.055_171_65;
    for coefficient in [0.242_611_13, 0.693_260_97, 0.999_928_06] {
        sum = multiply_add::<FUSED>(sum, rest, coefficient);
    }
    f32::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 23))
}
