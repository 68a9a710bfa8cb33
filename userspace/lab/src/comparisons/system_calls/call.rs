// SPDX-License-Identifier: MIT OR Apache-2.0

//! A system call as strace prints it, without differences that do not matter.

use lazy_regex::{Lazy, Regex, lazy_regex};

use crate::comparisons::counterparts::{as_on_kvm, is_of_a_device};
use crate::comparisons::own_ioctls;

/// A system call that has returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// e.g. `ioctl`.
    pub name: String,
    /// The text between the parentheses.
    pub arguments: String,
    /// The text after the `=`.
    pub result: String,
}

static CALL: Lazy<Regex> = lazy_regex!(r"^(\w+)\((.*)\) += (.*)$");
/// A number that strace prints with a name.
static NAMED: Lazy<Regex> = lazy_regex!(r"-?\b(?:0x[0-9a-f]+|\d+) /\* (.*?) \*/");
/// A descriptor and the name of its file.
static FILE: Lazy<Regex> = lazy_regex!(r"\b(\d+)<([^>]*)>");
/// An ioctl's descriptor, its file, its number, and the rest.
static IOCTL: Lazy<Regex> = lazy_regex!(r"^(\d+)<([^>]*)>, (0x[0-9a-f]+|0)(?: /\* .*? \*/)?,");
/// A standard stream, whose file depends on the lab, or the base of relative paths.
static ELSEWHERE: Lazy<Regex> = lazy_regex!(r"(\b[012]|AT_FDCWD)<[^>]*>");

impl Call {
    /// Parses a line of strace. Returns `None` for lines about signals and exits.
    pub fn parse(line: &str) -> Option<Call> {
        let parts = CALL.captures(line)?;
        let (name, arguments, result) = (&parts[1], &parts[2], &parts[3]);
        let arguments = own_ioctl(arguments).unwrap_or_else(|| arguments.to_owned());
        let plain = |text: &str| {
            let text = NAMED.replace_all(text, "$1");
            ELSEWHERE.replace_all(&text, "$1").into_owned()
        };
        let mut call = Call {
            name: name.to_owned(),
            arguments: plain(&arguments),
            result: plain(result),
        };
        call.leave_out_length();
        Some(call)
    }

    /// Removes the length of a complete write: names differ in length between the devices, so the
    /// length does too.
    fn leave_out_length(&mut self) {
        let length = format!(", {}", self.result);
        if self.writes() && self.arguments.ends_with(&length) {
            self.arguments.truncate(self.arguments.len() - length.len());
            self.result.clear();
        }
    }

    /// Returns whether the call involves a device's file, or a file that a device has created.
    pub fn is_of_a_device(&self) -> bool {
        [&self.arguments, &self.result].iter().any(|text| {
            FILE.captures_iter(text)
                .any(|file| is_of_a_device(&file[2]))
        })
    }

    /// Returns whether the call is the first that matters.
    pub fn opens_a_device(&self) -> bool {
        self.name == "openat" && self.is_of_a_device()
    }

    /// Returns whether the program prints or reads something with it.
    pub fn is_of_a_stream(&self) -> bool {
        let stream = self.arguments.split(',').next();
        self.writes() || (self.name == "read" && stream == Some("0"))
    }

    /// Returns whether the program prints something with it.
    pub fn writes(&self) -> bool {
        let stream = self.arguments.split(',').next();
        self.name == "write" && matches!(stream, Some("1" | "2"))
    }

    /// Returns what two calls have in common that do the same: the name, the descriptor, and the
    /// request of an ioctl or the text of a write.
    pub fn kind(&self) -> String {
        let telling = match self.name.as_str() {
            "ioctl" => 2,
            "write" => usize::MAX,
            _ => 1,
        };
        let arguments: Vec<_> = self.arguments.split(", ").take(telling).collect();
        // By `module/uapi/hiboma.rs` these two create the same.
        let arguments = arguments
            .join(", ")
            .replace("HIBOMA_OPEN_FD", "KVM_CREATE_VM");
        as_on_kvm(&format!("{}({arguments}", self.name))
    }

    /// Returns the call as strace prints it.
    pub fn text(&self) -> String {
        let call = format!("{}({})", self.name, self.arguments);
        match self.result.as_str() {
            "" => call,
            result => format!("{call} = {result}"),
        }
    }
}

/// Returns the arguments of one of hiboma's own ioctls, without the third, which is meaningless.
fn own_ioctl(arguments: &str) -> Option<String> {
    let parts = IOCTL.captures(arguments)?;
    let (fd, file, number) = (&parts[1], &parts[2], &parts[3]);
    if as_on_kvm(file) == file {
        return None;
    }
    let number = u32::from_str_radix(number.trim_start_matches("0x"), 16).ok()?;
    Some(format!("{fd}<{file}>, {}", own_ioctls::name(number)?))
}

#[cfg(test)]
mod tests {
    use super::Call;

    fn text(line: &str) -> String {
        Call::parse(line).unwrap().text()
    }

    #[test]
    fn names_stand_for_numbers() {
        let open = r#"openat(-100 /* AT_FDCWD */</root>, "/dev/kvm", 0x80002 /* O_RDWR|O_CLOEXEC */) = 3</dev/kvm>"#;
        assert_eq!(
            text(open),
            r#"openat(AT_FDCWD, "/dev/kvm", O_RDWR|O_CLOEXEC) = 3</dev/kvm>"#
        );
        assert!(Call::parse(open).unwrap().opens_a_device());
    }

    #[test]
    fn hiboma_has_names_of_its_own_for_numbers_that_mean_something_else_elsewhere() {
        let own = "ioctl(3</dev/hiboma>, 0x1 /* FIBMAP */, 0x6e) = 4";
        assert_eq!(text(own), "ioctl(3</dev/hiboma>, HIBOMA_OPEN_FD) = 4");
        let other = "ioctl(3</tmp/file>, 0x1 /* FIBMAP */, 0x6e) = 4";
        assert_eq!(text(other), "ioctl(3</tmp/file>, FIBMAP, 0x6e) = 4");
    }

    #[test]
    fn standard_streams_are_only_numbers() {
        let write = r#"write(1<pipe:[10]>, "a\n", 2)       = 2"#;
        assert_eq!(text(write), r#"write(1, "a\n")"#);
        assert!(Call::parse(write).unwrap().is_of_a_stream());
        let partial = r#"write(1<pipe:[10]>, "a\n", 2) = 1"#;
        assert_eq!(text(partial), r#"write(1, "a\n", 2) = 1"#);
    }

    #[test]
    fn a_kind_is_the_same_on_both_devices() {
        let kind = |line| Call::parse(line).unwrap().kind();
        assert_eq!(
            kind("ioctl(3</dev/hiboma>, 0x1 /* FIBMAP */, 0) = 4"),
            kind("ioctl(3</dev/kvm>, 0xae01 /* KVM_CREATE_VM */, 0) = 4<anon_inode:kvm-vm>")
        );
    }

    #[test]
    fn what_is_no_call_is_left_out() {
        assert_eq!(Call::parse("+++ exited with 0 +++"), None);
        assert_eq!(Call::parse("exit_group(0)      = ?").unwrap().result, "?");
    }
}
