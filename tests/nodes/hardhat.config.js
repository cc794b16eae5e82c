// The node of tests: an account for those who ask for one, and a block whenever something is sent.
export default {
  networks: {
    node: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: 31337,
      accounts: { count: 10 },
      loggingEnabled: false,
    },
  },
};
