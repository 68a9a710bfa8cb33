// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds installed packages that conflict with a wanted one.
//!
//! For example: `qemu-utils` is installed from bookworm-backports. It breaks the older QEMU of
//! bookworm, so apt would remove it to install that QEMU. The QEMU of bookworm-backports fits, so
//! the suite of the installed package is the one to try.

use std::fmt;
use std::slice;

use anyhow::Result;

use super::apt;
use super::distribution::Release;

/// A package that apt can install only if it removes others.
pub struct Conflict {
    /// The package to install.
    pub wanted: String,
    /// The installed packages that conflict with it.
    installed: Vec<Installed>,
}

/// An installed package.
#[derive(Debug, PartialEq, Eq)]
struct Installed {
    name: String,
    version: String,
    /// The suite that it comes from, if that can be found out.
    suite: Option<String>,
}

/// Returns the conflicts of these packages with installed ones.
pub fn all(packages: &[String]) -> Result<Vec<Conflict>> {
    // Usually there are none, and one simulation shows that.
    if in_the_way(&apt::simulate(packages)?).is_empty() {
        return Ok(Vec::new());
    }
    let mut conflicts = Vec::new();
    for wanted in packages {
        let simulation = apt::simulate(slice::from_ref(wanted))?;
        let mut installed = Vec::new();
        for name in in_the_way(&simulation) {
            installed.extend(Installed::find(name)?);
        }
        if !installed.is_empty() {
            conflicts.push(Conflict {
                wanted: wanted.clone(),
                installed,
            });
        }
    }
    Ok(conflicts)
}

impl Conflict {
    /// Returns the suite from which the wanted package probably fits.
    pub fn suite(&self) -> Option<&str> {
        self.installed.iter().find_map(|it| it.suite.as_deref())
    }

    /// Returns what the user can do about it.
    pub fn advice(&self) -> String {
        let names = self.installed.iter().map(|it| it.name.as_str());
        let names = names.collect::<Vec<_>>().join(" ");
        let suite = match self.suite() {
            Some(suite) => format!("the suite it comes from, {suite},"),
            None => "the suite it comes from".to_owned(),
        };
        format!(
            "{self}, and set-up never removes a package. Either add {suite} to apt's sources and \
             run this again, or remove it yourself:\n    sudo apt-get remove {names}"
        )
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let installed = self.installed.iter();
        let installed: Vec<_> = installed
            .map(|it| format!("{} {}", it.name, it.version))
            .collect();
        let (wanted, installed) = (&self.wanted, installed.join(", "));
        write!(f, "{wanted} conflicts with the installed {installed}")
    }
}

/// Returns the packages that a simulated `apt-get install` would remove, `Remv NAME [VERSION]`. If apt
/// fails instead, it names both packages of a conflict: `NAME : Breaks: NAME …`.
fn in_the_way(simulation: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in simulation.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["Remv", name, ..] => names.push(name),
            [name, ":", "Breaks:" | "Conflicts:", other, ..] => names.extend([name, other]),
            _ => {}
        }
    }
    names
}

impl Installed {
    /// Returns the package of this name, if it is installed.
    fn find(name: &str) -> Result<Option<Installed>> {
        let policy = apt::policy(name)?;
        Ok(Installed::in_policy(name, &policy, &Release::here()))
    }

    /// Parses the output of `apt-cache policy NAME`.
    fn in_policy(name: &str, policy: &str, release: &Release) -> Option<Installed> {
        let mut lines = policy.lines();
        let version = lines.find_map(|line| line.trim_start().strip_prefix("Installed: "))?;
        (version != "(none)").then(|| Installed {
            name: name.to_owned(),
            version: version.to_owned(),
            suite: suite_in_policy(policy).or_else(|| suite_in_version(version, release)),
        })
    }
}

/// Returns the suite of the installed version, which the policy marks with `***`.
/// The lines below it are `PRIORITY ADDRESS SUITE/COMPONENT ARCHITECTURE Packages`.
fn suite_in_policy(policy: &str) -> Option<String> {
    let lines = policy.lines().skip_while(|line| !line.starts_with(" ***"));
    // Lines of other versions begin with five spaces.
    let mut origins = lines.skip(1).take_while(|line| line.starts_with("       "));
    origins.find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, _, suite, _, "Packages"] = words[..] else {
            return None;
        };
        Some(suite.split_once('/')?.0.to_owned())
    })
}

