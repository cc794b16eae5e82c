//! Coverage in the format of LCOV, which genhtml, Codecov and editors read.

use std::fmt::Write as _;

use covenant_compile::coverage::{Branch, Count, CoverageReport, FileCoverage};

/// The report as an LCOV tracefile: a record for each source, with the path as the report has it.
///
/// A branch is a block of its own on its line; its ways are numbered as
/// [`BranchKind::way`](covenant_compile::coverage::BranchKind::way) numbers them.
pub fn lcov(report: &CoverageReport) -> String {
    let mut out = String::new();
    for file in &report.files {
        record(file, &mut out).expect("writing to memory does not fail");
    }
    out
}

fn record(file: &FileCoverage, out: &mut String) -> std::fmt::Result {
    writeln!(out, "TN:\nSF:{}", file.path)?;
    for function in &file.functions {
        writeln!(out, "FN:{},{}", function.at.line, function.name)?;
    }
    for function in &file.functions {
        writeln!(out, "FNDA:{},{}", function.hits, function.name)?;
    }
    totals(out, "FN", file.count_functions())?;
    let mut blocks = (0, 0);
    for branch in &file.branches {
        // Blocks are numbered within their line.
        let next = if blocks.0 == branch.at.line { blocks.1 + 1 } else { 0 };
        blocks = (branch.at.line, next);
        ways(branch, next, out)?;
    }
    totals(out, "BR", file.count_branches())?;
    for (line, hits) in file.lines() {
        writeln!(out, "DA:{line},{hits}")?;
    }
    totals(out, "L", file.count_lines())?;
    writeln!(out, "end_of_record")
}

fn ways(branch: &Branch, block: usize, out: &mut String) -> std::fmt::Result {
    let was_reached = branch.taken.iter().any(|times| *times > 0);
    for (way, times) in branch.taken.iter().enumerate() {
        let times = if was_reached { times.to_string() } else { "-".to_owned() };
        writeln!(out, "BRDA:{},{block},{way},{times}", branch.at.line)?;
    }
    Ok(())
}

fn totals(out: &mut String, what: &str, Count { hit, found }: Count) -> std::fmt::Result {
    writeln!(out, "{what}F:{found}\n{what}H:{hit}")
}

#[cfg(test)]
mod tests {
    use covenant_compile::{
        Position,
        coverage::{Branch, BranchKind, CoverageReport, FileCoverage, Function, Statement},
    };

    use super::lcov;

    #[test]
    fn has_every_kind_of_line() {
        let at = |line| Position { line, column: 5 };
        let branch = |line, kind, taken: &[u64]| Branch { at: at(line), kind, taken: taken.into() };
        let file = FileCoverage {
            path: "src/A.sol".to_owned(),
            functions: vec![Function { name: "A.f".to_owned(), at: at(3), hits: 2 }],
            statements: vec![
                Statement { at: at(4), hits: 2 },
                Statement { at: at(4), hits: 1 },
                Statement { at: at(7), hits: 0 },
            ],
            branches: vec![
                branch(4, BranchKind::If, &[1, 1]),
                branch(4, BranchKind::And, &[2, 0]),
                branch(5, BranchKind::Or, &[0, 3]),
                branch(7, BranchKind::Try, &[0, 0, 0]),
            ],
        };
        assert_eq!(
            lcov(&CoverageReport { files: vec![file] }),
            "TN:\nSF:src/A.sol\nFN:3,A.f\nFNDA:2,A.f\nFNF:1\nFNH:1\n\
             BRDA:4,0,0,1\nBRDA:4,0,1,1\nBRDA:4,1,0,2\nBRDA:4,1,1,0\nBRDA:5,0,0,0\nBRDA:5,0,1,3\n\
             BRDA:7,0,0,-\nBRDA:7,0,1,-\nBRDA:7,0,2,-\nBRF:9\nBRH:4\n\
             DA:4,2\nDA:5,3\nDA:7,0\nLF:3\nLH:2\nend_of_record\n"
        );
    }
}
