import { createHash } from 'node:crypto';
import { toBech32 } from '@cosmjs/encoding';
import type { EncodeObject } from '@cosmjs/proto-signing';
import type { ChainEvent } from '../../chain/events.ts';
import { bankTx, tx as txTypes } from '../../sdk/codec/index.ts';
import type { Source, SourceBlock, SourceGenesis, SourceTx } from '../source/block.ts';

/** An account of tests: 20 equal bytes. */
export function account(byte: number): string {
  return toBech32('infinet', new Uint8Array(20).fill(byte));
}

export const alice = account(1);
export const bob = account(2);
export const validator = account(9);
export const operator = toBech32('infinetvaloper', new Uint8Array(20).fill(9));

export const genesis: SourceGenesis = {
  chainId: 'test-1',
  initialHeight: 1,
  time: '2026-01-01T00:00:00Z',
  appState: {
    infinet: { bech32_prefix: 'infinet' },
    bank: {
      balances: [
        { address: alice, coins: [{ denom: 'uinf', amount: '1000' }] },
        { address: bob, coins: [{ denom: 'uatom', amount: '5' }] },
      ],
    },
    staking: {
      validators: [
        {
          operator_address: operator,
          consensus_pubkey: { key: Buffer.alloc(32, 7).toString('base64') },
          status: 'BOND_STATUS_BONDED',
          tokens: '5000000',
          description: { moniker: 'nine' },
          commission: { commission_rates: { rate: '0.100000000000000000' } },
        },
      ],
      delegations: [
        { delegator_address: validator, validator_address: operator, shares: '5000000.000000000000000000' },
      ],
    },
    contribution: {
      objectives: [{ id: '1', title: 'penguins', kind: 'CONTRIBUTION_KIND_DATA', metric: 'knn_shapley' }],
    },
  },
};

/** What goes into one block; everything else follows from its height. */
export interface BlockContent {
  readonly txs?: readonly SourceTx[];
  readonly begin?: readonly ChainEvent[];
  readonly end?: readonly ChainEvent[];
}

function hashOf(chainId: string, height: number): string {
  return createHash('sha256').update(`${chainId} ${height}`).digest('hex').toUpperCase();
}

/** A chain of blocks from height 1 on, linked by their hashes. */
export function makeChain(contents: readonly BlockContent[], chainId = 'test-1'): SourceBlock[] {
  const mode = (events: readonly ChainEvent[], value: string) =>
    events.map(({ type, attributes }) => ({ type, attributes: [...attributes, { key: 'mode', value }] }));
  return contents.map(({ txs = [], begin = [], end = [] }, index) => ({
    chainId,
    height: index + 1,
    hash: hashOf(chainId, index + 1),
    previousHash: index === 0 ? '' : hashOf(chainId, index),
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, index + 1)).toISOString(),
    proposer: 'AB'.repeat(20),
    appHash: hashOf('app', index),
    txs,
    events: [...mode(end, 'EndBlock'), ...mode(begin, 'BeginBlock')],
    validatorUpdates: [],
  }));
}

/** A tx that sends coins, with the events given. */
export function makeTx(events: readonly ChainEvent[], options: { memo?: string; code?: number } = {}): SourceTx {
  const { memo = '', code = 0 } = options;
  const message = bankTx.MsgSend.fromPartial({ fromAddress: alice, toAddress: bob });
  return wrapTx([{ typeUrl: '/cosmos.bank.v1beta1.MsgSend', value: bankTx.MsgSend.encode(message).finish() }], {
    memo,
    code,
    events,
  });
}

export function wrapTx(
  messages: readonly EncodeObject[],
  { memo = '', code = 0, events = [] }: { memo?: string; code?: number; events?: readonly ChainEvent[] },
): SourceTx {
  const body = txTypes.TxBody.fromPartial({ messages: [...messages], memo });
  const info = txTypes.AuthInfo.fromPartial({ fee: { amount: [{ denom: 'uinf', amount: '2' }] } });
  const bytes = txTypes.TxRaw.encode({
    bodyBytes: txTypes.TxBody.encode(body).finish(),
    authInfoBytes: txTypes.AuthInfo.encode(info).finish(),
    signatures: [],
  }).finish();
  const signer = { type: 'tx', attributes: [{ key: 'acc_seq', value: `${alice}/3` }] };
  const log = code === 0 ? '' : 'insufficient funds';
  const codespace = code === 0 ? '' : 'sdk';
  return { bytes, code, codespace, log, gasWanted: 100n, gasUsed: 90n, events: [signer, ...events] };
}

/** Serves blocks from memory; the tip can grow. */
export class MemorySource implements Source {
  readonly chain: SourceBlock[];
  height: number;
  requests = 0;

  constructor(blocks: readonly SourceBlock[]) {
    this.chain = [...blocks];
    this.height = blocks.length;
  }

  tip(): Promise<number> {
    return Promise.resolve(this.height);
  }

  tipNow(): Promise<number> {
    return this.tip();
  }

  async blocks(first: number, last: number): Promise<readonly SourceBlock[]> {
    this.requests++;
    // Later requests answer first: order must come from whoever asks.
    await new Promise((done) => setTimeout(done, 10 - (first % 10)));
    return this.chain.slice(first - 1, last);
  }

  genesis(): Promise<SourceGenesis> {
    return Promise.resolve(genesis);
  }

  storeValue(): Promise<never> {
    return Promise.reject(new Error('blocks in memory prove nothing'));
  }
}
