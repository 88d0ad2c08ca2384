import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bindingPackage, tensorflowFolder } from '../folder.ts';

/**
 * `npm run tensorflow`: the real TensorFlow for the training backend `tensorflow`. The npm package's own install step
 * downloads a TensorFlow that is too old for current GPUs; here the library comes from TensorFlow's Python package, and
 * the package's addon is compiled against it.
 */
interface Wheel {
  readonly name: string;
  readonly about: string;
  readonly sha256: string;
}

const version = '2.15.1';
const wheels: Readonly<Record<'cpu' | 'cuda', Wheel>> = {
  cpu: {
    name: 'tensorflow-cpu',
    about: '207 MB',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  },
  cuda: {
    name: 'tensorflow',
    about: '475 MB; CUDA 12.2 and cuDNN 8.9 must be on this machine',
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
  },
};

/** What is taken of the wheel: the libraries and the headers, a third of it. */
const unpack = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
for name in wheel.namelist():
    if name.startswith(('tensorflow/libtensorflow_', 'tensorflow/include/')):
        wheel.extract(name, sys.argv[2])
`;

function run(cwd: string, command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (error !== undefined) throw new Error(`${command} is needed and cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ended with status ${status}`);
}

function installPackages(folder: string): void {
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(fileURLToPath(new URL(file, import.meta.url)), join(folder, file));
  }
  run(folder, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

function fetchLibrary(folder: string, wheel: Wheel): void {
  const downloads = join(folder, 'wheel');
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name]);
  const choice = ['--no-deps', '--only-binary', ':all:', '--python-version', '3.11', ...platforms];
  run(folder, 'python3', ['-m', 'pip', 'download', ...choice, '--dest', downloads, `${wheel.name}==${version}`]);
  const file = join(downloads, readdirSync(downloads)[0] ?? '');
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (sha256 !== wheel.sha256) throw new Error(`${file} has SHA-256 ${sha256}, not ${wheel.sha256}`);
  run(folder, 'python3', ['-c', unpack, file, folder]);
  rmSync(downloads, { recursive: true });
}

function compileAddon(folder: string): void {
  const binding = join(folder, 'node_modules', bindingPackage);
  const output = join(binding, 'lib', 'napi-v8', 'tfjs_binding.node');
  mkdirSync(dirname(output), { recursive: true });
  const includes = ['tensorflow/include', 'node_modules/node-api-headers/include'].flatMap((path) => [
    '-isystem',
    join(folder, path),
  ]);
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(binding, 'binding', name));
  // Found beside the packages wherever the folder is moved to.
  const library = ['-Wl,-rpath,$ORIGIN/../../../../../tensorflow', '-L', join(folder, 'tensorflow')];
  const libraries = ['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const options = ['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8'];
  run(folder, 'g++', [...options, ...includes, ...sources, ...library, ...libraries, '-o', output]);
}

function install(kind: 'cpu' | 'cuda', folder: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`TensorFlow ${version} comes for Linux on x64, and this is ${process.platform} on ${process.arch}`);
  }
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    console.log(`1/3 packages from npm into ${folder}`);
    installPackages(draft);
    console.log(`2/3 TensorFlow ${version} (${wheels[kind].about}) with pip`);
    fetchLibrary(draft, wheels[kind]);
    console.log('3/3 compiling the addon with g++');
    compileAddon(draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

try {
  const { values } = parseArgs({ options: { cuda: { type: 'boolean', default: false }, force: { type: 'boolean' } } });
  const folder = tensorflowFolder();
  if (existsSync(folder) && values.force !== true) console.log(`${folder} is there already; --force makes it anew`);
  else install(values.cuda ? 'cuda' : 'cpu', folder);
  console.log('Use it as the backend "tensorflow" of training/backend; try it with: npm run bench -- training');
} catch (error) {
  console.error(`tensorflow: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
