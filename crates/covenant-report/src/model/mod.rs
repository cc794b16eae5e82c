//! What a command found, decoded and ready to be told: the one form that every format is written from, and the form of
//! `--json` itself.

mod amount;
mod check;
mod convert;
mod deadlines;
mod event;
mod explore;
mod explored;
mod keys;
mod live;
mod refused;
mod report;

pub use amount::{Amount, Moment};
pub(crate) use amount::{decimal, ether, grouped, says_its_wei, signed, span};
pub use check::{CHECK_SCHEMA, CheckReport, CheckedFile};
pub use deadlines::{
    DEADLINES_SCHEMA, Deadline, DeadlineAct, DeadlineInterval, DeadlineMove, DeadlineState,
    DeadlinesReport, Proviso, ScenarioDeadlines,
};
pub use event::{
    Change, Event, Failure, FailureKind, Finding, FindingSeverity, Log, Party, Place, Role,
    SolidityLine, Transaction, TransactionStatus,
};
pub use explore::{
    BalancePair, CodePlace, EXPLORE_SCHEMA, ExploreReport, ExploredProperty, ExploredScenario,
    GraphSize, LastChance, Limit, NotCovered, PropertyVerdict, Reply, SampledInput, Story,
    StoryAct, StoryKind, Surroundings, TriedMove, Useless,
};
pub use keys::{KEYS_SCHEMA, KeysReport, ListedAccount};
pub use live::{
    JournalStatus, LIVE_SCHEMA, LiveReport, NetworkDifference, NetworkName, PLAN_SCHEMA,
    PlanReport, PlannedTransaction, STATUS_SCHEMA, SendingAccount, StatusReport, StepStatus,
};
pub use report::{Detail, RUN_SCHEMA, RunReport, ScenarioId, ScenarioReport, Status, Summary};
