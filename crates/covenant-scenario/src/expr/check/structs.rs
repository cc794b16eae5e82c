//! Structs from their fields, by name or by position.

use std::sync::Arc;

use super::{
    checker::{Checker, typed},
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
        let missing: Vec<String> = structure
            .fields
            .iter()
            .zip(&seen)
            .filter(|(_, seen)| seen.is_none())
            .map(|((field, ty), _)| format!("`{field}` ({ty})"))
            .collect();
        if !missing.is_empty() {
            return self.error(place, format!("`{name}` lacks {}", missing.join(", ")));
        }
        let values: Vec<Typed> = values.into_iter().collect::<Option<_>>()?;
        complete.then(|| {
            typed(
                Kind::Struct(Arc::clone(structure), values),
                Type::Struct(Arc::clone(structure)),
                place,
            )
        })
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
        Some(typed(
            Kind::Struct(Arc::clone(structure), values),
            Type::Struct(Arc::clone(structure)),
            span,
        ))
    }
}
