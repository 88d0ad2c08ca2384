import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatsToBytes } from '../bytes.ts';
import { sha256 } from '../merkle.ts';
import { scheduleOperators } from '../opset.ts';
import { namedRow } from './fields.ts';

const STEPS = 1_000;
const RATE = Math.fround(0.1);

function rates(json: { readonly op: string; readonly [key: string]: string | number }, steps = STEPS): Float32Array {
  const schedule = namedRow(scheduleOperators, json.op, 'op').bind(json, 'spec.schedule', steps);
  return Float32Array.from({ length: steps }, (_, step) => schedule(RATE, step));
}

const cases = [
  [
    { op: 'step_decay', every: 30, factor: 0.9 },
    (step: number) => 0.9 ** Math.floor(step / 30),
    'e46e28a2c4dc7dcac9ccde5ca8cf069987f287f09b221b0aec6efa5bd956c18e',
  ],
  [
    { op: 'linear_decay', warmup: 100, end: 0.1 },
    (step: number) => warm(step, (t) => 0.1 + 0.9 * (1 - t)),
    '6fdf480167e7988fe1c85f386c8a2720848e9a91fdc02b8304553469dc05a87e',
  ],
  [
    { op: 'cosine_decay', warmup: 100, end: 0.1 },
    (step: number) => warm(step, (t) => 0.1 + 0.45 * (1 + Math.cos(Math.PI * t))),
    '99d5fc26fdb4052931e795e6297458e0451b04da68e97386adad0e94031efe85',
  ],
  [
    { op: 'inverse_sqrt', warmup: 100 },
    (step: number) => (step < 100 ? (step + 1) / 100 : Math.sqrt(100 / (step + 1))),
    '30bf94004c1f17b669ae022cb90f56e6052fc4436b7f6c6c57cd1aa24e42b6e0',
  ],
] as const;

function warm(step: number, then: (t: number) => number): number {
  return step < 100 ? (step + 1) / 100 : then((step - 100) / (STEPS - 100));
}

describe.each(cases)('the learning rate of %o', (json, factor, digest) => {
  it('is the formula of double precision within 1e-6 of the rate, and never changes a bit', () => {
    const found = rates(json);
    found.forEach((rate, step) => {
      expect(Math.abs(rate - 0.1 * factor(step))).toBeLessThan(1e-7);
    });
    expect(Buffer.from(sha256(floatsToBytes(found))).toString('hex')).toBe(digest);
  });
});

it('stays finite and between 0 and the rate for any run', () => {
  const whole = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(whole, whole, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (steps, some, end, at) => {
      const warmup = some % steps;
      for (const json of [
        { op: 'step_decay', every: warmup + 1, factor: 0.5 },
        { op: 'linear_decay', warmup, end },
        { op: 'cosine_decay', warmup, end },
        { op: 'inverse_sqrt', warmup: warmup + 1 },
      ]) {
        const schedule = namedRow(scheduleOperators, json.op, 'op').bind(json, 'spec.schedule', steps);
        for (const step of [0, at % steps, steps - 1]) {
          const rate = schedule(RATE, step);
          expect(rate).toBeGreaterThanOrEqual(0);
          expect(rate).toBeLessThanOrEqual(Math.fround(RATE * 1.000001));
        }
      }
    }),
    { numRuns: 500 },
  );
});
