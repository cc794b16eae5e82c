//! From counters of instructions to what was covered.

use std::collections::{BTreeMap, HashMap};

use super::{
    build::CoverageBuild,
    items::{BranchItem, Entry, Items, Span, StatementItem, Ways},
    report::{Branch, CoverageReport, FileCoverage, Function, Statement},
};
use crate::{
    artifact::{Code, Contract, ContractId, SourceId},
    position::Position,
    source_map::{Instruction, Jump, instructions},
};

/// Which code of a contract was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeKind {
    /// What creates it.
    Creation,
    /// Its own.
    Runtime,
}

/// What was executed of one piece of code.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    /// How often the instruction at each program counter began.
    pub hits: Vec<u64>,
    /// How often execution went on from a `JUMP` to where it led, by both program counters.
    pub jumps: BTreeMap<(usize, usize), u64>,
    /// How often execution went on from a `JUMPI`, by its program counter: behind it, and to its target.
    pub choices: BTreeMap<usize, (u64, u64)>,
}

/// Adds up what runs execute, and tells what of the sources that is. The order in which runs are added does not matter.
#[derive(Debug)]
pub struct Tally<'a> {
    coverage: &'a CoverageBuild,
    executed: BTreeMap<(ContractId, CodeKind), Counters>,
}

impl<'a> Tally<'a> {
    /// Nothing was executed.
    #[must_use]
    pub const fn new(coverage: &'a CoverageBuild) -> Self {
        Self { coverage, executed: BTreeMap::new() }
    }

    /// Adds what was executed of a piece of code. Code of which the build does not know the contract is left out.
    pub fn add(&mut self, kind: CodeKind, code: &[u8], counters: &Counters) {
        let is_creation = kind == CodeKind::Creation;
        let Some(contract) = self.coverage.build.contract_with_code(code, is_creation) else {
            return;
        };
        let all = self.executed.entry((contract.id.clone(), kind)).or_default();
        if all.hits.len() < counters.hits.len() {
            all.hits.resize(counters.hits.len(), 0);
        }
        all.hits.iter_mut().zip(&counters.hits).for_each(|(all, more)| *all += more);
        for (edge, count) in &counters.jumps {
            *all.jumps.entry(*edge).or_default() += count;
        }
        for (counter, (fell, jumped)) in &counters.choices {
            let choice = all.choices.entry(*counter).or_default();
            choice.0 += fell;
            choice.1 += jumped;
        }
    }

    /// What of the project's own sources was covered.
    #[must_use]
    pub fn report(&self) -> CoverageReport {
        let mut sheets: BTreeMap<SourceId, Sheet<'_>> = self
            .coverage
            .items
            .iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(id, items)| (*id, Sheet::new(items)))
            .collect();
        let nothing = Counters::default();
        for contract in self.coverage.build.contracts.values() {
            for (kind, code) in codes(contract) {
                let key = (contract.id.clone(), kind);
                let counters = self.executed.get(&key).unwrap_or(&nothing);
                Reading::new(code, counters).write(kind, &mut sheets);
            }
        }
        let mut files: Vec<FileCoverage> = sheets
            .into_iter()
            .filter_map(|(id, sheet)| {
                let source = self.coverage.build.sources.get(&id)?;
                Some(sheet.file(&source.path, source.text.as_deref().unwrap_or_default()))
            })
            .filter(|file| !file.functions.is_empty() || !file.statements.is_empty())
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        CoverageReport { files }
    }
}

fn codes(contract: &Contract) -> [(CodeKind, &Code); 2] {
    [(CodeKind::Creation, &contract.creation), (CodeKind::Runtime, &contract.runtime)]
}

/// What a piece of code says about a region of a source.
#[derive(Clone, Copy, Debug, Default)]
struct Region {
    /// Whether any code stands for it.
    has_code: bool,
    /// How often execution came into it.
    entered: u64,
}

/// How often a branch was decided.
#[derive(Clone, Debug, Default)]
struct Decided {
    /// Whether there is a jump that decides it.
    has_code: bool,
    fell: u64,
    jumped: u64,
    /// The same for each case of a `switch`.
    cases: Vec<(u64, u64)>,
}

/// What is being found out about a source.
#[derive(Debug)]
struct Sheet<'a> {
    items: &'a Items,
    regions: BTreeMap<Span, Region>,
    /// Which regions and whether a function or modifier hold a place, for the places that were looked up.
    places: HashMap<Span, (Vec<Span>, bool)>,
    decided: Vec<Decided>,
    entered: Vec<u64>,
}

