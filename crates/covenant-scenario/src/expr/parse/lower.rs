//! From the grammar's tree to ours: owned, with places in the scenario file, without what scenarios do not have.

use solar_interface::{Ident as SolarIdent, Span as SolarSpan, SpannedOption};
use solar_parse::ast::{
    BinOpKind, CallArgs, CallArgsKind, ElementaryType, Expr, ExprKind, IndexKind, NamedArg, Type,
    TypeKind, UnOpKind,
};

use super::{
    ast::{Args, Ast, AstKind, Elementary, Entry, Ident},
    guard::Complaint,
    literal,
};
use crate::{
    expr::{
        typed::{BinaryOp, UnaryOp},
        types::IntSize,
    },
    source::Text,
};

/// How deep a tree may be; the checker and the evaluator recurse on it.
const MAX_DEPTH: usize = 128;

pub(super) struct Lowering<'a> {
    pub(super) text: &'a Text,
}

type Lowered<T> = Result<T, Complaint>;

impl Lowering<'_> {
    pub(super) fn lower(&self, expr: &Expr<'_>, depth: usize) -> Lowered<Ast> {
        if depth > MAX_DEPTH {
            let message = format!("the expression is nested more than {MAX_DEPTH} deep");
            return Err(Complaint::new(message, expr.span.to_range())
                .hint("split it: a `let` names a part of an expression"));
        }
        // Parentheses around one expression only group.
        if let ExprKind::Tuple(items) = &expr.kind
            && let [SpannedOption::Some(inner)] = &items[..]
        {
            return self.lower(inner, depth + 1);
        }
        let kind = self.kind(expr, depth + 1)?;
        Ok(Ast::new(kind, self.text.span_of(expr.span.to_range())))
    }

    fn kind(&self, expr: &Expr<'_>, depth: usize) -> Lowered<AstKind> {
        let refuse = |message: &str| Err(Complaint::new(message, expr.span.to_range()));
        Ok(match &expr.kind {
            ExprKind::Lit(lit, unit) => {
                let bytes = expr.span.to_range();
                return literal::lower(lit, *unit, &self.text.as_str()[bytes.clone()], bytes);
            }
            ExprKind::Ident(ident) => AstKind::Name(ident.as_str().to_owned()),
            ExprKind::Type(ty) => self.type_name(ty)?.kind,
            ExprKind::TypeCall(ty) => AstKind::TypeOf(Box::new(self.type_name(ty)?)),
            ExprKind::Payable(args) => {
                let name = Ast::new(
                    AstKind::Elementary(Elementary::Payable),
                    self.text.span_of(expr.span.to_range()),
                );
                AstKind::Call(Box::new(name), self.args(args, depth)?)
            }
            ExprKind::Member(base, name) => {
                AstKind::Member(self.boxed(base, depth)?, self.ident(*name))
            }
            ExprKind::Call(callee, args) => {
                AstKind::Call(self.boxed(callee, depth)?, self.args(args, depth)?)
            }
            ExprKind::CallOptions(callee, options) => {
                AstKind::Options(self.boxed(callee, depth)?, self.entries(options, depth)?)
            }
            ExprKind::Index(base, IndexKind::Index(Some(index))) => {
                AstKind::Index(self.boxed(base, depth)?, self.boxed(index, depth)?)
            }
            ExprKind::Index(base, IndexKind::Range(from, to)) => {
                let from = from.as_deref().map(|from| self.boxed(from, depth)).transpose()?;
                let to = to.as_deref().map(|to| self.boxed(to, depth)).transpose()?;
                AstKind::Slice(self.boxed(base, depth)?, from, to)
            }
            ExprKind::Index(..) => return refuse("the index is missing"),
            ExprKind::Unary(op, inner) => {
                AstKind::Unary(unary(op.kind, expr.span)?, self.boxed(inner, depth)?)
            }
            ExprKind::Binary(left, op, right) => {
                let op = binary(op.kind, op.span)?;
                AstKind::Binary(op, self.boxed(left, depth)?, self.boxed(right, depth)?)
            }
            ExprKind::Ternary(condition, yes, no) => AstKind::Ternary(
                self.boxed(condition, depth)?,
                self.boxed(yes, depth)?,
                self.boxed(no, depth)?,
            ),
            ExprKind::Tuple(items) => AstKind::Tuple(self.tuple(items, expr.span, depth)?),
            ExprKind::Array(items) => AstKind::Array(
                items.iter().map(|item| self.lower(item, depth)).collect::<Lowered<_>>()?,
            ),
            ExprKind::Assign(left, op, _) => {
                return Err(assignment(left.span, op.is_some(), expr.span));
            }
            ExprKind::Delete(_) => return refuse("`delete` changes state; an expression cannot"),
            ExprKind::New(_) => {
                return Err(Complaint::new("`new` is not supported", expr.span.to_range())
                    .hint("an actor deploys with `deploy(Name, …)`"));
            }
            ExprKind::Err(_) => return refuse("the expression cannot be read"),
        })
    }

    fn boxed(&self, expr: &Expr<'_>, depth: usize) -> Lowered<Box<Ast>> {
        self.lower(expr, depth).map(Box::new)
    }

    fn tuple(
        &self,
        items: &[SpannedOption<&mut Expr<'_>>],
        span: SolarSpan,
        depth: usize,
    ) -> Lowered<Vec<Ast>> {
        items
            .iter()
            .map(|item| match item {
                SpannedOption::Some(item) => self.lower(item, depth),
                SpannedOption::None(_) => {
                    Err(Complaint::new("a value of the tuple is missing", span.to_range()))
                }
            })
            .collect()
    }

    fn args(&self, args: &CallArgs<'_>, depth: usize) -> Lowered<Args> {
        Ok(match &args.kind {
            CallArgsKind::Unnamed(values) => Args::Positional(
                values.iter().map(|value| self.lower(value, depth)).collect::<Lowered<_>>()?,
            ),
            CallArgsKind::Named(entries) => Args::Named(self.entries(entries, depth)?),
        })
    }

    fn entries(&self, entries: &[NamedArg<'_>], depth: usize) -> Lowered<Vec<Entry>> {
        let entry = |entry: &NamedArg<'_>| {
            Ok(Entry { name: self.ident(entry.name), value: self.lower(entry.value, depth)? })
        };
        entries.iter().map(entry).collect()
    }

    fn ident(&self, ident: SolarIdent) -> Ident {
        Ident { name: ident.as_str().to_owned(), span: self.text.span_of(ident.span.to_range()) }
    }

    fn type_name(&self, ty: &Type<'_>) -> Lowered<Ast> {
        let span = self.text.span_of(ty.span.to_range());
        let refuse = |message: &str| Err(Complaint::new(message, ty.span.to_range()));
        let kind = match &ty.kind {
            TypeKind::Elementary(elementary) => {
                AstKind::Elementary(match elementary_type(*elementary) {
                    Some(elementary) => elementary,
                    None => return refuse("fixed-point types are not supported"),
                })
            }
            TypeKind::Custom(path) if path.segments().len() <= MAX_DEPTH => {
                return Ok(self.path(path.segments()));
            }
            TypeKind::Custom(_) => return refuse("this name has too many parts"),
            TypeKind::Array(_) => {
                return Err(Complaint::new(
                    "an array type cannot be used in an expression",
                    ty.span.to_range(),
                )
                .hint("write the elements, as in `[a, b]`"));
            }
            TypeKind::Function(_) | TypeKind::Mapping(_) => {
                return refuse("this type cannot be used in an expression");
            }
        };
        Ok(Ast::new(kind, span))
    }

    fn path(&self, segments: &[SolarIdent]) -> Ast {
        let mut segments = segments.iter().map(|segment| self.ident(*segment));
        let first =
            segments.next().unwrap_or_else(|| Ident { name: String::new(), span: self.text.span });
        let mut path = Ast::new(AstKind::Name(first.name), first.span);
        for segment in segments {
            let span = path.span.to(segment.span);
            path = Ast::new(AstKind::Member(Box::new(path), segment), span);
        }
        path
    }
}

