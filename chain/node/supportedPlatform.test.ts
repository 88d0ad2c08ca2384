import { expect, test } from 'vitest';
import { platformProblem, thisPlatform } from './supportedPlatform.ts';

const nativeProblem = undefined;

test('the machine that runs this test is supported', () => {
  expect(platformProblem(thisPlatform())).toBeUndefined();
});

test.each([
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['darwin', 'x64'],
])('%s %s is supported', (platform, arch) => {
  expect(platformProblem({ platform, arch, nativeProblem })).toBeUndefined();
});

test.each([
  ['win32', 'x64', /WSL 2/],
  ['linux', 'ia32', /does not run on linux ia32: it runs on linux x64/],
  ['freebsd', 'x64', /does not run on freebsd x64/],
])('%s %s is refused with what to do', (platform, arch, text) => {
  expect(platformProblem({ platform, arch, nativeProblem })).toMatch(text);
});

test('native code that was not built is named with the command that builds it', () => {
  const problem = platformProblem({ platform: 'linux', arch: 'arm64', nativeProblem: 'No native build\nmore' });
  expect(problem).toContain('(No native build)');
  expect(problem).toContain('npm rebuild secp256k1');
});
