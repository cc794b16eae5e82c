use std::{fs, path::Path};

use alloy_consensus::{TxEip1559, TxLegacy, TypedTransaction};
use alloy_primitives::{Address, B256, FixedBytes, TxKind, U256, address, keccak256};
use alloy_sol_types::SolValue;
use covenant_scenario::expr::eip712::{Domain, TypedMessage};
use jiff::Timestamp;
use tempfile::TempDir;

use super::{audit::Audit, keystore::quick_file, *};

/// The first account of anvil and Hardhat.
const ANVIL: Address = address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
const ANVIL_KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const PASSWORD: &str = "correct horse";
/// Whom typed data is signed for.
const CONTRACT: Address = Address::repeat_byte(0xc0);

fn clock() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// A keyring in a folder that goes away, with Foundry's beside it.
fn keyring() -> (TempDir, Keyring) {
    let home = tempfile::tempdir().unwrap();
    let keyring = Keyring::new(KeyringOptions {
        folder: home.path().join("keys"),
        foundry: Some(home.path().join("foundry")),
        clock,
    });
    (home, keyring)
}

fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

fn password() -> Password {
    Password::new(PASSWORD.to_owned())
}

fn secret(byte: u8) -> Secret {
    Secret::from_bytes(&[byte; 32]).unwrap()
}

/// Puts a keystore that opens in no time into the keyring, or anywhere.
fn put(path: &Path, secret: &Secret) {
    let folder = path.parent().unwrap();
    files::make_private_folder(folder).unwrap();
    files::replace(path, quick_file(secret, &password()).as_bytes()).unwrap();
}

fn put_account(keyring: &Keyring, account: &str, secret: &Secret) {
    files::make_private_folder(&keyring.folder).unwrap();
    put(&keyring.keystores().join(account), secret);
}

fn locked(keyring: &Keyring, source: &Source, wanted: Option<Address>) -> Result<Locked, KeyError> {
    match keyring.find(source, Network::of(1), wanted)? {
        Found::Locked(locked) => Ok(locked),
        other => panic!("{other:?} is not locked"),
    }
}

fn account(text: &str) -> Source {
    Source::Account(name(text))
}

/// The acts in the audit log, each with its account and address.
fn acts(keyring: &Keyring) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(keyring.folder.join("audit.jsonl")).unwrap_or_default();
    let field =
        |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|entry| (field(&entry, "act"), field(&entry, "account"), field(&entry, "address")))
        .collect()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The whole life of an account at full strength.
#[test]
fn an_account_is_made_rotated_and_removed() {
    let (_home, keyring) = keyring();
    let deployer = name("deployer");
    let first = keyring.create(&deployer, &password()).unwrap();
    assert!(matches!(keyring.create(&deployer, &password()), Err(KeyError::Exists { .. })));
    assert!(matches!(keyring.finish_rotation(&deployer), Err(KeyError::NotRotating { .. })));

    let Rotation { outgoing, current } = keyring.rotate(&deployer, &password()).unwrap();
    assert_eq!(outgoing, first);
    assert_ne!(current, first);
    // Both are bound: the name is the new key, and the old one is found by its address.
    let source = account("deployer");
    let address = |wanted| locked(&keyring, &source, wanted).unwrap().keystore().address();
    assert_eq!(address(None), Some(current));
    assert_eq!(address(Some(current)), Some(current));
    assert_eq!(address(Some(first)), Some(first));
    let key = locked(&keyring, &source, Some(first)).unwrap().open(&password()).unwrap();
    assert_eq!(key.address(), first);
    assert!(matches!(keyring.rotate(&deployer, &password()), Err(KeyError::Rotating { .. })));
    assert!(matches!(keyring.remove(&deployer), Err(KeyError::Rotating { .. })));

    assert_eq!(keyring.finish_rotation(&deployer).unwrap(), first);
    assert_eq!(keyring.remove(&deployer).unwrap(), current);
    assert!(matches!(
        locked(&keyring, &source, None),
        Err(KeyError::Retired { address, .. }) if address == current
    ));
    let listed: Vec<_> =
        keyring.list().unwrap().into_iter().map(|a| (a.address, a.state)).collect();
    let retired = AccountState::Retired;
    assert_eq!(listed, [(Some(first), retired), (Some(current), retired)]);
    let keystores = fs::read_dir(keyring.keystores()).unwrap().count();
    assert_eq!(keystores, 0, "nothing is left of the keys");

    let entry = |act: &str, address: Address| {
        (act.to_owned(), "deployer".to_owned(), serde_json::json!(address).as_str().unwrap().into())
    };
    let expected = [
        entry("create", first),
        entry("rotate", current),
        entry("open", first),
        entry("retire", first),
        entry("remove", current),
    ];
    assert_eq!(acts(&keyring), expected);
}

