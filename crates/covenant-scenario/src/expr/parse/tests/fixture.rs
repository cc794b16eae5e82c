use super::super::{Args, Ast, AstKind, parse};
use crate::source::{Diagnostic, FileId, Span, Text};

pub(super) fn text(source: &str) -> Text {
    let end = u32::try_from(source.len()).unwrap();
    Text::plain(source, Span { file: FileId(0), start: 0, end })
}

pub(super) fn ast(source: &str) -> Ast {
    parse(&text(source)).unwrap_or_else(|error| panic!("{source}: {}", error.message))
}

pub(super) fn error(source: &str) -> Diagnostic {
    match parse(&text(source)) {
        Err(error) => error,
        Ok(ast) => panic!("`{source}` was read as `{ast}`"),
    }
}

/// The tree with a pair of parentheses around every operator.
pub(super) fn grouped(ast: &Ast) -> String {
    match &ast.kind {
        AstKind::Unary(op, inner) => format!("({op}{})", grouped(inner)),
        AstKind::Binary(op, a, b) => format!("({} {op} {})", grouped(a), grouped(b)),
        AstKind::Ternary(a, b, c) => format!("({} ? {} : {})", grouped(a), grouped(b), grouped(c)),
        AstKind::Member(base, name) => format!("{}.{}", grouped(base), name.name),
        AstKind::Slice(base, from, to) => {
            let end = |end: &Option<Box<Ast>>| end.as_deref().map(grouped).unwrap_or_default();
            format!("{}[{}:{}]", grouped(base), end(from), end(to))
        }
        AstKind::Index(base, index) => format!("{}[{}]", grouped(base), grouped(index)),
        AstKind::Call(callee, args) => {
            let args: Vec<String> = match args {
                Args::Positional(values) => values.iter().map(grouped).collect(),
                Args::Named(entries) => entries
                    .iter()
                    .map(|entry| format!("{}: {}", entry.name.name, grouped(&entry.value)))
                    .collect(),
            };
            format!("{}({})", grouped(callee), args.join(", "))
        }
        AstKind::Array(items) => {
            format!("[{}]", items.iter().map(grouped).collect::<Vec<_>>().join(", "))
        }
        AstKind::Tuple(items) => {
            format!("<{}>", items.iter().map(grouped).collect::<Vec<_>>().join(", "))
        }
        _ => ast.to_string(),
    }
}
