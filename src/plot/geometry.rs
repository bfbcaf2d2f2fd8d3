//! Points, boxes and curves in logical pixels, and the two small algorithms that keep things apart. Draws nothing.

/// A place in the picture; x grows to the right, y downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The point at x, y.
pub(crate) const fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    /// This point moved.
    pub(crate) const fn moved(self, x: f64, y: f64) -> Self {
        at(self.x + x, self.y + y)
    }

    /// The distance to another.
    pub(crate) fn distance(self, other: Self) -> f64 {
        libm::hypot(other.x - self.x, other.y - self.y)
    }

    /// The point on the way to another.
    pub(crate) fn towards(self, other: Self, share: f64) -> Self {
        at(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)
    }
}

/// An upright box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    /// The box with this corner and size.
    pub(crate) const fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self { left, top, right: left + width, bottom: top + height }
    }

    /// Its width.
    pub(crate) const fn width(self) -> f64 {
        self.right - self.left
    }

    /// Its height.
    pub(crate) const fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// Its middle.
    pub(crate) const fn center(self) -> Point {
        at(f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    /// Whether two boxes have a point in common that is not on an edge.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// This box with a margin.
    pub(crate) const fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// Its corners, clockwise.
    pub(crate) fn corners(self) -> Vec<Point> {
        vec![
            at(self.left, self.top),
            at(self.right, self.top),
            at(self.right, self.bottom),
            at(self.left, self.bottom),
        ]
    }

    /// Its outline with round corners.
    pub(crate) fn rounded(self, radius: f64) -> Vec<Point> {
        const STEPS: u32 = 7;
        let r = radius.min(self.width() / 2.0).min(self.height() / 2.0).max(0.0);
        let corners = [
            (at(self.right - r, self.top + r), -90.0),
            (at(self.right - r, self.bottom - r), 0.0),
            (at(self.left + r, self.bottom - r), 90.0),
            (at(self.left + r, self.top + r), 180.0),
        ];
        let mut outline = Vec::new();
        for (center, from) in corners {
            for step in 0..=STEPS {
                let degrees: f64 = from + 90.0 * f64::from(step) / f64::from(STEPS);
                let angle = degrees.to_radians();
                outline.push(center.moved(r * libm::cos(angle), r * libm::sin(angle)));
            }
        }
        outline
    }
}

/// A cubic curve as a line of many points.
pub(crate) fn curve(from: Point, leave: Point, arrive: Point, to: Point) -> Vec<Point> {
    const STEPS: u32 = 28;
    (0..=STEPS)
        .map(|step| {
            let t = f64::from(step) / f64::from(STEPS);
            let (a, b, c) = (from.towards(leave, t), leave.towards(arrive, t), arrive.towards(to, t));
            a.towards(b, t).towards(b.towards(c, t), t)
        })
        .collect()
}

/// The length of a line.
pub(crate) fn length(line: &[Point]) -> f64 {
    line.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
}

/// The point at a distance along a line and the direction there, as a vector of length one.
pub(crate) fn along(line: &[Point], distance: f64) -> Option<(Point, Point)> {
    let mut left = distance.max(0.0);
    let mut last = None;
    for pair in line.windows(2) {
        let step = pair[0].distance(pair[1]);
        if step <= f64::EPSILON {
            continue;
        }
        let direction = at((pair[1].x - pair[0].x) / step, (pair[1].y - pair[0].y) / step);
        if left <= step {
            return Some((pair[0].towards(pair[1], left / step), direction));
        }
        left -= step;
        last = Some((pair[1], direction));
    }
    last
}

/// The dashes of a line: lengths of dash and gap in turn. No pattern leaves it whole.
pub(crate) fn dashes(line: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    if pattern.iter().sum::<f64>() <= 0.0 {
        return vec![line.to_vec()];
    }
    let mut done = Vec::new();
    let mut current: Vec<Point> = line.first().copied().into_iter().collect();
    let (mut turn, mut left) = (0, pattern[0]);
    for pair in line.windows(2) {
        let step = pair[0].distance(pair[1]);
        let mut gone = 0.0;
        while step - gone > left {
            gone += left;
            let here = pair[0].towards(pair[1], gone / step);
            if turn % 2 == 0 {
                current.push(here);
                done.push(std::mem::take(&mut current));
            } else {
                current = vec![here];
            }
            turn += 1;
            left = pattern[turn % pattern.len()].max(0.1);
        }
        left -= step - gone;
        if turn % 2 == 0 {
            current.push(pair[1]);
        }
    }
    if current.len() > 1 {
        done.push(current);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share() {
        let line = [at(0.0, 0.0), at(60.0, 0.0), at(60.0, 40.0)];
        let drawn: f64 = dashes(&line, &[6.0, 4.0]).iter().map(|dash| length(dash)).sum();
        assert!((drawn - 60.0).abs() < 1e-6, "{drawn}");
        assert_eq!(dashes(&line, &[]).len(), 1);
    }

    #[test]
    fn a_walk_along_a_line_ends_at_its_end() {
        let line = [at(0.0, 0.0), at(10.0, 0.0), at(10.0, 10.0)];
        assert_eq!(along(&line, 15.0), Some((at(10.0, 5.0), at(0.0, 1.0))));
        assert_eq!(along(&line, 99.0), Some((at(10.0, 10.0), at(0.0, 1.0))));
        assert_eq!(along(&[at(1.0, 1.0)], 5.0), None);
    }
}
