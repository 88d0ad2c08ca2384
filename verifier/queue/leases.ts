import pg from 'pg';
import { lockOf, type VerifierStore } from './store.ts';

/**
 * Who works on what, as locks of a Postgres session: Postgres takes them back the moment that a killed worker's connection
 * ends, and after half a minute from a machine that vanished. Losing one early does no harm, it only wastes work:
 * what is said and what is sent is guarded by itself.
 */
export class Leases {
  readonly #store: VerifierStore;
  readonly #held = new Set<string>();
  #session: Promise<pg.Client> | undefined;

  constructor(store: VerifierStore) {
    this.#store = store;
  }

  /** False when this worker or another one has it. */
  async take(what: string): Promise<boolean> {
    if (this.#held.has(what)) return false;
    this.#held.add(what);
    try {
      const client = await this.#connected();
      const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
        lockOf(this.#store.schema, what),
      ]);
      const taken = rows[0]?.taken === true;
      if (!taken) this.#held.delete(what);
      return taken;
    } catch (error) {
      this.#held.delete(what);
      throw error;
    }
  }

  async give(what: string): Promise<void> {
    if (!this.#held.delete(what)) return;
    const client = await this.#connected();
    await client.query('SELECT pg_advisory_unlock($1)', [lockOf(this.#store.schema, what)]);
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#held.clear();
    await (await session?.catch(() => undefined))?.end();
  }

  #connected(): Promise<pg.Client> {
    this.#session ??= this.#connect();
    return this.#session;
  }

  async #connect(): Promise<pg.Client> {
    const options = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4';
    const client = new pg.Client({
      connectionString: this.#store.url,
      application_name: 'infinet-verifier leases',
      options,
    });
    const lost = () => {
      this.#session = undefined;
      this.#held.clear();
    };
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      return client;
    } catch (error) {
      lost();
      throw error;
    }
  }
}
