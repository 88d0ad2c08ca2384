/** What an explorer asks: these must always pass the limits of the server. */
export const legalQueries = {
  overview: `{
    _meta { chainId height blockHash appHash time nodeHeight lag }
    blocks(first: 5) { nodes { height hash time proposer txCount } }
    transactions(first: 5, where: { system: { _eq: false } }) { nodes { hash height code signers messageTypes fee } }
    supply { nodes { denom amount } }
    prices { nodes { symbol medianMicro slowMicro stale } }
    epochs(first: 3) { nodes { epoch budget paid limit } }
  }`,
  contributions: `query Contributions($after: String) {
    contributions(first: 50, after: $after, where: { kind: { _eq: "data" }, accepted: { _eq: true } }) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id title contributor status reason root sizeBytes uris depositState
        objective { id title metric qualityGatePpm }
        metrics { name value }
        valuation { qualityPpm impactMicro weight passed settled }
        parents { id title } children { id title }
        similar { similarityPpm contribution { id title } }
        steps { previous status height time }
        task { phase outcome seatsAgreed seatsAnswered attestations { operator state verdict metrics { name value } } }
        rewards { epoch amount }
      }
    }
  }`,
  provenance: `{
    contribution(id: 1) {
      id title
      audit(first: 50) { totalCount nodes { height position time txHash type attributes { key value } } }
      version { version streamId streamRoot previous { id } } stream { version contribution { id title } }
      appeal { appellant deposit result task { outcome } } payments { beneficiary reason amount }
    }
    objectives { nodes { id title rounds { round status endHeight shardRoot shardUris budget paid weight } } }
    auditTrail(where: { contributionId: { _eq: 1 } }, first: 5) { nodes { type transaction { hash } contribution { id } } }
  }`,
  runs: `{
    runs(first: 20) {
      nodes {
        id trainer status reason specHash seed stepRoot finalRoot accuracyPpm stake stakeReturned stakeBurned fee feePaid
        challenger challengerReward
        task { outcome attestations { operator backend verdict units traceRoot paid } }
        model { id title valuation { weight } }
        data { id title }
        disputes { id unit challenger status winner reason bond bondTo history { side move height txHash } }
      }
    }
    disputes(where: { winner: { _eq: "challenger" } }) { nodes { id runId unit challenger trainer run { status } } }
  }`,
  rewards: `{
    epochs(first: 10) {
      nodes {
        epoch cap budget limit paid data model verifiers stakers community indexPpm issued height time
        rewards(first: 20) { totalCount nodes { stream beneficiary weight amount contribution { id title } } }
      }
    }
    rewardTotals(orderBy: { field: EARNED, direction: DESC }) { nodes { address earned claimed claimable } }
    rewardClaims { nodes { claimant amount denom height transaction { hash fee } } }
  }`,
  account: `query Account($address: String!) {
    account(address: $address) {
      address firstHeight
      balances { denom amount }
      rewardTotal { earned claimed claimable }
      reputation { accepted rejected weight seatsServed disputesWon }
      validator { moniker tokens votingPower }
      transactions(first: 10) { totalCount nodes { hash height code messages { typeUrl value } events { type attributes { key value } } } }
      transfers(first: 10) { nodes { sender recipient amount denom time } }
      contributions(first: 10) { nodes { id status } }
      runs(first: 10) { nodes { id status } }
      rewards(first: 10) { nodes { epoch amount } }
      delegations { nodes { amount validator { moniker } } }
    }
  }`,
} as const;
