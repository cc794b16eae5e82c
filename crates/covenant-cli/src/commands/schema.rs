//! `covenant schema`

use crate::{
    args::{SchemaArgs, SchemaOf},
    exit::{Exit, Failure},
    terminal::Terminal,
};

/// Prints a JSON Schema.
pub(crate) fn schema(args: &SchemaArgs, terminal: &Terminal) -> Result<Exit, Failure> {
    terminal.out(&match args.of {
        SchemaOf::Scenario => covenant_report::json(&covenant_scenario::raw::schema()),
        SchemaOf::Report => covenant_report::run_schema(),
        SchemaOf::Explore => covenant_report::explore_schema(),
        SchemaOf::Deadlines => covenant_report::deadlines_schema(),
        SchemaOf::Keys => covenant_report::keys_schema(),
        SchemaOf::Plan => covenant_report::plan_schema(),
        SchemaOf::Status => covenant_report::status_schema(),
        SchemaOf::Live => covenant_report::live_schema(),
        SchemaOf::Check => covenant_report::check_schema(),
    });
    Ok(Exit::Held)
}
