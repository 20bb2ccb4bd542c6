//! The inner product in bytes: a few rows of u8 times one panel of s8, exact in i32.
//!
//! Four bytes of a row lie in one lane and meet four weights of each column. No path saturates
//! between its steps, so every instruction set gives the same integers.

/// Instructions for products of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteIsa {
    /// AVX-512 VNNI.
    #[cfg(target_arch = "x86_64")]
    Vnni512,
    /// AVX-VNNI, 256 bits wide.
    #[cfg(target_arch = "x86_64")]
    Vnni256,
    /// Pairs of 16 bits in AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl ByteIsa {
    /// The best one of this processor.
    pub fn best() -> Self {
        Self::available().first().copied().unwrap_or(ByteIsa::Portable)
    }

    /// All that this processor has, best first.
    pub fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                sets.push(ByteIsa::Vnni512);
            }
            let narrow = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if narrow && is_x86_feature_detected!("avxvnni") {
                sets.push(ByteIsa::Vnni256);
            }
            if narrow {
                sets.push(ByteIsa::Avx2);
            }
        }
        sets.push(ByteIsa::Portable);
        sets
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 => "AVX-512 VNNI",
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni256 => "AVX-VNNI",
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Avx2 => "AVX2",
            ByteIsa::Portable => "portable",
        }
    }

    /// Whether a product of bytes is one instruction for four of them.
    pub fn is_fast(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 | ByteIsa::Vnni256 => true,
            _ => false,
        }
    }

    /// Columns of a panel.
    pub fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 => 32,
            _ => 16,
        }
    }

    /// Most rows of a tile: as many sums as the registers hold.
    pub fn rows(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 => 12,
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni256 => 6,
            _ => 4,
        }
    }
}

/// One tile. Its numbers are `scale[r] * column_scale[c] * (sum over k of a[r, k] * panel[k, c] -
/// zero[r] * column_sum[c]) + bias[c]`.
pub(super) struct ByteTile {
    /// Rows, from 1 to [`ByteIsa::rows`].
    pub rows: usize,
    /// Groups of four bytes summed over.
    pub steps: usize,
    /// First row of the left matrix, and the distance of its rows in bytes.
    pub a: *const u8,
    pub a_stride: usize,
    /// Of each row.
    pub zeros: *const i32,
    pub scales: *const f32,
    /// `[steps, width, 4]`, aligned to 64 bytes.
    pub panel: *const i8,
    /// `[width]` each.
    pub column_sums: *const i32,
    pub column_scales: *const f32,
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
pub(super) unsafe fn compute(isa: ByteIsa, tile: &ByteTile) {
    // SAFETY: handed on to the caller.
    unsafe {
        match isa {
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni512 => with_rows!(vnni512, tile, 1 2 3 4 5 6 7 8 9 10 11 12),
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Vnni256 => with_rows!(vnni256, tile, 1 2 3 4 5 6),
            #[cfg(target_arch = "x86_64")]
            ByteIsa::Avx2 => with_rows!(avx2, tile, 1 2 3 4),
            ByteIsa::Portable => with_rows!(portable, tile, 1 2 3 4),
        }
    }
}

macro_rules! byte_tile {
    (
        $name:ident, $features:literal, $lanes:literal, $dot:ident,
        $load:ident, $set:ident, $multiply:ident, $float:ident, $loadf:ident, $setf:ident, $mulf:ident, $fma:ident, $store:ident
    ) => {
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        unsafe fn $name<const ROWS: usize>(tile: &ByteTile) {
            use std::arch::x86_64::*;
            // SAFETY: see `compute`.
            unsafe {
                let column_sums = [$load(tile.column_sums.cast()), $load(tile.column_sums.add($lanes).cast())];
                let mut sums = [column_sums; ROWS];
                for (row, sums) in sums.iter_mut().enumerate() {
                    let zero = $set((*tile.zeros.add(row)).wrapping_neg());
                    *sums = [$multiply(sums[0], zero), $multiply(sums[1], zero)];
                }
                let (mut a, mut panel) = (tile.a, tile.panel);
                for _ in 0..tile.steps {
                    let (left, right) = ($load(panel.cast()), $load(panel.add(4 * $lanes).cast()));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let bytes = $set(a.add(row * tile.a_stride).cast::<i32>().read_unaligned());
                        sums[0] = $dot(sums[0], bytes, left);
                        sums[1] = $dot(sums[1], bytes, right);
                    }
                    a = a.add(4);
                    panel = panel.add(8 * $lanes);
                }
                let column_scales = [$loadf(tile.column_scales), $loadf(tile.column_scales.add($lanes))];
                let bias = [$loadf(tile.bias), $loadf(tile.bias.add($lanes))];
                for (row, sums) in sums.iter().enumerate() {
                    let scale = $setf(*tile.scales.add(row));
                    let left = $fma($float(sums[0]), $mulf(scale, column_scales[0]), bias[0]);
                    let right = $fma($float(sums[1]), $mulf(scale, column_scales[1]), bias[1]);
                    let out = tile.out.add(row * tile.out_stride);
                    if tile.columns == 2 * $lanes {
                        $store(out, left);
                        $store(out.add($lanes), right);
                    } else {
                        let mut whole = [0.0f32; 2 * $lanes];
                        $store(whole.as_mut_ptr(), left);
                        $store(whole.as_mut_ptr().add($lanes), right);
                        std::ptr::copy_nonoverlapping(whole.as_ptr(), out, tile.columns);
                    }
                }
            }
        }
    };
}

