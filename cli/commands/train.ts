import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { OperatorError } from '../../chain/node/failure.ts';
import { RunStatus } from '../../proto/generated/infinet/verification/v1/types.ts';
import { verificationQueries } from '../../sdk/queries.ts';
import { openGradients } from '../../training/backend/gradients.ts';
import { Dataset } from '../../training/dataset.ts';
import { type Network, networkOf } from '../../training/network.ts';
import { checkSpec, encodeSpec, recordBytes } from '../../training/spec.ts';
import { traceUnit } from '../../training/trace.ts';
import { type Engine, openEngine } from '../../training/wasm/engine.ts';
import { print, type SignerFlags, say, sessionOf, wholeNumber, withSigner } from '../options.ts';
import type { Session } from '../session.ts';
import { defend } from '../trainer/defend.ts';
import { describeVerificationPrice, measurePrice, requireRoom } from '../trainer/price.ts';
import { commitRun, describeSize, priceOf, registerRun, runOf, untilSeeded } from '../trainer/run.ts';
import { serveOpenings } from '../trainer/serve.ts';
import { readGradient, readState, trainRun } from '../trainer/trainRun.ts';

interface Flags extends SignerFlags {
  readonly objective: bigint;
  readonly data: string;
  readonly dataUri?: string[];
  readonly out: string;
  readonly uri?: string[];
  readonly serve?: { readonly host: string; readonly port: number };
  readonly dryRun?: boolean;
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
    .requiredOption('--out <folder>', 'where states and leaves are written')
    .option('--serve <host:port>', 'serve records and folder there by HTTP until the chain has decided', listenAddress)
    .option('--data-uri <uri...>', 'where verifiers fetch the records, if not by --serve')
    .option('--uri <uri...>', 'where that folder is served to verifiers, if not by --serve')
    .option('--dry-run', 'say what it would cost, and stop before anything is spent')
    .option('--run <id>', 'go on with a run that is registered already', wholeNumber)
    .option('--threads <count>', 'threads that compute', threadCount, availableParallelism())
    .option('--backend <name>', 'what computes gradients in the tolerant lane: tensorflow, wasm or cpu', 'wasm')
    .action(train);
}

async function train(specFile: string, flags: Flags): Promise<void> {
  const spec = checkSpec(JSON.parse(readFileSync(specFile, 'utf8')));
  const network = networkOf(spec);
  const data = new Dataset(spec.record, readFileSync(flags.data));
  const openings = await openingsOf(flags);
  const session = await sessionOf(flags);
  const engine = await openEngine({ threads: flags.threads, say });
  try {
    await sayPrice(session, flags, network, data, engine);
    if (flags.dryRun) return;
    const runId = flags.run ?? (await register(session, flags, spec, data, openings.dataUri));
    const seeded = await untilSeeded(session, runId, 600);
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
    }).finally(() => gradients?.close());
    if (trained.resumed > 0) say(`${trained.resumed} units were on disk already`);
    if (seeded.status === RunStatus.RUN_STATUS_SEEDED) {
      const { tx } = await commitRun(session, seeded, trained, openings.uri);
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
    openings.close();
    await engine.close();
  }
}

/** Says what the run costs, in coins and on this machine. Throws when its states do not fit into `--out`. */
async function sayPrice(
  session: Session,
  flags: Flags,
  network: Network,
  data: Dataset,
  engine: Engine,
): Promise<void> {
  const { spec } = network;
  const price = await priceOf(session, spec);
  say(`run           ${describeSize(spec)}, ${price.unitFlop} operations a unit`);
  say(
    `on chain      a fee of ${price.minFee}${flags.denom} for the verifiers, and a stake of ${price.minStake}${flags.denom} that ` +
      'comes back with an honest run',
  );
  if (spec.lane === 'tolerant') return;
  const { params } = await session.querier.ask(verificationQueries.params, {});
  const seats = params?.seats ?? 0;
  const measured = measurePrice({ network, data, engine, seats, drawnPerSeat: params?.unitsPerSeat ?? 0 });
  for (const line of describeVerificationPrice(measured)) say(line);
  requireRoom(flags.out, measured);
}

interface ServedAt {
  readonly uri: readonly string[];
  readonly dataUri: readonly string[];
  close(): void;
}

/** Where verifiers find the files: at addresses that were named, or at this program itself. */
async function openingsOf({ serve, uri = [], dataUri = [], out, data }: Flags): Promise<ServedAt> {
  if (serve === undefined) {
    if (uri.length > 0 && dataUri.length > 0) return { uri, dataUri, close: () => {} };
    throw new OperatorError('say where verifiers fetch the files: --serve HOST:PORT, or --uri and --data-uri');
  }
  const openings = await serveOpenings({ ...serve, folder: out, data });
  return { uri: [openings.uri, ...uri], dataUri: [openings.dataUri, ...dataUri], close: openings.close };
}

async function register(
  session: Session,
  flags: Flags,
  spec: ReturnType<typeof checkSpec>,
  data: Dataset,
  uris: readonly string[],
): Promise<bigint> {
  const { runId, tx } = await registerRun(session, {
    objectiveId: flags.objective,
    spec,
    data: { root: data.root, records: BigInt(data.records), recordBytes: recordBytes(spec), uris: [...uris] },
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

function listenAddress(text: string): { host: string; port: number } {
  const match = /^([^\s/]+):(\d{1,5})$/.exec(text);
  if (match?.[1] === undefined || Number(match[2]) > 65_535) throw new InvalidArgumentError('must be host:port');
  return { host: match[1], port: Number(match[2]) };
}

function threadCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256) throw new InvalidArgumentError('must be 1 to 256');
  return count;
}
