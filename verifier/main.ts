#!/usr/bin/env node
import '../nodeVersion.ts';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fromBech32 } from '@cosmjs/encoding';
import { Command } from 'commander';
import { conclude, describeCheck, diagnose } from './doctor/doctor.ts';
import { describeVerifierHome, initVerifierHome, openVerifierHome, proveVerifierKeys } from './home.ts';
import { startVerifier } from './start.ts';
import { describeStatus, readStatus } from './status/status.ts';
import { parseScores, ScoreFolder } from './worker/scores.ts';

const program = new Command('infinet-verifier');
program
  .description("A validator's verifier worker: follows its assignments, replays and measures, attests, disputes fraud.")
  .showHelpAfterError();

program
  .command('init')
  .description('create the worker key and the VRF key, and print what the operator registers')
  .option('--home <folder>', 'where keys and artifacts lie', join(homedir(), '.infinet-verifier'))
  .option('--prefix <prefix>', 'Bech32 prefix of the chain', 'infinet')
  .action(async (options: { home: string; prefix: string }) => {
    initVerifierHome(options.home);
    const { worker, vrfPublicKey } = await describeVerifierHome(openVerifierHome(options.home), options.prefix);
    console.log(`worker address:  ${worker}`);
    console.log(`VRF public key:  ${Buffer.from(vrfPublicKey).toString('base64')}`);
    console.log(
      'Next: `infinet-verifier registration` prints the MsgRegisterVerifier that the operator signs; fund the worker ' +
        'address for fees and bonds.',
    );
  });

program
  .command('registration')
  .description('print the MsgRegisterVerifier that the operator signs, with the proofs of both keys, as JSON')
  .requiredOption('--operator <address>', "account address of the validator's operator")
  .requiredOption('--chain-id <id>', 'the chain that the proofs are good for')
  .option('--home <folder>', 'where keys and artifacts lie', join(homedir(), '.infinet-verifier'))
  .option('--backend <name>', 'what the worker computes on', 'cpu')
  .action(async (options: { operator: string; chainId: string; home: string; backend: string }) => {
    const { prefix, data } = fromBech32(options.operator);
    const home = openVerifierHome(options.home);
    const { worker, vrfPublicKey } = await describeVerifierHome(home, prefix);
    const proof = proveVerifierKeys(home, options.chainId, data);
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
    const message = {
      '@type': '/infinet.verification.v1.MsgRegisterVerifier',
      operator: options.operator,
      worker,
      vrf_public_key: base64(vrfPublicKey),
      backend: options.backend,
      proof: {
        vrf_proof: base64(proof.vrfProof),
        worker_public_key: base64(proof.workerPublicKey),
        worker_signature: base64(proof.workerSignature),
      },
    };
    console.log(JSON.stringify(message, undefined, 2));
  });

program
  .command('score')
  .description(
    'score an expertise that this operator has a seat for: its worker commits to the scores and reveals them',
  )
  .argument('<contribution>', 'its id')
  .argument('<scores...>', 'each criterion of the rubric with 0 to 1, like clarity=0.8')
  .option('--home <folder>', 'where keys and artifacts lie', join(homedir(), '.infinet-verifier'))
  .action((contribution: string, words: string[], options: { home: string }) => {
    if (!/^[1-9]\d{0,18}$/.test(contribution)) throw new Error(`${contribution} is no contribution's id`);
    const scores = parseScores(words);
    new ScoreFolder(openVerifierHome(options.home).scores).write(BigInt(contribution), scores);
    console.log(JSON.stringify({ contribution, scores }));
  });

program
  .command('doctor')
  .description('say whether this machine can verify, which backends work, how fast they are and what can be installed')
  .option('--json', 'print one JSON object instead of lines')
  .action(async ({ json = false }: { json?: boolean }) => {
    const checks = await diagnose((check) => {
      if (!json) for (const line of describeCheck(check)) console.log(line);
    });
    const { able, text } = conclude(checks);
    console.log(json ? JSON.stringify({ able, checks }) : `\n${text}`);
    process.exitCode = able ? 0 : 1;
  });

program
  .command('start')
  .description('work until stopped')
  .requiredOption('--operator <address>', "account address of the validator's operator")
  .option('--home <folder>', 'where keys and artifacts lie', join(homedir(), '.infinet-verifier'))
  .option('--rpc <url>', "JSON-RPC of the validator's own CometBFT", 'http://127.0.0.1:26657')
  .option(
    '--database-url <url>',
    'Postgres that the workers of this operator share (env VERIFIER_DATABASE_URL, else DATABASE_URL, else one of our own in --home)',
  )
  .option('--listen <host:port>', 'where /health, /ready and /metrics are served', '127.0.0.1:26660')
  .option('--denom <denom>', 'denomination of fees and bonds', 'uinf')
  .option('--gas-price-micro <price>', 'fee a unit of gas, in 10^-6 of the denomination', '1000')
  .option('--poll-ms <milliseconds>', 'pause between two looks at the chain', '400')
  .option('--tasks-at-once <number>', 'tasks that this worker works on at the same time', '8')
  .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
  .action(startVerifier);

program
  .command('status')
  .description('show the last tasks of an operator: what it said, what came of it, and why it earned or did not')
  .requiredOption('--operator <address>', "account address of the validator's operator")
  .option('--rpc <url>', 'JSON-RPC of a CometBFT node', 'http://127.0.0.1:26657')
  .option('--tasks <number>', 'how many of the last tasks', '20')
  .option('--json', 'print one JSON object instead of lines')
  .action(async (options: { operator: string; rpc: string; tasks: string; json?: boolean }) => {
    if (!/^[1-9]\d{0,2}$/.test(options.tasks)) throw new Error('--tasks must be a number from 1 to 999');
    const report = await readStatus(options.rpc, options.operator, Number(options.tasks));
    if (options.json) console.log(JSON.stringify(report, plainJson));
    else for (const line of describeStatus(report)) console.log(line);
    process.exitCode = report.verifier === undefined ? 1 : 0;
  });

/** 64-bit integers as text, bytes in base64. */
function plainJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

program.parseAsync().catch((error: unknown) => {
  console.error(`infinet-verifier: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