#[cfg(unix)]
#[test]
fn an_import_is_private_and_opens() {
    let (_home, keyring) = keyring();
    let typed = Password::new(format!(" {ANVIL_KEY}\n"));
    let secret = Secret::parse(&typed, "here").unwrap();
    assert_eq!(keyring.import(&name("anvil"), &secret, &password()).unwrap(), ANVIL);
    let path = keyring.keystores().join("anvil");
    assert_eq!(mode(&path), 0o600);
    for folder in [&keyring.folder, &keyring.keystores()] {
        assert_eq!(mode(folder), 0o700);
    }
    for file in ["audit.jsonl", "lock"] {
        assert_eq!(mode(&keyring.folder.join(file)), 0o600, "{file}");
    }
    let key = locked(&keyring, &account("anvil"), None).unwrap().open(&password()).unwrap();
    assert_eq!(key.address(), ANVIL);
    let wrong = Password::new("correct horsf".to_owned());
    let error = locked(&keyring, &account("anvil"), None).unwrap().open(&wrong).unwrap_err();
    assert!(matches!(error, KeyError::WrongPassword { .. }), "{error}");
    assert_eq!(
        acts(&keyring).into_iter().map(|act| act.0).collect::<Vec<_>>(),
        ["import", "open", "refuse"]
    );
}

#[test]
fn a_new_keystore_wants_a_password_that_protects() {
    let (_home, keyring) = keyring();
    for short in ["", "1234567", "äöüäöüä"] {
        let error = keyring.create(&name("a"), &Password::new(short.to_owned())).unwrap_err();
        assert!(matches!(error, KeyError::ShortPassword), "{error}");
    }
    assert!(keyring.list().unwrap().is_empty());
}

#[test]
fn an_account_is_covenants_before_it_is_foundrys() {
    let (home, keyring) = keyring();
    let foundry = home.path().join("foundry");
    put(&foundry.join("both"), &secret(1));
    put(&foundry.join("theirs"), &secret(2));
    put(&foundry.join(".hidden"), &secret(2));
    put_account(&keyring, "both", &secret(3));
    let address =
        |text: &str| locked(&keyring, &account(text), None).unwrap().keystore().address().unwrap();
    assert_eq!(address("both"), secret(3).address());
    assert_eq!(address("theirs"), secret(2).address());
    let error = locked(&keyring, &account("nobodys"), None).unwrap_err();
    assert!(matches!(error, KeyError::NoAccount { .. }), "{error}");
    let listed: Vec<_> = keyring.list().unwrap().into_iter().map(|a| (a.name, a.place)).collect();
    let expected = [
        ("both".to_owned(), Place::Covenant),
        ("both".to_owned(), Place::Foundry),
        ("theirs".to_owned(), Place::Foundry),
    ];
    assert_eq!(listed, expected);
}

#[test]
fn the_address_that_is_wanted_is_insisted_on() {
    let (_home, keyring) = keyring();
    put_account(&keyring, "a", &secret(1));
    let wanted = Some(secret(2).address());
    let error = locked(&keyring, &account("a"), wanted).unwrap().open(&password()).unwrap_err();
    assert!(matches!(error, KeyError::WrongAddress { .. }), "{error}");
    let test = Source::TestAccount(0);
    let error = keyring.find(&test, Network::of(31337), wanted).unwrap_err();
    assert!(matches!(error, KeyError::WrongAddress { .. }), "{error}");
}

