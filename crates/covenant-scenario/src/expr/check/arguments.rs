//! Arguments against parameters, and the choice among overloads.

use super::{checker::Checker, suggest::did_you_mean};
use crate::{
    expr::{Args, Ast, AstKind, Entry, Type, Typed},
    source::{Diagnostic, Span},
};

/// Something that takes arguments: a function, a constructor, an event, an error.
#[derive(Debug)]
pub(super) struct Signature {
    /// Its name as the user knows it.
    pub(super) name: String,
    /// Name (perhaps empty) and type of each parameter.
    pub(super) params: Vec<(String, Type)>,
}

/// Whether an argument may be left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// Every argument is given: a call.
    Never,
    /// `_` matches anything, and so does a name that is left out: a pattern.
    Allowed,
}

/// The signature that was chosen and its arguments in order; `None` where one was left open.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) index: usize,
    pub(super) values: Vec<Option<Typed>>,
}

impl Signature {
    fn role(&self, index: usize) -> String {
        match self.params[index].0.as_str() {
            "" => format!("argument {} of `{}`", index + 1, self.name),
            name => format!("`{name}` of `{}`", self.name),
        }
    }

    fn describe(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|(name, ty)| format!("{ty} {name}").trim_end().to_owned())
            .collect();
        format!("`{}({})`", self.name, params.join(", "))
    }

    /// The arguments in the order of the parameters, if their number or their names fit.
    fn arrange<'a>(&self, args: &'a Args, open: Open) -> Option<Vec<Option<&'a Ast>>> {
        match args {
            Args::Positional(values) => (values.len() == self.params.len())
                .then(|| values.iter().map(|value| not_open(value, open)).collect()),
            Args::Named(entries) => {
                let known =
                    |entry: &Entry| self.params.iter().any(|(name, _)| *name == entry.name.name);
                let find = |name: &str| entries.iter().find(|entry| entry.name.name == name);
                let complete = open == Open::Allowed
                    || self.params.iter().all(|(name, _)| find(name).is_some());
                (complete && entries.iter().all(known)).then(|| {
                    self.params
                        .iter()
                        .map(|(name, _)| find(name).and_then(|entry| not_open(&entry.value, open)))
                        .collect()
                })
            }
        }
    }
}

fn not_open(ast: &Ast, open: Open) -> Option<&Ast> {
    let anything = open == Open::Allowed && matches!(&ast.kind, AstKind::Name(name) if name == "_");
    (!anything).then_some(ast)
}

fn list(candidates: &[&Signature]) -> String {
    candidates.iter().map(|candidate| candidate.describe()).collect::<Vec<_>>().join(", ")
}

