// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shrinker of lists.

use anyhow::Result;

/// Removes items from `least` as long as the rest still fails: many at
/// first, then fewer at a time. `least` contains its failure, and `fails`
/// returns that of a shorter list. Returns whether any item was removed.
pub fn without<T: Clone, F>(
    least: &mut (Vec<T>, F),
    mut fails: impl FnMut(&[T]) -> Result<Option<F>>,
) -> Result<bool> {
    let mut progress = false;
    let mut size = least.0.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < least.0.len() {
            let mut candidate = least.0.clone();
            let end = (start + size).min(candidate.len());
            candidate.drain(start..end);
            match fails(&candidate)? {
                Some(failure) => {
                    *least = (candidate, failure);
                    progress = true;
                }
                None => start += size,
            }
        }
        size /= 2;
    }
    Ok(progress)
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn what_is_left_is_what_fails() {
        let mut least = ((0..100).collect::<Vec<_>>(), ());
        let both = |list: &[i32]| Ok((list.contains(&17) && list.contains(&80)).then_some(()));

        assert!(without(&mut least, both).unwrap());
        assert_eq!(least.0, [17, 80]);
        assert!(!without(&mut least, both).unwrap());
    }
}
