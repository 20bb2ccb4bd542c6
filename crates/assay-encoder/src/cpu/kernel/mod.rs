//! Kernels: the vector instructions of one instruction set that the products are written in.

pub(super) mod portable;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86;

use super::i8_rows::I8Form;

/// The registers and instructions of one instruction set.
///
/// All functions are inlined into code that is compiled for the instruction set ([`super::tile`]).
///
/// # Safety
/// Every function needs a processor with the instruction set, and memory for a register behind its pointer.
pub(super) trait Kernel {
    /// A register of f32.
    type Floats: Copy;
    /// A register of groups of 32 bits: one i32, two i16 or four i8.
    type Ints: Copy;
    /// Numbers of 32 bits in a register.
    const LANES: usize;
    /// The form of the numbers in the groups of [`Self::dot_i8`].
    const I8_FORM: I8Form;

    unsafe fn load(from: *const f32) -> Self::Floats;
    unsafe fn splat(value: f32) -> Self::Floats;
    unsafe fn store(value: Self::Floats, to: *mut f32);
    unsafe fn add(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    unsafe fn mul(a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a * b + c`, in one instruction where there is one.
    unsafe fn mul_add(a: Self::Floats, b: Self::Floats, c: Self::Floats) -> Self::Floats;

    unsafe fn load_ints(from: *const u32) -> Self::Ints;
    unsafe fn splat_ints(value: i32) -> Self::Ints;
    unsafe fn mul_ints(a: Self::Ints, b: Self::Ints) -> Self::Ints;
    unsafe fn to_floats(value: Self::Ints) -> Self::Floats;
    /// Adds the products of the two i16 of each group.
    unsafe fn dot_i16(sums: Self::Ints, a: Self::Ints, b: Self::Ints) -> Self::Ints;
    /// Adds the products of the u8 of each group of `a` with the i8 of `b`. It does not saturate, so every
    /// instruction set gives the same integers.
    unsafe fn dot_i8(sums: Self::Ints, a: Self::Ints, b: Self::Ints) -> Self::Ints;
}

/// Defines the functions of a [`Kernel`] by one expression each.
macro_rules! instructions {
    ($(fn $name:ident($($argument:ident: $kind:ty),*) $(-> $result:ty)? = $body:expr;)*) => {
        $(
            #[inline(always)]
            #[allow(unused_unsafe, reason = "some of the expressions are safe")]
            unsafe fn $name($($argument: $kind),*) $(-> $result)? {
                // SAFETY: see the trait.
                unsafe { $body }
            }
        )*
    };
}
use instructions;
