import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncodeObject } from '@cosmjs/proto-signing';
import { BroadcastTxError, coins } from '@cosmjs/stargate';
import { openSession, type Session } from '../../cli/session.ts';
import { until } from '../../cli/until.ts';
import { type TestAccount, testWallet } from '../../localnet/keys.ts';
import { type Network, startNetwork } from '../../localnet/network.ts';
import { clientNode, describeTopology, portsOf, rpcUrl } from '../../localnet/topology.ts';

/** What became of a tx, wherever it failed. */
export interface Outcome {
  readonly codespace: string;
  readonly code: number;
  readonly log: string;
}

export async function startTestNetwork(validators: number): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), 'infinet-network-'));
  return await startNetwork({ folder, validators, portOffset: await freeOffset(validators), onProgress: () => {} });
}

/** Stops everything; the folder stays where a test failed, for its logs. */
export async function endTestNetwork(network: Network, failed: boolean): Promise<void> {
  await network.stop();
  if (failed) console.error(`logs of the network: ${network.paths.folder}/logs`);
  else rmSync(network.paths.folder, { recursive: true, force: true });
}

/** An offset with which no port of a network is taken, below the range that the system gives to clients. */
export async function freeOffset(validators: number): Promise<number> {
  for (let attempt = 1; attempt <= 50; attempt++) {
    const portOffset = -100 * randomInt(10, 160);
    const ports = portsOf(describeTopology({ validators, portOffset, placement: 'loopback' }));
    const free = await Promise.all(ports.map(({ port }) => isFree(port)));
    if (free.every((one) => one)) return portOffset;
  }
  throw new Error('no range of free ports');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

/** A client of a public test account, at the node that serves clients. */
export async function sessionOf(network: Network, name: TestAccount): Promise<Session> {
  const { prefix, denom } = network.topology;
  const signer = await testWallet(name, prefix);
  return await openSession({ rpc: rpcUrl(clientNode(network.topology)), signer, denom, gasPriceMicro: 1000n });
}

/** What `outcomeOf` pays for a tx that gets into a block, in uinf. */
export const sendFee = 2000n;

/** Sends one message without simulating it first, and says how the chain took it, in the mempool or in a block. */
export async function outcomeOf(session: Session, message: EncodeObject): Promise<Outcome> {
  try {
    const fee = { amount: coins(sendFee.toString(), 'uinf'), gas: '2000000' };
    const { transactionHash } = await session.client.signAndBroadcast(session.address, [message], fee);
    const { result } = await session.comet.tx({ hash: Buffer.from(transactionHash, 'hex') });
    return { codespace: result.codespace ?? '', code: result.code, log: result.log ?? '' };
  } catch (error) {
    if (!(error instanceof BroadcastTxError)) throw error;
    return { codespace: error.codespace, code: error.code, log: error.log ?? '' };
  }
}

/** Waits until the client node has committed `height`. */
export async function untilHeight(session: Session, height: number): Promise<number> {
  return await until(`height ${height}`, 300, async () => {
    const { lastBlockHeight = 0 } = await session.comet.abciInfo();
    return lastBlockHeight >= height ? lastBlockHeight : undefined;
  });
}

export async function heightOf(session: Session): Promise<number> {
  return (await session.comet.abciInfo()).lastBlockHeight ?? 0;
}
