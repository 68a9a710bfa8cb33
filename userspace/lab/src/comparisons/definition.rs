// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds a definition in a file of the kernel, by its name. It relies on the kernel's formatting.

use regex::Regex;

/// Returns the first definition of `name`: a function, a variable, a macro, a structure
/// (`struct miscdevice`), or in Rust what begins with `fn …` or `impl …`. Prefers one with a body.
pub fn definition(text: &str, name: &str) -> Option<String> {
    let is_type = ["struct ", "union ", "enum "]
        .iter()
        .any(|keyword| name.starts_with(keyword));
    let after = if is_type {
        r"\s*\{"
    } else if name.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        // If a name or a star follows, this is only the type of something.
        r"\s*([^\w\s*]|$)"
    } else {
        ""
    };
    let name = regex::escape(name);
    // Words and stars may precede the name, or the beginning of a function pointer.
    let start = format!(r"^(#define {name}\b|[\w\s*<>]*(\(\*const )?\b{name}{after})");
    let start = Regex::new(&start).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let candidates = (0..lines.len()).filter(|&number| start.is_match(lines[number]));
    candidates
        .filter_map(|number| piece(&lines[number..]))
        .min_by_key(|piece| (!piece.contains('{'), indentation(piece)))
}

fn indentation(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Returns the lines of what begins on the first line: a macro, a block in braces, or a statement.
fn piece(lines: &[&str]) -> Option<String> {
    let brace = format!("{}}}", &lines[0][..indentation(lines[0])]);
    let mut in_block = false;
    for (number, line) in lines.iter().enumerate() {
        in_block |= line.contains('{');
        let ends = if lines[0].starts_with('#') {
            !line.ends_with('\\')
        } else if in_block {
            let in_one_line = number == 0 && line.matches('{').count() == line.matches('}').count();
            in_one_line || line.starts_with(&brace)
        } else {
            line.ends_with(';')
        };
        if ends {
            return Some(lines[..=number].join("\n"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::definition;

    const C: &str = "\
#define A(x) \\
\t(x)
static int f(struct s *s);

struct s *g(void)
{
\tif (f(s)) {
\t\treturn g();
\t}
\tf(s);
}

static int f(struct s *s)
{
\treturn 1;
}

struct s {
\tint a;
};

static const struct ops ops = {
\t.f = f,
};

static int (*const handlers[])(int) = {
\t[1] = f,
};
";

    #[track_caller]
    fn assert_definition(text: &str, name: &str, expected: &str) {
        assert_eq!(definition(text, name).as_deref(), Some(expected), "{name}");
    }

    #[test]
    fn a_definition_is_not_a_declaration_and_not_a_use() {
        assert_definition(C, "f", "static int f(struct s *s)\n{\n\treturn 1;\n}");
        assert_definition(C, "struct s", "struct s {\n\tint a;\n};");
    }

    #[test]
    fn macros_and_variables_are_found() {
        assert_definition(C, "A", "#define A(x) \\\n\t(x)");
        assert_definition(C, "ops", "static const struct ops ops = {\n\t.f = f,\n};");
        assert_definition(
            C,
            "handlers",
            "static int (*const handlers[])(int) = {\n\t[1] = f,\n};",
        );
    }

    #[test]
    fn rust_has_functions_in_impls() {
        let text = "impl<T> A<T> {\n    pub fn b(self) {\n        c()\n    }\n}\n";
        assert_definition(text, "impl<T> A<T>", text.trim_end());
        assert_definition(text, "fn b", "    pub fn b(self) {\n        c()\n    }");
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(definition(C, "h"), None);
    }
}
