import { eq } from 'drizzle-orm';
import { createAddressCodec } from '../../sdk/address.ts';
import { cometProof } from '../../sdk/codec/index.ts';
import { blocks } from '../database/tables.ts';
import { reason } from '../failure.ts';
import type { GraphqlContext } from './context.ts';
import { badInput } from './failure.ts';
import { readHead } from './head.ts';
import { balanceKey, proves } from './proof.ts';

/** A balance with its proof, checked against the header of the next height. */
export async function provenBalance(
  { database, source, proofs }: GraphqlContext,
  address: string,
  denom: string,
  wanted: number | null | undefined,
) {
  if (--proofs.left < 0) throw badInput('too many proofs in one request: ask for fewer balances');
  const head = await readHead(database);
  const newest = (head?.height ?? 0) - 1;
  const height = wanted ?? newest;
  if (height < 1 || height > newest) {
    throw badInput(
      `height ${height} cannot be proven: the app hash of its state is in the next header, so it goes up to ${newest}`,
    );
  }
  const [next] = await database
    .select({ appHash: blocks.appHash })
    .from(blocks)
    .where(eq(blocks.height, height + 1));
  if (next === undefined) throw badInput(`block ${height + 1} is not in the index`);
  const key = keyOfBalance(address, denom, head?.bech32Prefix ?? '');
  const answer = await source.storeValue('bank', key, height).catch((error: unknown) => {
    throw badInput(`no node gives the proof: ${reason(error)}`);
  });
  const value = Buffer.from(answer.value).toString('utf8');
  const ops = answer.proof.map(({ type, key: at, data }) => ({ type, key: at, data }));
  return {
    address,
    denom,
    value: value === '' ? '0' : value,
    height,
    appHash: next.appHash,
    verified: proves('bank', key, answer.value, answer.proof, Buffer.from(next.appHash, 'hex')),
    proof: Buffer.from(cometProof.ProofOps.encode({ ops }).finish()).toString('base64'),
  };
}

function keyOfBalance(address: string, denom: string, prefix: string): Uint8Array {
  try {
    return balanceKey(createAddressCodec(prefix).account(address), denom);
  } catch (error) {
    throw badInput(`${address} is not an account address of this chain: ${reason(error)}`);
  }
}