impl Checker<'_> {
    /// Chooses among signatures of one name by number, names and types of the arguments.
    pub(super) fn choose(
        &mut self,
        candidates: &[Signature],
        args: &Args,
        span: Span,
        open: Open,
    ) -> Option<Chosen> {
        self.no_duplicates(args)?;
        let arranged: Vec<(usize, Vec<Option<&Ast>>)> = candidates
            .iter()
            .enumerate()
            .filter_map(|(index, candidate)| Some((index, candidate.arrange(args, open)?)))
            .collect();
        match arranged.as_slice() {
            [] => self.wrong_shape(candidates, args, span),
            [(index, args)] => {
                let signature = &candidates[*index];
                let values: Vec<Option<Option<Typed>>> = args
                    .iter()
                    .enumerate()
                    .map(|(at, arg)| match arg {
                        Some(arg) => self
                            .value_as(arg, &signature.params[at].1, Some(&signature.role(at)))
                            .map(Some),
                        None => Some(None),
                    })
                    .collect();
                Some(Chosen { index: *index, values: values.into_iter().collect::<Option<_>>()? })
            }
            _ => self.choose_by_type(candidates, &arranged, args, span),
        }
    }

    fn choose_by_type(
        &mut self,
        candidates: &[Signature],
        arranged: &[(usize, Vec<Option<&Ast>>)],
        args: &Args,
        span: Span,
    ) -> Option<Chosen> {
        let checked: Vec<Option<(&Ast, Typed)>> = args
            .values()
            .filter(|ast| {
                not_open(ast, Open::Allowed).is_some() && !matches!(ast.kind, AstKind::Fields(_))
            })
            .map(|ast| Some((ast, self.value(ast)?)))
            .collect();
        let checked: Vec<(&Ast, Typed)> = checked.into_iter().collect::<Option<_>>()?;
        let mut fitting: Vec<(usize, bool)> = Vec::new();
        for (index, args) in arranged {
            let exact = args.iter().enumerate().try_fold(true, |exact, (at, arg)| {
                let ty = &candidates[*index].params[at].1;
                let Some(arg) = arg else { return Some(exact) };
                match checked.iter().find(|(ast, _)| std::ptr::eq(*ast, *arg)) {
                    Some((ast, value)) => {
                        Some(exact && Self::conversion(ast, value.clone(), ty).ok()?.exact)
                    }
                    None => matches!(ty, Type::Struct(_)).then_some(exact),
                }
            });
            fitting.extend(exact.map(|exact| (*index, exact)));
        }
        let exact: Vec<usize> =
            fitting.iter().filter(|(_, exact)| *exact).map(|(index, _)| *index).collect();
        let index = match (exact.as_slice(), fitting.as_slice()) {
            ([index], _) | (_, [(index, _)]) => *index,
            (_, []) => {
                let all: Vec<&Signature> =
                    arranged.iter().map(|(index, _)| &candidates[*index]).collect();
                let message = format!("no `{}` takes these arguments", candidates[0].name);
                return self.report(
                    Diagnostic::error(span, message).hint(format!("there is {}", list(&all))),
                );
            }
            _ => {
                let all: Vec<&Signature> =
                    fitting.iter().map(|(index, _)| &candidates[*index]).collect();
                let message = format!(
                    "the call of `{}` is ambiguous: {} fit",
                    candidates[0].name,
                    list(&all)
                );
                let hint = "choose by converting an argument, as in `uint256(1)`";
                return self.report(Diagnostic::error(span, message).hint(hint));
            }
        };
        let (_, args) = arranged.iter().find(|(candidate, _)| *candidate == index)?;
        let values = args
            .iter()
            .enumerate()
            .map(|(at, arg)| {
                let Some(arg) = arg else { return Some(None) };
                let ty = &candidates[index].params[at].1;
                match checked.iter().find(|(ast, _)| std::ptr::eq(*ast, *arg)) {
                    Some((ast, value)) => self.converted(ast, value.clone(), ty, None).map(Some),
                    None => self.value_as(arg, ty, None).map(Some),
                }
            })
            .collect::<Option<_>>()?;
        Some(Chosen { index, values })
    }

    fn no_duplicates(&mut self, args: &Args) -> Option<()> {
        let Args::Named(entries) = args else { return Some(()) };
        for (index, entry) in entries.iter().enumerate() {
            if let Some(first) =
                entries[..index].iter().find(|first| first.name.name == entry.name.name)
            {
                let message = format!("`{}` is given twice", entry.name.name);
                return self.report(
                    Diagnostic::error(entry.name.span, message)
                        .related(first.name.span, "first given here"),
                );
            }
        }
        Some(())
    }

    /// The number or the names of the arguments fit no candidate. Errors inside the arguments are reported as well.
    fn wrong_shape<T>(&mut self, candidates: &[Signature], args: &Args, span: Span) -> Option<T> {
        for arg in args.values() {
            if not_open(arg, Open::Allowed).is_some() && !matches!(arg.kind, AstKind::Fields(_)) {
                self.value(arg);
            }
        }
        let [only] = candidates else {
            let all: Vec<&Signature> = candidates.iter().collect();
            let what = if matches!(args, Args::Named(_)) { "names" } else { "number of arguments" };
            let name = candidates.first().map_or("", |candidate| &candidate.name);
            let message =
                format!("no `{name}` takes this {what}").replace("this names", "these names");
            return self
                .report(Diagnostic::error(span, message).hint(format!("there is {}", list(&all))));
        };
        match args {
            Args::Positional(values) => {
                let count = only.params.len();
                let plural = if count == 1 { "" } else { "s" };
                let message =
                    format!("`{}` takes {count} argument{plural}, not {}", only.name, values.len());
                self.report(
                    Diagnostic::error(span, message).hint(format!("it is {}", only.describe())),
                )
            }
            Args::Named(entries) => self.wrong_names(only, entries, span),
        }
    }

    fn wrong_names<T>(&mut self, only: &Signature, entries: &[Entry], span: Span) -> Option<T> {
        let names = || only.params.iter().map(|(name, _)| name.as_str());
        let mut reported = false;
        for entry in entries.iter().filter(|entry| !names().any(|name| name == entry.name.name)) {
            let message = format!("`{}` has no parameter `{}`", only.name, entry.name.name);
            let diagnostic = did_you_mean(
                Diagnostic::error(entry.name.span, message),
                "",
                &entry.name.name,
                names(),
            );
            self.diagnostics.push(match diagnostic.hint {
                Some(_) => diagnostic,
                None => diagnostic.hint(format!("it is {}", only.describe())),
            });
            reported = true;
        }
        let missing: Vec<String> = names()
            .filter(|name| !entries.iter().any(|entry| entry.name.name == *name))
            .map(|name| {
                if name.is_empty() {
                    "an unnamed parameter".to_owned()
                } else {
                    format!("`{name}`")
                }
            })
            .collect();
        if !missing.is_empty() && !reported {
            let message = format!("`{}` lacks {}", only.name, missing.join(", "));
            return self.report(
                Diagnostic::error(span, message).hint(format!("it is {}", only.describe())),
            );
        }
        None
    }
}
