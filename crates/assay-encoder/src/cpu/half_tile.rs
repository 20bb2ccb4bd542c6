//! The inner product in bf16 with sums in f32, where the processor has AVX-512 BF16.

/// Columns of a panel.
pub(crate) const WIDTH: usize = 32;
/// Most rows of a tile: as many sums as the registers hold.
pub(crate) const ROWS: usize = 12;

/// Whether this processor multiplies bf16.
pub(crate) fn available() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// One tile: `out[r, c] = bias[c] + sum over k of a[r, k] * panel[k, c]`, where two
/// numbers of the depth lie in one lane of 32 bits.
pub(super) struct HalfTile {
    /// Rows, from 1 to [`ROWS`].
    pub rows: usize,
    /// Pairs of numbers summed over.
    pub steps: usize,
    /// First pair of the left matrix, and the distance of its rows in pairs.
    pub a: *const u32,
    pub a_stride: usize,
    /// `[steps, WIDTH]` pairs.
    pub panel: *const u32,
    /// `[WIDTH]`.
    pub bias: *const f32,
    /// First row of the result, and the distance of its rows.
    pub out: *mut f32,
    pub out_stride: usize,
    /// Columns to write, from 1 to [`WIDTH`].
    pub columns: usize,
}

/// Computes a tile.
///
/// # Safety
/// [`available`] is true, and every number that the tile names is readable, those of `out`
/// writable and not shared.
pub(super) unsafe fn compute(tile: &HalfTile) {
    macro_rules! with_rows {
        ($($rows:literal)+) => {
            match tile.rows {
                // SAFETY: handed on to the caller.
                $($rows => unsafe { avx512_bf16::<$rows>(tile) },)+
                _ => {}
            }
        };
    }
    #[cfg(target_arch = "x86_64")]
    with_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = tile;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
unsafe fn avx512_bf16<const ROWS: usize>(tile: &HalfTile) {
    use std::arch::x86_64::*;
    // SAFETY: see `compute`; the two kinds of vector have the same bits.
    unsafe {
        let pairs = |bits: __m512i| std::mem::transmute::<__m512i, __m512bh>(bits);
        let mut sums = [[_mm512_loadu_ps(tile.bias), _mm512_loadu_ps(tile.bias.add(16))]; ROWS];
        let (mut a, mut panel) = (tile.a, tile.panel);
        for _ in 0..tile.steps {
            let left = pairs(_mm512_loadu_si512(panel.cast()));
            let right = pairs(_mm512_loadu_si512(panel.add(16).cast()));
            for (row, sums) in sums.iter_mut().enumerate() {
                let pair = pairs(_mm512_set1_epi32(a.add(row * tile.a_stride).cast::<i32>().read_unaligned()));
                sums[0] = _mm512_dpbf16_ps(sums[0], pair, left);
                sums[1] = _mm512_dpbf16_ps(sums[1], pair, right);
            }
            a = a.add(1);
            panel = panel.add(WIDTH);
        }
        for (row, sums) in sums.iter().enumerate() {
            let out = tile.out.add(row * tile.out_stride);
            if tile.columns == WIDTH {
                _mm512_storeu_ps(out, sums[0]);
                _mm512_storeu_ps(out.add(16), sums[1]);
            } else {
                let mut whole = [0.0f32; WIDTH];
                _mm512_storeu_ps(whole.as_mut_ptr(), sums[0]);
                _mm512_storeu_ps(whole.as_mut_ptr().add(16), sums[1]);
                std::ptr::copy_nonoverlapping(whole.as_ptr(), out, tile.columns);
            }
        }
    }
}
