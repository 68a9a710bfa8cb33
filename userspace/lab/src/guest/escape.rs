// SPDX-License-Identifier: MIT OR Apache-2.0

//! The keys by which a shell is left that does not answer: `~.` at the beginning of a line, as in ssh.

/// Looks for the escape among keys.
#[derive(Default)]
pub struct Escape {
    at: At,
}

/// Where the next key is.
#[derive(Default)]
enum At {
    #[default]
    LineStart,
    AfterTilde,
    InLine,
}

/// What becomes of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    /// The guest gets these bytes.
    Pass(Vec<u8>),
    /// The user leaves.
    Leave,
}

impl Escape {
    /// Takes a key, which may be the rest of an escape. A tilde waits for the key behind it; a second one
    /// sends it.
    pub fn type_in(&mut self, byte: u8) -> Key {
        let after = match byte {
            b'\r' | b'\n' => At::LineStart,
            _ => At::InLine,
        };
        match (&self.at, byte) {
            (At::LineStart, b'~') => {
                self.at = At::AfterTilde;
                Key::Pass(Vec::new())
            }
            (At::AfterTilde, b'.') => Key::Leave,
            (At::AfterTilde, b'~') => {
                self.at = At::InLine;
                Key::Pass(vec![b'~'])
            }
            (At::AfterTilde, _) => {
                self.at = after;
                Key::Pass(vec![b'~', byte])
            }
            _ => {
                self.at = after;
                Key::Pass(vec![byte])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Escape, Key};

    /// What of these keys arrives, and whether they leave.
    fn typed(keys: &str) -> (String, bool) {
        let mut escape = Escape::default();
        let mut arrived = Vec::new();
        for byte in keys.bytes() {
            match escape.type_in(byte) {
                Key::Pass(bytes) => arrived.extend(bytes),
                Key::Leave => return (String::from_utf8(arrived).unwrap(), true),
            }
        }
        (String::from_utf8(arrived).unwrap(), false)
    }

    #[test]
    fn only_at_the_beginning_of_a_line_it_leaves() {
        assert_eq!(typed("~."), (String::new(), true));
        assert_eq!(typed("sleep 9\r~.x"), ("sleep 9\r".into(), true));
        assert_eq!(typed("ls ~.x\r"), ("ls ~.x\r".into(), false));
    }

    #[test]
    fn every_other_key_arrives() {
        for (keys, arrived) in [
            ("~/a\r", "~/a\r"),
            ("~~.\r", "~.\r"),
            ("~\r~\r", "~\r~\r"),
            ("\u{4}", "\u{4}"),
        ] {
            assert_eq!(typed(keys), (arrived.into(), false));
        }
        assert_eq!(typed("~\r~."), ("~\r".into(), true));
    }
}
