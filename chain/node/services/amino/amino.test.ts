import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { txService } from '../../../../sdk/codec/index.ts';
import { GrpcError, grpcCodes } from '../../../app/grpcStatus.ts';
import { aminoTexts } from '../testing/aminoTexts.ts';
import { decodeBinary, encodeBinary } from './binary.ts';
import { decodeJson, encodeJson } from './json.ts';
import { aminoMethods } from './method.ts';
import { stdTx } from './types.ts';

interface Recorded {
  readonly path: string;
  readonly request: string;
  readonly answer: { readonly value?: string; readonly code?: number };
}

/** What `simd` v0.50.9 answered (`testing/recordAmino.ts`). */
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../testing/simdAmino.json', import.meta.url), 'utf8'),
);
const methods = new Map(aminoMethods().map(({ path, answer }) => [path, answer]));

async function answerOf(path: string, request: Uint8Array): Promise<Recorded['answer']> {
  try {
    const bytes = await methods.get(path)?.(request);
    return { value: Buffer.from(bytes ?? []).toString('base64') };
  } catch (error) {
    if (error instanceof GrpcError) return { code: error.code };
    throw error;
  }
}

describe('a tx of amino times', () => {
  it('has byte for byte the binary and JSON forms that simd gives it, and is refused where simd refuses it', async () => {
    expect(recorded.filter(({ answer }) => answer.value !== undefined).length).toBeGreaterThan(70);
    for (const { path, request, answer } of recorded) {
      const bytes = Buffer.from(request, 'base64');
      expect(await answerOf(path, bytes), bytes.toString('latin1')).toEqual(answer);
    }
  });

  it('comes back from binary as the JSON that it was, and cut off anywhere is a tx or refused, never a crash', () => {
    const text = encodeJson(decodeJson(aminoTexts()[0] ?? '', stdTx));
    const binary = encodeBinary(decodeJson(text, stdTx));
    expect(encodeJson(decodeBinary(binary, stdTx))).toBe(text);
    fc.assert(
      fc.property(fc.nat(binary.length - 1), fc.nat(255), (at, byte) => {
        for (const bytes of [
          binary.subarray(0, at),
          Uint8Array.from(binary, (b, index) => (index === at ? byte : b)),
        ]) {
          try {
            const again = encodeJson(decodeBinary(bytes, stdTx));
            expect(encodeJson(decodeBinary(encodeBinary(decodeJson(again, stdTx)), stdTx))).toBe(again);
          } catch (error) {
            expect(error).not.toBeInstanceOf(TypeError);
            expect(error).toBeInstanceOf(Error);
          }
        }
      }),
    );
  });

  it('may not be nested without end, nor be larger than two blocks', async () => {
    let key = '{"type":"tendermint/PubKeySecp256k1","value":"AA=="}';
    for (let i = 0; i < 1000; i++) {
      key = `{"type":"tendermint/PubKeyMultisigThreshold","value":{"threshold":"1","pubkeys":[${key}]}}`;
    }
    const deep = `{"type":"cosmos-sdk/StdTx","value":{"signatures":[{"pub_key":${key}}]}}`;
    const encode = (aminoJson: string) =>
      answerOf(
        '/cosmos.tx.v1beta1.Service/TxEncodeAmino',
        txService.TxEncodeAminoRequest.encode({ aminoJson }).finish(),
      );
    expect(await encode(deep)).toEqual({ code: grpcCodes.Unknown });
    expect(await encode(`"${'x'.repeat(3_000_000)}"`)).toEqual({ code: grpcCodes.InvalidArgument });
  });
});
