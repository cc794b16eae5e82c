use alloy_primitives::{Address, address, hex};
use proptest::prelude::*;

use super::{
    derive::{Derivation, Function},
    sealed::{OpenError, Sealed},
};
use crate::keys::secret::{Password, Secret};

/// The vectors of the specification (Web3 Secret Storage), which hold the same key under `testpassword`.
const SCRYPT: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},"ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"r":1,"p":8,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},"mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;
const PBKDF2: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;

/// Written by `cast wallet import` 1.7.1 under `hunter2 hunter2`: the first account of anvil.
const FOUNDRY: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"beac56a8d85284b961f010dfc982908f"},"ciphertext":"addde2657a21c620e4454c5defbe74b1382d414aad3c6a1a5a9a20536af39385","kdf":"scrypt","kdfparams":{"dklen":32,"n":8192,"p":1,"r":8,"salt":"0e1346626d7007bdd30aa4721e6fd01f1f3835acc0ca2548ec9a3c2bb570132f"},"mac":"351e8aaac3a016634d138a1afe83b537e52a200a46971489181f85acbc0b6155"},"id":"62359d4e-6271-4f24-a590-c470a09244f4","version":3}"#;

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn secret(byte: u8) -> Secret {
    Secret::from_bytes(&[byte; 32]).unwrap()
}

fn opened(text: &str, with: &str) -> Result<[u8; 32], OpenError> {
    let sealed = Sealed::parse(text.as_bytes()).unwrap();
    sealed.open(&password(with)).map(|secret| *secret.to_bytes())
}

/// A keystore that opens in no time. Only tests make one; what is written has full strength.
fn quick(secret: &Secret) -> Sealed {
    quick_by(secret, Function::scrypt(2, 1, 1).unwrap())
}

fn quick_by(secret: &Secret, function: Function) -> Sealed {
    let derivation = Derivation { function, salt: vec![7; 8] };
    Sealed::with(secret, &password("hunter2"), derivation, [9; 16])
}

#[test]
fn the_vectors_of_the_specification_open() {
    let key = hex!("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d");
    for text in [SCRYPT, PBKDF2] {
        assert_eq!(opened(text, "testpassword"), Ok(key));
        assert_eq!(opened(text, "testpasswore"), Err(OpenError::Password));
    }
    let capital = SCRYPT.replace("\"crypto\"", "\"Crypto\"");
    assert_eq!(opened(&capital, "testpassword"), Ok(key));
}

