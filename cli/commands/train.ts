import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { openGradients } from '../../training/backend/gradients.ts';
import { Dataset } from '../../training/dataset.ts';
import { networkOf } from '../../training/network.ts';
import { checkSpec, encodeSpec, recordBytes } from '../../training/spec.ts';
import { traceUnit } from '../../training/trace.ts';
import { openEngine } from '../../training/wasm/engine.ts';
import { print, type SignerFlags, say, sessionOf, wholeNumber, withSigner } from '../options.ts';
import { defend } from '../trainer/defend.ts';
import { commitRun, describeSize, priceOf, registerRun, runOf, untilSeeded } from '../trainer/run.ts';
import { readGradient, readState, trainRun } from '../trainer/trainRun.ts';

interface Flags extends SignerFlags {
  readonly objective: bigint;
  readonly data: string;
  readonly dataUri: string[];
  readonly out: string;
  readonly uri: string[];
  readonly run?: bigint;
  readonly threads: number;
  readonly backend: string;
}

export function addTrainCommand(program: Command): void {
  withSigner(program.command('train'))
    .summary('train a model that verifiers replay')
    .description(
      'Register a run, train it for real, commit to every unit, and answer disputes until the chain has decided. ' +
        'Interrupted, the same command with --run goes on where it stopped and ends with the same commitments.',
    )
    .argument('<spec>', 'JSON of network and recipe, see training/README.md')
    .requiredOption('--objective <id>', 'what the model is valued against', wholeNumber)
    .requiredOption('--data <file>', 'fixed-size records: float32 features and the class')
    .requiredOption('--data-uri <uri...>', 'where verifiers fetch the records')
    .requiredOption('--out <folder>', 'where states and leaves are written')
    .requiredOption('--uri <uri...>', 'where that folder is served to verifiers')
    .option('--run <id>', 'go on with a run that is registered already', wholeNumber)
    .option('--threads <count>', 'threads that compute', threadCount, availableParallelism())
    .option('--backend <name>', 'what computes gradients in the tolerant lane: tensorflow, wasm or cpu', 'wasm')
    .action(train);
}

async function train(specFile: string, flags: Flags): Promise<void> {
  const spec = checkSpec(JSON.parse(readFileSync(specFile, 'utf8')));
  const network = networkOf(spec);
  const data = new Dataset(spec.record, readFileSync(flags.data));
  const session = await sessionOf(flags);
  try {
    const price = await priceOf(session, spec);
    say(
      `${describeSize(spec)}, ${price.unitFlop} operations a unit; verification costs a fee of ${price.minFee}${flags.denom}, ` +
        `the stake is ${price.minStake}${flags.denom}`,
    );
    const runId = flags.run ?? (await register(session, flags, spec, data));
    const seeded = await untilSeeded(session, runId, 600);
    const engine = await openEngine({ threads: flags.threads, say });
    say(`training by ${engine.name}`);
    const folder = flags.out;
    const { seed } = seeded;
    const gradients =
      spec.lane === 'tolerant'
        ? await openGradients({
            backend: flags.backend,
            spec: encodeSpec(spec),
            seed,
            records: readFileSync(flags.data),
          })
        : undefined;
    if (gradients !== undefined) say(`gradients by TensorFlow.js, backend ${gradients.backend}`);
    const trained = await trainRun({
      ...{ network, runId, data, folder, engine, seed },
      ...(gradients === undefined ? {} : { gradients }),
      onProgress: showProgress,
    }).finally(async () => {
      gradients?.close();
      await engine.close();
    });
    if (trained.resumed > 0) say(`${trained.resumed} units were on disk already`);
    if (seeded.status === RunStatus.RUN_STATUS_SEEDED) {
      const { tx } = await commitRun(session, seeded, trained, flags.uri);
      say(`committed in block ${tx.height}; serving and defending until the chain has decided`);
    }
    const traceOf = (unit: number) =>
      traceUnit(
        network,
        seed,
        data,
        unit,
        unit === 0 ? new Float32Array(0) : readState(folder, unit - 1),
        spec.lane === 'tolerant' && unit > 0 ? readGradient(folder, unit) : undefined,
      );
    await defend(session, {
      run: seeded,
      trained,
      traceOf,
      onMove: (dispute, what) => say(`dispute ${dispute.id}: ${what}`),
    });
    const ended = await runOf(session, runId);
    print(ended);
    if (ended.status !== RunStatus.RUN_STATUS_ACCEPTED) process.exitCode = 1;
  } finally {
    session.close();
  }
}

async function register(
  session: Awaited<ReturnType<typeof sessionOf>>,
  flags: Flags,
  spec: ReturnType<typeof checkSpec>,
  data: Dataset,
): Promise<bigint> {
  const { runId, tx } = await registerRun(session, {
    objectiveId: flags.objective,
    spec,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris: flags.dataUri },
    denom: flags.denom,
  });
  say(`run ${runId} registered in block ${tx.height}; waiting for its seed`);
  return runId;
}

/** A bar on a terminal, a line for each tenth elsewhere. */
function showProgress(unit: number, units: number, loss: number | undefined): void {
  const text = `${unit}/${units} units${loss === undefined ? '' : `, loss ${loss.toFixed(4)}`}`;
  if (process.stderr.isTTY) {
    const filled = Math.round((30 * unit) / units);
    process.stderr.write(`\r[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${text}   ${unit === units ? '\n' : ''}`);
  } else if (unit % Math.max(1, Math.floor(units / 10)) === 0) say(text);
}

function threadCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256) throw new InvalidArgumentError('must be 1 to 256');
  return count;
}
