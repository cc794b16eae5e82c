// The node of tests: an account for those who ask for one, and a block whenever something is sent. It begins now, or when it is told to.
const begins = process.env.COVENANT_NODE_START;

export default {
  networks: {
    node: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: 31337,
      accounts: { count: 10 },
      loggingEnabled: false,
      // As anvil does: scenarios let several things happen in one second.
      ...(begins ? { initialDate: begins, allowBlocksWithSameTimestamp: true } : {}),
    },
  },
};
