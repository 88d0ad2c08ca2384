#!/usr/bin/env node
import '../nodeVersion.ts';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describeVerifierHome, initVerifierHome, openVerifierHome } from './home.ts';
import { startVerifier } from './start.ts';

const program = new Command('infinet-verifier');
program
  .description("A validator's verifier worker: follows its assignments, replays and measures, attests, disputes fraud.")
  .showHelpAfterError();

program
  .command('init')
  .description('create the worker key and the VRF key, and print what the operator registers')
  .option('--home <folder>', 'where keys, journal and artifacts lie', join(homedir(), '.infinet-verifier'))
  .option('--prefix <prefix>', 'Bech32 prefix of the chain', 'infinet')
  .action(async (options: { home: string; prefix: string }) => {
    initVerifierHome(options.home);
    const { worker, vrfPublicKey } = await describeVerifierHome(openVerifierHome(options.home), options.prefix);
    console.log(`worker address:  ${worker}`);
    console.log(`VRF public key:  ${Buffer.from(vrfPublicKey).toString('base64')}`);
    console.log(
      'Next: the operator registers both with MsgRegisterVerifier and funds the worker address for fees and bonds.',
    );
  });

program
  .command('start')
  .description('work until stopped')
  .requiredOption('--operator <address>', "account address of the validator's operator")
  .option('--home <folder>', 'where keys, journal and artifacts lie', join(homedir(), '.infinet-verifier'))
  .option('--rpc <url>', "JSON-RPC of the validator's own CometBFT", 'http://127.0.0.1:26657')
  .option('--listen <host:port>', 'where /health, /ready and /metrics are served', '127.0.0.1:26660')
  .option('--denom <denom>', 'denomination of fees and bonds', 'uinf')
  .option('--gas-price-micro <price>', 'fee a unit of gas, in 10^-6 of the denomination', '1000')
  .option('--poll-ms <milliseconds>', 'pause between two looks at the chain', '400')
  .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
  .action(startVerifier);

program.parseAsync().catch((error: unknown) => {
  console.error(`infinet-verifier: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
