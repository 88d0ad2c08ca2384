import { expect, test } from 'vitest';
import { rowSketch, sketchSimilarity } from '../modules/contribution/formulas.ts';
import { csvSketch } from './csvSketch.ts';

test('a sketch is of the rows below the header, whatever their order, case, quotes and line ends', () => {
  const sketch = csvSketch('name,note\r\nAda,"x, ""y"""\r\nBob,\r\n');
  expect(sketch).toEqual(
    rowSketch([
      ['bob', ''],
      ['ada', 'x, "y"'],
    ]),
  );
  expect(csvSketch('other,header\nBOB,\n"ada","X, ""Y"""\n')).toEqual(sketch);
});

test('a copy with one row changed is found by it', () => {
  const rows = Array.from({ length: 200 }, (_, row) => `${row},${row * 7}`);
  const changed = rows.with(17, 'changed,0');
  const similarity = sketchSimilarity(
    csvSketch(['a,b', ...rows].join('\n')),
    csvSketch(['a,b', ...changed].join('\n')),
  );
  expect(similarity).toBeGreaterThan(850_000n);
});