#[test]
fn what_an_interrupted_rotation_left_is_no_second_key() {
    let (_home, keyring) = keyring();
    put_account(&keyring, "a", &secret(1));
    let copy = fs::read(keyring.current(&name("a"))).unwrap();
    files::replace(&keyring.outgoing_path(&name("a")), &copy).unwrap();
    assert!(matches!(keyring.rotating(&name("a")), Err(KeyError::NotRotating { .. })));
    assert_eq!(keyring.replaceable(&name("a")).unwrap(), secret(1).address());
    assert_eq!(keyring.list().unwrap().len(), 1);
    keyring.remove(&name("a")).unwrap();
    assert_eq!(fs::read_dir(keyring.keystores()).unwrap().count(), 0);
}

#[test]
fn an_interrupted_removal_can_be_repeated() {
    let (_home, keyring) = keyring();
    put_account(&keyring, "a", &secret(1));
    let retired = rotation::Retired::new(&name("a"), secret(1).address(), clock());
    keyring.remember(retired).unwrap();
    assert_eq!(keyring.list().unwrap()[0].state, AccountState::Current);
    keyring.remove(&name("a")).unwrap();
    let listed = keyring.list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].state, AccountState::Retired);
}

#[test]
fn a_damaged_keystore_is_listed_with_the_reason() {
    let (_home, keyring) = keyring();
    put_account(&keyring, "a", &secret(1));
    files::replace(&keyring.current(&name("a")), b"{").unwrap();
    let listed = keyring.list().unwrap();
    assert!(listed[0].problem.as_ref().unwrap().contains("it is not JSON"));
    let error = keyring.remove(&name("a")).unwrap_err();
    assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
    files::replace(&keyring.folder.join("retired.json"), b"[]").unwrap();
    assert!(matches!(keyring.list(), Err(KeyError::Record { .. })));
}

#[cfg(unix)]
#[test]
fn what_others_can_open_is_refused() {
    let (home, keyring) = keyring();
    put_account(&keyring, "a", &secret(1));
    let path = keyring.current(&name("a"));
    for wide in [0o640, 0o604, 0o620, 0o601, 0o644] {
        set_mode(&path, wide);
        let error = locked(&keyring, &account("a"), None).unwrap_err();
        assert!(matches!(error, KeyError::WideOpen { mode, .. } if mode == wide), "{error}");
        assert_eq!(error.hint().unwrap(), format!("chmod 600 '{}'", path.display()));
    }
    set_mode(&path, 0o400);
    locked(&keyring, &account("a"), None).unwrap();
    set_mode(&keyring.folder, 0o750);
    let error = locked(&keyring, &account("a"), None).unwrap_err();
    assert!(matches!(error, KeyError::WideOpen { wanted: 0o700, .. }), "{error}");
    assert!(matches!(keyring.list(), Err(KeyError::WideOpen { .. })));
    assert!(matches!(keyring.create(&name("b"), &password()), Err(KeyError::WideOpen { .. })));
    let file = home.path().join("password");
    fs::write(&file, "correct horse\n").unwrap();
    set_mode(&file, 0o644);
    assert!(matches!(Password::read(&file), Err(KeyError::WideOpen { .. })));
}

#[test]
fn a_password_file_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    let read = |text: &[u8]| {
        files::replace(&path, text).unwrap();
        Password::read(&path)
    };
    for text in ["correct horse", "correct horse\n", "correct horse\r\n"] {
        assert_eq!(read(text.as_bytes()).unwrap(), password());
    }
    assert_ne!(read(b"correct horse \n").unwrap(), password());
    assert_ne!(read(b" correct horse\n").unwrap(), password());
    for text in [b"one\ntwo\n".as_slice(), b"one\n\n", b"\xff\n"] {
        assert!(matches!(read(text), Err(KeyError::PasswordFile { .. })));
    }
    assert!(read(&[b'x'; 5000]).is_err());
    assert!(matches!(Password::read(folder.path()), Err(KeyError::NotAFile { .. })));
    let missing = Password::read(&folder.path().join("nothing"));
    assert!(matches!(missing, Err(KeyError::Missing { .. })));
}

