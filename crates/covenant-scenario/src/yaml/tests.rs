use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::source::{Diagnostic, Notation, Sources, Text};

fn read(yaml: &str) -> (Sources, Result<Node, Vec<Diagnostic>>) {
    let mut sources = Sources::default();
    let file = sources.add(Path::new("a.yaml"), yaml);
    let node = parse(&sources, file);
    (sources, node)
}

fn entries(node: &Node) -> &[(Text, Node)] {
    match &node.kind {
        NodeKind::Mapping(entries) => entries,
        _ => panic!("no mapping: {node:?}"),
    }
}

fn text(node: &Node) -> &Text {
    match &node.kind {
        NodeKind::Scalar(text) => text,
        _ => panic!("no text: {node:?}"),
    }
}

/// The first error, as `line:column message`.
fn error(yaml: &str) -> String {
    let (sources, node) = read(yaml);
    let found = node.expect_err("the file is broken").swap_remove(0);
    let place = sources.position(found.span.expect("the error has a place"));
    format!("{}:{} {}", place.line, place.column, found.message)
}

#[test]
fn scalars_stay_text() {
    let (_, node) = read("a: 0x00\nb: no\nc: 12:30\nd: 2026-02-01\ne: ~\nf: null\ng:\nh: ''\n");
    let node = node.unwrap();
    let values: Vec<_> = entries(&node)
        .iter()
        .map(|(_, node)| match &node.kind {
            NodeKind::Scalar(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let expected = [
        Some("0x00"),
        Some("no"),
        Some("12:30"),
        Some("2026-02-01"),
        Some("~"),
        Some("null"),
        None,
        Some(""),
    ];
    assert_eq!(values, expected);
}

/// Each word of the value stands in the file where the text says; the value itself is given to guard the test.
#[test]
fn words_are_found_in_every_notation() {
    let table = [
        ("x: one two\n   three\n\n   four", "one two three\nfour", Notation::Plain),
        ("x: 'it''s one\n\n   two ''three'''", "it's one\ntwo 'three'", Notation::SingleQuoted),
        (
            "x: \"one\\ttwo \\\n   three\\u00e9\\L\\x41 \\uD834\\uDD1Efour\\\n\n  five\"",
            "one\ttwo threeé\u{2028}A 𝄞four\nfive",
            Notation::DoubleQuoted,
        ),
        ("x: |\n  one\n    two\n\n  three\n", "one\n  two\n\nthree\n", Notation::Block),
        ("x: |2-\n    one\n   two\n", "  one\n two", Notation::Block),
        (
            "x: > # words > here\n  one\n  two\n\n    three\n  four\n",
            "one two\n\n  three\nfour\n",
            Notation::Block,
        ),
        ("x: |\r\n  one\r\n  two\r\n", "one\ntwo\n", Notation::Block),
        ("x: >+\n\n\n  one\n  two\n\n\ny: z", "\n\none two\n\n\n", Notation::Block),
        ("x: [a, 'one\r\n    two']", "", Notation::Plain),
    ];
    for (yaml, value, notation) in table {
        let (sources, node) = read(yaml);
        let node = node.unwrap();
        let (_, node) = &entries(&node)[0];
        if let NodeKind::Sequence(items) = &node.kind {
            check_words(&sources, text(&items[1]));
            continue;
        }
        let text = text(node);
        assert_eq!(text.value, value, "{yaml}");
        assert_eq!(text.notation, notation, "{yaml}");
        check_words(&sources, text);
    }
}

fn check_words(sources: &Sources, text: &Text) {
    for word in ["one", "two", "three", "four", "five"] {
        for (at, _) in text.value.match_indices(word) {
            let span = text.span_of(at..at + word.len());
            assert_eq!(sources.text(span), word, "in {:?}", sources.text(text.span));
        }
    }
}

#[test]
fn a_slice_still_knows_where_it_stands() {
    let (sources, node) = read("x: \"\\x41one\\n two\\n\\nthree\"");
    let node = node.unwrap();
    let whole = text(&entries(&node)[0].1);
    let slice = whole.slice(3..whole.value.len());
    assert_eq!(slice.value, "e\n two\n\nthree");
    assert_eq!(sources.text(slice.span_of(3..6)), "two");
    assert_eq!(sources.text(slice.slice(8..13).span), "three");
}

#[test]
fn collections_span_from_their_first_to_their_last_byte() {
    let (sources, node) = read("a:\n  - b: c\n    d: [e, {f: g}]\n  - h\n\nz: 1\n");
    let node = node.unwrap();
    let (_, list) = &entries(&node)[0];
    assert_eq!(sources.text(list.span), "- b: c\n    d: [e, {f: g}]\n  - h");
    let NodeKind::Sequence(items) = &list.kind else { panic!("no list") };
    assert_eq!(sources.text(items[0].span), "b: c\n    d: [e, {f: g}]");
    assert_eq!(sources.text(entries(&items[0])[1].1.span), "[e, {f: g}]");
}

#[test]
fn aliases_and_merges_expand() {
    let (sources, node) = read(
        "a: &base { x: 1, y: 2 }\nb: { <<: *base, y: 3 }\nc: *base\nd: { <<: [*base, { z: 4, x: 5 }] }\n",
    );
    let node = node.unwrap();
    let of = |at: usize| -> Vec<_> {
        entries(&entries(&node)[at].1)
            .iter()
            .map(|(key, value)| format!("{}={}", key.value, text(value).value))
            .collect()
    };
    assert_eq!(of(1), ["y=3", "x=1"]);
    assert_eq!(of(2), ["x=1", "y=2"]);
    assert_eq!(of(3), ["x=1", "y=2", "z=4"]);
    assert_eq!(sources.position(entries(&node)[2].1.span).line, 1);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_fine() {
    let (sources, node) = read("\u{feff}a: b\r\nc: d\r\n");
    let node = node.unwrap();
    assert_eq!(text(&entries(&node)[1].1).value, "d");
    assert_eq!(sources.position(entries(&node)[0].0.span).column, 1);
    assert_eq!(sources.position(entries(&node)[1].1.span).line, 2);
}

#[test]
fn deep_nesting_is_refused() {
    let deep = "[".repeat(10_000);
    assert_eq!(error(&deep), "1:65 more than 64 lists and mappings lie in each other here");
    let block: String = (0..10_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(error(&block), "65:65 more than 64 lists and mappings lie in each other here");
    let dashes = "- ".repeat(10_000);
    assert_eq!(error(&dashes), "1:129 more than 64 lists and mappings lie in each other here");
    let links: String =
        (1..100).map(|link| format!("a{link}: &a{link} [*a{}]\n", link - 1)).collect();
    let chain = format!("a0: &a0 [x]\n{links}");
    assert_eq!(error(&chain), "64:12 more than 64 lists and mappings lie in each other here");
}

#[test]
fn alias_bombs_are_refused() {
    let ten = |item: &str| [item; 10].join(", ");
    let levels: String =
        (1..20).map(|n| format!("a{n}: &a{n} [{}]\n", ten(&format!("*a{}", n - 1)))).collect();
    let bomb = format!("a0: &a0 [{}]\n{levels}", ten("lol"));
    assert!(error(&bomb).ends_with("the aliases of this file expand to more than 8 MiB"));
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(1_000_000), vec!["*a"; 100_000].join(", "));
    assert!(error(&long).ends_with("the aliases of this file expand to more than 8 MiB"));
}

#[test]
fn many_keys_and_long_scalars_are_read() {
    let many: String = (0..100_000).map(|key| format!("key{key}: {key}\n")).collect();
    assert_eq!(entries(&read(&many).1.unwrap()).len(), 100_000);
    let twice = format!("{many}key77777: x\n");
    assert_eq!(error(&twice), "100001:1 the key `key77777` is here twice");
    let long = format!("a: '{}'", "x ".repeat(500_000));
    assert_eq!(text(&entries(&read(&long).1.unwrap())[0].1).value.len(), 1_000_000);
    let folded = format!("a: >\n{}", "  word word\n".repeat(100_000));
    assert_eq!(text(&entries(&read(&folded).1.unwrap())[0].1).value.len(), 1_000_000);
    let quoted = format!("a: \"{}\"", "\\x41 ".repeat(200_000));
    assert_eq!(text(&entries(&read(&quoted).1.unwrap())[0].1).value.len(), 400_000);
}

/// Every character of a value that is neither a blank nor behind an escape stands in the file where the text says.
fn check_places(sources: &Sources, node: &Node) -> Result<(), TestCaseError> {
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(text) => check_text(sources, text)?,
        NodeKind::Sequence(items) => {
            for item in items {
                check_places(sources, item)?;
            }
        }
        NodeKind::Mapping(entries) => {
            for (key, value) in entries {
                check_text(sources, key)?;
                check_places(sources, value)?;
            }
        }
    }
    Ok(())
}

fn check_text(sources: &Sources, text: &Text) -> Result<(), TestCaseError> {
    let mut start = 0;
    for (at, c) in text.value.char_indices() {
        let end = at + c.len_utf8();
        let raw = sources.text(text.span_of(at..end));
        let verbatim = raw.chars().eq([c]);
        let escaped = text.notation == Notation::DoubleQuoted && raw.starts_with('\\');
        prop_assert!(
            verbatim || c.is_whitespace() || escaped,
            "{raw:?} for {c:?} of {:?} in {:?}",
            text.value,
            sources.text(text.span)
        );
        if !verbatim || c.is_whitespace() || matches!(c, '\'' | '\\') {
            start = end;
        }
        if text.notation == Notation::DoubleQuoted
            && sources.text(text.span_of(start..end)).contains('\\')
        {
            // An escaped line break leaves nothing in the value.
            start = at;
        }
        prop_assert_eq!(sources.text(text.span_of(start..end)), &text.value[start..end]);
        let slice = text.slice(start..end);
        prop_assert_eq!(sources.text(slice.span_of(0..end - start)), &text.value[start..end]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_character_is_found(
        lines in prop::collection::vec("[a-z é😀'\"\\\\\\t:#,()>|\\-]{0,12}", 1..6),
        style in 0..6_usize,
        indents in prop::collection::vec(0..4_usize, 6),
        windows in any::<bool>(),
    ) {
        let body = |indent: usize| {
            lines.iter().zip(&indents).map(|(line, more)| format!("{}{line}\n", " ".repeat(indent + more))).collect::<String>()
        };
        let yaml = match style {
            0 => format!("k: {}", body(3)),
            1 => format!("k: '{}'", body(2).replace('\'', "''")),
            2 => format!("k: \"{}\"", body(2).replace('\\', "\\\\").replace('"', "\\\"")),
            3 => format!("k: \"{}\"", body(2).replace('"', "\\\"")),
            4 => format!("k: |\n{}z: y", body(2)),
            _ => format!("k: >+\n{}z: y", body(2)),
        };
        let yaml = if windows { yaml.replace('\n', "\r\n") } else { yaml };
        let (sources, node) = read(&yaml);
        if let Ok(node) = node {
            check_places(&sources, &node)?;
        }
    }

    #[test]
    fn anything_is_read_or_refused(yaml in "([-:?,&*#!|>'\"%@` a-c0-9\\[\\]{}<\\n\\r\\t\\\\é]|- |: |\\n  |\\PC){0,60}") {
        let (sources, node) = read(&yaml);
        match node {
            Ok(node) => check_places(&sources, &node)?,
            Err(found) => {
                prop_assert!(!found.is_empty());
                for found in found {
                    let span = found.span.expect("an error in a file has a place");
                    prop_assert!(span.start <= span.end && span.end as usize <= yaml.len());
                    prop_assert!(yaml.is_char_boundary(span.start as usize) && yaml.is_char_boundary(span.end as usize), "{found:?}");
                }
            }
        }
    }
}
