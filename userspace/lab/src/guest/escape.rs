// SPDX-License-Identifier: MIT OR Apache-2.0

//! The escape `~.` at the beginning of a line, as in ssh: leaves a guest even if it does not respond.

/// Looks for the escape in what the user types.
#[derive(Default)]
pub struct Escape {
    at: At,
}

/// The position of the next key.
#[derive(Default)]
enum At {
    #[default]
    LineStart,
    AfterTilde,
    InLine,
}

/// What to do with a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Key {
    /// Send these bytes to the guest.
    Pass(Vec<u8>),
    /// Leave the guest.
    Leave,
}

impl Escape {
    /// Handles a key, which may complete an escape. A tilde at the beginning of
    /// a line is held back until the next key; a second tilde sends one tilde.
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

    /// Types these keys. Returns what the guest gets, and whether the user leaves.
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
