//! More rows for the table of mistakes.

use super::mistakes::Row;

pub(super) fn values() -> Vec<Row> {
    vec![
        (
            "1.5",
            "`1.5` is not a whole number",
            "1.5",
            Some(
                "amounts are whole numbers of the smallest unit; a literal takes one, as in `1.5 ether`",
            ),
        ),
        (
            "1.5 wei",
            "`1.5 wei` is not a whole number",
            "1.5 wei",
            Some("the unit is too coarse for so many digits"),
        ),
        ("Point(1)", "`Point` has 2 fields, not 1", "Point(1)", Some("they are x, y")),
        ("Point({x: 1})", "`Point` lacks `y` (int256)", "Point", None),
        ("Point({x: 1, y: 2, z: 3})", "`Point` has no field `z`", "z", Some("its fields are x, y")),
        ("Point({x: 1, y: 2, x: 3})", "`x` is given twice", "x", None),
        ("Point({x: flag, y: 2})", "`x` must be int256, not bool", "flag", None),
        (
            "Lease.Terms(landlord, tenant, 2**200, -1, Lease.Status.None)",
            "`start`: -1 is negative, which uint40 cannot be",
            "-1",
            None,
        ),
        (
            "Lease.Terms(landlord, tenant, 1, 2, 1)",
            "`status` must be Lease.Status, not a number",
            "1",
            Some("name a member, or convert it: `Lease.Status(1)`"),
        ),
        ("Lease.Status(3)", "`Lease.Status` has members 0 to 2, not 3", "3", None),
        ("uint8(256)", "256 does not fit uint8, which goes from 0 to 255", "256", None),
        ("uint256(-1)", "-1 is negative, which uint256 cannot be", "-1", None),
        ("uint8(1, 2)", "`uint8(…)` converts exactly one value", "uint8(1, 2)", None),
        ("bytes1(256)", "256 does not fit bytes1", "256", None),
        (
            "uint8(id)",
            "bytes32 cannot be converted to uint8",
            "uint8(id)",
            Some("write `uint8(uint256(id))`"),
        ),
        (
            "bytes4(receipt)",
            "uint256 cannot be converted to bytes4",
            "bytes4(receipt)",
            Some("write `bytes4(uint32(receipt))`"),
        ),
        (
            "address(receipt)",
            "uint256 cannot be converted to address",
            "address(receipt)",
            Some("write `address(uint160(receipt))`"),
        ),
        (
            "address(id)",
            "bytes32 cannot be converted to address",
            "address(id)",
            Some("write `address(bytes20(id))`"),
        ),
        (
            "bytes32(tenant)",
            "address cannot be converted to bytes32",
            "bytes32(tenant)",
            Some("write `bytes32(uint256(uint160(tenant)))`"),
        ),
        (
            "uint256(flag)",
            "bool cannot be converted to uint256",
            "uint256(flag)",
            Some("write `flag ? 1 : 0`"),
        ),
        (
            "bool(1)",
            "a number cannot be converted to bool",
            "bool(1)",
            Some("compare it: `1 != 0`"),
        ),
        ("uint8(tenant)", "address cannot be converted to uint8", "uint8(tenant)", None),
        (
            "type(bool).max",
            "`type(bool)` is not supported: only integers and enums have limits",
            "bool",
            None,
        ),
        ("type(uint8).size", "a type has no `size`", "size", Some("there is `max` and `min`")),
        (
            "[1, tenant]",
            "an element must be address, not a number",
            "1",
            Some("an address has 40 hexadecimal digits, or write `address(uint160(1))`"),
        ),
        ("[tenant][1]", "index 1 is out of range: `[tenant]` has 1 elements", "1", None),
        ("receipt[0]", "`receipt` is uint256, which has no elements", "receipt[0]", None),
        ("lease.parties()[flag]", "an index must be a number, not bool", "flag", None),
    ]
}

