use std::sync::Arc;

use alloy_dyn_abi::{DynSolValue, JsonAbiExt};
use alloy_json_abi::JsonAbi;
use alloy_primitives::{Address, Bytes, U256};

use super::TraceDetail;
use crate::{
    Call, Chain, ChainOptions, DecodedRevert, Decoder, Key, Lexicon, Numbers, Outcome, Recording,
    Transaction,
};

#[derive(serde::Deserialize)]
struct Compiled {
    abi: JsonAbi,
    bytecode: Bytes,
}

struct World {
    chain: Chain,
    decoder: Decoder,
    purse: (Address, JsonAbi),
    caller: (Address, JsonAbi),
    alice: Address,
}

fn world() -> World {
    let alice = Key::derive("alice").address();
    let mut chain = Chain::new(ChainOptions::default()).unwrap();
    chain.set_balance(alice, U256::from(1_000_000)).unwrap();
    let (mut decoder, mut lexicon) = (Decoder::new(), Lexicon::new());
    decoder.label(alice, "alice");
    let mut deploy = |name: &str, text: &str| {
        let Compiled { abi, bytecode } = serde_json::from_str(text).unwrap();
        let address =
            chain.send(&Transaction::create(alice, bytecode)).unwrap().outcome.created().unwrap();
        lexicon.register(name, &abi);
        decoder.attach(address, name);
        (address, abi)
    };
    let purse = deploy("Purse", include_str!("../../fixtures/Purse.json"));
    let caller = deploy("Caller", include_str!("../../fixtures/Caller.json"));
    let decoder = decoder.with_lexicon(Arc::new(lexicon));
    World { chain, decoder, purse, caller, alice }
}

fn encoded(abi: &JsonAbi, function: &str, args: &[DynSolValue]) -> Bytes {
    abi.function(function).unwrap()[0].abi_encode_input(args).unwrap().into()
}

impl World {
    fn terms(&self) -> DynSolValue {
        let price = DynSolValue::Uint(U256::from(50_000), 96);
        DynSolValue::Tuple(vec![self.alice.into(), price, "a \"bike\"".to_owned().into()])
    }

    fn through(&self, value: u64) -> Transaction {
        let input = encoded(&self.caller.1, "through", &[self.purse.0.into(), self.terms()]);
        Transaction::call(self.alice, self.caller.0, input).with_value(U256::from(value))
    }
}

#[test]
fn a_success_shows_calls_logs_storage_and_console() {
    let mut world = world();
    world.chain.set_recording(Recording::Traces);
    let receipt = world.chain.send(&world.through(50_000)).unwrap();
    assert!(receipt.outcome.is_success());
    assert_eq!(receipt.console, ["paying 50000 wei"]);
    let trace = receipt.trace.unwrap();
    let decoder = world.decoder.clone().with_numbers(Numbers::Hinted);
    let shown = trace.render(&decoder, TraceDetail::Storage);
    let gas = |line: &str| {
        line.split(']').next().unwrap().rsplit('[').next().unwrap().parse::<u64>().is_ok()
    };
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 9, "{shown}");
    assert!(gas(lines[0]), "{shown}");
    let terms = "Terms({seller: alice, price: 50000 [5e4], note: \"a \\\"bike\\\"\"})";
    let purse = world.purse.0;
    assert!(
        lines[0].ends_with(&format!("] Caller::through{{value: 50000}}({purse}, {terms})")),
        "{shown}"
    );
    assert_eq!(lines[1], "├─ [0] console::log(\"paying 50000 wei\") [staticcall]");
    assert_eq!(lines[2], "│   └─ ← [Stop]");
    assert!(lines[3].ends_with(&format!("] Purse::pay{{value: 50000}}({terms})")), "{shown}");
    assert!(lines[4].starts_with("│   ├─ emit Paid(id: 0x"), "{shown}");
    assert!(lines[4].ends_with(&format!(", by: {}, terms: {terms})", world.caller.0)), "{shown}");
    assert_eq!(lines[5], "│   ├─ storage changes:");
    assert!(
        lines[6].starts_with("│   │   @ 0x") && lines[6].ends_with(": 0x0 → 0xc350"),
        "{shown}"
    );
    assert!(lines[7].starts_with("│   └─ ← [Return] 0x"), "{shown}");
    assert_eq!(lines[8], "└─ ← [Stop]");
}

