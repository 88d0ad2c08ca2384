import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Contribution, Objective } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { Verdict } from '../../proto/generated/infinet/verification/v1/types.ts';
import { contentRoot } from '../../training/merkle.ts';
import { ArtifactCache } from '../artifacts/cache.ts';
import { judgeContribution } from './assess.ts';
import { parseScores, ScoreFolder } from './scores.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'infinet-scores-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rubric = [
  { name: 'clarity', weight: 1 },
  { name: 'depth', weight: 3 },
];

describe('a judgement', () => {
  const essay = Buffer.from('What the network should learn next.');
  const judge = (served: Uint8Array, scores: ScoreFolder) => {
    const path = join(folder, 'essay.txt');
    writeFileSync(path, served);
    const manifest = {
      contentRoot: contentRoot(essay),
      sizeBytes: BigInt(essay.length),
      uris: [pathToFileURL(path).href],
      mediaType: 'text/plain',
    };
    const cache = new ArtifactCache(join(folder, 'cache'));
    const contribution = Contribution.fromPartial({ id: 7n, manifest });
    return judgeContribution(contribution, Objective.fromPartial({ id: 2n, rubric }), scores, cache);
  };

  test('is what the operator scored, and waits for all of it', async () => {
    const scores = new ScoreFolder(join(folder, 'scores'));
    await expect(judge(essay, scores)).rejects.toThrow('infinet-verifier score 7 clarity=0.8 depth=0.8');
    scores.write(7n, parseScores(['clarity=0.75']));
    await expect(judge(essay, scores)).rejects.toThrow('lacks a score for depth');
    scores.write(7n, parseScores(['depth=1', 'clarity=0.75']));
    expect(await judge(essay, scores)).toMatchObject({
      verdict: Verdict.VERDICT_VALID,
      metrics: [
        { name: 'clarity', value: 750_000n },
        { name: 'depth', value: 1_000_000n },
      ],
    });
  });

  test('is INVALID where the bytes are not those of the manifest, whatever was scored', async () => {
    const scores = new ScoreFolder(join(folder, 'scores'));
    scores.write(7n, { clarity: 1, depth: 1 });
    const forged = Buffer.from(essay).fill('x', 0, 4);
    expect(await judge(forged, scores)).toMatchObject({ verdict: Verdict.VERDICT_INVALID, metrics: [] });
  });
});

test.each(['clarity', 'clarity=1.1', 'clarity=-0.1', 'clarity=0.1234567', 'Clarity=0.5', '=0.5'])(
  '%s is no score',
  (word) => {
    expect(() => parseScores([word])).toThrow('is no score');
  },
);
