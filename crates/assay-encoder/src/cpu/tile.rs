//! Tiles of a product: a few rows times one panel of columns, with the sums in registers.
//!
//! This is the microkernel of GotoBLAS (Goto and van de Geijn, 2008) and BLIS (Van Zee and van de Geijn, 2015).
//! Its loop is the same in every precision: a group of 32 bits of a row meets one of each column, and a group
//! holds one f32, two bf16 or i16, or four i8.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::kernel::Kernel;

/// What a product does with its groups: f32, bf16, i16 or i8.
///
/// # Safety
/// As [`Kernel`]'s. Rows and columns count from the tile's first ones; a column begins a register.
pub(super) trait Product<K: Kernel> {
    /// A register of sums.
    type Sums: Copy;
    /// A register of groups.
    type Groups: Copy;

    /// What the sums of a row begin with.
    unsafe fn start(&self, row: usize, column: usize) -> Self::Sums;
    unsafe fn load(from: *const u32) -> Self::Groups;
    unsafe fn splat(group: *const u32) -> Self::Groups;
    unsafe fn dot(sums: Self::Sums, group: Self::Groups, columns: Self::Groups) -> Self::Sums;
    /// The result of a row's sums.
    unsafe fn finish(&self, row: usize, column: usize, sums: Self::Sums) -> K::Floats;

    /// Whether the result is added to what is there.
    fn adds(&self) -> bool {
        false
    }
}

/// A product compiled for one instruction set, by [`compiled!`].
pub(super) struct Compiled<P> {
    /// Name of the instructions, for people.
    pub name: &'static str,
    /// Columns of a panel: two registers.
    pub width: usize,
    /// Most rows of a tile: as many sums as the registers hold.
    pub rows: usize,
    pub compute: unsafe fn(&Tile<P>),
}

/// The size of a product: `[rows, steps]` times `[steps, columns]`, in steps of one group.
pub(super) struct Shape {
    pub rows: usize,
    pub steps: usize,
    pub columns: Range<usize>,
}

/// Where a product's operands and its result are. Distances count groups of 32 bits.
pub(super) struct Operands {
    /// First group of the left side, the distance of its rows, and the distance of its steps.
    pub left: *const u32,
    pub left_row: usize,
    pub left_step: usize,
    /// Panels of the right side, and the steps that each of them holds.
    pub panels: *const u32,
    pub panel_steps: usize,
    /// First number of the result, and the distance of its rows.
    pub out: *mut f32,
    pub out_row: usize,
}

/// One tile of a product.
pub(super) struct Tile<P> {
    product: P,
    pub rows: usize,
    steps: usize,
    a: *const u32,
    a_row: usize,
    a_step: usize,
    panel: *const u32,
    out: *mut f32,
    out_row: usize,
    /// Columns to write, from 1 to the panel's width.
    columns: usize,
}

/// Computes a product tile by tile, panel by panel. `product` makes the part of it that belongs to a first row
/// and a first column.
///
/// # Safety
/// The processor has the instruction set, every group and number that the shape reaches is readable, and those
/// of the result are writable and not shared.
pub(super) unsafe fn multiply<P>(
    kernel: &Compiled<P>,
    shape: Shape,
    operands: &Operands,
    product: impl Fn(usize, usize) -> P,
) {
    let Shape { rows, steps, columns } = shape;
    let Operands { left, left_row, left_step, panels, panel_steps, out, out_row } = *operands;
    for column in columns.clone().step_by(kernel.width) {
        let mut row = 0;
        while row < rows {
            let height = balanced(rows - row, kernel.rows);
            // SAFETY: passed on to the caller.
            unsafe {
                (kernel.compute)(&Tile {
                    product: product(row, column),
                    rows: height,
                    steps,
                    a: left.add(row * left_row),
                    a_row: left_row,
                    a_step: left_step,
                    panel: panels.add(column * panel_steps),
                    out: out.add(row * out_row + column),
                    out_row,
                    columns: kernel.width.min(columns.end - column),
                });
            }
            row += height;
        }
    }
}

/// Rows of the next tile. The last two tiles share what is left, because a low tile wastes registers.
fn balanced(left: usize, most: usize) -> usize {
    if left <= most {
        left
    } else if left < 2 * most {
        left.div_ceil(2)
    } else {
        most
    }
}