#[test]
fn what_everybody_has_or_nobody_guards_is_for_development() {
    let (_home, keyring) = keyring();
    let find = |source: &Source, chain_id| keyring.find(source, Network::of(chain_id), None);
    let unlocked = Source::Unlocked(ANVIL);
    let test = Source::TestAccount(0);
    for source in [&unlocked, &test] {
        let Ok(Found::Open(signer)) = find(source, 31337) else { panic!("{source} is there") };
        assert_eq!((signer.address(), signer.chain_id()), (ANVIL, 31337));
        for chain_id in [1, 11_155_111, 987_654_321] {
            assert!(matches!(find(source, chain_id), Err(KeyError::DevelopmentOnly { .. })));
        }
    }
    assert!(matches!(find(&Source::Ledger(0), 31337), Err(KeyError::NoLedger)));
}

#[test]
fn a_raw_key_is_never_for_a_main_network() {
    let (_home, keyring) = keyring();
    let source = Source::Variable("DEPLOYER_KEY".to_owned());
    for chain_id in [1, 8453, 987_654_321] {
        let error = keyring.find(&source, Network::of(chain_id), None).unwrap_err();
        assert!(matches!(error, KeyError::RawKeyOnMain { .. }), "{error}");
    }
    for chain_id in [31337, 11_155_111] {
        let Ok(Found::Raw(raw)) = keyring.find(&source, Network::of(chain_id), None) else {
            panic!("it is a variable")
        };
        assert_eq!(raw.variable(), "DEPLOYER_KEY");
        assert!(matches!(raw.open(None), Err(KeyError::NoVariable { .. })));
        let value = |text: &str| Password::new(text.to_owned());
        assert_eq!(raw.open(Some(&value(ANVIL_KEY))).unwrap().address(), ANVIL);
        assert_eq!(raw.open(Some(&value(&ANVIL_KEY[2..]))).unwrap().address(), ANVIL);
        let zeros = "0".repeat(64);
        for wrong in ["", "0x", "0x0x", &ANVIL_KEY[..65], &format!("0x{ANVIL_KEY}"), &zeros] {
            let error = raw.open(Some(&value(wrong))).unwrap_err();
            assert!(matches!(error, KeyError::NotASecret { .. }), "{wrong}: {error}");
            assert!(wrong.len() < 10 || !error.to_string().contains(wrong), "{error}");
        }
    }
}

fn key(keyring: &Keyring, chain_id: u64) -> Key {
    Key::new(secret(1), chain_id, "a".to_owned(), keyring.audit.clone())
}

fn transaction(chain_id: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id,
        nonce: 7,
        gas_limit: 21_000,
        max_fee_per_gas: 10,
        max_priority_fee_per_gas: 1,
        to: TxKind::Call(ANVIL),
        value: U256::from(5),
        ..TxEip1559::default()
    }
}

#[test]
fn a_transaction_is_signed_for_its_chain_and_written_down_first() {
    let (_home, keyring) = keyring();
    let key = key(&keyring, 31337);
    let signed = key.sign_transaction(transaction(31337).into()).unwrap();
    assert_eq!((signed.from, signed.nonce), (secret(1).address(), 7));
    assert_eq!(signed.hash, keccak256(&signed.raw));
    assert_eq!(key.sign_transaction(transaction(31337).into()).unwrap(), signed, "RFC 6979");
    let legacy = TxLegacy { chain_id: Some(31337), ..TxLegacy::default() };
    key.sign_transaction(legacy.into()).unwrap();
    let creation = TxEip1559 { to: TxKind::Create, ..transaction(31337) };
    key.sign_transaction(creation.into()).unwrap();
    assert_eq!(acts(&keyring).len(), 4);
    assert!(acts(&keyring).iter().all(|act| act.0 == "sign"));
}

