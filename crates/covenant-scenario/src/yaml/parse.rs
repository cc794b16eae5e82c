//! From the events of the YAML parser to a tree.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::{
    cook::{self, small},
    explain,
    node::{Node, NodeKind},
};
use crate::source::{Diagnostic, FileId, Sources, Span, Text};

/// How deep lists and mappings may lie in each other.
pub const MAX_DEPTH: usize = 64;

/// How much a file may grow by its aliases, counted in bytes of text and [`NODE_WEIGHT`] for each node.
const MAX_EXPANSION: usize = 8 * 1024 * 1024;

/// What a node weighs besides its text.
const NODE_WEIGHT: usize = 64;

/// Reads a file as YAML.
///
/// # Errors
/// With everything that is wrong with it as far as it can be read; YAML that does not parse ends the reading.
pub fn parse(sources: &Sources, file: FileId) -> Result<Node, Vec<Diagnostic>> {
    let source = &*sources.file(file).text;
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        emit_anchor_events: false,
        disallow_directives: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut builder = Builder { source, file, ..Builder::default() };
    for event in Parser::new_from_str_with_options(source, options) {
        match event {
            Ok((event, place)) => {
                if builder.event(event, place).is_break() {
                    break;
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(source.len());
                let found = explain::syntax_error(source, file, at, error.kind());
                // The sign that stopped the parser may have been reported before.
                if builder.found.iter().all(|known| known.span != found.span) {
                    builder.found.push(found);
                }
                break;
            }
        }
    }
    builder.finish()
}

/// A list or mapping that is being read.
struct Frame {
    items: Items,
    start: usize,
    end: usize,
    flow: bool,
    anchor: usize,
    height: usize,
    weight: usize,
    /// A call that was torn apart by its commas is reported once.
    torn: bool,
}

enum Items {
    Sequence(Vec<Node>),
    Mapping { entries: Vec<(Text, Node)>, key: Key, seen: HashMap<String, Span>, merged: Vec<Node> },
}

/// What comes next in a mapping.
enum Key {
    Wanted,
    Given(Text),
    Merge(Span),
    /// The key was reported; its value is read and dropped.
    Unusable,
}

/// A node with what its aliases need to know.
#[derive(Clone)]
struct Built {
    node: Node,
    height: usize,
    weight: usize,
}

#[derive(Default)]
struct Builder<'a> {
    source: &'a str,
    file: FileId,
    frames: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, Built>,
    expanded: usize,
    documents: usize,
    found: Vec<Diagnostic>,
}

