//! Finds imports and version pragmas in a source without parsing the rest of it.
//!
//! Only the lexer is involved, so sources that do not parse still get their errors from solc, and a warm start
//! does not pay for syntax trees.

use std::ops::Range;

use solar_parse::Cursor;

/// What a source says about other files and about compilers; byte ranges point into its text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// The path of each import, unquoted, and the range of the quoted path.
    pub(super) imports: Vec<(String, Range<usize>)>,
    /// Each version requirement after `pragma solidity`, and its range.
    pub(super) pragmas: Vec<(String, Range<usize>)>,
}

/// Scans a source.
pub(super) fn scan(text: &str) -> Scan {
    let mut tokens = Cursor::new(text)
        .with_position()
        .filter(|(_, token)| !token.kind.is_trivial())
        .filter_map(|(at, token)| Token::at(text, at, token.len as usize));
    let mut scan = Scan::default();
    while let Some(token) = tokens.next() {
        match token.text {
            "import" => scan.imports.extend(import(&mut tokens)),
            "pragma" => scan.pragmas.extend(pragma(text, &mut tokens)),
            _ => {}
        }
    }
    scan
}

/// A token that is neither a comment nor white space.
struct Token<'a> {
    text: &'a str,
    bytes: Range<usize>,
}

impl<'a> Token<'a> {
    fn at(text: &'a str, at: usize, len: usize) -> Option<Self> {
        let bytes = at..at + len;
        Some(Self { text: text.get(bytes.clone())?, bytes })
    }

    /// The text between quotes, if this is a whole string.
    fn unquoted(&self) -> Option<&'a str> {
        ['"', '\''].iter().find_map(|quote| self.text.strip_prefix(*quote)?.strip_suffix(*quote))
    }
}

/// The path of an import: its only string, before the semicolon.
fn import<'a>(tokens: &mut impl Iterator<Item = Token<'a>>) -> Option<(String, Range<usize>)> {
    let token = tokens.find(|token| token.text == ";" || token.unquoted().is_some())?;
    Some((token.unquoted()?.to_owned(), token.bytes))
}

/// The requirement of `pragma solidity …;`; nothing for other pragmas.
fn pragma<'a>(
    text: &str,
    tokens: &mut impl Iterator<Item = Token<'a>>,
) -> Option<(String, Range<usize>)> {
    let is_version = tokens.next()?.text == "solidity";
    let mut range: Option<Range<usize>> = None;
    for token in tokens.take_while(|token| token.text != ";") {
        let start = range.map_or(token.bytes.start, |range| range.start);
        range = Some(start..token.bytes.end);
    }
    let range = range.filter(|_| is_version)?;
    Some((text.get(range.clone())?.to_owned(), range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_form() {
        let text = r#"// import "no.sol";
/* pragma solidity ^0.1.0; */
pragma solidity >=0.8.0 <0.9.0;
pragma abicoder v2;
import "./a.sol";
import './b.sol' as B;
import * as C from "c.sol";
import {X as Y, Z} from "@oz/d.sol";
contract A { string s = "import 'e.sol';"; }
"#;
        let scan = scan(text);
        let paths: Vec<&str> = scan.imports.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["./a.sol", "./b.sol", "c.sol", "@oz/d.sol"]);
        assert_eq!(scan.pragmas.len(), 1);
        assert_eq!(scan.pragmas[0].0, ">=0.8.0 <0.9.0");
        assert_eq!(&text[scan.imports[0].1.clone()], "\"./a.sol\"");
    }

    #[test]
    fn survives_garbage() {
        for text in [
            "",
            "import",
            "import \"x",
            "pragma",
            "pragma solidity",
            "\u{feff}import 'x'",
            "№ \0 import ;",
        ] {
            scan(text);
        }
    }
}