impl<'a> Sheet<'a> {
    fn new(items: &'a Items) -> Self {
        let clauses = items.branches.iter().flat_map(|branch| match &branch.ways {
            Ways::Try { clauses, .. } => clauses.as_slice(),
            _ => &[],
        });
        let heads = items.statements.iter().map(|statement| &statement.head);
        let regions = heads.chain(clauses).chain(&items.callables);
        Self {
            items,
            regions: regions.map(|span| (*span, Region::default())).collect(),
            places: HashMap::new(),
            decided: vec![Decided::default(); items.branches.len()],
            entered: vec![0; items.functions.len()],
        }
    }

    /// The regions that hold a place, and whether it is in a function or modifier.
    fn regions_of(&mut self, place: Span) -> &(Vec<Span>, bool) {
        let Self { places, regions, items, .. } = self;
        places.entry(place).or_insert_with(|| {
            let holding = regions.keys().filter(|region| region.holds(place)).copied().collect();
            (holding, items.callables.iter().any(|callable| callable.holds(place)))
        })
    }

    fn file(self, path: &str, text: &str) -> FileCoverage {
        let at = |span: Span| Position::of(text, span.start);
        let functions = self.items.functions.iter().zip(&self.entered).map(|(item, hits)| {
            Function { name: item.name.clone(), at: at(item.span), hits: *hits }
        });
        let statements = self.items.statements.iter().filter_map(|item| {
            Some(Statement { at: at(item.span), hits: self.statement(item)? })
        });
        let branches = self.items.branches.iter().zip(&self.decided).map(|(item, decided)| {
            Branch { at: at(item.span), kind: item.kind, taken: self.ways(item, decided) }
        });
        FileCoverage {
            path: path.to_owned(),
            functions: functions.collect(),
            statements: statements.collect(),
            branches: branches.collect(),
        }
    }

    /// How often a statement was executed; nothing when no code stands for it although its function has code.
    fn statement(&self, item: &StatementItem) -> Option<u64> {
        let region = self.regions[&item.head];
        let same = |(branch, _): &(&BranchItem, &Decided)| branch.span == item.span;
        let decided = self.items.branches.iter().zip(&self.decided).find(same);
        let (decides, times) = decided.map_or((false, 0), |(_, decided)| {
            (decided.has_code, decided.fell + decided.jumped)
        });
        let callable = item.callable.map(|callable| self.regions[&callable]);
        if !region.has_code && !decides && callable.is_some_and(|callable| callable.has_code) {
            return None;
        }
        // A condition that consists of a constant has its code elsewhere, but is decided here.
        Some(region.entered.max(times))
    }

    fn ways(&self, item: &BranchItem, decided: &Decided) -> Vec<u64> {
        let Decided { fell, jumped, cases, .. } = decided;
        match &item.ways {
            Ways::Falls => vec![*fell, *jumped],
            Ways::Jumps => vec![*jumped, *fell],
            Ways::Cases(spans) => {
                let case = |index: usize| cases.get(index).copied().unwrap_or_default();
                let rest = case(spans.len() - 1).0;
                (0..spans.len()).map(|index| case(index).1).chain([rest]).collect()
            }
            Ways::Try { clauses, fallback, .. } => {
                let mut taken: Vec<u64> =
                    clauses.iter().map(|clause| self.regions[clause].entered).collect();
                // An empty last resort has no code: what no other clause took went there.
                if let Some(index) = *fallback
                    && !self.regions[&clauses[index]].has_code
                {
                    taken[index] = fell.saturating_sub(taken.iter().sum());
                }
                [*jumped].into_iter().chain(taken).collect()
            }
        }
    }
}

/// A piece of code with what was executed of it.
struct Reading<'a> {
    code: Vec<Instruction>,
    /// The place in `code` of the instruction at each program counter.
    by_counter: HashMap<usize, usize>,
    counters: &'a Counters,
}

const JUMPI: u8 = 0x57;

impl<'a> Reading<'a> {
    fn new(code: &Code, counters: &'a Counters) -> Self {
        let code: Vec<Instruction> = instructions(code).collect();
        let by_counter =
            code.iter().enumerate().map(|(index, it)| (it.counter, index)).collect();
        Self { code, by_counter, counters }
    }

    fn write(&self, kind: CodeKind, sheets: &mut BTreeMap<SourceId, Sheet<'_>>) {
        self.enter_regions(sheets);
        for (id, sheet) in sheets {
            self.decide(*id, sheet);
            self.enter_functions(*id, kind, sheet);
        }
    }

