import { defineConfig } from 'vitest/config';

/** `unit` runs beside the code in seconds; `e2e` starts real networks and runs one file after another. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{chain,modules,training,sdk,cli,economy,bench,indexer,verifier,localnet,postgres,proto,test/vectors,test/package,test/differential,test/sim,test/fuzz}/**/*.test.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
