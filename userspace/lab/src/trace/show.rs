// SPDX-License-Identifier: MIT OR Apache-2.0

//! Prints a tree of calls as text: one line for each, indented below its caller.

use nix::errno::Errno;

use super::graph::Call;
use crate::comparisons::costs::figure;

/// The indentation of each level.
const INDENT: &str = "  ";

/// Returns the calls as lines.
pub fn show(calls: &[Call]) -> String {
    lines(calls)
        .iter()
        .flat_map(|line| [&*line.text, "\n"])
        .collect()
}

/// The line of a call.
pub struct Line {
    pub text: String,
    /// The function alone, which is compared between two lines.
    pub function: String,
}

/// Returns the calls as lines, each followed by the calls that it made.
pub fn lines(calls: &[Call]) -> Vec<Line> {
    let mut lines = Vec::new();
    for call in calls {
        add(call, 0, call.errno, &mut lines);
    }
    lines
}

/// Adds a call's lines. Shows an errno only for calls that pass it up to userspace; elsewhere the number may not be
/// an errno. A Rust function passes it up as a `Result`, which is not a number.
fn add(call: &Call, depth: usize, errno: Option<i32>, lines: &mut Vec<Line>) {
    let told = errno.filter(|_| call.errno == errno);
    let is_rust = call.function.contains("::");
    let errno = errno.filter(|_| told.is_some() || is_rust && call.errno.is_none());
    let module = call.module.as_ref().map(|it| format!(" [{it}]"));
    let told = told.map(|it| match Errno::from_raw(it) {
        // For example ERESTARTSYS, which userspace never sees.
        Errno::UnknownErrno => format!(" = -{it}"),
        errno => format!(" = -{errno:?}"),
    });
    let times = (call.times > 1).then(|| format!(" × {}", call.times));
    let instructions = (call.instructions).map(|it| format!("{:>9}  ", figure(it as f64)));
    let text = [
        instructions.unwrap_or_default(),
        INDENT.repeat(depth),
        call.function.clone(),
        module.unwrap_or_default(),
        times.unwrap_or_default(),
        told.unwrap_or_default(),
    ];
    lines.push(Line {
        text: text.concat(),
        function: call.function.clone(),
    });
    for inner in &call.calls {
        add(inner, depth + 1, errno, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::show;
    use crate::trace::graph::parse;

    #[test]
    fn a_call_is_further_in_than_its_caller() {
        let trace = "\
   a-1 | __x64_sys_ioctl() {
   a-1 |   kvm_dev_ioctl [kvm]() {
   a-1 |     capable();
   a-1 |   } /* kvm_dev_ioctl [kvm] ret=-22 */
   a-1 | } /* __x64_sys_ioctl ret=-22 */
";
        let shown = "\
__x64_sys_ioctl = -EINVAL
  kvm_dev_ioctl [kvm] = -EINVAL
    capable
";
        assert_eq!(show(&parse(trace).unwrap()), shown);
    }

    #[test]
    fn an_errno_is_handed_up_through_rust_and_through_no_function_in_c() {
        let trace = "\
   a-1 | __x64_sys_ioctl() {
   a-1 |   _RNvMNtCs6BVXpWJQ74D_6hiboma2vmNtB2_2Vm5getfd() {
   a-1 |     alloc_fd(); /* ret=-24 */
   a-1 |   } /* ret=0x1 */
   a-1 |   fdput() {
   a-1 |     fput(); /* ret=-24 */
   a-1 |   } /* ret=0x1 */
   a-1 | } /* ret=-24 */
";
        let shown = "\
__x64_sys_ioctl = -EMFILE
  Vm::getfd
    alloc_fd = -EMFILE
  fdput
    fput
";
        assert_eq!(show(&parse(trace).unwrap()), shown);
    }
}