fn assignment(left: SolarSpan, compound: bool, whole: SolarSpan) -> Complaint {
    let complaint =
        Complaint::new("an expression cannot assign", left.hi().to_usize()..whole.hi().to_usize());
    if compound { complaint } else { complaint.hint("to compare, write `==`") }
}

fn elementary_type(ty: ElementaryType) -> Option<Elementary> {
    Some(match ty {
        ElementaryType::Address(_) => Elementary::Address,
        ElementaryType::Bool => Elementary::Bool,
        ElementaryType::String => Elementary::String,
        ElementaryType::Bytes => Elementary::Bytes,
        ElementaryType::Fixed(..) | ElementaryType::UFixed(..) => return None,
        ElementaryType::Int(size) => Elementary::Int(IntSize { signed: true, bits: size.bits() }),
        ElementaryType::UInt(size) => Elementary::Int(IntSize { signed: false, bits: size.bits() }),
        ElementaryType::FixedBytes(size) => Elementary::FixedBytes(size.bytes()),
    })
}

fn unary(op: UnOpKind, span: SolarSpan) -> Lowered<UnaryOp> {
    match op {
        UnOpKind::Neg => Ok(UnaryOp::Neg),
        UnOpKind::Not => Ok(UnaryOp::Not),
        UnOpKind::BitNot => Ok(UnaryOp::BitNot),
        UnOpKind::PreInc | UnOpKind::PostInc | UnOpKind::PreDec | UnOpKind::PostDec => {
            Err(Complaint::new(
                format!("`{}` changes state; an expression cannot", op.to_str()),
                span.to_range(),
            ))
        }
    }
}

fn binary(op: BinOpKind, span: SolarSpan) -> Lowered<BinaryOp> {
    Ok(match op {
        BinOpKind::Lt => BinaryOp::Lt,
        BinOpKind::Le => BinaryOp::Le,
        BinOpKind::Gt => BinaryOp::Gt,
        BinOpKind::Ge => BinaryOp::Ge,
        BinOpKind::Eq => BinaryOp::Eq,
        BinOpKind::Ne => BinaryOp::Ne,
        BinOpKind::Or => BinaryOp::Or,
        BinOpKind::And => BinaryOp::And,
        BinOpKind::Shr => BinaryOp::Shr,
        BinOpKind::Shl => BinaryOp::Shl,
        BinOpKind::BitAnd => BinaryOp::BitAnd,
        BinOpKind::BitOr => BinaryOp::BitOr,
        BinOpKind::BitXor => BinaryOp::BitXor,
        BinOpKind::Add => BinaryOp::Add,
        BinOpKind::Sub => BinaryOp::Sub,
        BinOpKind::Mul => BinaryOp::Mul,
        BinOpKind::Div => BinaryOp::Div,
        BinOpKind::Rem => BinaryOp::Rem,
        BinOpKind::Pow => BinaryOp::Pow,
        BinOpKind::Sar => {
            return Err(Complaint::new("`>>>` is not supported", span.to_range())
                .hint("`>>` keeps the sign"));
        }
    })
}
