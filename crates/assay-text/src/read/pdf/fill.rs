//! Fills a path with anti-aliasing: computes the coverage of each pixel by scan lines.

use hayro_interpret::FillRule;
use hayro_interpret::kurbo::{BezPath, PathEl, Point, Rect, Shape, flatten};

/// Scan lines per row of pixels.
const SAMPLES: usize = 4;
/// Maximum distance between a curve and its straight segments, in pixels.
const TOLERANCE: f64 = 0.2;

/// Calls `pixel` with column, row and coverage (0 to 1) of every pixel within the clip that the
/// path covers in part.
pub(super) fn fill(path: &BezPath, rule: FillRule, clip: Rect, mut pixel: impl FnMut(usize, usize, f32)) {
    let bounds = path.bounding_box().intersect(clip);
    if !bounds.is_finite() || bounds.is_zero_area() {
        return;
    }
    let (left, right) = (bounds.x0.floor().max(0.0), bounds.x1.ceil().max(0.0));
    let (top, bottom) = (bounds.y0.floor().max(0.0) as usize, bounds.y1.ceil().max(0.0) as usize);
    let mut crossings: Vec<Vec<(f64, i32)>> = vec![Vec::new(); (bottom - top) * SAMPLES];
    each_edge(path, |from, to| cross(&mut crossings, top, from, to));
    let mut coverage = vec![0.0_f32; (right - left) as usize];
    for (row, lines) in crossings.chunks_mut(SAMPLES).enumerate() {
        coverage.fill(0.0);
        for line in lines.iter_mut() {
            line.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut winding = 0;
            for pair in line.windows(2) {
                let &[(from, turn), (to, _)] = pair else { continue };
                winding += turn;
                let inside = match rule {
                    FillRule::NonZero => winding != 0,
                    FillRule::EvenOdd => winding % 2 != 0,
                };
                if inside {
                    cover(&mut coverage, from.max(bounds.x0) - left, to.min(bounds.x1) - left);
                }
            }
        }
        for (column, &covered) in coverage.iter().enumerate().filter(|(_, covered)| **covered > 0.0) {
            pixel(left as usize + column, top + row, covered.min(1.0));
        }
    }
}

fn each_edge(path: &BezPath, mut edge: impl FnMut(Point, Point)) {
    let (mut start, mut here) = (Point::ZERO, Point::ZERO);
    flatten(path, TOLERANCE, |element| match element {
        PathEl::MoveTo(to) => {
            edge(here, start);
            (start, here) = (to, to);
        }
        PathEl::LineTo(to) => {
            edge(here, to);
            here = to;
        }
        _ => {
            edge(here, start);
            here = start;
        }
    });
    edge(here, start);
}

/// Records where an edge crosses each scan line.
fn cross(crossings: &mut [Vec<(f64, i32)>], top: usize, from: Point, to: Point) {
    if !(from.is_finite() && to.is_finite()) || from.y == to.y {
        return;
    }
    let (high, low, turn) = if from.y < to.y { (from, to, 1) } else { (to, from, -1) };
    let line = |y: f64| ((y - top as f64) * SAMPLES as f64 - 0.5).ceil().clamp(0.0, crossings.len() as f64) as usize;
    let (first, end) = (line(high.y), line(low.y));
    let slope = (low.x - high.x) / (low.y - high.y);
    for (place, line) in crossings.iter_mut().enumerate().take(end).skip(first) {
        let y = top as f64 + (place as f64 + 0.5) / SAMPLES as f64;
        line.push((high.x + (y - high.y) * slope, turn));
    }
}

/// Adds the coverage of a span of one scan line.
fn cover(coverage: &mut [f32], from: f64, to: f64) {
    if to <= from {
        return;
    }
    let part = 1.0 / SAMPLES as f32;
    let (first, last) = (from as usize, to as usize);
    for (column, covered) in coverage.iter_mut().enumerate().take(last + 1).skip(first) {
        let width = to.min(column as f64 + 1.0) - from.max(column as f64);
        *covered += width.max(0.0) as f32 * part;
    }
}

#[cfg(test)]
mod tests {
    use hayro_interpret::FillRule;
    use hayro_interpret::kurbo::{BezPath, Rect, Shape};

    use super::fill;

    /// Fills rectangles and compares the covered area in pixels.
    fn check(rects: &[(f64, f64, f64, f64)], rule: FillRule, clip: Rect, expected: f32) {
        let mut path = BezPath::new();
        for &(x0, y0, x1, y1) in rects {
            path.extend(Rect::new(x0, y0, x1, y1).path_elements(0.1));
        }
        let mut area = 0.0;
        fill(&path, rule, clip, |x, y, coverage| {
            assert!(x < 10 && y < 10 && coverage <= 1.0, "{x} {y} {coverage}");
            area += coverage;
        });
        assert!((area - expected).abs() < 0.01, "{rects:?}: {area}, not {expected}");
    }

    #[test]
    fn coverage_is_the_area_inside() {
        let page = Rect::new(0.0, 0.0, 10.0, 10.0);
        check(&[(1.0, 1.0, 3.0, 4.0)], FillRule::NonZero, page, 6.0);
        check(&[(1.5, 1.0, 3.0, 2.0)], FillRule::NonZero, page, 1.5);
        check(&[(1.0, 1.0, 5.0, 5.0), (2.0, 2.0, 4.0, 4.0)], FillRule::NonZero, page, 16.0);
        check(&[(1.0, 1.0, 5.0, 5.0), (2.0, 2.0, 4.0, 4.0)], FillRule::EvenOdd, page, 12.0);
        check(&[(-5.0, -5.0, 50.0, 50.0)], FillRule::NonZero, page, 100.0);
        check(&[(1.0, 1.0, 9.0, 9.0)], FillRule::NonZero, Rect::new(0.0, 0.0, 2.0, 10.0), 8.0);
        check(&[(20.0, 20.0, 30.0, 30.0)], FillRule::NonZero, page, 0.0);
    }
}
