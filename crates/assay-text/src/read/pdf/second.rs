//! Reads PDF with hayro, the second reader: files that lopdf refuses, pages that pdf-extract fails on, and
//! pages that are drawn for text recognition.

use assay_domain::{FaultKind, PageFault};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RectExt, SoftMask, TransformExt, interpret_page,
};

use super::canvas::{Canvas, Grey};
use super::glyphs::{Glyphs, Place, Reading};
use crate::guard::catch;

/// Glyph units per font size.
const UNITS: f64 = 1000.0;
/// Points in an inch.
const POINTS: f64 = 72.0;
/// The resolution that Tesseract's documentation recommends.
const DOTS_PER_INCH: f64 = 300.0;
/// The fault of a page that this reader does not find.
const MISPLACED: &str = "the page is not where the page tree says";
/// A gap this wide, in font sizes, separates words within a run of glyphs.
const GAP: f64 = 0.17;

/// Why the second reader cannot open a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenError {
    /// The file needs a password.
    Encrypted,
    /// The file is damaged.
    Damaged,
}

/// An open file.
pub(super) struct Second {
    pdf: Pdf,
}

/// Counts of what a page shows other than text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ink {
    pub(super) pictures: usize,
    pub(super) shapes: usize,
}

impl Second {
    /// Opens a file.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, OpenError> {
        match catch(|| Pdf::new(bytes.to_vec())) {
            Ok(Ok(pdf)) => Ok(Self { pdf }),
            Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => Err(OpenError::Encrypted),
            Ok(Err(_)) | Err(_) => Err(OpenError::Damaged),
        }
    }

    /// Returns the number of pages found.
    pub(super) fn pages(&self) -> usize {
        catch(|| self.pdf.pages().len()).unwrap_or(0)
    }

    /// Reads a page by its number, counted from 1.
    pub(super) fn read(&self, number: u32) -> (Reading, Ink) {
        let mut letters = TextDevice::default();
        let outcome = catch(|| self.show(number, &mut letters, |page| page.initial_transform(false).to_kurbo()));
        let fault = match outcome {
            Ok(true) => None,
            Ok(false) => Some(FaultKind::Damaged.because(MISPLACED)),
            Err(panic) => Some(FaultKind::ReaderFailed.because(format!("the second PDF reader gave up: {panic}"))),
        };
        (letters.glyphs.finish(fault), letters.ink)
    }

    /// Draws a page, in at most `most_pixels` pixels.
    pub(super) fn picture(&self, number: u32, most_pixels: u64) -> Result<Grey, PageFault> {
        let painting = catch(|| {
            let page = self.page(number)?;
            let (width, height) = page.render_dimensions();
            let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
            let scale = (DOTS_PER_INCH / POINTS).min((most_pixels as f64 / (width * height)).sqrt());
            let mut canvas = Canvas::new((width * scale).max(1.0) as usize, (height * scale).max(1.0) as usize);
            self.show(number, &mut canvas, |page| Affine::scale(scale) * page.initial_transform(true).to_kurbo());
            Some(canvas)
        });
        match painting {
            Ok(Some(canvas)) => canvas.finish(),
            Ok(None) => Err(FaultKind::Damaged.because(MISPLACED)),
            Err(panic) => Err(FaultKind::RecognitionFailed.because(format!("the page could not be drawn: {panic}"))),
        }
    }

    fn page(&self, number: u32) -> Option<&hayro_interpret::hayro_syntax::page::Page<'_>> {
        self.pdf.pages().get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    fn show<'a>(
        &'a self,
        number: u32,
        device: &mut impl Device<'a>,
        place: impl Fn(&hayro_interpret::hayro_syntax::page::Page<'a>) -> Affine,
    ) -> bool {
        let Some(page) = self.page(number) else { return false };
        let transform = place(page);
        let bounds: Rect = transform.transform_rect_bbox(page.intersected_crop_box().to_kurbo());
        let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
        let mut context = Context::new(transform, bounds, &cache, page.xref(), settings);
        interpret_page(page, &mut context, device);
        true
    }
}

/// A device that collects glyphs and counts everything else.
#[derive(Default)]
struct TextDevice {
    glyphs: Glyphs,
    ink: Ink,
}

impl<'a> Device<'a> for TextDevice {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, mode: &DrawMode) {
        self.ink.shapes += usize::from(!matches!(mode, DrawMode::Invisible));
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for (place, glyph) in run.glyphs().iter().enumerate() {
            let letter = glyph.as_unicode().map(|unicode| match unicode {
                BfString::Char(c) => c.to_string(),
                BfString::String(letters) => letters,
            });
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width().unwrap_or(500.0),
                Glyph::Type3(drawn) => drawn.advance_width().unwrap_or(500.0),
            };
            let at = props.transform * glyph.transform();
            let upright = run.writing_mode() == WritingMode::Horizontal;
            let gap = if place == 0 { 0.1 } else { GAP };
            self.glyphs.put(
                position(at, f64::from(advance), upright),
                letter.as_deref().unwrap_or_default(),
                Some(gap),
            );
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.ink.pictures += 1;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Returns the position of a glyph along and across its writing direction; vertical text runs down the page.
fn position(at: Affine, advance: f64, upright: bool) -> Place {
    let [a, b, c, d, x, y] = at.as_coeffs();
    let ((right, up), advance) = if upright { ((a, b), advance) } else { ((-c, -d), UNITS) };
    let stretch = right.hypot(up);
    let (right, up) = if stretch > 0.0 { (right / stretch, up / stretch) } else { (1.0, 0.0) };
    Place {
        along: x * right + y * up,
        across: y * right - x * up,
        size: (a * d - b * c).abs().sqrt() * UNITS,
        advance: advance * stretch,
    }
}
