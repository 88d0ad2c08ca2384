import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureCometbft } from '../chain/node/cometbft.ts';
import { type HomeLock, lockHome } from '../chain/node/lock.ts';
import { type EmbeddedPostgres, startPostgres } from '../postgres/embedded.ts';
import { type LocalnetPaths, localnetPaths, prepareHomes, readDescription } from './homes.ts';
import { type ProcessSpec, type RunningProcess, startProcess, untilReady } from './processes.ts';
import { indexerProgram, servicesProgram, validatorProgram, verifierProgram } from './programs.ts';
import { describeTopology, portsOf, type Topology } from './topology.ts';

export interface NetworkOptions {
  readonly folder: string;
  readonly validators: number;
  readonly portOffset: number;
  /** One line for people at each step that takes a while. */
  readonly onProgress: (line: string) => void;
  /** Gives up bringing the network up: `startNetwork` then throws. A network that is up is ended by `stop`. */
  readonly signal?: AbortSignal;
}

/** A running network: every process of it, stopped together. */
export interface Network {
  readonly topology: Topology;
  readonly paths: LocalnetPaths;
  /** False when it went on from an earlier run. */
  readonly isNew: boolean;
  readonly processes: ReadonlyMap<string, RunningProcess>;
  /** Resolves with a sentence when a process ends that nobody stopped. */
  readonly failure: Promise<string>;
  /** Ends one process as a crash would; it stays down until `restart`. */
  kill(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Brings the network up, or goes on with the one in `folder`. Throws one clear sentence when a port is taken, a tool is
 * missing or a process does not come up; whatever was started by then is stopped again.
 */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const paths = localnetPaths(options.folder);
  mkdirSync(paths.folder, { recursive: true });
  const lock = lockHome(join(paths.folder, 'localnet.lock'));
  const bringUp = new BringUp(options, paths, lock);
  try {
    return await bringUp.run();
  } catch (error) {
    await bringUp.stop();
    throw error;
  }
}

/** Deletes a network's folder; nothing may run in it. */
export function deleteNetwork(folder: string): void {
  if (!existsSync(folder)) return;
  const lock = lockHome(join(folder, 'localnet.lock'));
  lock.release();
  rmSync(folder, { recursive: true, force: true });
}

class BringUp {
  readonly #options: NetworkOptions;
  readonly #paths: LocalnetPaths;
  readonly #lock: HomeLock;
  readonly #processes = new Map<string, RunningProcess>();
  readonly #expected = new Set<number>();
  readonly #failure = Promise.withResolvers<string>();
  #postgres: EmbeddedPostgres | undefined;

  constructor(options: NetworkOptions, paths: LocalnetPaths, lock: HomeLock) {
    this.#options = options;
    this.#paths = paths;
    this.#lock = lock;
  }

  async run(): Promise<Network> {
    const { onProgress } = this.#options;
    const paths = this.#paths;
    const cometbft = await ensureCometbft({ onProgress });
    const known = readDescription(paths);
    const wanted = {
      validators: this.#options.validators,
      portOffset: this.#options.portOffset,
      placement: 'loopback',
    } as const;
    if (known !== undefined && (known.validators !== wanted.validators || known.portOffset !== wanted.portOffset)) {
      throw new Error(
        `the network in ${paths.folder} has ${known.validators} validators and port offset ${known.portOffset}: ` +
          'start it with these, or begin a new one with --fresh',
      );
    }
    const topology = describeTopology(wanted);
    await requireFreePorts(topology);
    if (known === undefined) {
      onProgress("preparing homes, genesis and the story's data");
      await prepareHomes(topology, wanted, paths, cometbft);
    }
    const environment = {
      cometbft,
      databaseUrl: await this.#database(topology),
      verifierDatabaseUrl: process.env.VERIFIER_DATABASE_URL,
    };
    await this.#start([servicesProgram(topology, paths)], 20);
    onProgress(`starting ${topology.validators.length} validators, each an infinetd with its own CometBFT`);
    await this.#start(
      topology.validators.map((validator) => validatorProgram(validator, paths, environment)),
      120,
    );
    onProgress(`starting ${topology.validators.length} verifier workers and the indexer`);
    const verifiers = topology.validators.map((validator) => verifierProgram(topology, validator, paths, environment));
    await this.#start([...(await Promise.all(verifiers)), indexerProgram(topology, paths, environment)], 120);
    return {
      topology,
      paths,
      isNew: known === undefined,
      processes: this.#processes,
      failure: this.#failure.promise,
      kill: async (name) => {
        const running = this.#process(name);
        this.#expected.add(running.pid);
        await running.kill();
      },
      restart: async (name) => {
        const { spec } = this.#process(name);
        await this.#start([spec], 120);
      },
      stop: () => this.stop(),
    };
  }

  /** The database that the environment names, else one of a Postgres of the network's own. */
  async #database(topology: Topology): Promise<string> {
    const { onProgress } = this.#options;
    const named = process.env.INDEXER_DATABASE_URL ?? process.env.DATABASE_URL;
    if (named !== undefined) {
      onProgress('using the Postgres that the environment names');
      return named;
    }
    onProgress('starting Postgres');
    const { port } = topology.postgres;
    this.#postgres = await startPostgres({ folder: this.#paths.postgres, port, onProgress });
    return await this.#postgres.database('infinet');
  }

  async #start(specs: readonly ProcessSpec[], seconds: number): Promise<void> {
    const started = specs.map((spec) => {
      const running = startProcess(spec);
      this.#processes.set(spec.name, running);
      void running.ended.then((sentence) => {
        if (!this.#expected.has(running.pid)) this.#failure.resolve(sentence);
      });
      return running;
    });
    await Promise.all(started.map((running) => untilReady(running, seconds, this.#options.signal)));
  }

  #process(name: string): RunningProcess {
    const running = this.#processes.get(name);
    if (running === undefined) {
      throw new Error(`the network has no process ${name}; it has ${[...this.#processes.keys()].join(', ')}`);
    }
    return running;
  }

  /** In the reverse order of starting: who asks stops before who answers. */
  async stop(): Promise<void> {
    const running = [...this.#processes.values()].reverse();
    for (const { pid } of running) this.#expected.add(pid);
    const validators = running.filter(({ spec }) => spec.name.startsWith('validator'));
    const others = running.filter(({ spec }) => !spec.name.startsWith('validator'));
    await Promise.all(others.map((process) => process.stop()));
    await Promise.all(validators.map((process) => process.stop()));
    await this.#postgres?.stop();
    this.#lock.release();
  }
}

/** A port that was just let go may need a moment; one that stays taken is named together with what wanted it. */
async function requireFreePorts(topology: Topology): Promise<void> {
  // A Postgres that an earlier run left behind is taken over; it checks its own port.
  for (const { port, use } of portsOf(topology).filter((entry) => entry.port !== topology.postgres.port)) {
    for (let attempt = 1; !(await isFree(port)); attempt++) {
      if (attempt === 10) {
        throw new Error(
          `port ${port} (${use}) is already in use: stop what listens there, or shift all ports with --port-offset`,
        );
      }
      await sleep(300);
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
