//! Instruction sets: which ones this processor has, and code that is compiled for each of them.

use std::sync::OnceLock;

/// Instruction sets that the arithmetic is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isa {
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX2 with the products of AVX-512 VNNI in 256 bits.
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Isa {
    /// The best one of this processor.
    pub fn best() -> Self {
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| Self::available().first().copied().unwrap_or(Isa::Portable))
    }

    /// Its name; `None` where the code is for every processor.
    pub fn name(self) -> Option<&'static str> {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => Some("AVX-512 VNNI"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Some("AVX-512"),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => Some("AVX-VNNI"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Some("AVX2"),
            Self::Portable => None,
        }
    }

    /// All that this processor has, best first.
    pub fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                sets.push(Isa::Avx512Vnni);
            }
            if is_x86_feature_detected!("avx512f") {
                sets.push(Isa::Avx512);
            }
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if avx2 && is_x86_feature_detected!("avxvnni") {
                sets.push(Isa::AvxVnni);
            }
            if avx2 {
                sets.push(Isa::Avx2);
            }
        }
        sets.push(Isa::Portable);
        sets
    }
}

/// Whether this processor multiplies bf16.
pub(crate) fn has_bf16() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bf16");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// `a * b + c`, in one instruction where the instruction set has it. Without it `mul_add` would call a function
/// for every number.
#[inline(always)]
pub(crate) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED || cfg!(target_arch = "aarch64") { a.mul_add(b, c) } else { a * b + c }
}

/// Joins lanes to one number by halves, which takes one step for each halving instead of one for each lane. The
/// order is always the same. `N` is a power of two.
#[inline(always)]
pub(crate) fn join<const N: usize>(mut lanes: [f32; N], two: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = N / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = two(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Defines a function that runs `$body::<FUSED>` compiled for each instruction set.
macro_rules! by_isa {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),*) = $body:ident) => {
        $(#[$doc])*
        pub(crate) fn $name(isa: $crate::cpu::Isa, $($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            fn avx512($($argument: $kind),*) {
                $body::<true>($($argument),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $kind),*) {
                $body::<true>($($argument),*);
            }
            match isa {
                // SAFETY: an `Isa` other than `Portable` is made only after the processor was asked for these
                // instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::cpu::Isa::Avx512Vnni | $crate::cpu::Isa::Avx512 => unsafe { avx512($($argument),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::cpu::Isa::AvxVnni | $crate::cpu::Isa::Avx2 => unsafe { avx2($($argument),*) },
                $crate::cpu::Isa::Portable => $body::<false>($($argument),*),
            }
        }
    };
}
pub(crate) use by_isa;
