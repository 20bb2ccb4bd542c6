//! Which instructions this processor has, found out once while the program runs.

use std::sync::OnceLock;

/// Instruction sets that the arithmetic is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isa {
    #[cfg(target_arch = "x86_64")]
    Avx512,
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

    /// All that this processor has, best first.
    pub fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                sets.push(Isa::Avx512);
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                sets.push(Isa::Avx2);
            }
        }
        sets.push(Isa::Portable);
        sets
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "AVX2",
            Isa::Portable => "portable",
        }
    }

    /// Columns of a panel: two vector registers, four where registers hold four numbers.
    pub fn width(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => 32,
            _ => 16,
        }
    }

    /// Most rows of a tile: as many sums as the registers hold.
    pub fn rows(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => 12,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => 6,
            Isa::Portable => 4,
        }
    }
}

/// `a * b + c`, in one instruction where the instruction set has it. Without it `mul_add` would
/// call a function for every number.
#[inline(always)]
pub(crate) fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED || cfg!(target_arch = "aarch64") { a.mul_add(b, c) } else { a * b + c }
}

/// Joins lanes to one number by halves, which takes a step for each halving and not for each lane.
/// The order is always the same. `N` is a power of two.
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
                // SAFETY: an `Isa` other than `Portable` is made only after the processor was
                // asked for these instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::cpu::Isa::Avx512 => unsafe { avx512($($argument),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::cpu::Isa::Avx2 => unsafe { avx2($($argument),*) },
                $crate::cpu::Isa::Portable => $body::<false>($($argument),*),
            }
        }
    };
}
pub(crate) use by_isa;
