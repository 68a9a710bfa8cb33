// SPDX-License-Identifier: MIT OR Apache-2.0

//! Aligns two lists of calls: calls that do the same share a row.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fold::Folded;
use crate::comparisons::counterparts::as_on_kvm;

/// A call of one program, and the call of the other in its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub hiboma: Option<String>,
    pub kvm: Option<String>,
}

impl Row {
    /// Returns a mark for the kind of row: none if both calls are the same except for names.
    pub fn mark(&self) -> &'static str {
        match (&self.hiboma, &self.kvm) {
            (Some(hiboma), Some(kvm)) if as_on_kvm(hiboma) == *kvm => "",
            (Some(_), Some(_)) => "≠",
            (Some(_), None) => "◀",
            (None, _) => "▶",
        }
    }
}

/// Aligns two lists by what their calls do.
pub fn align(hiboma: &[Folded], kvm: &[Folded]) -> Vec<Row> {
    let kinds = |calls: &[Folded]| -> Vec<String> {
        calls.iter().map(|folded| folded.call.kind()).collect()
    };
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Lcs, &kinds(hiboma), &kinds(kvm)) {
        let (left, right) = (&hiboma[op.old_range()], &kvm[op.new_range()]);
        if let DiffOp::Equal { .. } = op {
            rows.extend(left.iter().zip(right).map(|(hiboma, kvm)| Row {
                hiboma: Some(hiboma.text()),
                kvm: Some(kvm.text()),
            }));
            continue;
        }
        rows.extend(left.iter().map(|hiboma| Row {
            hiboma: Some(hiboma.text()),
            kvm: None,
        }));
        rows.extend(right.iter().map(|kvm| Row {
            hiboma: None,
            kvm: Some(kvm.text()),
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::align;
    use crate::comparisons::system_calls::call::Call;
    use crate::comparisons::system_calls::fold::fold;

    #[test]
    fn calls_that_do_the_same_are_in_one_row() {
        let calls = |lines: &[&str]| {
            let calls: Vec<Call> = lines
                .iter()
                .map(|line| Call::parse(line).unwrap())
                .collect();
            fold(&calls)
        };
        let hiboma = calls(&[
            r#"openat(AT_FDCWD, "/dev/hiboma", O_RDWR) = 3</dev/hiboma>"#,
            "ioctl(3</dev/hiboma>, 0 /* _IOC(_IOC_NONE, 0, 0, 0) */, 0) = 110",
            "ioctl(3</dev/hiboma>, 0x1 /* FIBMAP */, 0) = 4",
            "close(4<anon_inode:hiboma-anon>) = 0",
        ]);
        let kvm = calls(&[
            r#"openat(AT_FDCWD, "/dev/kvm", O_RDWR) = 3</dev/kvm>"#,
            "ioctl(3</dev/kvm>, 0xae01 /* KVM_CREATE_VM */, 0) = 4<anon_inode:kvm-vm>",
            "ioctl(3</dev/kvm>, 0xae04 /* KVM_GET_VCPU_MMAP_SIZE */, 0) = 12288",
            "close(4<anon_inode:kvm-vm>) = 0",
        ]);
        let rows = align(&hiboma, &kvm);
        let marks: Vec<&str> = rows.iter().map(|row| row.mark()).collect();
        assert_eq!(marks, ["", "◀", "≠", "▶", ""]);
        assert_eq!(
            rows[2].hiboma.as_deref(),
            Some("ioctl(3</dev/hiboma>, HIBOMA_OPEN_FD) = 4")
        );
    }
}
