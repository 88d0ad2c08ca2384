import * as auth from '../../../modules/auth/messages.ts';
import * as bank from '../../../modules/bank/messages.ts';
import * as beacon from '../../../modules/beacon/messages.ts';
import { params as beaconState } from '../../../modules/beacon/state.ts';
import * as consensus from '../../../modules/consensus/messages.ts';
import * as oracle from '../../../modules/oracle/messages.ts';
import { params as oracleState } from '../../../modules/oracle/state.ts';
import * as rewards from '../../../modules/rewards/messages.ts';
import { params as rewardsState } from '../../../modules/rewards/state.ts';
import * as slashing from '../../../modules/slashing/messages.ts';
import * as staking from '../../../modules/staking/messages.ts';
import * as upgrade from '../../../modules/upgrade/messages.ts';
import { UpgradeState } from '../../../modules/upgrade/state.ts';
import { authTx, bankTx, consensusTx, slashingTx, stakingTx, upgradeTx } from '../../../sdk/codec/index.ts';
import { type Actor, denom, governor, users } from '../actors.ts';
import type { Random } from '../random.ts';
import { type Act, draft } from '../view.ts';

export const upgradeState = new UpgradeState();

/** What only governance may send; every sixth time somebody else tries. */
function sender(random: Random): Actor {
  return random.oneIn(6) ? random.pick(users) : governor;
}

/** A number that is refused now and then: a bad parameter must never get into the state. */
function odd(random: Random, good: bigint): bigint {
  return random.oneIn(8) ? 0n : good;
}

const authParams: Act = (random) => {
  const signer = sender(random);
  const message = authTx.MsgUpdateParams.fromPartial({
    authority: signer.text,
    params: {
      maxMemoCharacters: odd(random, random.between(200n, 280n)),
      txSigLimit: odd(random, random.between(7n, 9n)),
      txSizeCostPerByte: odd(random, random.between(5n, 15n)),
      sigVerifyCostEd25519: odd(random, 590n),
      sigVerifyCostSecp256k1: odd(random, random.between(900n, 1_100n)),
    },
  });
  return draft(signer, auth.msgUpdateParams, message);
};

const bankParams: Act = (random) => {
  const signer = sender(random);
  const sendEnabled = random.oneIn(6) ? [{ denom, enabled: true }] : [];
  const params = { sendEnabled, defaultSendEnabled: !random.oneIn(6) };
  return draft(signer, bank.msgUpdateParams, bankTx.MsgUpdateParams.fromPartial({ authority: signer.text, params }));
};

const sendEnabled: Act = (random) => {
  const signer = sender(random);
  const entry = { denom: random.oneIn(8) ? '!' : 'other', enabled: random.oneIn(2) };
  const message = bankTx.MsgSetSendEnabled.fromPartial({
    authority: signer.text,
    sendEnabled: random.oneIn(8) ? [entry, entry] : [entry],
    useDefaultFor: random.oneIn(3) ? ['other'] : [],
  });
  return draft(signer, bank.msgSetSendEnabled, message);
};

const stakingParams: Act = (random) => {
  const signer = sender(random);
  const message = stakingTx.MsgUpdateParams.fromPartial({
    authority: signer.text,
    params: {
      unbondingTime: { seconds: odd(random, random.between(30n, 150n)), nanos: 0 },
      maxValidators: Number(odd(random, random.between(5n, 8n))),
      maxEntries: Number(odd(random, random.between(2n, 5n))),
      historicalEntries: random.below(30),
      bondDenom: random.oneIn(8) ? '' : denom,
      minCommissionRate: random.oneIn(8) ? '-1' : random.pick(['0', '0', '50000000000000000']),
    },
  });
  return draft(signer, staking.msgUpdateParams, message);
};

/** A fraction in units of 10^-18, as the digits that the SDK puts into bytes. */
function fraction(random: Random, percent: bigint): Uint8Array {
  const atoms = random.oneIn(8) ? 2n * 10n ** 18n : percent * 10n ** 16n;
  return Uint8Array.from(Buffer.from(atoms.toString(), 'latin1'));
}

