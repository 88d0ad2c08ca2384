/** Imported before anything that loads native code: elsewhere that would fail with a stack instead of a sentence. */
import { platformProblem, thisPlatform } from './supportedPlatform.ts';

const problem = platformProblem(thisPlatform());
if (problem !== undefined) {
  process.stderr.write(`infinetd: ${problem}\n`);
  process.exit(1);
}
