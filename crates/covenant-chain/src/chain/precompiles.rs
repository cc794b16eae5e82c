//! Tests only: the precompiles of mainnet answer what they must, in the hard forks that have them.

use alloy_primitives::{Address, U256, hex, keccak256};

use crate::{Call, Chain, ChainOptions, HardFork, Key};

fn ask(hard_fork: HardFork, precompile: u16, input: &[u8]) -> Option<Vec<u8>> {
    let chain = Chain::new(ChainOptions { hard_fork, ..ChainOptions::default() }).unwrap();
    let address = Address::from_word(U256::from(precompile).into());
    let outcome = chain.call(&Call::new(address, input.to_vec())).unwrap();
    outcome.is_success().then(|| outcome.data().unwrap().to_vec())
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| U256::from(*word).to_be_bytes::<32>()).collect()
}

/// A field element of BLS12-381: 48 bytes in 64.
fn field(bytes: [u8; 48]) -> Vec<u8> {
    [[0; 16].as_slice(), &bytes].concat()
}

#[test]
fn signatures_are_recovered() {
    let (key, digest) = (Key::derive("alice"), keccak256("covenant"));
    let signature = key.sign_hash(digest);
    let v = words(&[u64::from(signature[64])]);
    let input = [digest.as_slice(), &v, &signature[..64]].concat();
    let answer = ask(HardFork::Istanbul, 1, &input).unwrap();
    assert_eq!(Address::from_slice(&answer[12..]), key.address());
}

#[test]
fn hashes_are_those_of_empty_input() {
    let sha = hex!("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(ask(HardFork::Istanbul, 2, &[]).unwrap(), sha);
    let ripemd = hex!("0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31");
    assert_eq!(ask(HardFork::Istanbul, 3, &[]).unwrap(), ripemd);
    assert_eq!(ask(HardFork::Istanbul, 4, b"same").unwrap(), b"same");
}

#[test]
fn powers_are_taken_modulo() {
    let input = [words(&[1, 1, 1]), vec![3, 5, 7]].concat();
    assert_eq!(ask(HardFork::Istanbul, 5, &input).unwrap(), [5]);
}

#[test]
fn curve_points_are_added_multiplied_and_paired() {
    let double = hex!(
        "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
        "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"
    );
    assert_eq!(ask(HardFork::Istanbul, 6, &words(&[1, 2, 1, 2])).unwrap(), double);
    assert_eq!(ask(HardFork::Istanbul, 7, &words(&[1, 2, 2])).unwrap(), double);
    assert_eq!(ask(HardFork::Istanbul, 8, &[]).unwrap(), words(&[1]));
    assert_eq!(
        ask(HardFork::Istanbul, 6, &words(&[1, 3, 1, 2])),
        None,
        "(1, 3) is not on the curve"
    );
}

#[test]
fn blake2_compresses() {
    // The fifth vector of EIP-152: BLAKE2b of "abc".
    let state = hex!(
        "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
        "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
    );
    let mut input = 12_u32.to_be_bytes().to_vec();
    input.extend(state);
    input.extend(b"abc");
    input.resize(4 + 64 + 128, 0);
    input.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let expected = hex!(
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbc4925ab92386edd4009923"
    );
    assert_eq!(ask(HardFork::Istanbul, 9, &input).unwrap(), expected);
}

#[test]
fn blob_points_are_checked_since_cancun() {
    // The polynomial that is zero everywhere: commitment and proof are the point at infinity.
    let infinity = [[0xc0].as_slice(), &[0; 47]].concat();
    let mut versioned = ask(HardFork::Cancun, 2, &infinity).unwrap();
    versioned[0] = 1;
    let input = [versioned, vec![0; 64], infinity.clone(), infinity].concat();
    let answer = ask(HardFork::Cancun, 10, &input).unwrap();
    assert_eq!(U256::from_be_slice(&answer[..32]), U256::from(4096));
    let mut wrong = input.clone();
    wrong[63] = 1;
    wrong[95] = 1;
    assert_eq!(ask(HardFork::Cancun, 10, &wrong), None);
    assert_eq!(
        ask(HardFork::Shanghai, 10, &input).unwrap(),
        Vec::<u8>::new(),
        "an account without code"
    );
}

#[test]
fn bls_points_are_added_since_prague() {
    let x = hex!(
        "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
    );
    let y = hex!(
        "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"
    );
    let generator = [field(x), field(y)].concat();
    let with_infinity = [generator.clone(), vec![0; 128]].concat();
    assert_eq!(ask(HardFork::Prague, 11, &with_infinity).unwrap(), generator);
    let double =
        ask(HardFork::Prague, 11, &[generator.clone(), generator.clone()].concat()).unwrap();
    assert_eq!(ask(HardFork::Prague, 12, &[generator, words(&[2])].concat()).unwrap(), double);
    assert_eq!(ask(HardFork::Cancun, 11, &with_infinity).unwrap(), Vec::<u8>::new());
}

#[test]
fn p256_signatures_are_verified_since_osaka() {
    // A vector of EIP-7951: digest, r, s, x, y.
    let valid = hex!(
        "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
        "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
        "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
        "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
        "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"
    );
    assert_eq!(ask(HardFork::Osaka, 0x100, &valid).unwrap(), words(&[1]));
    let mut wrong = valid;
    wrong[0] ^= 1;
    assert_eq!(ask(HardFork::Osaka, 0x100, &wrong).unwrap(), Vec::<u8>::new());
    assert_eq!(ask(HardFork::Prague, 0x100, &valid).unwrap(), Vec::<u8>::new());
}
