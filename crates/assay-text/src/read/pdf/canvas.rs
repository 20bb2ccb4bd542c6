//! Draws a page in shades of grey for text recognition: glyphs, lines and pictures. Clips are reduced to
//! their bounding boxes; blending, soft masks and gradients are left out, because they rarely carry text.

use assay_domain::{FaultKind, PageFault};
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape, Stroke, StrokeOpts, stroke};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageData, ImageDrawProps, LumaData, Paint,
    SoftMask, StrokeProps,
};

use super::fill::fill;

const WHITE: u8 = 255;
/// The shade of a pattern; a light one keeps the text on it readable.
const PATTERN: f32 = 0.85;
/// Maximum number of pixels of a picture on the page; unpacking a larger one could exhaust memory.
const MOST_PICTURE_PIXELS: u64 = 120_000_000;
/// Maximum number of samples of a picture along each side of a pixel.
const MOST_SAMPLES: usize = 6;

/// A picture in shades of grey (0 is black), row by row from the top.
pub(super) struct Grey {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
}

/// A page that is being drawn.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    clips: Vec<Rect>,
    /// Opacity of the open transparency groups.
    groups: Vec<f32>,
    fault: Option<PageFault>,
}

impl Canvas {
    /// A white page.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let page = Rect::new(0.0, 0.0, width as f64, height as f64);
        let pixels = vec![WHITE; width * height];
        Self { width, height, pixels, clips: vec![page], groups: vec![1.0], fault: None }
    }

    /// Returns the picture, or why it would be incomplete.
    pub(super) fn finish(self) -> Result<Grey, PageFault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(Grey { width: self.width as u32, height: self.height as u32, pixels: self.pixels }),
        }
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(Rect::ZERO)
    }

    fn opacity(&self) -> f32 {
        self.groups.last().copied().unwrap_or(1.0)
    }

    fn paint(&mut self, path: &BezPath, rule: FillRule, paint: &Paint<'_>) {
        let (shade, opacity) = shade(paint);
        let (opacity, clip) = (opacity * self.opacity(), self.clip());
        let (width, pixels) = (self.width, &mut self.pixels);
        fill(path, rule, clip, |x, y, coverage| blend(pixels, y * width + x, shade, coverage * opacity));
    }

    fn outline(&mut self, path: BezPath, props: &StrokeProps, transform: Affine, paint: &Paint<'_>) {
        // A line thinner than a pixel is drawn one pixel wide.
        let thinnest = 1.0 / transform.determinant().abs().sqrt().max(1e-9);
        let width = f64::from(props.line_width).max(thinnest);
        let drawn = stroke(path, &Stroke::new(width), &StrokeOpts::default(), 0.25 * thinnest);
        self.paint(&(transform * drawn), FillRule::NonZero, paint);
    }

    fn draw(&mut self, path: &BezPath, transform: Affine, mode: &DrawMode, paint: &Paint<'_>) {
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.paint(&(transform * path.clone()), *rule, paint);
        }
        if let DrawMode::Stroke(props) | DrawMode::FillAndStroke(_, props) = mode {
            self.outline(path.clone(), props, transform, paint);
        }
    }

    /// Draws a picture of `size` samples; `transform` maps sample positions to pixels.
    fn draw_samples(&mut self, size: (u32, u32), transform: Affine, sample: impl Fn(usize, usize) -> (f32, f32)) {
        let bounds = transform.transform_rect_bbox(Rect::new(0.0, 0.0, size.0.into(), size.1.into()));
        let bounds = bounds.intersect(self.clip());
        if transform.determinant().abs() < 1e-12 || bounds.is_zero_area() {
            return;
        }
        let back = transform.inverse();
        let per_pixel = back.determinant().abs().sqrt();
        let samples = (per_pixel.ceil() as usize).clamp(1, MOST_SAMPLES);
        let opacity = self.opacity();
        for y in bounds.y0.floor() as usize..(bounds.y1.ceil() as usize).min(self.height) {
            for x in bounds.x0.floor() as usize..(bounds.x1.ceil() as usize).min(self.width) {
                let (mut shade, mut coverage) = (0.0, 0.0);
                for step in 0..samples * samples {
                    let along = (step % samples) as f64 + 0.5;
                    let down = (step / samples) as f64 + 0.5;
                    let at = Point::new(x as f64 + along / samples as f64, y as f64 + down / samples as f64);
                    let at = back * at;
                    if at.x >= 0.0 && at.y >= 0.0 && at.x < f64::from(size.0) && at.y < f64::from(size.1) {
                        let (value, alpha) = sample(at.x as usize, at.y as usize);
                        shade += value * alpha;
                        coverage += alpha;
                    }
                }
                if coverage > 0.0 {
                    let whole = (samples * samples) as f32;
                    blend(&mut self.pixels, y * self.width + x, shade / coverage, coverage / whole * opacity);
                }
            }
        }
    }
}

