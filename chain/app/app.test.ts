import { describe, expect, it } from 'vitest';
import { toByteString } from '../../sdk/codec/byteString.ts';
import { baseAbci, protoAny, txService, tx as txTypes } from '../../sdk/codec/index.ts';
import { blockOf, check, initChain, nextBlock, type ToyChain, toyChain } from './testing/toyChain.ts';
import { alice, bob, makeTx, sendMessage } from './testing/txs.ts';
import { validatorOf } from './testing/votes.ts';

function started(chain = toyChain(), maxGas = -1n): ToyChain {
  initChain(chain, 0n, {}, maxGas);
  nextBlock(chain);
  return chain;
}

function ask({ app }: ToyChain, path: string, data: Uint8Array = new Uint8Array(), height = 0n, prove = false) {
  return app.query({ path, data, height, prove });
}

function receivedBy(chain: ToyChain, address: Uint8Array, height = 0n) {
  const data = protoAny.Any.encode({ typeUrl: '', value: address }).finish();
  const response = ask(chain, '/toy.Query/Received', data, height);
  return response.code === 0 ? protoAny.Any.decode(response.value).typeUrl : response.log;
}

describe('a block', () => {
  it('carries out a tx: data, gas and events as the SDK reports them', () => {
    const chain = started();
    const response = nextBlock(chain, [makeTx()]);
    const [result] = response.txResults;
    expect(result).toMatchObject({ code: 0, codespace: '', log: '', gasWanted: 200_000n });
    expect(baseAbci.TxMsgData.decode(result?.data ?? new Uint8Array()).msgResponses).toEqual([
      { typeUrl: '/cosmos.bank.v1beta1.MsgSendResponse', value: new Uint8Array() },
    ]);
    const texts = result?.events.map(({ type, attributes }) => [
      type,
      ...attributes.map(({ key, value }) => `${key}=${value}`),
    ]);
    expect(texts?.slice(-2)).toEqual([
      ['message', 'action=/cosmos.bank.v1beta1.MsgSend', `sender=${alice.text}`, 'module=bank', 'msg_index=0'],
      ['toy_send', 'amount=5', 'msg_index=0'],
    ]);
    expect(response.events.map(({ type, attributes }) => [type, attributes.at(-1)?.value])).toEqual([
      ['toy_begin', 'BeginBlock'],
      ['toy_end', 'EndBlock'],
    ]);
    expect(receivedBy(chain, bob.address)).toBe('5');
  });

  it.each([
    ['fails', 'fail', 5, 'failed to execute message; message index: 1: as asked: insufficient funds'],
    ['runs out of gas', 'burngas', 11, 'out of gas in location: toy; gasWanted: 200000, gasUsed:'],
    ['panics', 'panic', 111222, 'recovered: as asked'],
  ])('keeps only fee and sequence of a tx whose second message %s', (_name, denom, code, log) => {
    const chain = started();
    const messages = [sendMessage(), sendMessage({ denom })];
    const [result] = nextBlock(chain, [makeTx({ messages })]).txResults;
    expect([result?.code, result?.data.length]).toEqual([code, 0]);
    expect(result?.log).toContain(log);
    expect(result?.events.map(({ type }) => type)).toEqual(['toy_fee', 'tx', 'tx', 'tx']);
    expect(receivedBy(chain, bob.address)).toContain('code = NotFound');
    expect(nextBlock(chain, [makeTx({ sequence: 1n })]).txResults[0]?.code).toBe(0);
  });

  it('leaves nothing of a tx that the ante handler refuses', () => {
    const [quiet, refused] = [started(), started()];
    nextBlock(quiet);
    const response = nextBlock(refused, [makeTx({ sequence: 9n }), new Uint8Array([1, 2, 3])]);
    expect(response.txResults.map(({ code, events }) => [code, events.length])).toEqual([
      [32, 0],
      [2, 0],
    ]);
    expect(refused.store.appHash).toEqual(quiet.store.appHash);
  });

  it('stops running txs when its gas is used up', () => {
    const chain = started(toyChain(), 260_000n);
    const used = nextBlock(chain, [makeTx()]).txResults[0]?.gasUsed ?? 0n;
    const tight = started(toyChain(), used * 2n + used / 2n);
    const gasLimit = used * 2n;
    const txs = [0n, 1n, 2n, 3n].map((sequence) => makeTx({ sequence, gasLimit }));
    const codes = nextBlock(tight, txs).txResults.map(({ code, log }) => [code, log.split(';')[0]]);
    expect(codes[0]?.[0]).toBe(0);
    expect(codes.at(-1)).toEqual([11, 'no block gas left to run tx: out of gas']);
  });

  it('gives two apps the same answers and app hashes, also when one of them checked the txs first', () => {
    const [one, two] = [started(), started()];
    for (let sequence = 0n; sequence < 5n; sequence++) {
      const denom = ['uinf', 'fail', 'panic', 'burngas', 'uinf'][Number(sequence)] ?? 'uinf';
      const txs = [makeTx({ sequence, denom }), makeTx({ signer: bob, accountNumber: 8n, sequence })];
      for (const tx of txs) check(two, tx);
      expect(nextBlock(one, txs)).toEqual(nextBlock(two, txs));
      expect(one.store.appHash).toEqual(two.store.appHash);
    }
  });

  it('may be executed again after it was not committed', () => {
    const chain = started();
    const first = chain.app.finalizeBlock(blockOf(2n, [makeTx()]));
    expect(chain.app.finalizeBlock(blockOf(2n, [makeTx()]))).toEqual(first);
    chain.app.commit();
    expect(receivedBy(chain, bob.address)).toBe('5');
  });

  it('of a wrong height, and a Commit without a block, stop the node', () => {
    const chain = started();
    expect(() => chain.app.finalizeBlock(blockOf(3n, []))).toThrow('block 3 came where 2 was expected');
    expect(() => chain.app.commit()).toThrow('Commit came without FinalizeBlock');
  });

  it('with a broken invariant stops the node', () => {
    const chain = toyChain({ invariantPeriod: 2n });
    started(chain);
    chain.log.broken = 'supply is off by 1';
    expect(() => nextBlock(chain)).toThrow('broken invariants at height 2: toy/toy: supply is off by 1');
  });

  it('reports validator updates ordered by key, and refuses impossible ones', () => {
    const chain = started();
    const [a, b] = [validatorOf('new-a', 3n), validatorOf('new-b', 4n)];
    chain.log.updates = [a, b];
    const { validatorUpdates } = nextBlock(chain);
    expect(validatorUpdates.map(({ power }) => power).sort()).toEqual([3n, 4n]);
    chain.log.updates = [{ publicKey: validatorOf('never', 1n).publicKey, power: 0n }];
    expect(() => nextBlock(chain)).toThrow('is removed but not in the set');
  });
});

