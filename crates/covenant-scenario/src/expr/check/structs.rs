//! Structs from their fields, by name or by position.

use std::sync::Arc;

use super::{
    checker::{Checker, typed},
    entities::Entity,
    suggest::did_you_mean,
};
use crate::{
    expr::{Args, Ast, AstKind, Entry, Kind, Type, Typed, types::StructType},
    source::{Diagnostic, Span},
};

impl Checker<'_> {
    /// `Lease.Terms({a: 1, b: 2})` and `Lease.Terms(1, 2)`.
    pub(super) fn struct_call(
        &mut self,
        whole: &Ast,
        callee: &Ast,
        structure: &Arc<StructType>,
        args: &Args,
    ) -> Option<Typed> {
        match args {
            Args::Named(entries) => {
                self.structure(structure, entries, &callee.to_string(), callee.span)
            }
            Args::Positional(values) => self.positional(structure, values, whole.span),
        }
        .map(|value| Typed { span: whole.span, ..value })
    }

    /// A struct from named fields; `place` is where missing ones are reported.
    pub(super) fn structure(
        &mut self,
        structure: &Arc<StructType>,
        entries: &[Entry],
        name: &str,
        place: Span,
    ) -> Option<Typed> {
        let given = self.named_fields(structure, entries, name);
        let missing: Vec<String> = structure
            .fields
            .iter()
            .zip(&given.seen)
            .filter(|(_, seen)| seen.is_none())
            .map(|((field, ty), _)| format!("`{field}` ({ty})"))
            .collect();
        if !missing.is_empty() {
            return self.error(place, format!("`{name}` lacks {}", missing.join(", ")));
        }
        let values: Vec<Typed> = given.values.into_iter().collect::<Option<_>>()?;
        given.complete.then(|| of_fields(structure, values, place))
    }

    /// `terms{amount: 5}`: the struct, with these fields in place of its own.
    pub(super) fn changed(&mut self, base: &Ast, entries: &[Entry], span: Span) -> Option<Typed> {
        let entity = match &base.kind {
            AstKind::Name(_) | AstKind::Member(..) => Some(self.entity(base)?),
            _ => None,
        };
        let was = match entity {
            Some(Entity::Value(value)) => value,
            Some(_) => return self.no_options(base, span),
            None => self.value(base)?,
        };
        let Type::Struct(structure) = was.ty.clone() else {
            let message = format!("`{base}` is {}, which has no fields to change", was.ty);
            return self.error(base.span, message);
        };
        let given = self.named_fields(&structure, entries, &structure.name);
        let changed = given.values.iter().zip(&given.seen);
        // A field that is not sound has been reported.
        if !given.complete || changed.clone().any(|(value, seen)| seen.is_some() && value.is_none())
        {
            return None;
        }
        let own = |(index, (_, ty)): (usize, &(String, Type))| {
            let base = Box::new(was.clone());
            typed(Kind::Field { base, index }, ty.clone(), span)
        };
        let fields = structure.fields.iter().enumerate().map(own);
        let values = fields.zip(given.values).map(|(own, value)| value.unwrap_or(own)).collect();
        Some(of_fields(&structure, values, span))
    }

    /// Reports call options where nothing is sent.
    pub(super) fn no_options<T>(&mut self, callee: &Ast, span: Span) -> Option<T> {
        let message = format!("`{callee}` is given call options, which only an action takes");
        self.report(
            Diagnostic::error(span, message).hint("conditions and arguments only read the chain"),
        )
    }

    /// The values of fields that are named.
    fn named_fields(
        &mut self,
        structure: &Arc<StructType>,
        entries: &[Entry],
        name: &str,
    ) -> NamedFields {
        let mut values: Vec<Option<Typed>> = vec![None; structure.fields.len()];
        let mut seen: Vec<Option<Span>> = vec![None; structure.fields.len()];
        let mut complete = true;
        for entry in entries {
            let Some(index) =
                structure.fields.iter().position(|(field, _)| *field == entry.name.name)
            else {
                self.unknown_field(structure, name, entry);
                complete = false;
                continue;
            };
            if let Some(first) = seen[index].replace(entry.name.span) {
                let message = format!("`{}` is given twice", entry.name.name);
                self.report::<()>(
                    Diagnostic::error(entry.name.span, message).related(first, "first given here"),
                );
                complete = false;
                continue;
            }
            let (field, ty) = &structure.fields[index];
            values[index] = self.value_as(&entry.value, ty, Some(&format!("`{field}`")));
        }
        NamedFields { values, seen, complete }
    }

    fn unknown_field(&mut self, structure: &StructType, name: &str, entry: &Entry) {
        let fields = structure.fields.iter().map(|(field, _)| field.as_str());
        let diagnostic = Diagnostic::error(
            entry.name.span,
            format!("`{name}` has no field `{}`", entry.name.name),
        );
        let diagnostic = did_you_mean(diagnostic, "", &entry.name.name, fields.clone());
        self.diagnostics.push(match diagnostic.hint {
            Some(_) => diagnostic,
            None => {
                diagnostic.hint(format!("its fields are {}", fields.collect::<Vec<_>>().join(", ")))
            }
        });
        // What is wrong with the value is worth knowing all the same.
        if !matches!(entry.value.kind, AstKind::Fields(_)) {
            self.value(&entry.value);
        }
    }

    fn positional(
        &mut self,
        structure: &Arc<StructType>,
        args: &[Ast],
        span: Span,
    ) -> Option<Typed> {
        if args.len() != structure.fields.len() {
            let fields: Vec<&str> =
                structure.fields.iter().map(|(field, _)| field.as_str()).collect();
            let message =
                format!("`{}` has {} fields, not {}", structure.name, fields.len(), args.len());
            return self.report(
                Diagnostic::error(span, message).hint(format!("they are {}", fields.join(", "))),
            );
        }
        let values: Vec<Option<Typed>> = structure
            .fields
            .iter()
            .zip(args)
            .map(|((field, ty), arg)| self.value_as(arg, ty, Some(&format!("`{field}`"))))
            .collect();
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        Some(of_fields(structure, values, span))
    }
}

/// Fields of a struct, as far as they are given.
struct NamedFields {
    /// The value of each field, where there is one and it is sound.
    values: Vec<Option<Typed>>,
    /// Where each field is named, if it is.
    seen: Vec<Option<Span>>,
    /// Whether nothing else is named.
    complete: bool,
}

fn of_fields(structure: &Arc<StructType>, values: Vec<Typed>, span: Span) -> Typed {
    let ty = Type::Struct(Arc::clone(structure));
    typed(Kind::Struct(Arc::clone(structure), values), ty, span)
}
