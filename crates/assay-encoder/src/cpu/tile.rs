//! The inner product of all matrix work: a few rows times one panel of columns, sums in registers.

use super::Isa;

/// One tile: `out[r, c] = bias[c] + sum over k of a[r, k] * panel[k, c]`.
pub(super) struct Tile {
    /// Rows, from 1 to [`Isa::rows`].
    pub rows: usize,
    /// Numbers summed over.
    pub depth: usize,
    /// First row of the left matrix, and the distance of its rows.
    pub a: *const f32,
    pub a_stride: usize,
    /// `[depth, width]`, aligned to 64 bytes.
    pub panel: *const f32,
    /// `[width]`, or null for zeros.
    pub bias: *const f32,
    /// First row of the result, and the distance of its rows.
    pub out: *mut f32,
    pub out_stride: usize,
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
pub(super) unsafe fn compute(isa: Isa, tile: &Tile) {
    // SAFETY: handed on to the caller.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => with_rows!(avx512, tile, 1 2 3 4 5 6 7 8 9 10 11 12),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => with_rows!(avx2, tile, 1 2 3 4 5 6),
            Isa::Portable => with_rows!(portable, tile, 1 2 3 4),
        }
    }
}

macro_rules! vector_tile {
    ($name:ident, $features:literal, $lanes:literal, $zero:ident, $load:ident, $loadu:ident, $set:ident, $fma:ident, $store:ident) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        unsafe fn $name<const ROWS: usize>(tile: &Tile) {
            use std::arch::x86_64::*;
            // SAFETY: see `compute`.
            unsafe {
                let mut sums = [[$zero(); 2]; ROWS];
                if !tile.bias.is_null() {
                    sums = [[$loadu(tile.bias), $loadu(tile.bias.add($lanes))]; ROWS];
                }
                let (mut a, mut panel) = (tile.a, tile.panel);
                for _ in 0..tile.depth {
                    let (left, right) = ($load(panel), $load(panel.add($lanes)));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let value = $set(*a.add(row * tile.a_stride));
                        sums[0] = $fma(value, left, sums[0]);
                        sums[1] = $fma(value, right, sums[1]);
                    }
                    a = a.add(1);
                    panel = panel.add(2 * $lanes);
                }
                for (row, sums) in sums.iter().enumerate() {
                    let out = tile.out.add(row * tile.out_stride);
                    if tile.columns == 2 * $lanes {
                        $store(out, sums[0]);
                        $store(out.add($lanes), sums[1]);
                    } else {
                        let mut whole = [0.0f32; 2 * $lanes];
                        $store(whole.as_mut_ptr(), sums[0]);
                        $store(whole.as_mut_ptr().add($lanes), sums[1]);
                        std::ptr::copy_nonoverlapping(whole.as_ptr(), out, tile.columns);
                    }
                }
            }
        }
    };
}

vector_tile!(
    avx512,
    "avx512f",
    16,
    _mm512_setzero_ps,
    _mm512_load_ps,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_fmadd_ps,
    _mm512_storeu_ps
);
vector_tile!(
    avx2,
    "avx2,fma",
    8,
    _mm256_setzero_ps,
    _mm256_load_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_fmadd_ps,
    _mm256_storeu_ps
);

/// For other processors: plain loops of fixed length, which the compiler turns into vectors.
unsafe fn portable<const ROWS: usize>(tile: &Tile) {
    // SAFETY: see `compute`.
    unsafe {
        let mut sums = [[0.0f32; 16]; ROWS];
        if !tile.bias.is_null() {
            sums = [*tile.bias.cast::<[f32; 16]>(); ROWS];
        }
        for k in 0..tile.depth {
            let panel = *tile.panel.cast::<[f32; 16]>().add(k);
            for (row, sums) in sums.iter_mut().enumerate() {
                let value = *tile.a.add(row * tile.a_stride + k);
                for (sum, weight) in sums.iter_mut().zip(panel) {
                    *sum = super::isa::multiply_add::<false>(value, weight, *sum);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            std::ptr::copy_nonoverlapping(sums.as_ptr(), tile.out.add(row * tile.out_stride), tile.columns);
        }
    }
}