impl<'a> Device<'a> for Canvas {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.draw(path, props.transform, mode, &props.paint);
    }

    fn push_clip_path(&mut self, path: &ClipPath) {
        let clip = self.clip().intersect(path.path.bounding_box());
        self.clips.push(clip);
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.groups.push(self.opacity() * opacity);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        for glyph in run.glyphs() {
            match &**glyph {
                Glyph::Outline(outline) => {
                    self.draw(&(glyph.transform() * outline.outline()), props.transform, mode, &props.paint);
                }
                Glyph::Type3(drawn) => drawn.interpret(self, props.transform, glyph.transform(), &props.paint),
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        if u64::from(image.width()) * u64::from(image.height()) > MOST_PICTURE_PIXELS {
            self.fault = Some(FaultKind::TooLarge.because(format!(
                "the page holds a picture of {} by {} pixels, over the cap of {} million",
                image.width(),
                image.height(),
                MOST_PICTURE_PIXELS / 1_000_000
            )));
            return;
        }
        match image {
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let (shade, opacity) = shade(paint);
                    let transform = props.transform * scaling(mask.scale_factors);
                    self.draw_samples((mask.width, mask.height), transform, |x, y| {
                        (shade, value(&mask, x, y) * opacity)
                    });
                },
                None,
            ),
            Image::Raster(raster) => raster.with_rgba(
                |image, alpha| {
                    let transform = props.transform * scaling(image.scale_factors());
                    let size = (image.width(), image.height());
                    self.draw_samples(size, transform, |x, y| {
                        (picture_value(&image, x, y), alpha.as_ref().map_or(1.0, |alpha| mask_value(alpha, size, x, y)))
                    });
                },
                None,
            ),
        }
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {
        if self.groups.len() > 1 {
            self.groups.pop();
        }
    }
}

fn scaling((x, y): (f32, f32)) -> Affine {
    Affine::scale_non_uniform(x.into(), y.into())
}

fn value(luma: &LumaData, x: usize, y: usize) -> f32 {
    luma.data.get(y * luma.width as usize + x).map_or(0.0, |&byte| f32::from(byte) / 255.0)
}

/// Samples a mask, which may have another resolution than its picture.
fn mask_value(mask: &LumaData, size: (u32, u32), x: usize, y: usize) -> f32 {
    let x = x * mask.width as usize / size.0.max(1) as usize;
    let y = y * mask.height as usize / size.1.max(1) as usize;
    value(mask, x, y)
}

fn picture_value(image: &ImageData, x: usize, y: usize) -> f32 {
    match image {
        ImageData::Luma(luma) => value(luma, x, y),
        ImageData::Rgb(rgb) => {
            let at = (y * rgb.width as usize + x) * 3;
            rgb.data.get(at..at + 3).map_or(1.0, |rgb| match rgb {
                &[red, green, blue] => lightness([red, green, blue].map(|part| f32::from(part) / 255.0)),
                _ => 1.0,
            })
        }
    }
}

/// Luma by ITU-R BT.601.
fn lightness([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// Returns the shade, from 0 (black) to 1, and the opacity.
fn shade(paint: &Paint<'_>) -> (f32, f32) {
    match paint {
        Paint::Color(color) => {
            let [red, green, blue, alpha] = color.to_rgba().components();
            (lightness([red, green, blue]), alpha)
        }
        Paint::Pattern(_) => (PATTERN, 1.0),
    }
}

fn blend(pixels: &mut [u8], at: usize, shade: f32, opacity: f32) {
    if let Some(pixel) = pixels.get_mut(at) {
        let below = f32::from(*pixel);
        *pixel = (below + (shade * 255.0 - below) * opacity.clamp(0.0, 1.0)).round().clamp(0.0, 255.0) as u8;
    }
}