#[test]
fn nothing_is_signed_for_another_chain_or_for_all() {
    let (_home, keyring) = keyring();
    let key = key(&keyring, 31337);
    let everywhere = TypedTransaction::Legacy(TxLegacy::default());
    assert!(matches!(key.sign_transaction(everywhere), Err(KeyError::NoChainId)));
    let error = key.sign_transaction(transaction(1).into()).unwrap_err();
    assert!(matches!(error, KeyError::WrongChain { opened: 31337, asked: 1 }), "{error}");
    assert!(matches!(key.sign_hash(B256::ZERO, None), Err(KeyError::NoChainId)));
    // An EIP-7702 authorization with chain id 0 is good everywhere.
    assert!(matches!(key.sign_hash(B256::ZERO, Some(0)), Err(KeyError::WrongChain { .. })));
    assert!(acts(&keyring).is_empty(), "nothing was signed");
    let signature = key.sign_hash(B256::repeat_byte(1), Some(31337)).unwrap();
    let recovered = signature.recover_address_from_prehash(&B256::repeat_byte(1)).unwrap();
    assert_eq!(recovered, key.address());
}

/// What `eip712Domain()` says of a domain with these parts: 4 is the chain, 8 the contract.
fn message(fields: u8, chain_id: u64) -> TypedMessage {
    let output = (
        FixedBytes([fields]),
        "Escrow".to_owned(),
        "1".to_owned(),
        U256::from(chain_id),
        CONTRACT,
        B256::ZERO,
        Vec::<U256>::new(),
    );
    let domain = Domain::decode(&output.abi_encode_params()).unwrap();
    let hash = keccak256("terms");
    TypedMessage { contract: CONTRACT, domain, name: "Terms".to_owned(), hash }
}

#[test]
fn typed_data_is_signed_for_its_contract_and_written_down_first() {
    let (_home, keyring) = keyring();
    let key = key(&keyring, 31337);
    let refused = |message: &TypedMessage| key.sign_typed_data(message).unwrap_err();
    assert!(matches!(refused(&message(15, 1)), KeyError::WrongChain { asked: 1, .. }));
    assert!(matches!(refused(&message(11, 31337)), KeyError::NoChainId));
    assert!(matches!(refused(&message(7, 31337)), KeyError::NoContract));
    let mut far = message(15, 0);
    far.domain = Domain::of_contract("Escrow".to_owned(), None, u64::MAX, CONTRACT);
    assert!(matches!(refused(&far), KeyError::WrongChain { .. }));
    assert!(acts(&keyring).is_empty(), "nothing was signed");

    let wanted = message(15, 31337);
    let signature = key.sign_typed_data(&wanted).unwrap();
    let recovered = signature.recover_address_from_prehash(&wanted.digest()).unwrap();
    assert_eq!(recovered, key.address());
    assert_eq!(key.sign_typed_data(&wanted).unwrap(), signature, "RFC 6979");
    let text = fs::read_to_string(keyring.folder.join("audit.jsonl")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(entry["act"], "sign");
    assert_eq!(entry["chain_id"], 31337);
    assert_eq!(entry["hash"], serde_json::json!(wanted.digest()));
    assert_eq!(entry["contract"], serde_json::json!(CONTRACT));
    assert_eq!(entry["type"], "Terms");
}

#[test]
fn nothing_is_signed_that_cannot_be_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys/audit.jsonl");
    files::make_private_folder(&path).unwrap();
    let key = Key::new(secret(1), 31337, "a".to_owned(), Audit::new(path, clock));
    assert!(matches!(key.sign_transaction(transaction(31337).into()), Err(KeyError::Write { .. })));
    assert!(matches!(key.sign_typed_data(&message(15, 31337)), Err(KeyError::Write { .. })));
}

#[test]
fn no_debug_output_shows_a_secret() {
    let (_home, keyring) = keyring();
    put_account(&keyring, "a", &secret(0x5a));
    let locked = locked(&keyring, &account("a"), None).unwrap();
    let key = locked.open(&password()).unwrap();
    let shown = format!(
        "{:?} {locked:#?} {key:?} {:?} {:?}",
        secret(0x5a),
        password(),
        Opened::Key(key.clone())
    );
    for secret in ["5a5a5a", "5A5A5A", "90, 90, 90", PASSWORD] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let audit = fs::read_to_string(keyring.folder.join("audit.jsonl")).unwrap();
    assert!(!audit.contains("5a5a5a") && !audit.contains(PASSWORD), "{audit}");
}
