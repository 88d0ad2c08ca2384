import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import secp256k1 from 'secp256k1/bindings.js';
import { App, storeNames } from '../../chain/app/app.ts';
import { emptyExtensions } from '../../chain/app/extensionSource.ts';
import { defaultNodeSettings } from '../../chain/app/options.ts';
import type { AppStore } from '../../chain/app/store.ts';
import { silentLogger } from '../../chain/logger.ts';
import { wireModules } from '../../chain/main.ts';
import { defaultAppState } from '../../chain/node/defaultState.ts';
import { buildGenesis } from '../../chain/node/genesis.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';
import { secp256k1Address, secp256k1Url } from '../../chain/tx/keys.ts';
import { createAddressCodec } from '../../sdk/address.ts';
import { abci, bankTx, secp256k1Keys, tx as txTypes } from '../../sdk/codec/index.ts';
import { type Figures, median, rounded, type Say, timed } from '../bench.ts';
import { memoryMb } from './memory.ts';

const chainId = 'bench-1';
const prefix = 'infinet';
const denom = 'uinf';
const stake = 1_000_000_000_000n;
const addresses = createAddressCodec(prefix);
/** Accounts made in one block. */
const fillStep = 100_000;

interface Sender {
  readonly privateKey: Uint8Array;
  readonly point: Uint8Array;
  readonly address: Uint8Array;
}

function sender(index: number): Sender {
  const privateKey = createHash('sha256').update(`bench ${index}`).digest();
  const point = Uint8Array.from(secp256k1.publicKeyCreate(privateKey, true));
  return { privateKey, point, address: secp256k1Address(point) };
}

/** An address without a key that anybody has. */
function bystander(index: number): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(`bystander ${index}`).digest().subarray(0, 20));
}

/** One unit to another account, with a fee; the sender's first tx. */
function signedSend({ privateKey, point, address }: Sender, accountNumber: bigint, recipient: Uint8Array): Uint8Array {
  const message = {
    fromAddress: addresses.accountText(address),
    toAddress: addresses.accountText(recipient),
    amount: [{ denom, amount: '1' }],
  };
  const value = bankTx.MsgSend.encode(message).finish();
  const body = { messages: [{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value }] };
  const bodyBytes = txTypes.TxBody.encode(txTypes.TxBody.fromPartial(body)).finish();
  const publicKey = { typeUrl: secp256k1Url, value: secp256k1Keys.PubKey.encode({ key: point }).finish() };
  const auth = {
    signerInfos: [{ publicKey, modeInfo: { single: { mode: 1 } }, sequence: 0n }],
    fee: { amount: [{ denom, amount: '1' }], gasLimit: 200_000n, payer: '', granter: '' },
  };
  const authInfoBytes = txTypes.AuthInfo.encode(txTypes.AuthInfo.fromPartial(auth)).finish();
  const doc = txTypes.SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber }).finish();
  const { signature } = secp256k1.ecdsaSign(createHash('sha256').update(doc).digest(), privateKey);
  return txTypes.TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [Uint8Array.from(signature)] }).finish();
}

/** Adds accounts to the block being staged, beside what the app writes: the chain has them as if from genesis. */
class FilledStore implements AppStore {
  readonly #store: CommitMultiStore;
  #fill: ((store: CommitMultiStore) => void) | undefined;

  constructor(store: CommitMultiStore) {
    this.#store = store;
  }

  /** Runs with the next block. */
  set next(fill: (store: CommitMultiStore) => void) {
    this.#fill = fill;
  }

  get version(): bigint {
    return this.#store.version;
  }

  get appHash(): Uint8Array {
    return this.#store.appHash;
  }

  get committed() {
    return this.#store.committed;
  }

  get working() {
    return this.#store.working;
  }

  discard(): void {
    this.#store.discard();
  }

  stage(height: bigint): Uint8Array {
    this.#fill?.(this.#store);
    this.#fill = undefined;
    return this.#store.stage(height);
  }

  commit(): void {
    this.#store.commit();
  }

  at(height?: bigint) {
    return this.#store.at(height);
  }
}

/** The whole chain over `store`, as `chain/main.ts` wires it. */
function openChain(folder: string) {
  const wired = wireModules(addresses);
  const modules = Object.values(wired).map(({ module }) => module);
  const store = CommitMultiStore.open(folder, {
    meta: { chainId, bech32Prefix: prefix },
    stores: storeNames(modules),
    pruning: { keepRecent: 100, interval: 10 },
  });
  const filled = new FilledStore(store);
  const app = new App({
    chainId,
    addresses,
    modules,
    store: filled,
    accounts: wired.auth.keeper,
    bank: wired.bank.keeper,
    feeGrants: wired.feegrant.keeper,
    extensions: emptyExtensions,
    logger: silentLogger,
    node: defaultNodeSettings,
  });
  return { app, store, filled };
}

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
  const time = (block: number) => ({ seconds: 1_767_225_600n + BigInt(block), nanos: 0 });
  const empty = { decidedLastCommit: { round: 0, votes: [] }, misbehavior: [], hash: new Uint8Array(32) };
  const runBlock = (txs: Uint8Array[]) => {
    const height = store.version + 1n;
    const request = abci.RequestFinalizeBlock.fromPartial({ ...empty, txs, height, time: time(Number(height)) });
    const [finalizeMs, answer] = timed(() => app.finalizeBlock(request));
    const [commitMs] = timed(() => app.commit());
    return { finalizeMs, commitMs, failed: answer.txResults.filter(({ code }) => code !== 0) };
  };
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
  app.initChain(abci.RequestInitChain.fromPartial({ chainId, time: time(0), initialHeight: 1n, appStateBytes }));
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
    runBlock([]);
    await setTimeout(1);
  }
  if (store.version === 0n) runBlock([]);
  const fillSeconds = rounded((performance.now() - start) / 1000, 1);
  say(`${accounts} accounts written in ${fillSeconds} s`);
  const times = { finalize: [] as number[], commit: [] as number[], block: [] as number[], cpu: [] as number[] };
  for (let block = 0; block < blocks; block += 1) {
    const first = block * sends;
    const txs = senders.slice(first, first + sends).map((from, index) => {
      const other = (first + index) * 7919 + 13;
      const to = other % accounts < senders.length ? senders[other % accounts]?.address : bystander(other % accounts);
      return signedSend(from, 0n, to ?? owner);
    });
    for (const tx of txs) {
      const { code, log } = app.checkTx({ tx, type: abci.CheckTxType.NEW });
      if (code !== 0) throw new Error(`CheckTx refuses a send: ${code} ${log}`);
    }
    const cpu = process.threadCpuUsage();
    const { finalizeMs, commitMs, failed } = runBlock(txs);
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
