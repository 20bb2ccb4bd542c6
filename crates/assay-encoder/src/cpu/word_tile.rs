//! The inner product in 16 bits: a few rows times one panel of columns, exact in i32.
//!
//! Two numbers of a row lie in one lane and meet two of each column. Attention uses it in the
//! reduced precisions: every processor with vectors has this product, and it is twice as fast as
//! f32 where bf16 may be slower (four times slower an instruction on the Xeon of `docs/speed.md`).

use super::{ByteIsa, Isa};

/// Instructions for products of 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WordIsa {
    #[cfg(target_arch = "x86_64")]
    Vnni512,
    #[cfg(target_arch = "x86_64")]
    Vnni256,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl WordIsa {
    /// The instructions that belong to those for bytes.
    pub fn beside(bytes: ByteIsa) -> Self {
        match bytes {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 => WordIsa::Vnni512,
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni256 => WordIsa::Vnni256,
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Avx2 => WordIsa::Avx2,
            ByteIsa::Portable => WordIsa::Portable,
        }
    }

    /// The instruction set for what is done between the products.
    pub fn between(self) -> Isa {
        match self {
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni512 => Isa::Avx512,
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni256 | WordIsa::Avx2 => Isa::Avx2,
            WordIsa::Portable => Isa::Portable,
        }
    }

    /// Columns of a panel.
    pub fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni512 => 32,
            _ => 16,
        }
    }

    /// Most rows of a tile: as many sums as the registers hold.
    pub fn rows(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni512 => 12,
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni256 | WordIsa::Avx2 => 6,
            WordIsa::Portable => 4,
        }
    }
}

/// One tile: `out[r, c] (+)= factor[r] * column_factor[c] * sum over k of a[r, k] * panel[k, c]`.
pub(super) struct WordTile {
    /// Rows, from 1 to [`WordIsa::rows`].
    pub rows: usize,
    /// Pairs of numbers summed over.
    pub steps: usize,
    /// First pair of the left matrix, the distance of its rows and of its steps in pairs.
    pub a: *const u32,
    pub a_row: usize,
    pub a_step: usize,
    /// `[steps, width]` pairs.
    pub panel: *const u32,
    /// The first row's factor and the distance of factors; `[width]` factors of the columns.
    pub factors: *const f32,
    pub factor_stride: usize,
    pub column_factors: *const f32,
    /// First row of the result, and the distance of its rows.
    pub out: *mut f32,
    pub out_stride: usize,
    /// Whether the result is added to what stands there.
    pub add: bool,
    /// Columns to write, from 1 to the panel's width.
    pub columns: usize,
}

macro_rules! with_rows {
    ($function:ident, $tile:ident, $($rows:literal)+) => {
        match $tile.rows {
            $($rows => $function::<$rows>($tile),)+
            _ => {}
        }
    };
}

/// Computes a tile.
///
/// # Safety
/// The processor has the instruction set, and every number that the tile names is readable, those
/// of `out` writable and not shared.
pub(super) unsafe fn compute(isa: WordIsa, tile: &WordTile) {
    // SAFETY: handed on to the caller.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni512 => with_rows!(vnni512, tile, 1 2 3 4 5 6 7 8 9 10 11 12),
            #[cfg(target_arch = "x86_64")]
            WordIsa::Vnni256 => with_rows!(vnni256, tile, 1 2 3 4 5 6),
            #[cfg(target_arch = "x86_64")]
            WordIsa::Avx2 => with_rows!(avx2, tile, 1 2 3 4 5 6),
            WordIsa::Portable => with_rows!(portable, tile, 1 2 3 4),
        }
    }
}

