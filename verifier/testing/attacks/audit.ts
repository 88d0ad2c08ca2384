import { createHash } from 'node:crypto';
import { isTwoThirds, seatUnits } from '../../../modules/verification/formulas.ts';
import { Run, Verdict } from '../../../proto/generated/infinet/verification/v1/types.ts';
import { floatsToBytes } from '../../../training/bytes.ts';
import { type HashAll, hashAll } from '../../../training/canonical/hashing.ts';
import type { Dataset } from '../../../training/dataset.ts';
import { networkOf } from '../../../training/network.ts';
import { train } from '../../../training/run.ts';
import { leavesFile, stateFile } from '../../../training/runFiles.ts';
import { checkSpec, encodeSpec, recordBytes, type Spec, unitCount } from '../../../training/spec.ts';
import { ArtifactUnavailable } from '../../artifacts/download.ts';
import { judgeRun, replayUnit } from '../../worker/replay.ts';
import { openRun, type RunData, type Served } from '../../worker/runData.ts';
import { type Attack, type Claim, chance, claimOf, type Setting } from './attack.ts';

/** What the protocol asks of the seats. */
export interface Protocol {
  readonly seats: number;
  readonly unitsPerSeat: number;
}

/** What three seats made of one claim. */
export interface Audit {
  /** Drawn units that are not what F gives, and those of them that the replay did not take. */
  readonly bad: number;
  readonly badCaught: number;
  /** Drawn units that are what F gives, and those of them that the replay called wrong: false alarms. */
  readonly good: number;
  readonly goodFlagged: number;
  readonly verdicts: readonly Verdict[];
  /** Somebody can open a dispute, or too few seats say VALID: the claim is not paid. */
  readonly caught: boolean;
  /** The first unit that a seat called FRAUD. */
  readonly fraudUnit?: number;
}

/** A run of `spec` from one of many seeds, and the tenth of its units that a cheater would choose. */
function settingOf(spec: Spec, data: Dataset, number: number): Setting {
  const seed = Uint8Array.from(createHash('sha256').update(`attack corpus ${number}`).digest());
  const network = networkOf(spec);
  const honest = [...train(network, seed, data)];
  const inner = Array.from({ length: unitCount(spec) - 2 }, (_, i) => i + 2);
  const order = inner.map((unit) => ({ unit, rank: chance({ seed }, 1, unit) })).sort((a, b) => a.rank - b.rank);
  const chosen = order.slice(0, Math.floor(unitCount(spec) / 10)).map(({ unit }) => unit);
  return { network, runId: BigInt(number) + 1n, seed, data, honest, chosen: chosen.sort((a, b) => a - b) };
}

/** The settings of several attacks: those that ask for a recipe of their own get one, the others share theirs. */
export class Settings {
  readonly #spec: Spec;
  readonly #data: Dataset;
  readonly #number: number;
  readonly #made = new Map<Attack['recipe'], Setting>();

  constructor(spec: Spec, data: Dataset, number: number) {
    this.#spec = spec;
    this.#data = data;
    this.#number = number;
  }

  of(recipe: Attack['recipe']): Setting {
    const known = this.#made.get(recipe);
    if (known !== undefined) return known;
    const made = settingOf(checkSpec({ ...this.#spec, ...recipe?.(this.#spec) }), this.#data, this.#number);
    this.#made.set(recipe, made);
    return made;
  }
}

export function honestClaim({ honest, runId }: Setting): Claim {
  const leaves = honest.map(({ leaf }) => leaf);
  return claimOf(leaves, runId, { served: (unit) => honest[unit]?.state, bad: new Set() });
}

/**
 * Lets seats judge a claim by the worker's own code; their draws follow from the setting, and no attack sees them.
 *
 * @param salt makes the draws of several claims over one setting independent
 */
export async function audit(setting: Setting, claim: Claim, protocol: Protocol, salt = ''): Promise<Audit> {
  const units = BigInt(unitCount(setting.network.spec));
  const draws = Array.from({ length: protocol.seats }, (_, seat) =>
    seatUnits(vrfOutput(setting, `${salt} ${seat}`), units, protocol.unitsPerSeat).map(Number),
  );
  const run = await openClaim(setting, claim);
  const found = new Map<number, Finding>();
  for (const unit of new Set(draws.flat()))
    found.set(unit, run === undefined ? 'withheld' : await findingOf(run, unit));
  const drawn = [...found.keys()];
  const bad = drawn.filter((unit) => claim.bad.has(unit));
  const good = drawn.filter((unit) => !claim.bad.has(unit));
  const said = await Promise.all(draws.map((draw) => judge(run, draw, setting.data)));
  const verdicts = said.map(({ verdict }) => verdict);
  const valid = verdicts.filter((verdict) => verdict === Verdict.VERDICT_VALID).length;
  const fraud = said.find(({ verdict }) => verdict === Verdict.VERDICT_FRAUD);
  return {
    bad: bad.length,
    badCaught: bad.filter((unit) => found.get(unit) !== 'right').length,
    good: good.length,
    goodFlagged: good.filter((unit) => found.get(unit) === 'wrong').length,
    verdicts,
    caught: fraud !== undefined || !isTwoThirds(valid, verdicts.length),
    ...(fraud === undefined ? {} : { fraudUnit: Number(fraud.badUnit) }),
  };
}

/** Undefined where leaves are served that nobody has committed to. */
export async function openClaim(
  { network, runId, seed, data }: Setting,
  claim: Claim,
  hash: HashAll = hashAll,
): Promise<RunData | undefined> {
  const run = Run.fromPartial({
    id: runId,
    spec: encodeSpec(network.spec),
    seed,
    units: BigInt(unitCount(network.spec)),
    stepRoot: claim.stepRoot,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(network.spec), uris: [] },
  });
  const bytesOf = (file: string): Uint8Array | undefined => {
    if (file === leavesFile) return claim.leafBytes;
    const state = claim.served(Number(file.slice(stateFile(0).length - 1)));
    return state === undefined ? undefined : floatsToBytes(state);
  };
  try {
    const served: Served = async (file, _maxBytes, isRight) => {
      const bytes = bytesOf(file);
      if (bytes === undefined || !isRight(bytes)) throw new ArtifactUnavailable(`${file} is not served as committed`);
      return bytes;
    };
    return await openRun(run, data, served, hash);
  } catch (error) {
    if (error instanceof ArtifactUnavailable) return undefined;
    throw error;
  }
}

/** Only `wrong` accuses: a state that is not served says nothing about the unit after it. */
type Finding = 'right' | 'wrong' | 'withheld';

async function findingOf(run: RunData, unit: number): Promise<Finding> {
  try {
    return (await replayUnit(run, unit)) === undefined ? 'wrong' : 'right';
  } catch (error) {
    if (error instanceof ArtifactUnavailable) return 'withheld';
    throw error;
  }
}

async function judge(
  run: RunData | undefined,
  units: readonly number[],
  holdout: Dataset,
): Promise<{ verdict: Verdict; badUnit: bigint }> {
  const unavailable = { verdict: Verdict.VERDICT_UNAVAILABLE, badUnit: 0n };
  if (run === undefined) return unavailable;
  try {
    return await judgeRun(run, units, new Uint8Array(20), async () => holdout);
  } catch (error) {
    if (error instanceof ArtifactUnavailable) return unavailable;
    throw error;
  }
}

/** Stands for the output of a seat's VRF: 64 bytes that nobody could choose. */
function vrfOutput({ seed }: Setting, seat: string): Uint8Array {
  return Uint8Array.from(createHash('sha512').update(seed).update(`seat ${seat}`).digest());
}
