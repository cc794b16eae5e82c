//! The table of what is shown of live networks names tests that exist.

use std::path::Path;

use crate::binary::root;

/// The table begins under this line.
const HEADING: &str = "## What must be shown, and where it is";

#[test]
fn every_line_of_the_table_of_live_networks_has_its_tests() {
    let text = std::fs::read_to_string(root().join("crates/covenant-live/README.md"))
        .expect("the crate has a README");
    let table = text.split(HEADING).nth(1).expect("the table is there");
    let rows = table.lines().skip_while(|line| !line.starts_with("|--"));
    let rows: Vec<&str> = rows.skip(1).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in rows {
        let mut tests = 0;
        let mut source = String::new();
        for name in row.split('`').skip(1).step_by(2) {
            if Path::new(name).extension().is_some_and(|end| end == "rs") {
                source = std::fs::read_to_string(root().join(name))
                    .unwrap_or_else(|error| panic!("{name}: {error}\n{row}"));
                continue;
            }
            let at = source.find(&format!("fn {name}(")).unwrap_or_else(|| {
                panic!("there is no test `{name}` in the file before it\n{row}")
            });
            let before = source[..at].trim_end();
            assert!(before.ends_with("#[test]"), "`{name}` is no test\n{row}");
            tests += 1;
        }
        assert!(tests > 0, "no test\n{row}");
    }
}
