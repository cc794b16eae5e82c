//! What the description of condition programs says about a list of words: whether it is a program, and its truth, by
//! recursion over sets.

use std::collections::BTreeSet;

use alloy_primitives::U256;

/// The most nodes that a program may have.
pub(crate) const MAX_NODES: usize = 32;

/// What is wrong with a program; the numbers are those of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    Empty = 1,
    TooLong,
    UnknownKind,
    DirtyBits,
    UnknownLeaf,
    DuplicateLeaf,
    NoChildren,
    ChildNotBefore,
    SharedChild,
    ZeroThreshold,
    ThresholdTooHigh,
    NotUnary,
    NotUnstable,
    Orphan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Pending,
    True,
    False,
}

/// One node, read from its word.
struct Node {
    kind: u8,
    argument: usize,
    children: BTreeSet<usize>,
    /// Whether a bit beyond these is set.
    dirty: bool,
}

impl Node {
    fn read(word: U256) -> Self {
        let children = (0..MAX_NODES).filter(|child| word.bit(16 + child)).collect();
        Self {
            kind: word.byte(0),
            argument: usize::from(word.byte(1)),
            children,
            dirty: (48..256).any(|bit| word.bit(bit)),
        }
    }

    fn is_leaf(&self) -> bool {
        self.kind == 1
    }
}

/// What the description of programs says.
pub(crate) struct Reference<'a> {
    nodes: Vec<Node>,
    leaves: usize,
    unstable: &'a BTreeSet<usize>,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(words: &[U256], leaves: usize, unstable: &'a BTreeSet<usize>) -> Self {
        Self { nodes: words.iter().copied().map(Node::read).collect(), leaves, unstable }
    }

    /// The first thing that is wrong, and where.
    pub(crate) fn flaw(&self) -> Option<(Flaw, usize)> {
        if self.nodes.is_empty() {
            return Some((Flaw::Empty, 0));
        }
        if self.nodes.len() > MAX_NODES {
            return Some((Flaw::TooLong, MAX_NODES));
        }
        let at = |index: usize| self.flaw_of_node(index).map(|flaw| (flaw, index));
        (0..self.nodes.len()).find_map(at).or_else(|| {
            let parented = self.children_before(self.nodes.len());
            let orphan = (0..self.nodes.len() - 1).find(|index| !parented.contains(index));
            orphan.map(|index| (Flaw::Orphan, index))
        })
    }

    fn flaw_of_node(&self, index: usize) -> Option<Flaw> {
        let node = &self.nodes[index];
        let flaws = [
            (!(1..=3).contains(&node.kind), Flaw::UnknownKind),
            (node.dirty || node.is_leaf() && !node.children.is_empty(), Flaw::DirtyBits),
        ];
        let first = |flaws: &[(bool, Flaw)]| {
            flaws.iter().find(|(is_wrong, _)| *is_wrong).map(|(_, flaw)| *flaw)
        };
        first(&flaws).or_else(|| {
            if node.is_leaf() {
                let mut earlier = self.nodes[..index].iter().filter(|node| node.is_leaf());
                let twice = earlier.any(|other| other.argument == node.argument);
                return first(&[
                    (node.argument >= self.leaves, Flaw::UnknownLeaf),
                    (twice, Flaw::DuplicateLeaf),
                ]);
            }
            let taken = self.children_before(index);
            first(&[
                (node.children.is_empty(), Flaw::NoChildren),
                (node.children.iter().any(|child| *child >= index), Flaw::ChildNotBefore),
                (!node.children.is_disjoint(&taken), Flaw::SharedChild),
            ])
            .or_else(|| {
                if node.kind == 3 {
                    let unary = node.children.len() == 1 && node.argument == 0;
                    let unstable = node.children.iter().any(|child| self.is_unstable(*child));
                    return first(&[(!unary, Flaw::NotUnary), (unstable, Flaw::NotUnstable)]);
                }
                first(&[
                    (node.argument == 0, Flaw::ZeroThreshold),
                    (node.argument > node.children.len(), Flaw::ThresholdTooHigh),
                ])
            })
        })
    }

    /// The children of all nodes before this one.
    fn children_before(&self, index: usize) -> BTreeSet<usize> {
        self.nodes[..index].iter().flat_map(|node| node.children.iter().copied()).collect()
    }

    /// Whether a node's truth may change once it is decided.
    fn is_unstable(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        if node.is_leaf() {
            return self.unstable.contains(&node.argument);
        }
        node.children.iter().any(|child| self.is_unstable(*child))
    }

    /// The leaves that it names.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().filter(|node| node.is_leaf()).map(|node| node.argument)
    }

    /// The truth of a node of a program that is sound.
    pub(crate) fn truth(&self, index: usize, leaf: &impl Fn(usize) -> Truth) -> Truth {
        let node = &self.nodes[index];
        let children = || node.children.iter().map(|child| self.truth(*child, leaf));
        match node.kind {
            1 => leaf(node.argument),
            2 => {
                let surely = children().filter(|truth| *truth == Truth::True).count();
                let perhaps = children().filter(|truth| *truth == Truth::Pending).count();
                if surely >= node.argument {
                    Truth::True
                } else if surely + perhaps < node.argument {
                    Truth::False
                } else {
                    Truth::Pending
                }
            }
            _ => match children().next() {
                Some(Truth::True) => Truth::False,
                Some(Truth::False) => Truth::True,
                _ => Truth::Pending,
            },
        }
    }
}

/// The word of a node.
pub(crate) fn node(kind: usize, argument: usize, children: &[usize]) -> U256 {
    U256::from(kind) | (U256::from(argument) << 8) | (set(children.iter().copied()) << 16)
}

/// The members of a set as the contract writes it.
pub(crate) fn set(members: impl IntoIterator<Item = usize>) -> U256 {
    members.into_iter().fold(U256::ZERO, |set, member| set | (U256::ONE << member))
}
