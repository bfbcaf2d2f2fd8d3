//! Things in a row, each as near as possible to where it would like to be. Knows nothing of what they are.

/// Centers as near as possible to those wanted (least squares) that keep things of these heights in their order, apart
/// by a gap and between two bounds; if they need more space than there is, they overrun the lower bound.
pub fn spread(wanted: &[f64], heights: &[f64], gap: f64, bounds: (f64, f64)) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut offset = 0.0;
    for (i, height) in heights.iter().enumerate() {
        if i > 0 {
            offset += f64::midpoint(heights[i - 1], *height) + gap;
        }
        offsets.push(offset);
    }
    // Pool adjacent violators: blocks of (sum of wishes, count).
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wish, offset) in wanted.iter().zip(&offsets) {
        blocks.push((wish - offset, 1));
        while let [.., (before, n), (after, m)] = blocks[..] {
            if before / n as f64 <= after / m as f64 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            blocks.push((before + after, n + m));
        }
    }
    let first = bounds.0 + heights.first().unwrap_or(&0.0) / 2.0;
    let last = bounds.1 - heights.last().unwrap_or(&0.0) / 2.0 - offset;
    let placed = blocks.iter().flat_map(|(sum, n)| std::iter::repeat_n(sum / *n as f64, *n));
    placed.zip(&offsets).map(|(base, offset)| base.min(last).max(first) + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_kept_apart_and_near_their_wishes() {
        let placed = spread(&[10.0, 12.0, 100.0], &[20.0, 20.0, 20.0], 2.0, (0.0, 200.0));
        assert_eq!(placed, [10.0, 32.0, 100.0]);
        let free = spread(&[50.0, 52.0, 100.0], &[20.0, 20.0, 20.0], 2.0, (0.0, 200.0));
        assert_eq!(free, [40.0, 62.0, 100.0]);
        let low = spread(&[190.0, 195.0], &[20.0, 20.0], 0.0, (0.0, 200.0));
        assert_eq!(low, [170.0, 190.0]);
        assert!(spread(&[], &[], 2.0, (0.0, 1.0)).is_empty());
    }
}