pub(super) fn operators() -> Vec<Row> {
    vec![
        ("tenant + 1", "`+` is for numbers, `tenant` is address", "tenant", None),
        (
            "id + 1",
            "`+` is for numbers, `id` is bytes32",
            "id",
            Some("take its bits as a number: `uint256(id)`"),
        ),
        (
            "lease.progress(1) - 1",
            "`-` is for numbers, `lease.progress(1)` is (uint256, bool)",
            "lease.progress(1)",
            Some("choose one of its values: `lease.progress(1)[0]`"),
        ),
        (
            "flag + 1",
            "`+` is for numbers, `flag` is bool",
            "flag",
            Some("join conditions with `&&` or `||`"),
        ),
        (
            "1 && flag",
            "each side of `&&` must be bool, not a number",
            "1",
            Some("compare it: `1 != 0`"),
        ),
        ("!receipt", "`!` does not apply to uint256", "!receipt", None),
        ("-flag", "`-` does not apply to bool", "-flag", None),
        (
            "~amount",
            "`~` needs to know how many bits there are",
            "~amount",
            Some("give the number a size: `~uint256(amount)`"),
        ),
        (
            "tenant == 1",
            "`==` cannot combine address with a number",
            "tenant == 1",
            Some("an address has 40 hexadecimal digits, or write `address(uint160(1))`"),
        ),
        (
            "tenant == 0",
            "`==` cannot combine address with a number",
            "tenant == 0",
            Some("write `address(0)`"),
        ),
        (
            "id == 1",
            "`==` cannot combine bytes32 with a number",
            "id == 1",
            Some("convert it: `bytes32(1)`"),
        ),
        (
            "lease.statusOf(terms) == 1",
            "`==` cannot combine Lease.Status with a number",
            "lease.statusOf(terms) == 1",
            Some("name a member, or convert it: `Lease.Status(1)`"),
        ),
        (
            "Mode.Slow == Lease.Status.None",
            "`==` cannot combine Mode with Lease.Status",
            "Mode.Slow == Lease.Status.None",
            None,
        ),
        ("terms == point", "`==` cannot combine Lease.Terms with Point", "terms == point", None),
        (
            "flag < flag",
            "bool has no order: `<` does not apply",
            "flag < flag",
            Some("a chain like `a < b < c` is written `a < b && b < c`"),
        ),
        (
            "1 < receipt < 3",
            "`<` cannot combine bool with a number",
            "1 < receipt < 3",
            Some("compare it: `3 != 0`"),
        ),
        ("terms < terms", "Lease.Terms has no order: `<` does not apply", "terms < terms", None),
        (
            "flag & flag",
            "`&` is for numbers and bytes, not for bool",
            "flag & flag",
            Some("write `&&`"),
        ),
        ("1 / 0", "this divides by zero", "1 / 0", None),
        ("2 ** -1", "an exponent cannot be negative", "-1", None),
        ("1 << -1", "a shift cannot be negative", "-1", None),
        ("flag << 1", "`<<` is for numbers and bytes, `flag` is bool", "flag", None),
        (
            "receipt ? 1 : 2",
            "a condition must be bool, not uint256",
            "receipt",
            Some("compare it: `receipt != 0`"),
        ),
        (
            "flag ? 1 : tenant",
            "`? :` cannot combine a number with address",
            "flag ? 1 : tenant",
            Some("an address has 40 hexadecimal digits, or write `address(uint160(1))`"),
        ),
    ]
}

pub(super) fn builtins() -> Vec<Row> {
    vec![
        (
            "balance(5)",
            "the account of `balance` must be address, not a number",
            "5",
            Some("an address has 40 hexadecimal digits, or write `address(uint160(5))`"),
        ),
        (
            "balance()",
            "the arguments do not fit: write `balance(account)` or `balance(token, account)`",
            "balance()",
            None,
        ),
        (
            "gained(address(0))",
            "what `address(0)` gained is not known: its first balance was not recorded",
            "address(0)",
            Some("name an actor or a contract of this scenario"),
        ),
        (
            "gained(tenant, tenant)",
            "what was gained is only known in declared tokens, not in `tenant`",
            "tenant",
            Some("name a token or a contract of this scenario"),
        ),
        (
            "date(2026)",
            "`date` takes a date in quotes",
            "2026",
            Some("write `date(\"2026-03-31\")`"),
        ),
        ("date(\"2026-02-30\")", "February 2026 has 28 days", "30", None),
        (
            "date(\"1969-12-31\")",
            "this date is before 1970, where the clock of a chain begins",
            "1969-12-31",
            None,
        ),
        ("keccak256(1)", "the argument of `keccak256` must be bytes, not a number", "1", None),
        (
            "abi.encodePacked(1)",
            "packed encoding needs the size of `1`",
            "1",
            Some("convert it: `uint256(1)`"),
        ),
        ("abi.encodePacked(terms)", "a struct has no packed encoding", "terms", None),
        (
            "abi.encode(lease.pair())",
            "`lease.pair()` is several values",
            "lease.pair()",
            Some("choose one: `lease.pair()[0]`"),
        ),
        (
            "abi.decode(id)",
            "`abi` has no `decode`",
            "decode",
            Some("there is `abi.encode`, `abi.encodePacked`"),
        ),
        ("sign(lease, terms)", "only an actor can sign, `lease` is address", "lease", None),
        ("sign(tenant, id)", "what is signed is a struct, `id` is bytes32", "id", None),
        (
            "sign(tenant, point)",
            "`Point` belongs to no contract, so it is not known whose domain to sign for",
            "sign(tenant, point)",
            Some("name the contract: `sign(actor, struct, contract)`"),
        ),
        (
            "sign(tenant, Lease.Note(1))",
            "`Lib.Note` belongs to no contract, so it is not known whose domain to sign for",
            "sign(tenant, Lease.Note(1))",
            Some("name the contract: `sign(actor, struct, contract)`"),
        ),
        (
            "sign(tenant)",
            "the arguments do not fit: write `sign(actor, struct)` or `sign(actor, struct, contract)`",
            "sign(tenant)",
            None,
        ),
        (
            "permit(tenant, usd, lease, -1, now)",
            "the amount of `permit`: -1 is negative, which uint256 cannot be",
            "-1",
            None,
        ),
        (
            "permit(tenant, usd)",
            "the arguments do not fit: write `permit(actor, token, spender, amount, deadline)`",
            "permit(tenant, usd)",
            None,
        ),
        (
            "balance({who: tenant})",
            "`balance` takes its arguments by position",
            "balance({who: tenant})",
            None,
        ),
    ]
}
