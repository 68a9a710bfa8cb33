// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab completion`: prints a script with which a shell completes `cargo lab`.

use std::process::ExitCode;

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory, ValueEnum};
use clap_complete::{Generator, Shell};

use crate::{Lab, exercises};

const INSTALL: &str = "\
To install it:
  bash  mkdir -p ~/.local/share
        cargo lab completion bash > ~/.local/share/hiboma-lab.bash
        echo 'source ~/.local/share/hiboma-lab.bash' >> ~/.bashrc
  zsh   cargo lab completion zsh > FOLDER/_cargo-lab, in a folder of your $fpath
  fish  mkdir -p ~/.config/fish/conf.d
        cargo lab completion fish > ~/.config/fish/conf.d/hiboma-lab.fish";

/// Bash calls one completion function for `cargo`. Ours handles
/// `cargo lab`, and leaves all else to the previous function.
const BASH: &str = r#"
_hiboma_lab_other=$(complete -p cargo 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
_hiboma_lab_or_other() {
    if [[ "${COMP_WORDS[1]}" == lab && $COMP_CWORD -ge 2 ]]; then
        _hiboma_lab "$@"
    elif [[ -n "$_hiboma_lab_other" && "$_hiboma_lab_other" != _hiboma_lab_or_other ]]; then
        "$_hiboma_lab_other" "$@"
    elif [[ $COMP_CWORD -eq 1 ]]; then
        COMPREPLY=($(compgen -W "$(cargo --list 2>/dev/null | awk 'NR > 1 { print $1 }') lab" -- "$2"))
    fi
}
complete -F _hiboma_lab_or_other -o bashdefault -o default cargo
"#;

/// The id of the exercise's argument in clap.
const EXERCISE: &str = "exercise";

/// Print a script with which your shell completes `cargo lab`, its options and its files
#[derive(clap::Args)]
#[command(after_help = INSTALL)]
pub struct Args {
    /// The shell to print the script for
    shell: For,
}

/// The shells whose completion was tried.
#[derive(Clone, Copy, ValueEnum)]
enum For {
    Bash,
    Zsh,
    Fish,
}

pub fn main(args: Args) -> Result<ExitCode> {
    print!("{}", script(args.shell));
    Ok(ExitCode::SUCCESS)
}

fn script(shell: For) -> String {
    match shell {
        For::Bash => {
            let script = generated(Shell::Bash, under_cargo());
            // Without its last lines, which would register it for all of cargo.
            let (function, _) = script.rsplit_once("\nif [[").unwrap_or((&script, ""));
            function.replacen("_cargo()", "_hiboma_lab()", 1) + "\n" + BASH
        }
        // cargo's own completion finds it by this name.
        For::Zsh => generated(Shell::Zsh, lab().name("cargo-lab").bin_name("cargo-lab")),
        For::Fish => generated(Shell::Fish, under_cargo()),
    }
}

/// Returns the lab's commands, with the exercises' names as values of their argument.
fn lab() -> Command {
    let all = exercises::all().unwrap_or_default().into_iter();
    let names = PossibleValuesParser::new(all.map(|exercise| exercise.name));
    Lab::command().mut_subcommand("exercise", |exercise| {
        exercise.mut_subcommands(|command| {
            // clap moves a changed argument to the end, where `run` has its command.
            let positionals = command.get_positionals().map(|it| it.get_id().as_str());
            match positionals.eq([EXERCISE]) {
                true => command.mut_arg(EXERCISE, |it| it.value_parser(names.clone())),
                false => command,
            }
        })
    })
}

/// Returns `cargo` with `lab` as its only subcommand.
fn under_cargo() -> Command {
    Command::new("cargo")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .subcommand(lab().name("lab"))
}

fn generated(shell: impl Generator, mut command: Command) -> String {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what bash offers for a line whose last word is being typed.
    fn offered(words: &[&str]) -> Vec<String> {
        let script = script(For::Bash);
        let quoted = words.join(" ");
        let ask = format!(
            "{script}\nCOMP_WORDS=({quoted} ''); COMP_CWORD={}\n\
             _hiboma_lab_or_other cargo '' lab; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.len()
        );
        let told = duct::cmd!("bash", "-c", ask).read().unwrap();
        told.lines().map(str::to_owned).collect()
    }

    #[test]
    fn bash_completes_commands_and_options() {
        let commands = offered(&["cargo", "lab"]);
        for command in ["run", "shell", "kdir", "exercise"] {
            assert!(commands.contains(&command.to_owned()), "{commands:?}");
        }
        let options = offered(&["cargo", "lab", "run"]);
        assert!(options.contains(&"--cpus".to_owned()), "{options:?}");
        let names = offered(&["cargo", "lab", "exercise", "check"]);
        assert!(names.contains(&"first-ioctl".to_owned()), "{names:?}");
    }

    #[test]
    fn the_other_shells_have_their_scripts() {
        assert!(script(For::Zsh).starts_with("#compdef cargo-lab"));
        assert!(script(For::Fish).contains("complete -c cargo"));
    }
}
