import { z } from 'zod';
import { NodeHasher } from '../../chain/store/iavl/node.ts';
import { proveKey } from '../../chain/store/iavl/proof.ts';
import { Tree } from '../../chain/store/iavl/tree.ts';
import { CommitMultiStore } from '../../chain/store/multistore.ts';

/** How much of the Go libraries' answers was held against ours. */
export interface Compared {
  readonly versions: number;
  readonly proofs: number;
}

/** Where our answer is another one than Go's. */
export class VectorMismatch extends Error {
  override readonly name = 'VectorMismatch';
}

const TreeLine = z.object({
  version: z.number(),
  ops: z.array(z.array(z.string())).nullable(),
  root: z.string(),
  present: z.record(z.string(), z.string()).optional(),
  absent: z.record(z.string(), z.string()).optional(),
});

const UpgradeLine = z.object({
  version: z.number(),
  added: z.array(z.string()).default([]),
  deleted: z.array(z.string()).default([]),
  writes: z.array(z.array(z.string())),
  app_hash: z.string(),
});

const latin1 = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');

function demand(what: string, ours: string, theirs: string): void {
  if (ours !== theirs) throw new VectorMismatch(`${what} is ${ours}, Go has ${theirs}`);
}

/** Root and proofs of each version of a tree, byte for byte. Throws `VectorMismatch` at the first difference. */
export function compareTree(lines: readonly string[]): Compared {
  const hasher = new NodeHasher();
  let tree = new Tree();
  let proofs = 0;
  for (const text of lines) {
    const { version, ops, root, present, absent } = TreeLine.parse(JSON.parse(text));
    const editor = tree.edit();
    for (const [op, key = '', value = ''] of ops ?? []) {
      if (op === 'set') editor.set(latin1(key), Buffer.from(value, 'hex'));
      else editor.delete(latin1(key));
    }
    tree = editor.save(version, hasher).tree;
    demand(`the root of version ${version}`, Buffer.from(tree.hash, 'latin1').toString('hex'), root);
    for (const [key, proof] of [...Object.entries(present ?? {}), ...Object.entries(absent ?? {})]) {
      const ours = Buffer.from(proveKey(tree, latin1(key))).toString('base64');
      demand(`the proof of ${key} at version ${version}`, ours, proof);
      proofs++;
    }
  }
  return { versions: lines.length, proofs };
}

/** App hash of each block of a multistore whose stores come and go. Throws `VectorMismatch` at the first difference. */
export function compareUpgrades(lines: readonly string[]): Compared {
  const store = CommitMultiStore.open(undefined, {
    meta: { chainId: 'vectors', bech32Prefix: 'cosmos' },
    stores: ['acc', 'bank', 'mint'],
  });
  for (const text of lines) {
    const { version, added, deleted, writes, app_hash } = UpgradeLine.parse(JSON.parse(text));
    if (added.length + deleted.length > 0) store.upgradeStores({ height: BigInt(version), added, deleted });
    for (const [name = '', key = '', value] of writes) {
      if (value === undefined) store.working.store(name).delete(latin1(key));
      else store.working.store(name).set(latin1(key), Buffer.from(value, 'hex'));
    }
    const ours = Buffer.from(store.stage(BigInt(version))).toString('hex');
    demand(`the app hash of block ${version}`, ours, app_hash);
    store.commit();
  }
  return { versions: lines.length, proofs: 0 };
}