/// The tile's loop. It is inlined into a function that is compiled for the kernel's instruction set.
///
/// # Safety
/// As [`multiply`].
#[inline(always)]
pub(super) unsafe fn compute<K: Kernel, P: Product<K>, const ROWS: usize>(tile: &Tile<P>) {
    // SAFETY: passed on to the caller.
    unsafe {
        let product = &tile.product;
        let mut sums = [[product.start(0, 0); 2]; ROWS];
        for (row, sums) in sums.iter_mut().enumerate() {
            *sums = [product.start(row, 0), product.start(row, K::LANES)];
        }
        let (mut a, mut panel) = (tile.a, tile.panel);
        for _ in 0..tile.steps {
            let (left, right) = (P::load(panel), P::load(panel.add(K::LANES)));
            for (row, sums) in sums.iter_mut().enumerate() {
                let group = P::splat(a.add(row * tile.a_row));
                sums[0] = P::dot(sums[0], group, left);
                sums[1] = P::dot(sums[1], group, right);
            }
            a = a.wrapping_add(tile.a_step);
            panel = panel.add(2 * K::LANES);
        }
        // The rows of a narrow tile go through a whole one of their own. The loop over them has one body for both,
        // because it must be unrolled: sums that are indexed at run time would be in memory, not in registers.
        let narrow = tile.columns < 2 * K::LANES;
        let mut whole = MaybeUninit::<[[f32; MOST_COLUMNS]; ROWS]>::uninit();
        let (mut out, mut out_row) = (tile.out, tile.out_row);
        if narrow {
            (out, out_row) = (whole.as_mut_ptr().cast(), MOST_COLUMNS);
            if product.adds() {
                whole.write([[0.0; MOST_COLUMNS]; ROWS]);
                copy(ROWS, tile.columns, (tile.out, tile.out_row), (out, out_row));
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            let (first, second) = (out.add(row * out_row), out.add(row * out_row + K::LANES));
            let mut left = product.finish(row, 0, sums[0]);
            let mut right = product.finish(row, K::LANES, sums[1]);
            if product.adds() {
                (left, right) = (K::add(left, K::load(first)), K::add(right, K::load(second)));
            }
            K::store(left, first);
            K::store(right, second);
        }
        if narrow {
            copy(ROWS, tile.columns, (out, out_row), (tile.out, tile.out_row));
        }
    }
}

/// Copies the first columns of rows; each side is its first number and the distance of its rows.
///
/// # Safety
/// Both sides have the rows and columns and do not overlap.
unsafe fn copy(rows: usize, columns: usize, from: (*mut f32, usize), to: (*mut f32, usize)) {
    for row in 0..rows {
        // SAFETY: passed on to the caller.
        unsafe { std::ptr::copy_nonoverlapping(from.0.add(row * from.1), to.0.add(row * to.1), columns) };
    }
}

/// Columns of the widest panel.
pub(super) const MOST_COLUMNS: usize = 32;

/// Compiles a product for one instruction set: `compiled!(F32 on Avx2 with "avx2,fma", "AVX2", 6 rows)`.
macro_rules! compiled {
    ($product:ident on $kernel:ident $(with $features:literal)?, $name:literal, 4 rows) => {
        $crate::cpu::tile::compiled!(@ $product $kernel $name ($($features)?) 4: 1 2 3 4)
    };
    ($product:ident on $kernel:ident $(with $features:literal)?, $name:literal, 6 rows) => {
        $crate::cpu::tile::compiled!(@ $product $kernel $name ($($features)?) 6: 1 2 3 4 5 6)
    };
    ($product:ident on $kernel:ident $(with $features:literal)?, $name:literal, 12 rows) => {
        $crate::cpu::tile::compiled!(@ $product $kernel $name ($($features)?) 12: 1 2 3 4 5 6 7 8 9 10 11 12)
    };
    (@ $product:ident $kernel:ident $name:literal ($($features:literal)?) $most:literal: $($rows:literal)+) => {{
        $(#[target_feature(enable = $features)])?
        unsafe fn of_rows<const ROWS: usize>(tile: &$crate::cpu::tile::Tile<$product>) {
            // SAFETY: passed on to the caller of `multiply`.
            unsafe { $crate::cpu::tile::compute::<$kernel, $product, ROWS>(tile) }
        }
        unsafe fn compute(tile: &$crate::cpu::tile::Tile<$product>) {
            match tile.rows {
                // SAFETY: passed on to the caller of `multiply`.
                $($rows => unsafe { of_rows::<$rows>(tile) },)+
                _ => {}
            }
        }
        let width = 2 * <$kernel as $crate::cpu::kernel::Kernel>::LANES;
        $crate::cpu::tile::Compiled { name: $name, width, rows: $most, compute }
    }};
}
pub(super) use compiled;