const slashingParams: Act = (random) => {
  const signer = sender(random);
  const message = slashingTx.MsgUpdateParams.fromPartial({
    authority: signer.text,
    params: {
      signedBlocksWindow: odd(random, random.between(8n, 14n)),
      minSignedPerWindow: fraction(random, 50n),
      downtimeJailDuration: { seconds: odd(random, random.between(10n, 40n)), nanos: 0 },
      slashFractionDoubleSign: fraction(random, 5n),
      slashFractionDowntime: fraction(random, 1n),
    },
  });
  return draft(signer, slashing.msgUpdateParams, message);
};

const oracleParams: Act = (random, { ctx }) => {
  const signer = sender(random);
  const now = oracleState.require(ctx);
  const added = random.oneIn(3) && now.symbols.length < 4 ? [`COIN${now.symbols.length}`] : [];
  const params = {
    ...now,
    symbols: random.oneIn(8) ? [...now.symbols].reverse().slice(1) : [...now.symbols, ...added],
    maxChangePpm: odd(random, random.between(50_000n, 200_000n)),
    slashWindowBlocks: random.between(10n, 30n),
    minPricedPpm: random.between(0n, 300_000n),
  };
  return draft(signer, oracle.msgUpdateParams, { authority: signer.text, params });
};

const rewardsParams: Act = (random, { ctx }) => {
  const signer = sender(random);
  const now = rewardsState.require(ctx);
  const params = {
    ...now,
    targetValue: odd(random, random.between(now.baseCap / 2n, now.baseCap * 2n)),
    reserveBound: random.between(0n, now.baseCap),
    maxSupply: random.oneIn(8) ? 1n : now.maxSupply,
  };
  return draft(signer, rewards.msgUpdateParams, { authority: signer.text, params });
};

const beaconParams: Act = (random, { ctx }) => {
  const signer = sender(random);
  const params = {
    ...beaconState.require(ctx),
    windowBlocks: random.oneIn(8) ? 2n : random.between(3n, 4n),
    freeMisses: random.between(0n, 4n),
    jailMisses: random.between(5n, 9n),
    overdueWindows: random.between(2n, 5n),
  };
  return draft(signer, beacon.msgUpdateParams, { authority: signer.text, params });
};

const consensusParams: Act = (random) => {
  const signer = sender(random);
  const message = consensusTx.MsgUpdateParams.fromPartial({
    authority: signer.text,
    block: {
      maxBytes: odd(random, random.between(1_500_000n, 4_194_304n)),
      maxGas: random.oneIn(3) ? -1n : random.between(60_000_000n, 300_000_000n),
    },
    evidence: {
      maxAgeNumBlocks: odd(random, random.between(50n, 150n)),
      maxAgeDuration: { seconds: odd(random, random.between(200n, 900n)), nanos: 0 },
      maxBytes: random.oneIn(8) ? 5_000_000n : 1_048_576n,
    },
    validator: { pubKeyTypes: random.oneIn(8) ? ['secp256k1'] : ['ed25519'] },
    ...(random.oneIn(8) && { abci: { voteExtensionsEnableHeight: random.between(0n, 500n) } }),
  });
  return draft(signer, consensus.msgUpdateParams, message);
};

/** Mostly a few blocks ahead; names of past upgrades, heights that are gone and no name at all are refused. */
const softwareUpgrade: Act = (random, { ctx, height }) => {
  const signer = sender(random);
  const past = [...upgradeState.done.walk(ctx)].map(([[, name]]) => name);
  const name = random.oneIn(5) && past.length > 0 ? random.pick(past) : `upgrade of ${height}`;
  const message = upgradeTx.MsgSoftwareUpgrade.fromPartial({
    authority: signer.text,
    plan: {
      name: random.oneIn(8) ? '' : name,
      height: random.oneIn(6) ? random.between(-1n, height) : height + random.between(3n, 15n),
      info: 'simulated',
    },
  });
  return draft(signer, upgrade.msgSoftwareUpgrade, message);
};

const cancelUpgrade: Act = (random) => {
  const signer = sender(random);
  return draft(signer, upgrade.msgCancelUpgrade, { authority: signer.text });
};

const nothing: Act = () => undefined;

export const governanceActs: readonly Act[] = [
  authParams,
  bankParams,
  bankParams,
  sendEnabled,
  sendEnabled,
  stakingParams,
  slashingParams,
  oracleParams,
  beaconParams,
  rewardsParams,
  consensusParams,
  softwareUpgrade,
  cancelUpgrade,
  nothing,
  nothing,
  nothing,
  nothing,
];