/// Returns the suite that a version names: on Debian 12, `~bpo12+1` is from bookworm-backports.
/// Backports to another release do not count, since they are not made for this machine.
fn suite_in_version(version: &str, release: &Release) -> Option<String> {
    let backport = format!("~bpo{}+", release.number);
    let suite = format!("{}-backports", release.codename);
    version.contains(&backport).then_some(suite)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by `apt-get install --simulate qemu-system-x86` on Debian 12 with newer qemu-utils.
    const REMOVES: &str = "\
The following packages will be REMOVED:
  qemu-utils
The following NEW packages will be installed:
  qemu-system-common qemu-system-data qemu-system-x86 seabios
0 upgraded, 4 newly installed, 1 to remove and 9 not upgraded.
Remv qemu-utils [1:10.0.2+ds-2+deb13u1~bpo12+1]
Inst qemu-system-common (1:7.2+dfsg-7+deb12u18+b3 Debian:12.15/oldstable [amd64])
Inst qemu-system-x86 (1:7.2+dfsg-7+deb12u18+b3 Debian:12.15/oldstable [amd64])
Conf qemu-system-x86 (1:7.2+dfsg-7+deb12u18+b3 Debian:12.15/oldstable [amd64])
";

    /// The same with bookworm-backports among apt's sources.
    const GIVES_UP: &str = "\
The following packages have unmet dependencies:
 qemu-utils : Breaks: qemu-system-common (< 1:8.0+dfsg-5~) but 1:7.2+dfsg-7+deb12u18+b3 is to be installed
";

    /// Printed by `apt-cache policy qemu-utils` there.
    const POLICY: &str = "\
qemu-utils:
  Installed: 1:10.0.2+ds-2+deb13u1~bpo12+1
  Candidate: 1:10.0.2+ds-2+deb13u1~bpo12+1
  Version table:
 *** 1:10.0.2+ds-2+deb13u1~bpo12+1 100
        100 http://mirror/debian bookworm-backports/main amd64 Packages
        100 /var/lib/dpkg/status
     1:7.2+dfsg-7+deb12u18+b3 500
        500 http://mirror/debian bookworm/main amd64 Packages
";

    /// Printed by `apt-cache policy qemu-system-common` there.
    const POLICY_OF_ABSENT: &str = "\
qemu-system-common:
  Installed: (none)
  Candidate: 1:7.2+dfsg-7+deb12u18+b3
  Version table:
     1:10.0.2+ds-2+deb13u1~bpo12+1 100
        100 http://mirror/debian bookworm-backports/main amd64 Packages
     1:7.2+dfsg-7+deb12u18+b3 500
        500 http://mirror/debian bookworm/main amd64 Packages
";

    fn qemu_utils() -> Installed {
        Installed {
            name: "qemu-utils".to_owned(),
            version: "1:10.0.2+ds-2+deb13u1~bpo12+1".to_owned(),
            suite: Some("bookworm-backports".to_owned()),
        }
    }

    fn bookworm() -> Release {
        Release {
            number: "12".to_owned(),
            codename: "bookworm".to_owned(),
        }
    }

    #[test]
    fn a_simulation_names_what_is_in_the_way() {
        assert_eq!(in_the_way(REMOVES), ["qemu-utils"]);
        assert_eq!(in_the_way(GIVES_UP), ["qemu-utils", "qemu-system-common"]);
        assert!(in_the_way(&REMOVES.replace("Remv", "Inst")).is_empty());
    }

    #[test]
    fn the_policy_tells_version_and_suite_of_what_is_installed() {
        let installed = Installed::in_policy("qemu-utils", POLICY, &bookworm());
        assert_eq!(installed, Some(qemu_utils()));
        let absent = Installed::in_policy("qemu-system-common", POLICY_OF_ABSENT, &bookworm());
        assert_eq!(absent, None);
    }

    #[test]
    fn the_suite_of_another_version_does_not_count() {
        let lines = POLICY.lines();
        let without: Vec<_> = lines.filter(|line| !line.contains("backports/")).collect();
        assert_eq!(suite_in_policy(&without.join("\n")), None);
    }

    #[test]
    fn the_version_of_a_backport_names_its_suite() {
        let suite = |version| suite_in_version(version, &bookworm());
        let backports = Some("bookworm-backports".to_owned());
        assert_eq!(suite("1:10.0.2+ds-2+deb13u1~bpo12+1"), backports);
        assert_eq!(suite("1:7.2+dfsg-7+deb12u18+b3"), None);
        assert_eq!(suite("2.1-1~bpo11+1"), None);
    }

    #[test]
    fn the_advice_names_the_conflict_and_two_ways_out() {
        let conflict = Conflict {
            wanted: "qemu-system-x86".to_owned(),
            installed: vec![qemu_utils()],
        };
        let advice = conflict.advice();
        for part in [
            "qemu-system-x86 conflicts with the installed qemu-utils 1:10.0.2",
            "add the suite it comes from, bookworm-backports,",
            "sudo apt-get remove qemu-utils",
        ] {
            assert!(advice.contains(part), "{advice}");
        }
    }
}