    /// Follows the code in its order: it comes into a region where the instruction before is not of that region.
    fn enter_regions(&self, sheets: &mut BTreeMap<SourceId, Sheet<'_>>) {
        let mut open: (Option<SourceId>, Vec<Span>) = (None, Vec::new());
        for instruction in &self.code {
            let Some((id, span)) = place(instruction) else { continue };
            let Some(sheet) = sheets.get_mut(&id) else { continue };
            let (regions, in_callable) = sheet.regions_of(span).clone();
            // Constants, and what the compiler adds to every contract, interrupt nothing.
            if regions.is_empty() && !in_callable {
                continue;
            }
            let hits = self.hits(instruction);
            for span in &regions {
                let region = sheet.regions.entry(*span).or_default();
                region.has_code = true;
                if open.0 != Some(id) || !open.1.contains(span) {
                    region.entered += hits;
                }
            }
            open = (Some(id), regions);
        }
    }

    fn hits(&self, instruction: &Instruction) -> u64 {
        self.counters.hits.get(instruction.counter).copied().unwrap_or_default()
    }

    /// Adds the conditional jumps that decide branches.
    fn decide(&self, id: SourceId, sheet: &mut Sheet<'_>) {
        let mut jumps: HashMap<Span, Vec<usize>> = HashMap::new();
        for (index, instruction) in self.code.iter().enumerate() {
            if let (JUMPI, Some((source, span))) = (instruction.opcode, place(instruction))
                && source == id
            {
                jumps.entry(span).or_default().push(index);
            }
        }
        let at = |span: &Span| jumps.get(span).into_iter().flatten().copied();
        for (item, decided) in sheet.items.branches.iter().zip(&mut sheet.decided) {
            match &item.ways {
                Ways::Falls | Ways::Jumps => at(&item.span).for_each(|jump| self.add(jump, decided)),
                Ways::Try { call, .. } => at(&item.span)
                    .filter(|jump| self.follows(*jump, id, *call))
                    .for_each(|jump| self.add(jump, decided)),
                Ways::Cases(cases) => {
                    decided.cases.resize(cases.len(), (0, 0));
                    for (index, case) in cases.iter().enumerate() {
                        for jump in at(case) {
                            let (fell, jumped) = self.choice(jump);
                            decided.has_code = true;
                            decided.cases[index].0 += fell;
                            decided.cases[index].1 += jumped;
                        }
                    }
                    let first = decided.cases.first().copied().unwrap_or_default();
                    (decided.fell, decided.jumped) = first;
                }
            }
        }
    }

    fn add(&self, jump: usize, decided: &mut Decided) {
        let (fell, jumped) = self.choice(jump);
        decided.has_code = true;
        decided.fell += fell;
        decided.jumped += jumped;
    }

    fn choice(&self, index: usize) -> (u64, u64) {
        self.counters.choices.get(&self.code[index].counter).copied().unwrap_or_default()
    }

    /// Whether a jump of a `try` comes right behind the call, rather than among the clauses.
    fn follows(&self, jump: usize, id: SourceId, call: Span) -> bool {
        let own = place(&self.code[jump]);
        let mut before = self.code[..jump].iter().rev();
        let last = before.find(|it| it.opcode == JUMPI || place(it) != own);
        last.and_then(place).is_some_and(|(source, span)| source == id && call.holds(span))
    }

    fn enter_functions(&self, id: SourceId, kind: CodeKind, sheet: &mut Sheet<'_>) {
        let mut entered: HashMap<Span, u64> = HashMap::new();
        for ((from, to), count) in &self.counters.jumps {
            let at = |counter| self.by_counter.get(counter).map(|index| &self.code[*index]);
            let (Some(from), Some(to)) = (at(from), at(to)) else { continue };
            if let (Jump::Into, Some((source, span))) = (from.jump, place(to))
                && source == id
            {
                *entered.entry(span).or_default() += count;
            }
        }
        for (item, hits) in sheet.items.functions.iter().zip(&mut sheet.entered) {
            match item.entry {
                Entry::Jump => *hits += entered.get(&item.span).copied().unwrap_or_default(),
                Entry::InPlace => {
                    let own = (kind == CodeKind::Creation) == item.is_constructor();
                    let is_in = |it: &&Instruction| {
                        place(it).is_some_and(|(source, span)| {
                            source == id && item.span.holds(span)
                        })
                    };
                    let first = self.code.iter().find(is_in).filter(|_| own);
                    *hits += first.map_or(0, |first| self.hits(first));
                }
            }
        }
    }
}

fn place(instruction: &Instruction) -> Option<(SourceId, Span)> {
    let (source, range) = instruction.place.clone()?;
    Some((source, range.into()))
}
