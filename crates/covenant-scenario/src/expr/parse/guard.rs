//! What is looked at before the grammar runs: limits that keep deep input off the stack, and mistakes that the grammar
//! would report less clearly, or not survive.

use solar_parse::{
    Lexer,
    token::{BinOpToken, Delimiter, Token, TokenKind},
};

/// The longest expression, in bytes.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// The most tokens in an expression.
const MAX_TOKENS: usize = 8_192;
/// How deeply brackets may be nested, and how many operators may pile up before an operand.
const MAX_NESTING: usize = 64;

/// What the guard found: a message, perhaps a hint, and the bytes it is about.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) hint: Option<String>,
    pub(super) bytes: std::ops::Range<usize>,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>, bytes: std::ops::Range<usize>) -> Self {
        Self { message: message.into(), hint: None, bytes }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Reads every token, and refuses what is too deep or unbalanced.
pub(super) fn tokens(mut lexer: Lexer<'_, '_>, length: usize) -> Result<Vec<Token>, Complaint> {
    let mut tokens = Vec::new();
    loop {
        let token = lexer.slop();
        match token.kind {
            TokenKind::Eof => break,
            TokenKind::Comment(..) => {
                return Err(Complaint::new(
                    "a comment cannot stand inside an expression",
                    bytes(token),
                )
                .hint("write comments with `#`, after the expression"));
            }
            _ if tokens.len() == MAX_TOKENS => {
                return Err(Complaint::new(
                    format!("the expression has more than {MAX_TOKENS} words and signs"),
                    bytes(token),
                ));
            }
            _ => tokens.push(token),
        }
    }
    balanced(&tokens)?;
    shallow(&tokens)?;
    members_are_named(&tokens, length)?;
    Ok(tokens)
}

/// Finds a text whose closing quote is missing; the lexer would take what follows for a part of it.
pub(super) fn texts_are_closed(source: &str) -> Result<(), Complaint> {
    let mut open: Option<(usize, char)> = None;
    let mut escaped = false;
    for (at, letter) in source.char_indices() {
        match open {
            Some(_) if escaped => escaped = false,
            Some(_) if letter == '\\' => escaped = true,
            Some((_, quote)) if letter == quote => open = None,
            None if matches!(letter, '"' | '\'') => open = Some((at, letter)),
            _ => {}
        }
    }
    match open {
        Some((at, quote)) => Err(Complaint::new("this text is never closed", at..at + 1)
            .hint(format!("add `{quote}` at its end"))),
        None => Ok(()),
    }
}

pub(super) fn bytes(token: Token) -> std::ops::Range<usize> {
    token.span.lo().to_usize()..token.span.hi().to_usize()
}

fn balanced(tokens: &[Token]) -> Result<(), Complaint> {
    let mut open: Vec<(Delimiter, Token)> = Vec::new();
    for &token in tokens {
        match token.kind {
            TokenKind::OpenDelim(delimiter) => {
                if open.len() == MAX_NESTING {
                    return Err(Complaint::new(
                        format!("brackets are nested more than {MAX_NESTING} deep"),
                        bytes(token),
                    ));
                }
                open.push((delimiter, token));
            }
            TokenKind::CloseDelim(delimiter) => match open.pop() {
                Some((opened, _)) if opened == delimiter => {}
                Some((opened, _)) => {
                    let message =
                        format!("`{}` does not close `{}`", close(delimiter), opening(opened));
                    return Err(Complaint::new(message, bytes(token)));
                }
                None => {
                    return Err(Complaint::new(
                        format!("`{}` closes nothing", close(delimiter)),
                        bytes(token),
                    ));
                }
            },
            _ => {}
        }
    }
    match open.last() {
        Some((delimiter, token)) => {
            Err(Complaint::new(format!("`{}` is never closed", opening(*delimiter)), bytes(*token)))
        }
        None => Ok(()),
    }
}

/// Bounds what the grammar recurses on besides brackets: prefix operators, `**` and `?`.
fn shallow(tokens: &[Token]) -> Result<(), Complaint> {
    let (mut prefix, mut powers, mut questions) = (0, 0, 0);
    for &token in tokens {
        match token.kind {
            TokenKind::StarStar => powers += 1,
            TokenKind::Question => questions += 1,
            _ => {}
        }
        prefix = if is_prefix(token) { prefix + 1 } else { 0 };
        if prefix.max(powers).max(questions) > MAX_NESTING {
            let message = format!("the expression is nested more than {MAX_NESTING} deep");
            return Err(Complaint::new(message, bytes(token)));
        }
    }
    Ok(())
}

fn is_prefix(token: Token) -> bool {
    match token.kind {
        TokenKind::Not
        | TokenKind::Tilde
        | TokenKind::PlusPlus
        | TokenKind::MinusMinus
        | TokenKind::BinOp(BinOpToken::Minus | BinOpToken::Plus) => true,
        TokenKind::Ident(name) => name.as_str() == "delete",
        _ => false,
    }
}

/// The grammar recovers from a missing name after a dot, and then stops on the same token a second time, which it
/// takes for a bug of its own.
fn members_are_named(tokens: &[Token], length: usize) -> Result<(), Complaint> {
    for (index, &token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1);
        if token.kind == TokenKind::Dot
            && !next.is_some_and(|next| matches!(next.kind, TokenKind::Ident(_)))
        {
            let at = next.map_or(length..length, |next| bytes(*next));
            return Err(Complaint::new(
                "a name is missing after `.`",
                if at.is_empty() { bytes(token) } else { at },
            ));
        }
    }
    Ok(())
}

const fn opening(delimiter: Delimiter) -> char {
    match delimiter {
        Delimiter::Parenthesis => '(',
        Delimiter::Brace => '{',
        Delimiter::Bracket => '[',
    }
}

const fn close(delimiter: Delimiter) -> char {
    match delimiter {
        Delimiter::Parenthesis => ')',
        Delimiter::Brace => '}',
        Delimiter::Bracket => ']',
    }
}
