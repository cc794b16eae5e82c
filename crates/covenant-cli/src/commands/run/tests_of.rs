//! Which tests a run consists of.

use std::{path::PathBuf, sync::Arc};

use covenant_report::model::{Finding, ScenarioId, ScenarioReport, Status};
use covenant_scenario::{plan::Plan, source::Sources};

use crate::{
    args::SelectArgs,
    exit::{Exit, Failure},
    prepare::{Prepared, State},
};

/// One test: a scenario, a case of one, or a file that cannot be run.
#[derive(Debug)]
pub(in crate::commands) struct Test {
    /// What it is called.
    pub(in crate::commands) id: ScenarioId,
    /// Its file, as the user named it.
    pub(in crate::commands) path: PathBuf,
    /// The files it came from.
    pub(in crate::commands) sources: Arc<Sources>,
    /// What is to be done.
    pub(in crate::commands) task: Task,
}

/// What is to be done for a test.
#[derive(Debug)]
pub(in crate::commands) enum Task {
    /// Run this; the findings are warnings about its file.
    Run(Arc<Plan>, Vec<Finding>),
    /// Nothing: it has ended already.
    Stopped(Box<ScenarioReport>),
}

/// The tests that were asked for, in order.
///
/// # Errors
/// When a filter matches nothing.
pub(in crate::commands) fn tests(
    files: &[Prepared],
    select: &SelectArgs,
) -> Result<Vec<Test>, Failure> {
    let all = files.iter().flat_map(tests_of);
    let mut tests: Vec<Test> = all.filter(|test| matches(&test.id, &select.filter)).collect();
    if tests.is_empty() && !select.filter.is_empty() {
        return Err(Failure::usage(format!(
            "no scenario matches `{}`",
            select.filter.join("` or `")
        ))
        .hint("a filter is a part of a scenario's path, case or title"));
    }
    if let Some(shard) = select.shard {
        let mut place = 0..;
        tests.retain(|_| place.next().is_some_and(|place| shard.holds(place)));
    }
    Ok(tests)
}

/// Whether one of the filters is a part of the path, the case or the title.
fn matches(id: &ScenarioId, filters: &[String]) -> bool {
    let path = id.path();
    filters.is_empty()
        || filters.iter().any(|filter| path.contains(filter) || id.name.contains(filter))
}

fn tests_of(file: &Prepared) -> Vec<Test> {
    let stopped = |status, error| {
        let report = ScenarioReport::stopped(file.id(), status, error, file.findings());
        vec![Test {
            id: file.id(),
            path: file.path.clone(),
            sources: Arc::clone(&file.sources),
            task: Task::Stopped(Box::new(report)),
        }]
    };
    match &file.state {
        State::Invalid => stopped(Status::Invalid, None),
        State::NoBuild(error) if error.exit == Exit::Usage => {
            stopped(Status::Invalid, Some(error.message.clone()))
        }
        State::NoBuild(error) => stopped(Status::NotCompiled, Some(error.message.clone())),
        State::Ready(plans) => plans.iter().map(|plan| ready(file, plan)).collect(),
    }
}

fn ready(file: &Prepared, plan: &Arc<Plan>) -> Test {
    Test {
        id: ScenarioId {
            case: plan.name.case.clone(),
            name: plan.name.scenario.clone(),
            ..file.id()
        },
        path: file.path.clone(),
        sources: Arc::clone(&file.sources),
        task: Task::Run(Arc::clone(plan), Finding::all(&plan.warnings, &file.sources)),
    }
}

#[cfg(test)]
mod tests {
    use covenant_report::model::ScenarioId;

    use super::matches;

    #[test]
    fn filters_look_at_path_case_and_title() {
        let id = ScenarioId {
            file: "lease/rent.yaml".to_owned(),
            case: Some("late".to_owned()),
            name: "rent is forwarded".to_owned(),
        };
        let with = |filters: &[&str]| {
            matches(&id, &filters.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
        };
        assert!(with(&[]));
        assert!(with(&["lease/"]));
        assert!(with(&["yaml::late"]));
        assert!(with(&["nothing", "forwarded"]));
        assert!(!with(&["escrow"]));
    }
}
