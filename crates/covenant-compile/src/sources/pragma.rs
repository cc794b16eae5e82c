//! Version requirements as `pragma solidity` writes them.

use semver::Version;

/// What `pragma solidity` asks for: any of several ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    alternatives: Vec<Vec<Bound>>,
}

/// One condition on a version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    operator: Operator,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    AtLeast,
    Above,
    Below,
    AtMost,
}

impl Requirement {
    /// Reads a requirement such as `^0.8.20`, `>=0.8.0 <0.9.0`, `0.8.*`, `0.7.0 - 0.8.4` or `=0.8.1 || =0.8.3`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let alternatives = text.split("||").map(range).collect::<Option<Vec<_>>>()?;
        Some(Self { alternatives })
    }

    /// Whether a compiler of this version is accepted.
    pub(crate) fn accepts(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|bounds| bounds.iter().all(|bound| bound.holds(version)))
    }
}

impl Bound {
    fn holds(&self, version: &Version) -> bool {
        match self.operator {
            Operator::AtLeast => *version >= self.version,
            Operator::Above => *version > self.version,
            Operator::Below => *version < self.version,
            Operator::AtMost => *version <= self.version,
        }
    }
}

/// Reads conditions that must all hold.
fn range(text: &str) -> Option<Vec<Bound>> {
    if let Some((low, high)) = text.split_once(" - ") {
        let (low, high) = (Partial::parse(low)?, Partial::parse(high)?);
        return Some(vec![bound(Operator::AtLeast, low.floor()), below_or_at(high)]);
    }
    let mut bounds = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let operator_len = rest.find(|c: char| !"^~<>=".contains(c))?;
        let (operator, after) = rest.split_at(operator_len);
        let after = after.trim_start();
        // Conditions may follow each other without a space: `>=0.8.0<0.9.0`.
        let version_len =
            after.find(|c: char| c.is_whitespace() || "^~<>=,".contains(c)).unwrap_or(after.len());
        let (version, remaining) = after.split_at(version_len);
        bounds.extend(condition(operator, Partial::parse(version)?)?);
        rest = remaining.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    (!bounds.is_empty()).then_some(bounds)
}

/// One operator with its version, as bounds.
fn condition(operator: &str, version: Partial) -> Option<Vec<Bound>> {
    let floor = version.floor();
    Some(match operator {
        "" | "=" => vec![bound(Operator::AtLeast, floor), below_or_at(version)],
        "^" => {
            vec![bound(Operator::AtLeast, floor), bound(Operator::Below, version.next_breaking())]
        }
        "~" => vec![bound(Operator::AtLeast, floor), bound(Operator::Below, version.next_minor())],
        ">=" => vec![bound(Operator::AtLeast, floor)],
        "<" => vec![bound(Operator::Below, floor)],
        "<=" => vec![below_or_at(version)],
        ">" if version.patch.is_some() => vec![bound(Operator::Above, floor)],
        ">" => vec![bound(Operator::AtLeast, version.next_minor())],
        _ => return None,
    })
}

const fn bound(operator: Operator, version: Version) -> Bound {
    Bound { operator, version }
}

/// At most this version; `0.8` as an upper end includes every `0.8.x`.
fn below_or_at(version: Partial) -> Bound {
    match version {
        Partial { minor: Some(_), patch: Some(_), .. } => bound(Operator::AtMost, version.floor()),
        _ => bound(Operator::Below, version.next_minor()),
    }
}

/// A version whose last numbers may be left out or `*`.
#[derive(Clone, Copy, Debug)]
struct Partial {
    major: u64,
    minor: Option<u64>,
    patch: Option<u64>,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().trim_matches(['"', '\'']).trim_start_matches('v').split('.');
        let mut number = || match parts.next() {
            None | Some("*" | "x" | "X") => Some(None),
            Some(digits) => digits.parse().ok().map(Some),
        };
        let (major, minor, patch) = (number()?, number()?, number()?);
        if parts.next().is_some() || (minor.is_none() && patch.is_some()) {
            return None;
        }
        // A bare `*` accepts everything: major 0 with no upper end below any compiler.
        Some(Self { major: major.unwrap_or(0), minor, patch })
    }

    fn floor(self) -> Version {
        Version::new(self.major, self.minor.unwrap_or(0), self.patch.unwrap_or(0))
    }

    /// The first version that `~` and partial versions leave out.
    const fn next_minor(self) -> Version {
        match self.minor {
            Some(minor) => Version::new(self.major, minor + 1, 0),
            None => Version::new(self.major + 1, 0, 0),
        }
    }

    /// The first version that `^` leaves out: the leftmost number that is not zero may not change.
    const fn next_breaking(self) -> Version {
        match (self.major, self.minor, self.patch) {
            (0, Some(0), Some(patch)) => Version::new(0, 0, patch + 1),
            (0, Some(minor), _) => Version::new(0, minor + 1, 0),
            (major, _, _) => Version::new(major + 1, 0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_mean_what_solc_means() {
        for (requirement, version, expected) in [
            ("0.8.20", "0.8.20", true),
            ("0.8.20", "0.8.21", false),
            ("=0.8.20", "0.8.20", true),
            ("^0.8.20", "0.8.37", true),
            ("^0.8.20", "0.9.0", false),
            ("^0.8.20", "0.8.19", false),
            (">=0.8.0 <0.9.0", "0.8.37", true),
            (">=0.8.0<0.9.0", "0.9.0", false),
            (">= 0.4.22 < 0.9.0", "0.8.1", true),
            (">0.8.4", "0.8.4", false),
            ("<=0.8.4", "0.8.4", true),
            ("~0.8.4", "0.8.9", true),
            ("0.8", "0.8.9", true),
            ("0.8.*", "0.8.9", true),
            ("0.8.*", "0.7.9", false),
            ("*", "0.8.9", true),
            ("0.7.0 - 0.8.4", "0.8.4", true),
            ("0.7.0 - 0.8.4", "0.8.5", false),
            ("=0.8.1 || ^0.7.0", "0.7.6", true),
            ("=0.8.1 || ^0.7.0", "0.8.2", false),
        ] {
            let accepts =
                Requirement::parse(requirement).unwrap().accepts(&version.parse().unwrap());
            assert_eq!(accepts, expected, "{requirement} {version}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in
            ["", "latest", "^", ">=", "0.8.x.1", "!0.8.0", "^0.8.0 ||", "99999999999999999999.0.0"]
        {
            assert_eq!(Requirement::parse(bad), None, "{bad}");
        }
    }
}
