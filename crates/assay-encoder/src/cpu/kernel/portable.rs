//! Any processor: loops of fixed length, which the compiler turns into vectors.

use super::{Kernel, instructions};
use crate::cpu::i8_rows::I8Form;
use crate::cpu::isa::multiply_add;

/// Arrays instead of registers.
pub(in crate::cpu) struct Portable;

const LANES: usize = 8;

impl Kernel for Portable {
    type Floats = [f32; LANES];
    type Ints = [i32; LANES];
    const LANES: usize = LANES;
    const I8_FORM: I8Form = I8Form::Bytes;

    instructions! {
        fn load(from: *const f32) -> [f32; LANES] = from.cast::<[f32; LANES]>().read_unaligned();
        fn splat(value: f32) -> [f32; LANES] = [value; LANES];
        fn store(value: [f32; LANES], to: *mut f32) = to.cast::<[f32; LANES]>().write_unaligned(value);
        fn add(a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] = lanes(|lane| a[lane] + b[lane]);
        fn mul(a: [f32; LANES], b: [f32; LANES]) -> [f32; LANES] = lanes(|lane| a[lane] * b[lane]);
        fn mul_add(a: [f32; LANES], b: [f32; LANES], c: [f32; LANES]) -> [f32; LANES] =
            lanes(|lane| multiply_add::<false>(a[lane], b[lane], c[lane]));
        fn load_ints(from: *const u32) -> [i32; LANES] = from.cast::<[i32; LANES]>().read_unaligned();
        fn splat_ints(value: i32) -> [i32; LANES] = [value; LANES];
        fn mul_ints(a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] = lanes(|lane| a[lane].wrapping_mul(b[lane]));
        fn to_floats(value: [i32; LANES]) -> [f32; LANES] = lanes(|lane| value[lane] as f32);
        fn dot_i16(sums: [i32; LANES], a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] = lanes(|lane| {
            let (a, b) = (a[lane], b[lane]);
            sums[lane] + i32::from(a as i16) * i32::from(b as i16) + (a >> 16) * (b >> 16)
        });
        fn dot_i8(sums: [i32; LANES], a: [i32; LANES], b: [i32; LANES]) -> [i32; LANES] = lanes(|lane| {
            let (a, b) = (a[lane], b[lane]);
            let product = |shift: u32| i32::from((a >> shift) as u8) * i32::from((b >> shift) as i8);
            sums[lane] + product(0) + product(8) + product(16) + product(24)
        });
    }
}

#[inline(always)]
fn lanes<T: Copy + Default>(value: impl Fn(usize) -> T) -> [T; LANES] {
    let mut all = [T::default(); LANES];
    for (lane, into) in all.iter_mut().enumerate() {
        *into = value(lane);
    }
    all
}
