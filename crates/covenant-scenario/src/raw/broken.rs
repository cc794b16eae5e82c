//! Broken files and exactly what is said about them: `line:column [text] message | hint`.

use std::path::Path;

use super::{read_bytes, tests::findings};
use crate::source::{Diagnostics, Sources};

#[test]
fn what_is_wrong_is_said_where_it_is() {
    for (yaml, expected) in BROKEN {
        let mut sources = Sources::default();
        let found = read_bytes(Path::new("a.yaml"), yaml.as_bytes().to_vec(), &mut sources)
            .expect_err(yaml);
        assert_eq!(findings(&sources, &Diagnostics::new(found)), *expected, "{yaml}");
    }
}

const BROKEN: &[(&str, &[&str])] = &[
    (
        "steps:\n  - check: !lease.done()",
        &[
            "2:12 [!lease.done()] a value that starts with `!` is a tag in YAML | put it in quotes: '!lease.done()'",
        ],
    ),
    (
        "steps:\n  - check: !(a && b)",
        &[
            "2:12 [!(a && b)] a value that starts with `!` is a tag in YAML | put it in quotes: '!(a && b)'",
        ],
    ),
    (
        "steps:\n  - check: !lease.isDone(a, b)",
        &[
            "2:12 [!lease.isDone(a, b)] a value that starts with `!` is a tag in YAML | put it in quotes: '!lease.isDone(a, b)'",
        ],
    ),
    (
        "steps:\n  - check: !a.b(c) && d",
        &[
            "2:12 [!a.b(c) && d] a value that starts with `!` is a tag in YAML | put it in quotes: '!a.b(c) && d'",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expect:\n      gas: > 5",
        &[
            "4:12 [> 5] a value that starts with `>` is a block of lines in YAML | put it in quotes: '> 5'",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expect:\n      gas: >5\n  - wait: 3",
        &[
            "4:12 [>5] a value that starts with `>` is a block of lines in YAML, and this one is empty | put it in quotes: '>5'",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expect:\n      gas: >= 5",
        &[
            "4:12 [>= 5] a value that starts with `>` is a block of lines in YAML | put it in quotes: '>= 5'",
        ],
    ),
    (
        "steps:\n  - check: |x| y",
        &[
            "2:12 [|x| y] a value that starts with `|` is a block of lines in YAML | put it in quotes: '|x| y'",
        ],
    ),
    (
        "steps:\n  - check: a ? b : c",
        &[
            "2:12 [a ? b : c] `: ` separates a key from its value in YAML, so it cannot stand inside an expression | put it in quotes: 'a ? b : c'",
        ],
    ),
    (
        "ensures: a ? b : c",
        &[
            "1:10 [a ? b : c] `: ` separates a key from its value in YAML, so it cannot stand inside an expression | put it in quotes: 'a ? b : c'",
        ],
    ),
    (
        "ensures:\n  - a ? b : c",
        &[
            "2:5 [a ? b : c] text belongs here, and this is a mapping | an expression with `: ` in it has to be put in quotes",
        ],
    ),
    (
        "always: [lease.f(a, b), x]",
        &[
            "1:10 [lease.f(a] the commas inside this call separate the entries of the list around it | put the call in quotes, or write the list with one entry a line",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expect: { emits: lease.Signed(_, tenant), gas: 5 }",
        &[
            "3:22 [lease.Signed(_] the commas inside this call separate the entries of the list around it | put the call in quotes, or write the list with one entry a line",
        ],
    ),
    (
        "ensures:\n  - keccak256(\"a #1\") == x",
        &[
            "2:5 [keccak256(\"a #1\") == x] ` #` starts a comment in YAML, so this value ends before it | put it in quotes: 'keccak256(\"a #1\") == x'",
        ],
    ),
    (
        "ensures:\n  - \"a\" == b",
        &[
            "2:5 [\"a\" == b] a value that starts with `\"` ends at the next one in YAML, and here more follows | put it in quotes: '\"a\" == b'",
        ],
    ),
    (
        "ensures:\n  - *a == b",
        &[
            "2:5 [*a == b] a value that starts with `*` is an alias in YAML, and there is no such anchor | put it in quotes: '*a == b'",
        ],
    ),
    (
        "ensures:\n  - *a",
        &[
            "2:5 [*a] a value that starts with `*` is an alias in YAML, and there is no such anchor | put it in quotes: '*a'",
        ],
    ),
    (
        "ensures:\n  - % 2",
        &["2:5 [% 2] a value cannot start with `%` in YAML | put it in quotes: '% 2'"],
    ),
    (
        "ensures:\n  - @a",
        &["2:5 [@a] a value cannot start with `@` in YAML | put it in quotes: '@a'"],
    ),
    (
        "ensures:\n  - `a`",
        &["2:5 [`a`] a value cannot start with a backtick in YAML | put it in quotes: '`a`'"],
    ),
    (
        "ensures:\n  - [1, 2][0] == 1",
        &[
            "2:5 [[1, 2][0] == 1] a value that starts with `[` is a list in YAML | put it in quotes: '[1, 2][0] == 1'",
        ],
    ),
    (
        "ensures:\n  - {a: 1}.x",
        &[
            "2:5 [{a: 1}.x] a value that starts with `{` is a mapping in YAML | put it in quotes: '{a: 1}.x'",
        ],
    ),
    (
        "ensures:\n  - lease.pay{value: 1}(terms)",
        &[
            "2:5 [lease.pay{value: 1}(terms)] text belongs here, and this is a mapping | an expression with `: ` in it has to be put in quotes",
        ],
    ),
    (
        "actors:\n\ttenant: {}",
        &[
            "2:1 [\t] YAML is indented with spaces, and this is a tab | replace tabs by spaces; most editors can do it for the whole file",
        ],
    ),
    (
        "actors:\n  tenant: {}\n landlord: {}",
        &[
            "3:2 [l] this line is indented differently from its siblings | give every entry of a list or mapping the same indentation",
        ],
    ),
    ("actors: {", &["1:9 [{] this `{` is never closed"]),
    (
        "actors: [a, b\nsteps: []",
        &["2:6 [:] a key cannot stand here: a bracket that was opened before is not closed"],
    ),
    ("actors: [a, b}", &["1:9 [[] this `}` does not close the `[` before it"]),
    ("ensures: 'abc", &["1:10 ['] this quote is never closed"]),
    (
        "ensures: \"a\\qb\"",
        &[
            "1:10 [\"] there is no such escape in a text in double quotes | double the backslash, or use single quotes",
        ],
    ),
    (
        "scenario: a\n---\nscenario: b",
        &[
            "2:1 [---] a second document begins here; a scenario file holds one | put it into a file of its own, or remove the `---`",
        ],
    ),
    ("", &["1:1 [] the file is empty | a scenario has at least `actors`, `contracts` and `steps`"]),
    (
        "# only a comment",
        &["1:1 [] the file is empty | a scenario has at least `actors`, `contracts` and `steps`"],
    ),
    (
        "%YAML 1.2\n---\nscenario: a",
        &[
            "1:1 [%] YAML directives are not used here | remove the line, or put the value in quotes if `%` belongs to it",
        ],
    ),
    (
        "a: b: c",
        &[
            "1:4 [b: c] `: ` separates a key from its value in YAML, so it cannot stand inside an expression | put it in quotes: 'b: c'",
        ],
    ),
    (
        "scenario: x\nscenario: y",
        &["2:1 [scenario] the key `scenario` is here twice | remove or rename one of the two"],
    ),
    (
        "scenario x\nsteps: []",
        &[
            "1:1 [scenario x] a `:` is missing on this line | write `key: value`, with a blank after the colon",
        ],
    ),
    (
        "actors:\n  - a\n  b: c",
        &[
            "3:3 [b] a list goes on here with something that is no item | start the line with `- `, or indent it as the key that the list belongs to",
        ],
    ),
    ("[a, b]: c", &["1:1 [[a, b]] a key has to be text, and this is a list"]),
    (
        "{{ x }}: c",
        &[
            "1:1 [{{ x }}] a key has to be text, and this is a mapping",
            "1:2 [{ x }] a key has to be text, and this is a mapping | an expression that starts with `{` or `[` has to be put in quotes",
        ],
    ),
    (
        "? a\n: b",
        &[
            "1:3 [a] a scenario has no key `a` | its keys are `scenario`, `chain`, `actors`, `tokens`, `contracts`, `let`, `steps`, `rules`, `until`, `within`, `always`, `ensures`, `explore`, `properties`, `cases` and `include`",
        ],
    ),
    ("x: &a [*a]", &["1:8 [*a] this alias stands inside of what it refers to"]),
    (
        "actors: { a: {}, a: {} }",
        &["1:18 [a] the key `a` is here twice | remove or rename one of the two"],
    ),
    (
        "contarcts: {}\nstps: []",
        &[
            "1:1 [contarcts] a scenario has no key `contarcts` | did you mean `contracts`?",
            "2:1 [stps] a scenario has no key `stps` | did you mean `steps`?",
        ],
    ),
    (
        "rules:\n  - rule: x\n    wen: y\n    then: []",
        &[
            "2:5 [rule] a rule needs the key `when`",
            "3:5 [wen] a rule has no key `wen` | did you mean `when`?",
        ],
    ),
    ("steps: 3", &["1:8 [3] a list of steps belongs here, and this is text"]),
    (
        "steps:\n  - tenant: f()\n    landlord: g()",
        &[
            "3:5 [landlord] a step does one thing, and this one has `tenant` and `landlord` | start a new step with `- `; several calls in one block are written under `together:`",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expct: g()",
        &[
            "3:5 [expct] a step does one thing, and this one has `tenant` and `expct` | did you mean `expect`?",
        ],
    ),
    (
        "steps:\n  - value: 3\n    as: x",
        &[
            "2:5 [value] this step has `value` and `as`, but no actor | write who does what as one of the keys: `tenant: lease.sign(terms)`",
        ],
    ),
    (
        "steps:\n  - wait: 3\n    value: 4\n  -\n  - {}\n  - foo",
        &[
            "3:5 [value] `value` goes with an actor, not with `wait`",
            "4:4 [] a step is missing here | write `- tenant: lease.sign(terms)`, `- wait: 31 days` or `- check: …`",
            "5:5 [{}] this step is empty",
            "6:5 [foo] a step is written as a mapping, and this is text | write `- tenant: lease.sign(terms)`, `- wait: 31 days` or `- check: …`",
        ],
    ),
    (
        "steps:\n  - repeat: { every: 1 }\n    do: []\n  - repeat: { times: 1 }\n  - do: []",
        &[
            "2:15 [every] `repeat` needs the key `times`",
            "4:5 [repeat] `repeat` needs the key `do` next to it, with the steps to run",
            "5:5 [do] `do` needs the key `repeat` next to it",
        ],
    ),
    (
        "steps:\n  - together:\n    - a: f()\n    - wait: 3",
        &["4:7 [wait: 3] only calls can go into one block together"],
    ),
    (
        "let: { terms: { a: 1 } }",
        &[
            "1:15 [{ a: 1 }] a mapping is no value by itself | a struct is written as its name, a colon and the mapping of its fields: `Lease.Terms: { rent: 1 ether }`",
        ],
    ),
    (
        "let: { 9x: 3, a-b: 2, \"a b\": x }",
        &[
            "1:8 [9x] `9x` cannot be a name | a name has letters, digits, `_` and `$`, and starts with no digit",
            "1:15 [a-b] `a-b` cannot be a name | a name has letters, digits, `_` and `$`, and starts with no digit",
            "1:23 [\"a b\"] `a b` cannot be a name | a name has letters, digits, `_` and `$`, and starts with no digit",
        ],
    ),
    (
        "actors: [a, a, 3]",
        &[
            "1:13 [a] `a` is here twice",
            "1:16 [3] `3` cannot be a name | a name has letters, digits, `_` and `$`, and starts with no digit",
        ],
    ),
    ("steps:\n  - tenant:", &["2:5 [tenant] text is missing here"]),
    (
        "steps:\n  -tenant: f()",
        &[
            "2:3 [-tenant: f()] a list of steps belongs here, and this is a mapping | write a blank after the dash",
        ],
    ),
    (
        "scenario: \"x\" y",
        &[
            "1:11 [\"x\" y] a value that starts with `\"` ends at the next one in YAML, and here more follows | put it in quotes: '\"x\" y'",
        ],
    ),
    ("ensures: []", &["1:10 [[]] this list is empty | leave the key out"]),
    (
        "rules: [{rule: a, when: b, then: [], once: yes}]",
        &["1:44 [yes] `true` or `false` belongs here"],
    ),
    ("foo", &["1:1 [foo] a scenario is written as a mapping, and this is text"]),
    ("- a\n- b", &["1:1 [- a⏎- b] a scenario is written as a mapping, and this is a list"]),
    ("chain: { fees: {} }", &["1:16 [{}] `fees` needs the key `base`"]),
    (
        "let:\n  a: &x 5\n  b: *x\n  c: *y",
        &[
            "4:6 [*y] a value that starts with `*` is an alias in YAML, and there is no such anchor | put it in quotes: '*y'",
        ],
    ),
    (
        "a: &x { b: 1 }\nc: { <<: *x, d: 3 }",
        &[
            "1:1 [a] a scenario has no key `a` | its keys are `scenario`, `chain`, `actors`, `tokens`, `contracts`, `let`, `steps`, `rules`, `until`, `within`, `always`, `ensures`, `explore`, `properties`, `cases` and `include`",
            "2:1 [c] a scenario has no key `c` | its keys are `scenario`, `chain`, `actors`, `tokens`, `contracts`, `let`, `steps`, `rules`, `until`, `within`, `always`, `ensures`, `explore`, `properties`, `cases` and `include`",
        ],
    ),
    (
        "scenario: !!str a",
        &["1:11 [!!str] YAML tags are not used here: every value is text | remove the tag"],
    ),
    (
        "scenario: a\n  b: c",
        &[
            "2:3 [b] this key cannot stand here | check the indentation: the keys of one mapping start in the same column, and a key with a value on its line has nothing below it",
        ],
    ),
    (
        "steps:\n- tenant: f()\n   value: 3",
        &[
            "3:4 [value] this key cannot stand here | check the indentation: the keys of one mapping start in the same column, and a key with a value on its line has nothing below it",
        ],
    ),
    (
        "ensures:\n  - a == \"x: y\"",
        &[
            "2:5 [a == \"x: y\"] text belongs here, and this is a mapping | an expression with `: ` in it has to be put in quotes",
        ],
    ),
    ("ensures:\n  - \"unclosed\n  - b", &["2:5 [\"] this quote is never closed"]),
    ("scenario: [a", &["1:11 [[] this `[` is never closed"]),
    ("let:\n  x: a]\n  y: }", &["3:6 [}] this bracket closes nothing"]),
    ("ensures:\n  - ]", &["2:5 []] this bracket closes nothing"]),
    (
        "steps: - a",
        &[
            "1:8 [-] this line is indented differently from its siblings | give every entry of a list or mapping the same indentation",
        ],
    ),
    (
        "actors: [a, b\nsteps: []",
        &["2:6 [:] a key cannot stand here: a bracket that was opened before is not closed"],
    ),
    ("ensures:\n  - a: b c", &["2:5 [a: b c] text belongs here, and this is a mapping"]),
    (
        "let:\n  a: >5 # x\n  # com",
        &[
            "2:6 [>5] a value that starts with `>` is a block of lines in YAML, and this one is empty | put it in quotes: '>5'",
        ],
    ),
    (
        "ensures:\n  - |",
        &[
            "2:5 [|] a value that starts with `|` is a block of lines in YAML, and this one is empty | put it in quotes: '|'",
        ],
    ),
    (
        "steps:\n  - wait: 1 days\n    at: start\n  - check: a\n    wait: 2",
        &[
            "3:5 [at] a step does one thing, and this one has `wait` and `at` | start a new step with `- `; several calls in one block are written under `together:`",
            "5:5 [wait] a step does one thing, and this one has `check` and `wait` | start a new step with `- `; several calls in one block are written under `together:`",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    expect: 5\n  - tenant: f()\n    expect: { changes: 5, emits: { a: 1 }, gas: [1], returns: { a: 1 } }\n  - tenant: f()\n    args: 5\n  - tenant: [f()]",
        &[
            "3:13 [5] an expectation is written as a mapping, and this is text",
            "5:24 [5] a mapping belongs here, and this is text",
            "5:34 [{ a: 1 }] an event by name is its name and a mapping of its fields | write `lease.Signed: { who: tenant }`; several events are a list",
            "5:49 [[1]] text belongs here, and this is a list",
            "5:63 [{ a: 1 }] a mapping is no value by itself | a struct is written as its name, a colon and the mapping of its fields: `Lease.Terms: { rent: 1 ether }`",
            "7:11 [5] a list of arguments, or a mapping by name, belongs here, and this is text",
            "8:13 [[f()]] text belongs here, and this is a list",
        ],
    ),
    (
        "contracts: [Lease]\ntokens: { usd: 6 }",
        &[
            "1:12 [[Lease]] a mapping of names belongs here, and this is a list",
            "2:16 [6] a token is written as a mapping, and this is text",
        ],
    ),
    (
        "chain:\n  fork: { rcp: x }\n  hardfork: prague",
        &[
            "2:11 [rcp] `fork` has no key `rcp` | did you mean `rpc`?",
            "3:3 [hardfork] the chain has no key `hardfork` | its keys are `start`, `evm`, `tick`, `id`, `fees` and `fork`",
        ],
    ),
    (
        "actors:\n  tenant: { balance: { ether: 1 } }\n  landlord: rich",
        &[
            "2:22 [{ ether: 1 }] text belongs here, and this is a mapping",
            "3:13 [rich] an actor is written as a mapping, and this is text",
        ],
    ),
    (
        "cases: [a]\nuntil: [a]\nwithin: { a: b }",
        &[
            "1:8 [[a]] a mapping belongs here, and this is a list",
            "2:8 [[a]] text belongs here, and this is a list",
            "3:9 [{ a: b }] text belongs here, and this is a mapping",
        ],
    ),
    ("let:\n  x:", &["2:3 [x] a value is missing here"]),
    (
        "rules:\n  - when: x\n    then: x\n  - tenant pays",
        &[
            "2:5 [when] a rule needs the key `rule`",
            "3:11 [x] a list of steps belongs here, and this is text",
            "4:5 [tenant pays] a rule is written as a mapping, and this is text",
        ],
    ),
    (
        "steps:\n  - together: f()\n  - repeat: 5\n    do: []\n  - tenant: f()\n    do: []",
        &[
            "2:15 [f()] a list of steps belongs here, and this is text",
            "3:13 [5] `repeat` is written as a mapping, and this is text",
            "6:5 [do] `do` goes with `repeat`, not with `tenant`",
        ],
    ),
    ("include: []", &["1:10 [[]] this list is empty | leave the key out"]),
    ("scenario: ''", &["1:11 [''] this text is empty"]),
    (
        "let: { \"a\\\"b\": 1 }\nlet: { b: 1 }",
        &["2:1 [let] the key `let` is here twice | remove or rename one of the two"],
    ),
    (
        "ensures:\n  - a == b   # fine\n  - \"a\" # fine\n  - 'a' b",
        &[
            "4:5 ['a' b] a value that starts with `'` ends at the next one in YAML, and here more follows | put it in quotes: \"'a' b\"",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n    <<: 5",
        &[
            "3:5 [<<] `<<` takes over the keys of a mapping, or of a list of mappings | write `<<: *name`, where `&name` stands before a mapping",
        ],
    ),
    (
        "actors:\n  tenant: { balance: 1 ether\n  landlord: {}",
        &["3:11 [:] a `,` is missing here, or a `}` before it"],
    ),
    (
        "steps:\n  - tenant: f() \n      value: 5",
        &[
            "3:7 [value] this key cannot stand here | check the indentation: the keys of one mapping start in the same column, and a key with a value on its line has nothing below it",
        ],
    ),
    (
        "steps:\n  - tenant: f()\n\tvalue: 5",
        &[
            "3:1 [\t] YAML is indented with spaces, and this is a tab | replace tabs by spaces; most editors can do it for the whole file",
        ],
    ),
];