#[test]
fn a_keystore_of_foundry_opens_though_it_says_no_address() {
    let sealed = Sealed::parse(FOUNDRY.as_bytes()).unwrap();
    assert_eq!(sealed.address(), None);
    assert!(sealed.derivation.function.is_weak());
    let secret = sealed.open(&password("hunter2 hunter2")).unwrap();
    assert_eq!(secret.address(), address!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    assert_eq!(sealed.open(&password("hunter2 hunter2 ")).unwrap_err(), OpenError::Password);
}

#[test]
fn what_is_written_is_what_geth_writes() {
    let sealed = Sealed::seal(&secret(1), &password("hunter2 hunter2")).unwrap();
    let text = sealed.to_json().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let parameters = &document["crypto"]["kdfparams"];
    let numbers = ["n", "r", "p", "dklen"].map(|key| parameters[key].as_u64().unwrap());
    assert_eq!(numbers, [1 << 18, 8, 1, 32]);
    assert_eq!(parameters["salt"].as_str().unwrap().len(), 64);
    assert_eq!(document["crypto"]["kdf"], "scrypt");
    assert_eq!(document["crypto"]["cipher"], "aes-128-ctr");
    assert_eq!(document["version"], 3);
    assert_eq!(document["address"], hex::encode(secret(1).address()));
    let id: Vec<&str> = document["id"].as_str().unwrap().split('-').collect();
    assert_eq!(id.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(id[2].starts_with('4') && id[3].starts_with(['8', '9', 'a', 'b']), "{id:?}");
    assert!(!sealed.derivation.function.is_weak());
    assert_eq!(Sealed::parse(text.as_bytes()).unwrap(), sealed);
    let read = sealed.open(&password("hunter2 hunter2")).unwrap();
    assert_eq!(read.to_bytes(), secret(1).to_bytes());
}

#[test]
fn leading_zeros_that_old_versions_of_geth_left_out_are_put_back() {
    let mut bytes = [3; 32];
    bytes[..2].fill(0);
    let secret = Secret::from_bytes(&bytes).unwrap();
    let derivation = Derivation { function: Function::scrypt(2, 1, 1).unwrap(), salt: vec![7; 8] };
    let derived = derivation.derive(b"hunter2");
    let mut ciphertext = bytes[2..].to_vec();
    super::cipher::apply(&derived, &[9; 16], &mut ciphertext);
    let mac = super::cipher::mac(&derived, &ciphertext);
    let sealed =
        Sealed { derivation, iv: [9; 16], ciphertext, mac, address: Some(secret.address()) };
    assert_eq!(*sealed.open(&password("hunter2")).unwrap().to_bytes(), bytes);
}

#[test]
fn what_a_file_asks_for_is_checked_before_anything_is_derived() {
    let text = quick(&secret(1)).to_json().unwrap();
    let pbkdf2 = quick_by(&secret(1), Function::pbkdf2(10).unwrap()).to_json().unwrap();
    let cases = [
        (&text, "\"n\":2", "\"n\":0", "scrypt needs an N that is a power of two, not 0"),
        (&text, "\"n\":2", "\"n\":1", "power of two"),
        (&text, "\"n\":2", "\"n\":3", "power of two"),
        (&text, "\"n\":2", "\"n\":-2", "`crypto.kdfparams.n` is not a whole number"),
        (&text, "\"n\":2", "\"n\":2.0", "`crypto.kdfparams.n` is not a whole number"),
        (&text, "\"n\":2", "\"n\":\"2\"", "`crypto.kdfparams.n` is not a whole number"),
        (&text, "\"n\":2", "\"n\":9223372036854775808", "1024 MiB of memory"),
        (&text, "\"n\":2", "\"n\":16777216", "1024 MiB of memory"),
        (&text, "\"r\":1", "\"r\":0", "r and p of at least 1"),
        (&text, "\"r\":1", "\"r\":4294967295", "1024 MiB of memory"),
        (&text, "\"r\":1", "\"r\":4294967296", "r and p of at least 1"),
        (&text, "\"p\":1", "\"p\":0", "r and p of at least 1"),
        (&text, "\"p\":1", "\"p\":4294967295", "1024 MiB of memory"),
        (&text, "\"n\":2,\"p\":1", "\"n\":262144,\"p\":65", "takes too long"),
        (&text, "\"dklen\":32", "\"dklen\":31", "`crypto.kdfparams.dklen` is 31"),
        (&text, "\"dklen\":32", "\"dklen\":4294967328", "`crypto.kdfparams.dklen` is"),
        (&text, "\"salt\":\"07", "\"salt\":\"0", "`crypto.kdfparams.salt` is not"),
        (&text, "\"salt\":\"0707070707070707\"", "\"salt\":\"\"", "`crypto.kdfparams.salt` is not"),
        (&text, "\"kdf\":\"scrypt\"", "\"kdf\":\"argon2id\"", "derived by `argon2id`"),
        (&text, "\"kdf\":\"scrypt\"", "\"kdf\":\"\\u001b\"", "derived by something else"),
        (&text, "aes-128-ctr", "aes-128-cbc", "its cipher is `aes-128-cbc`"),
        (&text, "\"version\":3", "\"version\":4", "it has version 4"),
        (&text, "\"version\":3", "\"version\":\"3\"", "`version` is not a whole number"),
        (&text, "\"crypto\"", "\"cripto\"", "`crypto` is missing"),
        (&text, "\"iv\":\"09", "\"iv\":\"", "`crypto.cipherparams.iv` is not 16 bytes"),
        (&text, "\"mac\":\"", "\"mac\":\"00", "`crypto.mac` is not 32 bytes"),
        (&text, "\"ciphertext\":\"", "\"ciphertext\":\"00", "`crypto.ciphertext` is not 1 to 32"),
        (&text, "\"address\":\"", "\"address\":\"00", "`address` is not 20 bytes"),
        (&pbkdf2, "\"c\":10", "\"c\":0", "PBKDF2 with 0 rounds"),
        (&pbkdf2, "\"c\":10", "\"c\":4294967297", "PBKDF2 with 4294967297 rounds"),
        (&pbkdf2, "hmac-sha256", "hmac-sha1", "PBKDF2 with `hmac-sha1`"),
    ];
    for (text, from, to, expected) in cases {
        assert!(text.contains(from), "{from} is not in {text}");
        let message = Sealed::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(message.contains(expected), "{to}: {message}");
    }
}

#[test]
fn what_is_no_keystore_is_not_repeated() {
    let key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    let cases = [
        (key.to_owned(), "it is not JSON (line 1, column"),
        (format!("\"{key}\""), "it is not a JSON object"),
        (format!("[\"{key}\"]"), "it is not a JSON object"),
        (format!("{{\"{key}\": 1}}"), "`version` is missing"),
        (format!("{{\"version\": \"{key}\"}}"), "`version` is not a whole number"),
        (format!("{{\"version\": 3, \"crypto\": {{\"cipher\": \"{key}\"}}}}"), "is something else"),
        ("[".repeat(60_000), "it is not JSON"),
        (String::new(), "it is not JSON"),
    ];
    for (text, expected) in cases {
        let message = Sealed::parse(text.as_bytes()).unwrap_err();
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains(&key[..8]), "{message}");
    }
}

#[test]
fn the_address_guards_what_the_mac_does_not() {
    let sealed = quick(&secret(1));
    let other = Sealed { iv: [8; 16], ..sealed.clone() };
    let error = other.open(&password("hunter2")).unwrap_err();
    assert!(matches!(error, OpenError::Forged { says, .. } if says == secret(1).address()));
    let other = Sealed { address: Some(Address::ZERO), ..sealed };
    let holds = secret(1).address();
    assert_eq!(
        other.open(&password("hunter2")).unwrap_err(),
        OpenError::Forged { says: Address::ZERO, holds }
    );
}

/// Whatever was done to a keystore, it opens to the key that was in it or not at all.
fn same_key_or_none(bytes: &[u8], key: &Secret) {
    if let Ok(sealed) = Sealed::parse(bytes)
        && let Ok(opened) = sealed.open(&password("hunter2"))
    {
        assert_eq!(opened.address(), key.address(), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_damaged_byte_or_a_cut_never_yields_another_key_nor_a_panic() {
    for function in [Function::scrypt(2, 1, 1).unwrap(), Function::pbkdf2(3).unwrap()] {
        let text = quick_by(&secret(1), function).to_json().unwrap().into_bytes();
        for index in 0..text.len() {
            same_key_or_none(&text[..index], &secret(1));
            same_key_or_none(&text[index..][1..], &secret(1));
            for damage in [text[index] ^ 1, text[index] ^ 0x80, b'0', b'9', b'"', b'}', 0] {
                let mut damaged = text.clone();
                damaged[index] = damage;
                same_key_or_none(&damaged, &secret(1));
            }
            let mut shorter = text.clone();
            shorter.remove(index);
            same_key_or_none(&shorter, &secret(1));
        }
        assert!(Sealed::parse(&text[..text.len() - 1]).is_err());
    }
}

#[test]
fn damage_to_what_the_key_depends_on_is_noticed() {
    let text = quick(&secret(1)).to_json().unwrap();
    for place in ["\"ciphertext\":\"", "\"iv\":\"", "\"salt\":\"", "\"mac\":\"", "\"address\":\""] {
        let start = text.find(place).unwrap() + place.len();
        let mut damaged = text.clone().into_bytes();
        damaged[start] = if damaged[start] == b'0' { b'1' } else { b'0' };
        let sealed = Sealed::parse(&damaged).unwrap();
        assert!(sealed.open(&password("hunter2")).is_err(), "{place}");
    }
}

proptest! {
    #[test]
    fn every_key_comes_back_under_its_password_alone(
        bytes: [u8; 32], salt in prop::collection::vec(any::<u8>(), 1..=128), iv: [u8; 16],
        with: String, other: String,
    ) {
        let Some(secret) = Secret::from_bytes(&bytes) else { return Ok(()) };
        let derivation = Derivation { function: Function::scrypt(2, 1, 1).unwrap(), salt };
        let sealed = Sealed::with(&secret, &password(&with), derivation, iv);
        let read = Sealed::parse(sealed.to_json().unwrap().as_bytes()).unwrap();
        prop_assert_eq!(&read, &sealed);
        prop_assert_eq!(*read.open(&password(&with)).unwrap().to_bytes(), bytes);
        if other != with {
            prop_assert_eq!(read.open(&password(&other)).unwrap_err(), OpenError::Password);
        }
    }

    #[test]
    fn no_input_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Sealed::parse(&bytes);
    }

    #[test]
    fn no_numbers_make_the_reader_panic(n: u64, r: u64, p: u64, c: u64, dklen: u64) {
        let text = quick(&secret(1)).to_json().unwrap();
        let changed = text
            .replace("\"n\":2", &format!("\"n\":{n}"))
            .replace("\"r\":1", &format!("\"r\":{r}"))
            .replace("\"p\":1", &format!("\"p\":{p}"))
            .replace("\"dklen\":32", &format!("\"dklen\":{dklen}"));
        prop_assert!(Sealed::parse(changed.as_bytes()).is_err());
        let _ = Function::pbkdf2(c);
    }

    #[test]
    fn what_is_allowed_is_what_can_be_derived(log_n in 1_u32..64, r in 1_u64..1 << 34, p in 1_u64..1 << 34) {
        if let Ok(Function::Scrypt { log_n, r, p }) = Function::scrypt(1 << log_n, r, p) {
            prop_assert!(scrypt::Params::new(log_n, r, p).is_ok());
            prop_assert!((128 << log_n) * u64::from(r) <= 1 << 30);
        }
    }
}