byte_tile!(
    vnni512,
    "avx512f,avx512vnni",
    16,
    _mm512_dpbusd_epi32,
    _mm512_loadu_si512,
    _mm512_set1_epi32,
    _mm512_mullo_epi32,
    _mm512_cvtepi32_ps,
    _mm512_loadu_ps,
    _mm512_set1_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    _mm512_storeu_ps
);
byte_tile!(
    vnni256,
    "avx2,fma,avxvnni",
    8,
    _mm256_dpbusd_avx_epi32,
    _mm256_loadu_si256,
    _mm256_set1_epi32,
    _mm256_mullo_epi32,
    _mm256_cvtepi32_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_storeu_ps
);
byte_tile!(
    avx2,
    "avx2,fma",
    8,
    dot_avx2,
    _mm256_loadu_si256,
    _mm256_set1_epi32,
    _mm256_mullo_epi32,
    _mm256_cvtepi32_ps,
    _mm256_loadu_ps,
    _mm256_set1_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_storeu_ps
);

/// Even and odd bytes apart, each as 16 bits: `pmaddubsw` would saturate.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn dot_avx2(
    sums: std::arch::x86_64::__m256i,
    bytes: std::arch::x86_64::__m256i,
    weights: std::arch::x86_64::__m256i,
) -> std::arch::x86_64::__m256i {
    use std::arch::x86_64::*;
    let even = _mm256_and_si256(bytes, _mm256_set1_epi16(0xff));
    let odd = _mm256_srli_epi16::<8>(bytes);
    let even_weights = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights));
    let odd_weights = _mm256_srai_epi16::<8>(weights);
    let pairs = _mm256_add_epi32(_mm256_madd_epi16(even, even_weights), _mm256_madd_epi16(odd, odd_weights));
    _mm256_add_epi32(sums, pairs)
}

/// For other processors: plain loops of fixed length.
unsafe fn portable<const ROWS: usize>(tile: &ByteTile) {
    // SAFETY: see `compute`.
    unsafe {
        let column_sums = *tile.column_sums.cast::<[i32; 16]>();
        let mut sums = [column_sums; ROWS];
        for (row, sums) in sums.iter_mut().enumerate() {
            let zero = *tile.zeros.add(row);
            sums.iter_mut().for_each(|sum| *sum *= -zero);
        }
        for step in 0..tile.steps {
            let weights = *tile.panel.cast::<[[i8; 4]; 16]>().add(step);
            for (row, sums) in sums.iter_mut().enumerate() {
                let bytes = *tile.a.add(row * tile.a_stride + 4 * step).cast::<[u8; 4]>();
                for (sum, weights) in sums.iter_mut().zip(&weights) {
                    for (byte, weight) in bytes.iter().zip(weights) {
                        *sum += i32::from(*byte) * i32::from(*weight);
                    }
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            let scale = *tile.scales.add(row);
            for (column, sum) in sums.iter().enumerate().take(tile.columns) {
                let value = *sum as f32 * (scale * *tile.column_scales.add(column)) + *tile.bias.add(column);
                *tile.out.add(row * tile.out_stride + column) = value;
            }
        }
    }
}
