//! AVX-512, and AVX2 with and without AVX-VNNI.

use std::arch::x86_64::*;

use super::{Kernel, instructions};
use crate::cpu::i8_rows::I8Form;

/// 512 bits. The products of i16 and i8 need AVX-512 VNNI too.
pub(in crate::cpu) struct Avx512;

/// 256 bits, with FMA.
pub(in crate::cpu) struct Avx256<const VNNI: bool>;

pub(in crate::cpu) type Avx2 = Avx256<false>;
pub(in crate::cpu) type AvxVnni = Avx256<true>;

impl Kernel for Avx512 {
    type Floats = __m512;
    type Ints = __m512i;
    const LANES: usize = 16;
    const I8_FORM: I8Form = I8Form::Bytes;

    instructions! {
        fn load(from: *const f32) -> __m512 = _mm512_loadu_ps(from);
        fn splat(value: f32) -> __m512 = _mm512_set1_ps(value);
        fn store(value: __m512, to: *mut f32) = _mm512_storeu_ps(to, value);
        fn add(a: __m512, b: __m512) -> __m512 = _mm512_add_ps(a, b);
        fn mul(a: __m512, b: __m512) -> __m512 = _mm512_mul_ps(a, b);
        fn mul_add(a: __m512, b: __m512, c: __m512) -> __m512 = _mm512_fmadd_ps(a, b, c);
        fn load_ints(from: *const u32) -> __m512i = _mm512_loadu_si512(from.cast());
        fn splat_ints(value: i32) -> __m512i = _mm512_set1_epi32(value);
        fn mul_ints(a: __m512i, b: __m512i) -> __m512i = _mm512_mullo_epi32(a, b);
        fn to_floats(value: __m512i) -> __m512 = _mm512_cvtepi32_ps(value);
        fn dot_i16(sums: __m512i, a: __m512i, b: __m512i) -> __m512i = _mm512_dpwssd_epi32(sums, a, b);
        fn dot_i8(sums: __m512i, a: __m512i, b: __m512i) -> __m512i = _mm512_dpbusd_epi32(sums, a, b);
    }
}

impl<const VNNI: bool> Kernel for Avx256<VNNI> {
    type Floats = __m256;
    type Ints = __m256i;
    const LANES: usize = 8;
    // `_mm256_maddubs_epi16` multiplies four, but its sums of 16 bits saturate. Widening them here would take longer
    // than the product.
    const I8_FORM: I8Form = if VNNI { I8Form::Bytes } else { I8Form::Words };

    instructions! {
        fn load(from: *const f32) -> __m256 = _mm256_loadu_ps(from);
        fn splat(value: f32) -> __m256 = _mm256_set1_ps(value);
        fn store(value: __m256, to: *mut f32) = _mm256_storeu_ps(to, value);
        fn add(a: __m256, b: __m256) -> __m256 = _mm256_add_ps(a, b);
        fn mul(a: __m256, b: __m256) -> __m256 = _mm256_mul_ps(a, b);
        fn mul_add(a: __m256, b: __m256, c: __m256) -> __m256 = _mm256_fmadd_ps(a, b, c);
        fn load_ints(from: *const u32) -> __m256i = _mm256_loadu_si256(from.cast());
        fn splat_ints(value: i32) -> __m256i = _mm256_set1_epi32(value);
        fn mul_ints(a: __m256i, b: __m256i) -> __m256i = _mm256_mullo_epi32(a, b);
        fn to_floats(value: __m256i) -> __m256 = _mm256_cvtepi32_ps(value);
        fn dot_i16(sums: __m256i, a: __m256i, b: __m256i) -> __m256i = if VNNI {
            _mm256_dpwssd_avx_epi32(sums, a, b)
        } else {
            _mm256_add_epi32(sums, _mm256_madd_epi16(a, b))
        };
        fn dot_i8(sums: __m256i, a: __m256i, b: __m256i) -> __m256i = if VNNI {
            _mm256_dpbusd_avx_epi32(sums, a, b)
        } else {
            _mm256_add_epi32(sums, _mm256_madd_epi16(a, b))
        };
    }
}
