import { ics23 } from '../../../sdk/codec/index.ts';
import { type ByteString, fromByteString } from '../kv.ts';
import { heightOf, type Inner, type Node, sizeOf, writeNodeHead } from './node.ts';
import { loaded, type Tree } from './tree.ts';

/** Protobuf bytes of the `ics23.CommitmentProof` of what the tree holds, or does not hold, under `key`. */
export function proveKey(tree: Tree, key: ByteString): Uint8Array {
  if (tree.root === undefined) throw new Error('an empty tree has no proofs');
  const proof = tree.has(key)
    ? ics23.CommitmentProof.fromPartial({ exist: existence(tree, key) })
    : ics23.CommitmentProof.fromPartial({ nonexist: absence(tree, key) });
  return ics23.CommitmentProof.encode(proof).finish();
}

/** Absence is shown by the two neighbours, one where the key lies outside of all keys. */
function absence(tree: Tree, key: ByteString): Partial<ics23.NonExistenceProof> {
  const [left] = tree.iterate({ end: key, reverse: true });
  const [right] = tree.iterate({ start: key });
  return {
    key: fromByteString(key),
    left: left && existence(tree, left[0]),
    right: right && existence(tree, right[0]),
  };
}

function existence(tree: Tree, key: ByteString): ics23.ExistenceProof {
  if (tree.root === undefined) throw new Error('an empty tree has no proofs');
  const path: ics23.InnerOp[] = [];
  let node = loaded(tree.root, tree.source);
  while (node.kind === 'inner') {
    path.unshift(innerOp(node, key < node.key));
    node = loaded(key < node.key ? node.left : node.right, tree.source);
  }
  return {
    key: fromByteString(node.key),
    value: node.value,
    leaf: {
      hash: ics23.HashOp.SHA256,
      prehashKey: ics23.HashOp.NO_HASH,
      prehashValue: ics23.HashOp.SHA256,
      length: ics23.LengthOp.VAR_PROTO,
      prefix: nodeHead(node),
    },
    path,
  };
}

/** What surrounds the hash of the child on the way: each hash in the node's preimage has its length, 32, before it. */
function innerOp(node: Inner, wayIsLeft: boolean): ics23.InnerOp {
  const head = nodeHead(node);
  const left = Buffer.from(node.left.hash, 'latin1');
  const right = Buffer.from(node.right.hash, 'latin1');
  return {
    hash: ics23.HashOp.SHA256,
    prefix: wayIsLeft ? Uint8Array.of(...head, 32) : Uint8Array.of(...head, 32, ...left, 32),
    suffix: wayIsLeft ? Uint8Array.of(32, ...right) : new Uint8Array(0),
  };
}

function nodeHead(node: Node): Uint8Array {
  const buffer = new Uint8Array(30);
  return buffer.slice(0, writeNodeHead(buffer, heightOf(node), sizeOf(node), node.version));
}
