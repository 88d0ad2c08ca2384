import { CommitMultiStore, type StoreOptions } from '../../chain/store/multistore.ts';
import { writeBulk } from './bulk.ts';

/** The two stores that a bank send touches. */
export const options: StoreOptions = {
  meta: { chainId: 'bench-1', bech32Prefix: 'infinet' },
  stores: ['acc', 'bank'],
  pruning: { keepRecent: 100, interval: 10 },
};

const bytes = Buffer.alloc(21);

/** An account's key: a prefix byte and 20 bytes of address, spread over the key space as hashes are. */
function key(prefix: number, index: number): string {
  bytes[0] = prefix;
  for (let word = 0; word < 5; word += 1) {
    bytes.writeInt32BE(Math.imul(index + 1, 0x9e3779b1 + word * 2), word * 4 + 1);
  }
  return bytes.toString('latin1');
}

/** What a bank send reads and writes: the sender's account (sequence) and both balances. */
function send(store: CommitMultiStore, accounts: number, height: number, index: number): void {
  const sender = (index * 7919 + height * 104_729) % accounts;
  const recipient = (sender * 31 + 17) % accounts;
  const value = Buffer.from(`${height}:${index}`.padEnd(60, '.'));
  const [acc, bank] = [store.working.store('acc'), store.working.store('bank')];
  const accountKey = key(1, sender);
  acc.get(accountKey);
  acc.set(accountKey, value);
  for (const balance of [key(2, sender), key(2, recipient)]) {
    bank.get(balance);
    bank.set(balance, value.subarray(0, 16));
  }
}

/** The reads and writes of one block, whose sends depend on the store's height. */
export function execute(store: CommitMultiStore, accounts: number, sends: number): void {
  const height = Number(store.version + 1n);
  for (let index = 0; index < sends; index += 1) send(store, accounts, height, index);
}

/** Fills a new folder with the accounts. */
export async function fill(folder: string, accounts: number): Promise<void> {
  const value = Buffer.alloc(60, 1);
  const keys = (prefix: number) =>
    Array.from({ length: accounts }, (_, index) => key(prefix, index)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  await writeBulk(folder, options.meta, [
    { name: 'acc', keys: [...new Set(keys(1))], value: () => value },
    { name: 'bank', keys: [...new Set(keys(2))], value: () => value.subarray(0, 16) },
  ]);
}

/**
 * Run as a program: `fill FOLDER ACCOUNTS`, in a process of its own, so that the measured one holds what it needs only; or
 * `first FOLDER ACCOUNTS SENDS` opens the folder, makes a block, and says when that was done, in ms since the process began.
 */
if (import.meta.main) {
  const [what, folder, accounts, sends] = process.argv.slice(2);
  if (what === 'fill') {
    await fill(folder ?? '', Number(accounts));
    process.exit(0);
  }
  const store = CommitMultiStore.open(folder, options);
  const opened = performance.now();
  execute(store, Number(accounts), Number(sends));
  store.stage(store.version + 1n);
  store.commit();
  console.log(JSON.stringify({ openMs: Math.round(opened), firstBlockMs: Math.round(performance.now()) }));
  process.exit(0);
}