describe('genesis', () => {
  it('says where it is wrong', () => {
    expect(() => initChain(toyChain(), 0n, { infinet: { bech32_prefix: 'cosmos' } })).toThrow(
      'app_state.infinet.bech32_prefix',
    );
    expect(() => initChain(toyChain(), 0n, { infinet: { min_gas_prices: 'lots' } })).toThrow('is not like 0.025uinf');
    expect(() => initChain(toyChain(), 0n, { genutil: { gen_txs: [{}] } })).toThrow('app_state.genutil.gen_txs[0]');
    expect(() => initChain(toyChain(), 0n, { genutil: { gen_txs: ['AAAA'] } })).toThrow('gen_txs[0]: sdk 2');
  });

  it('runs its txs with account number 0 and without a price', () => {
    const chain = toyChain();
    const tx = Buffer.from(makeTx({ accountNumber: 0n, fee: [], gasLimit: 0n })).toString('base64');
    initChain(chain, 0n, { genutil: { gen_txs: [tx] } });
    nextBlock(chain);
    expect(receivedBy(chain, bob.address)).toBe('5');
  });

  it('must make the validators that CometBFT has read', () => {
    const stray = { name: 'stray', stores: [], initGenesis: () => [validatorOf('other', 5n)] };
    expect(() => initChain(toyChain({ modules: [stray] }))).toThrow('the genesis file lists validators');
  });
});