macro_rules! word_tile {
    (
        $name:ident, $features:literal, $lanes:literal, $dot:ident, $zero:ident,
        $load:ident, $set:ident, $float:ident, $loadf:ident, $setf:ident, $mulf:ident, $addf:ident, $store:ident
    ) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        unsafe fn $name<const ROWS: usize>(tile: &WordTile) {
            use std::arch::x86_64::*;
            // SAFETY: see `compute`.
            unsafe {
                let mut sums = [[$zero(); 2]; ROWS];
                let (mut a, mut panel) = (tile.a, tile.panel);
                for _ in 0..tile.steps {
                    let (left, right) = ($load(panel.cast()), $load(panel.add($lanes).cast()));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let pair = $set(a.add(row * tile.a_row).cast::<i32>().read_unaligned());
                        sums[0] = $dot(sums[0], pair, left);
                        sums[1] = $dot(sums[1], pair, right);
                    }
                    a = a.wrapping_add(tile.a_step);
                    panel = panel.add(2 * $lanes);
                }
                let column_factors = [$loadf(tile.column_factors), $loadf(tile.column_factors.add($lanes))];
                for (row, sums) in sums.iter().enumerate() {
                    let factor = $setf(*tile.factors.add(row * tile.factor_stride));
                    let mut left = $mulf($float(sums[0]), $mulf(factor, column_factors[0]));
                    let mut right = $mulf($float(sums[1]), $mulf(factor, column_factors[1]));
                    let out = tile.out.add(row * tile.out_stride);
                    if tile.columns == 2 * $lanes {
                        if tile.add {
                            left = $addf(left, $loadf(out));
                            right = $addf(right, $loadf(out.add($lanes)));
                        }
                        $store(out, left);
                        $store(out.add($lanes), right);
                    } else {
                        let mut whole = [0.0f32; 2 * $lanes];
                        $store(whole.as_mut_ptr(), left);
                        $store(whole.as_mut_ptr().add($lanes), right);
                        for (column, value) in whole.into_iter().enumerate().take(tile.columns) {
                            *out.add(column) = if tile.add { *out.add(column) + value } else { value };
                        }
                    }
                }
            }
        }
    };
}

word_tile!(
    vnni512,
    "avx512f,avx512vnni",
    16,
    _mm512_dpwssd_epi32,
    _mm512_setzero_si512,
    _mm512_loadu_si512,
    _mm512_set1_epi32,
    _mm512_cvtepi32_ps,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_mul_ps,
    _mm512_add_ps,
    _mm512_storeu_ps
);
word_tile!(
    vnni256,
    "avx2,fma,avxvnni",
    8,
    _mm256_dpwssd_avx_epi32,
    _mm256_setzero_si256,
    _mm256_loadu_si256,
    _mm256_set1_epi32,
    _mm256_cvtepi32_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_mul_ps,
    _mm256_add_ps,
    _mm256_storeu_ps
);
word_tile!(
    avx2,
    "avx2,fma",
    8,
    dot_avx2,
    _mm256_setzero_si256,
    _mm256_loadu_si256,
    _mm256_set1_epi32,
    _mm256_cvtepi32_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_mul_ps,
    _mm256_add_ps,
    _mm256_storeu_ps
);

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn dot_avx2(
    sums: std::arch::x86_64::__m256i,
    pair: std::arch::x86_64::__m256i,
    panel: std::arch::x86_64::__m256i,
) -> std::arch::x86_64::__m256i {
    use std::arch::x86_64::{_mm256_add_epi32, _mm256_madd_epi16};
    _mm256_add_epi32(sums, _mm256_madd_epi16(pair, panel))
}

/// For other processors: plain loops of fixed length.
unsafe fn portable<const ROWS: usize>(tile: &WordTile) {
    let halves = |pair: u32| [pair as i16, (pair >> 16) as i16].map(i32::from);
    // SAFETY: see `compute`.
    unsafe {
        let mut sums = [[0i32; 16]; ROWS];
        for step in 0..tile.steps {
            let columns = *tile.panel.cast::<[u32; 16]>().add(step);
            for (row, sums) in sums.iter_mut().enumerate() {
                let [low, high] = halves(*tile.a.add(row * tile.a_row + step * tile.a_step));
                for (sum, pair) in sums.iter_mut().zip(columns) {
                    let [first, second] = halves(pair);
                    *sum += low * first + high * second;
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            let factor = *tile.factors.add(row * tile.factor_stride);
            for (column, sum) in sums.iter().enumerate().take(tile.columns) {
                let value = *sum as f32 * (factor * *tile.column_factors.add(column));
                let out = tile.out.add(row * tile.out_stride + column);
                *out = if tile.add { *out + value } else { value };
            }
        }
    }
}
