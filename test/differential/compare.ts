import { moduleAddress } from '../../modules/auth/keeper.ts';
import { abci } from '../../sdk/codec/index.ts';
import type { Chain } from './chain.ts';
import { addresses } from './keys.ts';
import type { Entry, Recording } from './recording.ts';

/** One field in which the chains answered differently. */
export interface Difference {
  readonly kind: Entry['kind'];
  readonly name: string;
  /** `code`, `log`, `gasUsed`, `events[2].attributes[0].value` ... */
  readonly field: string;
  readonly theirs: string;
  readonly ours: string;
  /** `code/codespace` of simd's answer, for the list of wanted differences. */
  readonly answer: string;
  /** The peer's log. */
  readonly said: string;
}

export interface Comparison {
  /** Answers that were compared, by kind: a tx counts once checked and once executed. */
  readonly compared: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

/** Feeds a recording's requests to `chain` and compares each answer with the recorded one. */
export async function compare(recording: Recording, chain: Chain): Promise<Comparison> {
  const compared: Record<string, number> = {};
  const differences: Difference[] = [];
  const count = (kind: string, by = 1) => {
    compared[kind] = (compared[kind] ?? 0) + by;
  };
  for (const entry of recording.entries) {
    const request = Buffer.from(entry.request, 'base64');
    const response = Buffer.from(entry.response, 'base64');
    const diff = (name: string, answer: string, theirs: Shown, mine: Shown) =>
      differences.push(...differ(entry.kind, name, answer, theirs, mine));
    const [name = ''] = entry.names;
    switch (entry.kind) {
      case 'init': {
        const theirs = abci.ResponseInitChain.decode(response);
        const mine = await chain.initChain(abci.RequestInitChain.decode(request));
        diff(name, '', showUpdates(theirs.validators), showUpdates(mine.validators));
        break;
      }
      case 'check': {
        const theirs = abci.ResponseCheckTx.decode(response);
        const mine = await chain.checkTx(abci.RequestCheckTx.decode(request));
        diff(name, `${theirs.codespace}/${theirs.code}`, showResult(theirs), showResult(mine));
        break;
      }
      case 'query': {
        const theirs = abci.ResponseQuery.decode(response);
        const mine = await chain.query(abci.RequestQuery.decode(request));
        diff(name, `${theirs.codespace}/${theirs.code}`, showQuery(theirs), showQuery(mine));
        break;
      }
      case 'block': {
        const theirs = abci.ResponseFinalizeBlock.decode(response);
        const mine = await chain.finalizeBlock(abci.RequestFinalizeBlock.decode(request));
        await chain.commit();
        const block = `block ${abci.RequestFinalizeBlock.decode(request).height}`;
        diff(block, '', showBlock(theirs), showBlock(mine));
        for (const [index, tx] of entry.names.entries()) {
          const [left, right] = [theirs.txResults[index], mine.txResults[index]];
          if (left === undefined || right === undefined) throw new Error(`${block} lacks a result for ${tx}`);
          diff(tx, `${left.codespace}/${left.code}`, showResult(left), showResult(right));
          count('executed');
        }
        break;
      }
    }
    count(entry.kind);
  }
  return { compared, differences };
}

/** What is compared, as text by field. */
type Shown = ReadonlyMap<string, string>;

function differ(kind: Entry['kind'], name: string, answer: string, theirs: Shown, ours: Shown): Difference[] {
  const fields = [...new Set([...theirs.keys(), ...ours.keys()])];
  return fields.flatMap((field) => {
    const [left, right] = [theirs.get(field) ?? '<none>', ours.get(field) ?? '<none>'];
    const said = theirs.get('log') ?? '';
    return left === right ? [] : [{ kind, name, field, theirs: left, ours: right, answer, said }];
  });
}

function showResult(result: abci.ExecTxResult | abci.ResponseCheckTx): Shown {
  return new Map([
    ['code', `${result.codespace} ${result.code}`],
    ['log', withoutStack(result.log)],
    ['info', result.info],
    ['data', hex(result.data)],
    ['gasWanted', result.gasWanted.toString()],
    ['gasUsed', result.gasUsed.toString()],
    ['events', showEvents(result.events)],
  ]);
}

function showBlock(block: abci.ResponseFinalizeBlock): Shown {
  return new Map([
    ...showUpdates(block.validatorUpdates),
    ['events', showEvents(block.events.filter((event) => !simdOnly(event)))],
    [
      'params',
      JSON.stringify(block.consensusParamUpdates ?? null, (_, value) =>
        typeof value === 'bigint' ? `${value}` : value,
      ),
    ],
  ]);
}

const minter = addresses.accountText(moduleAddress('mint'));

/** Events of begin and end block of modules that only simd has. */
function simdOnly({ type, attributes }: abci.Event): boolean {
  if (['mint', 'rewards', 'commission', 'proposer_reward'].includes(type)) return true;
  // Minting nothing still tells that it was done.
  const nothing = attributes.some(({ key, value }) => key === 'amount' && value === '');
  return (nothing && type !== 'message') || attributes.some(({ key, value }) => key === 'sender' && value === minter);
}

function showUpdates(updates: readonly abci.ValidatorUpdate[]): Shown {
  const lines = updates.map(({ pubKey, power }) => `${hex(pubKey.ed25519 ?? new Uint8Array())} ${power}`);
  return new Map([['validators', lines.join('\n')]]);
}

function showQuery(query: abci.ResponseQuery): Shown {
  return new Map([
    ['code', `${query.codespace} ${query.code}`],
    ['log', withoutStack(query.log)],
    ['info', query.info],
    ['key', hex(query.key)],
    ['value', hex(query.value)],
    ['height', query.height.toString()],
    // The second step proves the store among all stores of the chain, which are not the same.
    ...(query.proofOps?.ops ?? []).flatMap(({ type, key, data }, index): [string, string][] => [
      [`proofOps[${index}]`, `${type} ${hex(key)}`],
      [`proofOps[${index}].data`, type === 'ics23:iavl' ? hex(data) : 'free'],
    ]),
  ]);
}

export function showEvents(events: readonly abci.Event[]): string {
  return events
    .map(({ type, attributes }) => {
      const parts = attributes.map(({ key, value, index }) => `${key}=${value}${index ? '' : ' (not indexed)'}`);
      return `${type}{${parts.join(', ')}}`;
    })
    .join('\n');
}

/** Go prints where it panicked; the rest of the log is compared. */
function withoutStack(log: string): string {
  const text = log.replace(/ \[cosmos\/cosmos-sdk@[^\]]*\]/, '');
  return text.replace(/stack:\n[\s\S]*?(: panic|$)/, 'stack$1');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
