import { describe, expect, it } from 'vitest';
import { bytesToFloats, floatsToBytes } from './bytes.ts';
import { Dataset, encodeRecords } from './dataset.ts';
import { contentRoot } from './merkle.ts';

const record = { features: 2, classes: 3 };
const bytes = floatsToBytes(Float32Array.of(0.5, -1, 2, 0, 7, 0));
const withValue = (index: number, value: number) => {
  const values = bytesToFloats(bytes);
  values[index] = value;
  return floatsToBytes(values);
};

describe('a data set', () => {
  it('is a file of records whose content root is the data root', () => {
    const data = new Dataset(record, bytes);
    expect(data.records).toBe(2);
    expect([...data.features(1), data.label(0), data.label(1)]).toEqual([0, 7, 2, 0]);
    expect(data.root).toEqual(contentRoot(bytes));
  });

  it('is encoded from rows', () => {
    const rows = [
      { features: [0.5, -1], label: 2 },
      { features: [0, 7], label: 0 },
    ];
    expect(encodeRecords(record, rows)).toEqual(bytes);
    expect(() => encodeRecords(record, [{ features: [1], label: 0 }])).toThrow('record 0 has 1 features');
  });

  it('holds float32 little endian, wherever it is read', () => {
    expect([...floatsToBytes(Float32Array.of(1, -0))]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x80]);
    expect([...bytesToFloats(bytes.subarray(4))]).toEqual([-1, 2, 0, 7, 0]);
  });

  it('is refused with half a record, values that are not finite, or classes that do not exist', () => {
    expect(() => new Dataset(record, bytes.subarray(4))).toThrow('whole records');
    expect(() => new Dataset(record, new Uint8Array(0))).toThrow('whole records');
    expect(() => new Dataset(record, withValue(4, Number.NaN))).toThrow('record 1: value 1 is NaN');
    expect(() => new Dataset(record, withValue(0, Number.POSITIVE_INFINITY))).toThrow('record 0: value 0 is Infinity');
    for (const label of [3, -1, 0.5])
      expect(() => new Dataset(record, withValue(5, label))).toThrow('record 1: value 2');
  });
});
