//! Runs the grammar on one text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use solar_interface::{
    Session,
    config::CompileOpts,
    diagnostics::{DiagCtxt, InMemoryEmitter},
    source_map::FileName,
};
use solar_parse::{
    Lexer, Parser,
    ast::Arena,
    token::{Token, TokenKind},
};

use super::{
    ast::Ast,
    guard::{self, Complaint},
    lower::Lowering,
};
use crate::source::{Diagnostic, Text};

/// Reads an expression in Solidity syntax.
///
/// # Errors
/// When the text is not one expression, uses what a scenario cannot (assignments, `new`, `delete`), or is too long or too
/// deep; the diagnostic points into the scenario file.
pub fn parse(text: &Text) -> Result<Ast, Diagnostic> {
    let source = text.as_str();
    let whole = |message: &str| Diagnostic::error(text.span, message);
    if source.len() > guard::MAX_BYTES {
        return Err(whole("the expression is longer than 64 KiB"));
    }
    if source.trim().is_empty() {
        return Err(whole("an expression is missing"));
    }
    // The guard keeps away from every input on which the grammar is known to panic; a panic that is left must not take
    // the user's other diagnostics with it.
    let read = catch_unwind(AssertUnwindSafe(|| read(text)));
    read.unwrap_or_else(|_| Err(whole("the expression cannot be read")))
}

fn read(text: &Text) -> Result<Ast, Diagnostic> {
    let source = text.as_str();
    let (emitter, emitted) = InMemoryEmitter::new();
    let dcx = DiagCtxt::new(Box::new(emitter));
    dcx.set_flags(|flags| flags.track_diagnostics = false);
    let mut options = CompileOpts::default();
    // Otherwise the session asks the operating system for its working folder.
    options.unstable.ui_testing = true;
    let session = Session::builder().opts(options).dcx(dcx).build();

    let result = session.enter_sequential(|| -> Result<Ast, Complaint> {
        let file = session
            .source_map()
            .new_source_file(FileName::Custom("expression".to_owned()), source)
            .map_err(|_| Complaint::new("the expression cannot be read", 0..source.len()))?;
        guard::texts_are_closed(source)?;
        let tokens = guard::tokens(Lexer::from_source_file(&session, &file), source.len())?;
        let first_error =
            |fallback: Complaint| match emitted.read().iter().find(|diag| diag.is_error()) {
                Some(diag) => described(diag, source),
                None => fallback,
            };
        if session.dcx.err_count() > 0 {
            return Err(first_error(Complaint::new(
                "the expression cannot be read",
                0..source.len(),
            )));
        }
        let arena = Arena::new();
        let last = tokens.last().copied();
        let mut parser = Parser::new(&session, &arena, tokens);
        let tree = parser.parse_expr().map_err(|error| error.cancel());
        let stopped = unexpected(parser.prev_token, parser.token, last, source);
        let complete = tree.is_ok() && parser.token.is_eof();
        if session.dcx.err_count() > 0 {
            return Err(first_error(stopped));
        }
        match tree {
            Ok(tree) if complete => Lowering { text }.lower(tree, 0),
            _ => Err(stopped),
        }
    });
    result.map_err(|complaint| {
        let diagnostic = Diagnostic::error(text.span_of(complaint.bytes), complaint.message);
        match complaint.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    })
}

/// A finding of the lexer or the grammar in our words and with its place.
fn described(diag: &solar_interface::diagnostics::Diag, source: &str) -> Complaint {
    let message: String = diag.messages.iter().map(|(message, _)| message.as_str()).collect();
    let message = match message.as_str() {
        "empty rational" => "digits are missing after the point".to_owned(),
        _ => message,
    };
    let bytes = diag.span.primary_span().map_or(0..source.len(), |span| span.to_range());
    if message == "no valid digits found for number" {
        let rest = source.get(bytes.end..).unwrap_or_default();
        let complaint = Complaint::new("hexadecimal digits are missing after `0x`", bytes);
        return if rest.starts_with(|next: char| next.is_alphanumeric()) {
            complaint
        } else {
            complaint.hint("no bytes at all are written `hex\"\"`")
        };
    }
    let complaint =
        Complaint::new(message.clone(), bytes.start.min(source.len())..bytes.end.min(source.len()));
    if message.contains("unicode characters are not allowed")
        || message.contains("invalid character in string")
    {
        return complaint.hint("write such text as `unicode\"…\"`");
    }
    complaint
}

/// The token at which the grammar stopped.
fn unexpected(before: Token, token: Token, last: Option<Token>, source: &str) -> Complaint {
    if token.is_eof() {
        let end = last.map_or(source.len(), |last| guard::bytes(last).end);
        let start = last.map_or(0, |last| guard::bytes(last).start);
        return Complaint::new("the expression ends too early", start..end);
    }
    let bytes = guard::bytes(token);
    let word = &source[bytes.clone()];
    let complaint = Complaint::new(format!("`{word}` is not expected here"), bytes);
    match token.kind {
        TokenKind::Ident(_) if word == "and" => complaint.hint("write `&&`"),
        TokenKind::Ident(_) if word == "or" => complaint.hint("write `||`"),
        TokenKind::Ident(_) if matches!(before.kind, TokenKind::Literal(..)) => match word {
            "month" | "months" | "year" | "years" => complaint.hint(
                "months and years are calendar spans: use them in `wait`, `at` and `every` only",
            ),
            "day" | "hour" | "minute" | "second" | "week" => {
                complaint.hint(format!("the unit is spelled `{word}s`"))
            }
            "eth" | "ETH" | "Ether" => complaint.hint("the unit is spelled `ether`"),
            _ => complaint
                .hint("units are wei, gwei, ether, seconds, minutes, hours, days and weeks"),
        },
        TokenKind::Semi => complaint.hint("an expression ends without `;`"),
        TokenKind::Ident(_) if matches!(before.kind, TokenKind::Ident(_)) => {
            complaint.hint("an operator seems to be missing")
        }
        _ => complaint,
    }
}
