import { setTimeout } from 'node:timers/promises';
import { defaultAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis } from '../../chain/node/genesis.ts';
import type { CommitMultiStore } from '../../chain/store/multistore.ts';
import { abci, bankTx } from '../../sdk/codec/index.ts';
import { type Figures, median, rounded, type Say } from '../bench.ts';
import {
  addresses,
  blockTime,
  bystander,
  chainId,
  denom,
  openChain,
  prefix,
  runBlock,
  type Sender,
  sender,
  signed,
  stake,
} from './inProcess.ts';
import { memoryMb } from './memory.ts';

/** Accounts made in one block. */
const fillStep = 100_000;

/**
 * FinalizeBlock and Commit of blocks of signed sends on a chain of so many accounts. Every sender sends once, so that
 * senders and recipients are spread over the whole state; signatures are known from CheckTx, as on a live node.
 */
export async function measureApp(
  folder: string,
  flags: { readonly accounts: number; readonly blocks: number; readonly sends: number; readonly pauseMs: number },
  say: Say,
): Promise<Figures> {
  const { accounts, blocks, sends, pauseMs } = flags;
  const { app, store, filled } = openChain(folder);
  const nextBlock = (txs: Uint8Array[]) => runBlock(app, store, Number(store.version) + 1, txs);
  if (accounts < blocks * sends) throw new Error(`${blocks * sends} senders are more than ${accounts} accounts`);
  const senders = Array.from({ length: blocks * sends }, (_, index) => sender(index));
  const coins = [{ denom, amount: '1000000' }];
  const owner = new Uint8Array(20).fill(9);
  const rich = { address: addresses.accountText(owner), coins: [{ denom, amount: stake.toString() }] };
  const genesis = buildGenesis({
    chainId,
    prefix,
    denom,
    accounts: [{ address: addresses.accountText(senders[0]?.address ?? owner), coins }, rich],
    validators: [{ moniker: 'bench', account: owner, publicKey: new Uint8Array(32).fill(7), tokens: stake }],
    modules: defaultAppState(denom),
  });
  const start = performance.now();
  const appStateBytes = Buffer.from(JSON.stringify(genesis.app_state));
  app.initChain(abci.RequestInitChain.fromPartial({ chainId, time: blockTime(0), initialHeight: 1n, appStateBytes }));
  const model = firstEntries(store, senders[0]?.address ?? owner);
  // All have the account number of the first one: nothing but signatures asks for it.
  for (let done = 1; done < accounts; ) {
    const from = done;
    done = Math.min(accounts, done + fillStep);
    const to = done;
    filled.next = () => {
      for (let index = from; index < to; index += 1)
        copyEntries(store, model, senders[index]?.address ?? bystander(index));
    };
    nextBlock([]);
    await setTimeout(1);
  }
  if (store.version === 0n) nextBlock([]);
  const fillSeconds = rounded((performance.now() - start) / 1000, 1);
  say(`${accounts} accounts written in ${fillSeconds} s`);
  const times = { finalize: [] as number[], commit: [] as number[], block: [] as number[], cpu: [] as number[] };
  for (let block = 0; block < blocks; block += 1) {
    const first = block * sends;
    const txs = senders.slice(first, first + sends).map((from, index) => {
      const other = (first + index) * 7919 + 13;
      const to = other % accounts < senders.length ? senders[other % accounts]?.address : bystander(other % accounts);
      return signedSend(from, to ?? owner);
    });
    for (const tx of txs) {
      const { code, log } = app.checkTx({ tx, type: abci.CheckTxType.NEW });
      if (code !== 0) throw new Error(`CheckTx refuses a send: ${code} ${log}`);
    }
    const cpu = process.threadCpuUsage();
    const { finalizeMs, commitMs, failed } = nextBlock(txs);
    const used = process.threadCpuUsage(cpu);
    if (failed.length > 0) throw new Error(`${failed.length} sends fail: ${failed[0]?.log}`);
    times.finalize.push(finalizeMs);
    times.commit.push(commitMs);
    times.block.push(finalizeMs + commitMs);
    times.cpu.push((used.user + used.system) / 1000);
    await setTimeout(pauseMs);
  }
  const { rss, anonymous } = memoryMb();
  await store.close();
  const figures = {
    accounts,
    sends,
    blocks,
    fillSeconds,
    finalizeMedianMs: rounded(median(times.finalize), 1),
    commitMedianMs: rounded(median(times.commit), 1),
    blockMedianMs: rounded(median(times.block), 1),
    blockCpuMedianMs: rounded(median(times.cpu), 1),
    blockWorstMs: rounded(Math.max(...times.block), 1),
    rss_mb: rss,
    rss_anonymous_mb: anonymous,
  };
  say(
    `FinalizeBlock and Commit of ${sends} sends: median ${figures.blockMedianMs} ms (${figures.blockCpuMedianMs} ms of CPU), ` +
      `worst ${figures.blockWorstMs} ms; resident ${rss} MB, of that ${anonymous} MB not backed by files`,
  );
  return figures;
}

/** One unit to another account. */
function signedSend(from: Sender, recipient: Uint8Array): Uint8Array {
  const message = {
    fromAddress: addresses.accountText(from.address),
    toAddress: addresses.accountText(recipient),
    amount: [{ denom, amount: '1' }],
  };
  const value = bankTx.MsgSend.encode(message).finish();
  return signed(from, 0n, { typeUrl: '/cosmos.bank.v1beta1.MsgSend', value });
}

interface Entry {
  readonly store: string;
  /** Key and value with the address to be replaced. */
  readonly key: string;
  readonly value: Buffer;
}

/** What genesis wrote for one account: every entry of auth and bank whose key has the address. */
function firstEntries(store: CommitMultiStore, address: Uint8Array): Entry[] {
  const wanted = Buffer.from(address).toString('latin1');
  return ['acc', 'bank'].flatMap((name) =>
    [...store.working.store(name).iterate({})]
      .filter(([key]) => key.includes(wanted))
      .map(([key, value]) => ({
        store: name,
        key: key.replace(wanted, '\0address'),
        value: Buffer.from(
          Buffer.from(value).toString('latin1').replace(addresses.accountText(address), '\0text'),
          'latin1',
        ),
      })),
  );
}

/** The same entries for another account: its text has the same length, so that encodings stay whole. */
function copyEntries(store: CommitMultiStore, model: readonly Entry[], address: Uint8Array): void {
  const raw = Buffer.from(address).toString('latin1');
  const text = addresses.accountText(address);
  for (const { store: name, key, value } of model) {
    const bytes = value.includes('\0text')
      ? Buffer.from(value.toString('latin1').replace('\0text', text), 'latin1')
      : value;
    store.working.store(name).set(
      key.replace('\0address', () => raw),
      bytes,
    );
  }
}