#[test]
fn a_failure_leads_to_the_instruction() {
    let world = world();
    let trace = world.chain.trace(&world.through(49_999)).unwrap();
    let shown = trace.render(&world.decoder, TraceDetail::Calls);
    let end = "└─ ← [Revert] Purse_WrongValue(49999, 50000)\n";
    assert!(shown.contains(&format!("\n│   {end}")) && shown.ends_with(end), "{shown}");
    let failure = trace.failure().unwrap();
    assert_eq!((failure.to, failure.code_address), (world.purse.0, world.purse.0));
    let at = failure.failed_at.unwrap();
    assert_eq!(failure.code[at], 0xfd, "the last instruction is REVERT");
    assert_eq!(world.chain.nonce(world.alice).unwrap(), 2, "tracing changes nothing");
}

#[test]
fn reverts_are_decoded() {
    let world = world();
    let view = Call::new(world.caller.0, encoded(&world.caller.1, "divide", &[U256::ZERO.into()]));
    let (outcome, trace) = world.chain.trace_call(&view).unwrap();
    let decoded =
        |outcome: &Outcome| world.decoder.decode_revert(outcome.data().unwrap()).to_string();
    assert_eq!(decoded(&outcome), "Panic(0x12): division or modulo by zero");
    assert_eq!(trace.failure(), Some(&trace));
    let release = Call::new(world.purse.0, encoded(&world.purse.1, "release", &[world.terms()]));
    assert_eq!(decoded(&world.chain.call(&release).unwrap()), "\"nothing to release\"");
    let texts = [
        (vec![], "no reason given"),
        (vec![1, 2], "unknown error data 0x0102"),
        (vec![1, 2, 3, 4], "unknown error 0x01020304"),
        (vec![1, 2, 3, 4, 5], "unknown error 0x01020304 with data 0x05"),
        // `Error(string)` with nothing behind it is not one.
        (vec![0x08, 0xc3, 0x79, 0xa0], "unknown error 0x08c379a0"),
    ];
    for (data, expected) in texts {
        assert_eq!(world.decoder.decode_revert(&data).to_string(), expected);
    }
    let data = [&[0x4e, 0x48, 0x7b, 0x71][..], &U256::from(0x99).to_be_bytes::<32>()].concat();
    let panic = world.decoder.decode_revert(&data);
    assert_eq!(panic, DecodedRevert::Panic { code: U256::from(0x99) });
    assert_eq!(panic.to_string(), "Panic(0x99): unknown panic code");
}

#[test]
fn recording_does_not_change_what_happens() {
    let mut plain = world();
    let mut recorded = world();
    recorded.chain.set_recording(Recording::Traces);
    let mut console = world();
    console.chain.set_recording(Recording::Console);
    for value in [50_000, 1] {
        let (one, two, three) = (
            plain.chain.send(&plain.through(value)).unwrap(),
            recorded.chain.send(&recorded.through(value)).unwrap(),
            console.chain.send(&console.through(value)).unwrap(),
        );
        assert_eq!(
            (&one.outcome, one.gas_used, &one.logs),
            (&two.outcome, two.gas_used, &two.logs)
        );
        assert_eq!(
            (&one.outcome, one.gas_used, &one.logs),
            (&three.outcome, three.gas_used, &three.logs)
        );
        assert!(one.console.is_empty() && one.trace.is_none() && three.trace.is_none());
        assert_eq!(two.console, three.console);
    }
}

#[test]
fn a_creation_is_shown_with_its_address() {
    let world = world();
    let Compiled { bytecode, .. } =
        serde_json::from_str(include_str!("../../fixtures/Purse.json")).unwrap();
    let trace = world.chain.trace(&Transaction::create(world.alice, bytecode)).unwrap();
    let shown = trace.render(&world.decoder, TraceDetail::Calls);
    let address = world.chain.create_address(world.alice).unwrap();
    assert!(shown.contains(&format!("→ new <unknown>@{address}\n└─ ← [Return] ")), "{shown}");
    let failing = Transaction::create(world.alice, vec![0xfe]);
    let trace = world.chain.trace(&failing).unwrap();
    assert_eq!(trace.failed_at, Some(0));
    assert_eq!(trace.outcome, Outcome::Halt { reason: "INVALID opcode".to_owned() });
}