describe('a query', () => {
  it('reads committed versions only, the last one or the one asked for', () => {
    const chain = started();
    nextBlock(chain, [makeTx()]);
    nextBlock(chain, [makeTx({ sequence: 1n })]);
    chain.app.finalizeBlock(blockOf(4n, [makeTx({ sequence: 2n })]));
    expect(receivedBy(chain, bob.address)).toBe('10');
    expect(receivedBy(chain, bob.address, 2n)).toBe('5');
    const data = protoAny.Any.encode({ typeUrl: '', value: bob.address }).finish();
    expect(ask(chain, '/toy.Query/Received', data).height).toBe(3n);
    expect(ask(chain, '/toy.Query/Received', data, 2n).height).toBe(2n);
  });

  it('is refused with the codes and texts of the SDK', () => {
    const chain = started();
    const data = protoAny.Any.encode({ typeUrl: '', value: bob.address }).finish();
    const refusal = (...args: Parameters<typeof ask> extends [ToyChain, ...infer Rest] ? Rest : never) => {
      const { code, codespace, log } = ask(chain, ...args);
      return [code, codespace, log];
    };
    expect(refusal('/toy.Query/Received', data)).toEqual([
      22,
      'sdk',
      'rpc error: code = NotFound desc = nothing received: key not found',
    ]);
    expect(refusal('/toy.Query/Received', data, 9n)).toEqual([
      26,
      'sdk',
      'cannot query with height in the future; please provide a valid height: invalid height',
    ]);
    expect(refusal('/toy.Query/Received', Uint8Array.of(0x0a, 9))[0]).toBe(18);
    expect(refusal('/toy.Query/Nothing')).toEqual([6, 'sdk', 'unknown query path: unknown request']);
    expect(refusal('')).toEqual([6, 'sdk', 'no query path provided: unknown request']);
    expect(refusal('/app/nothing')[0]).toBe(6);
    expect(refusal('/store/nothing/key', Uint8Array.of(1))).toEqual([
      4,
      'store',
      'no such store: nothing: unknown request',
    ]);
    expect(refusal('/store/toy/key', Uint8Array.of(1), 1n, true)[0]).toBe(18);
    expect(refusal('/store/toy/key', Uint8Array.of(1), 99n)).toEqual([0, '', 'version does not exist']);
    expect(refusal('/toy.Query/Received', new Uint8Array(3_000_000))[0]).toBe(18);
  });

  it('of a store gives the value with two proof steps', () => {
    const chain = started();
    nextBlock(chain, [makeTx()]);
    const key = Uint8Array.of(2, ...bob.address);
    const response = ask(chain, '/store/toy/key', key, 0n, true);
    expect([toByteString(response.value), response.height]).toEqual(['5', 2n]);
    expect(response.proofOps?.ops.map(({ type }) => type)).toEqual(['ics23:iavl', 'ics23:simple']);
  });

  it('simulates a tx without its signature, and leaves nothing', () => {
    const chain = started();
    const unsigned = makeTx({ gasLimit: 0n, fee: [], tamper: () => new Uint8Array() });
    const data = txService.SimulateRequest.encode({ txBytes: unsigned }).finish();
    const response = ask(chain, '/cosmos.tx.v1beta1.Service/Simulate', data);
    expect(response.log).toBe('');
    const { gasInfo, result } = txService.SimulateResponse.decode(response.value);
    expect(gasInfo?.gasWanted).toBe((1n << 64n) - 1n);
    const real = nextBlock(chain, [makeTx()]).txResults[0];
    expect(Math.abs(Number((gasInfo?.gasUsed ?? 0n) - (real?.gasUsed ?? 0n)))).toBeLessThan(5000);
    expect(result?.msgResponses).toHaveLength(1);
    expect(receivedBy(chain, bob.address)).toBe('5');
  });

  it('simulates by the deprecated field too, and reports what failed with the gas used', () => {
    const chain = started();
    const tx = txTypes.Tx.decode(makeTx({ sequence: 3n }));
    const data = txService.SimulateRequest.encode({ tx, txBytes: new Uint8Array() }).finish();
    const response = ask(chain, '/cosmos.tx.v1beta1.Service/Simulate', data);
    expect(response.code).toBe(6);
    expect(response.log).toMatch(/account sequence mismatch, expected 0, got 3: .* with gas used: '\d+'/);
  });

  it('answers the node information that clients ask for first', () => {
    const chain = started();
    expect(Buffer.from(ask(chain, '/app/version').value).toString()).toBe('test');
    expect(ask(chain, '/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo').code).toBe(0);
    expect(ask(chain, '/p2p/filter/addr/1.2.3.4:5').code).toBe(0);
  });
});