type Flow = std::ops::ControlFlow<()>;

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, place: granit_parser::Span) -> Flow {
        let range = place.byte_range().unwrap_or(0..0);
        if let Some(tag) = place.tag_span().and_then(|tag| tag.byte_range()) {
            self.found.push(explain::tag(self.source, self.file, tag));
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let span = self.span(range.start..range.end);
                    let wrong = Diagnostic::error(
                        span,
                        "a second document begins here; a scenario file holds one",
                    );
                    self.found
                        .push(wrong.hint("put it into a file of its own, or remove the `---`"));
                    return Flow::Break(());
                }
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(value.into_owned(), style, anchor, tag.is_some(), range)
            }
            Event::SequenceStart(style, anchor, _) => {
                return self.open(Items::Sequence(Vec::new()), style, anchor, range.start);
            }
            Event::MappingStart(style, anchor, _) => {
                let items = Items::Mapping {
                    entries: Vec::new(),
                    key: Key::Wanted,
                    seen: HashMap::new(),
                    merged: Vec::new(),
                };
                return self.open(items, style, anchor, range.start);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            Event::Alias(id) => return self.alias(id, self.span(range)),
            Event::UnresolvedAlias(_) => {
                self.found.push(explain::alias(self.source, self.file, range.clone()));
                let node = Node { span: self.span(range), kind: NodeKind::Null };
                self.add(Built { node, height: 0, weight: 0 });
            }
            _ => {}
        }
        Flow::Continue(())
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { file: self.file, start: small(range.start), end: small(range.end.max(range.start)) }
    }

    fn scalar(
        &mut self,
        value: String,
        style: ScalarStyle,
        anchor: usize,
        tagged: bool,
        range: std::ops::Range<usize>,
    ) {
        let weight = NODE_WEIGHT + value.len();
        let null = self.span(range.clone());
        let kind = if range.is_empty() && style == ScalarStyle::Plain {
            NodeKind::Null
        } else {
            let text = cook::text(self.source, self.file, range, value, style);
            let flow = self.frames.last().is_some_and(|frame| frame.flow);
            let torn = self.frames.last().is_some_and(|frame| frame.torn);
            if !tagged && let Some(found) = explain::scalar(self.source, &text, style, flow) {
                if !torn {
                    self.found.push(found);
                }
                if let Some(frame) = self.frames.last_mut() {
                    frame.torn = flow;
                }
            }
            NodeKind::Scalar(text)
        };
        let span = match &kind {
            NodeKind::Scalar(text) => text.span,
            _ => null,
        };
        let built = Built { node: Node { span, kind }, height: 0, weight };
        if anchor > 0 {
            self.anchors.insert(anchor, built.clone());
        }
        self.add(built);
    }

    fn open(&mut self, items: Items, style: StructureStyle, anchor: usize, start: usize) -> Flow {
        if self.frames.len() >= MAX_DEPTH {
            self.found.push(explain::too_deep(self.span(start..start)));
            return Flow::Break(());
        }
        let flow = style == StructureStyle::Flow;
        self.frames.push(Frame {
            items,
            start,
            end: start,
            flow,
            anchor,
            height: 0,
            weight: NODE_WEIGHT,
            torn: false,
        });
        Flow::Continue(())
    }

    fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let end = if frame.flow { end } else { frame.end };
        let span = self.span(frame.start..end);
        let kind = match frame.items {
            Items::Sequence(items) => NodeKind::Sequence(items),
            Items::Mapping { entries, merged, .. } => NodeKind::Mapping(merge(entries, merged)),
        };
        let built =
            Built { node: Node { span, kind }, height: frame.height + 1, weight: frame.weight };
        if frame.anchor > 0 {
            self.anchors.insert(frame.anchor, built.clone());
        }
        self.add(built);
    }

    fn alias(&mut self, id: usize, span: Span) -> Flow {
        let Some(built) = self.anchors.get(&id) else {
            self.found
                .push(Diagnostic::error(span, "this alias stands inside of what it refers to"));
            return Flow::Break(());
        };
        self.expanded += built.weight;
        if self.expanded > MAX_EXPANSION {
            let wrong =
                Diagnostic::error(span, "the aliases of this file expand to more than 8 MiB");
            self.found
                .push(wrong.hint("write out what is needed, or move it into a file for `include`"));
            return Flow::Break(());
        }
        if self.frames.len() + built.height > MAX_DEPTH {
            self.found.push(explain::too_deep(span));
            return Flow::Break(());
        }
        let built = built.clone();
        if let Some(frame) = self.frames.last_mut() {
            // The node itself ends elsewhere in the file, but the list that it is in ends here.
            frame.end = frame.end.max(span.end as usize);
        }
        self.add(built);
        Flow::Continue(())
    }

    /// Puts a finished node to where it belongs.
    fn add(&mut self, built: Built) {
        let Some(frame) = self.frames.last_mut() else {
            if self.root.is_none() {
                self.root = Some(built.node);
            }
            return;
        };
        let node = built.node;
        frame.height = frame.height.max(built.height);
        frame.weight += built.weight;
        if node.span.start as usize >= frame.start {
            frame.end = frame.end.max(if node.kind == NodeKind::Null {
                frame.end
            } else {
                node.span.end as usize
            });
        }
        match &mut frame.items {
            Items::Sequence(items) => items.push(node),
            Items::Mapping { entries, key, seen, merged } => {
                match std::mem::replace(key, Key::Wanted) {
                    Key::Wanted => *key = take_key(node, frame.flow, seen, &mut self.found),
                    Key::Given(text) => {
                        // Nothing has no place of its own: it is missing behind its key.
                        let node = match node.kind {
                            NodeKind::Null => Node { span: text.span, ..node },
                            _ => node,
                        };
                        entries.push((text, node));
                    }
                    Key::Merge(span) => take_merged(node, span, merged, &mut self.found),
                    Key::Unusable => {}
                }
            }
        }
    }

    fn finish(mut self) -> Result<Node, Vec<Diagnostic>> {
        match self.root {
            Some(root) if self.found.is_empty() && root.kind != NodeKind::Null => Ok(root),
            _ if self.found.is_empty() => {
                let span = Span { file: self.file, start: 0, end: 0 };
                let wrong = Diagnostic::error(span, "the file is empty");
                self.found
                    .push(wrong.hint("a scenario has at least `actors`, `contracts` and `steps`"));
                Err(self.found)
            }
            _ => Err(self.found),
        }
    }
}

/// A node in the place of a key.
fn take_key(
    node: Node,
    flow: bool,
    seen: &mut HashMap<String, Span>,
    found: &mut Vec<Diagnostic>,
) -> Key {
    let what = node.what();
    let NodeKind::Scalar(text) = node.kind else {
        found.push(explain::unusable_key(node.span, what, flow));
        return Key::Unusable;
    };
    if text.value == "<<" && text.notation == crate::source::Notation::Plain {
        return Key::Merge(text.span);
    }
    if let Some(first) = seen.get(&text.value) {
        let wrong = Diagnostic::error(
            text.span,
            format!("the key `{}` is here twice", explain::brief(&text.value)),
        );
        found.push(wrong.related(*first, "first here").hint("remove or rename one of the two"));
        return Key::Unusable;
    }
    seen.insert(text.value.clone(), text.span);
    Key::Given(text)
}

/// What stands behind `<<:`.
fn take_merged(node: Node, span: Span, merged: &mut Vec<Node>, found: &mut Vec<Diagnostic>) {
    let wrong = || {
        Diagnostic::error(span, "`<<` takes over the keys of a mapping, or of a list of mappings")
    };
    match node.kind {
        NodeKind::Mapping(_) => merged.push(node),
        NodeKind::Sequence(items)
            if items.iter().all(|item| matches!(item.kind, NodeKind::Mapping(_))) =>
        {
            merged.extend(items);
        }
        _ => found.push(wrong().hint("write `<<: *name`, where `&name` stands before a mapping")),
    }
}

/// The entries of a mapping and, after them, those it takes over: its own come first, then earlier ones.
fn merge(mut entries: Vec<(Text, Node)>, merged: Vec<Node>) -> Vec<(Text, Node)> {
    if merged.is_empty() {
        return entries;
    }
    let mut seen: HashSet<_> = entries.iter().map(|(key, _)| key.value.clone()).collect();
    for node in merged {
        let NodeKind::Mapping(inherited) = node.kind else { continue };
        entries.extend(inherited.into_iter().filter(|(key, _)| seen.insert(key.value.clone())));
    }
    entries
}
