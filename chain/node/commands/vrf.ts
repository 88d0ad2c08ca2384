import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { createAddressCodec } from '../../../sdk/address.ts';
import { OperatorError } from '../failure.ts';
import { bech32Prefix, readGenesis } from '../genesis.ts';
import { ed25519PublicKey, readVrfSeed } from '../nodeKeys.ts';
import { homePaths } from '../paths.ts';
import { type HomeFlag, homeOption, print } from './shared.ts';

/** Proves with a VRF seed that this operator (20 bytes) may register its key on this chain. */
export type ProveVrfKey = (seed: Uint8Array, chainId: string, operator: Uint8Array) => Uint8Array;

/** `infinetd vrf-registration`: the message that registers the home's VRF key. */
export function addVrfCommand(program: Command, prove: ProveVrfKey): void {
  program
    .command('vrf-registration')
    .summary("print the message that registers the home's VRF key")
    .description(
      "Print the MsgRegisterVrfKey that the validator's operator signs, with the proof of the home's VRF key.",
    )
    .requiredOption('--operator <address>', "account address of the validator's operator")
    .addOption(homeOption())
    .action(({ home, operator }: HomeFlag & { readonly operator: string }) => {
      const paths = homePaths(home);
      const seed = readVrfSeed(paths);
      if (seed === undefined) throw new OperatorError(`${paths.vrfKey} does not exist: this home has no VRF key`);
      if (!existsSync(paths.genesis)) throw new OperatorError(`${paths.genesis} does not exist: it names the chain`);
      const genesis = readGenesis(paths.genesis);
      const address = readAddress(operator, bech32Prefix(genesis));
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
      print({
        '@type': '/infinet.beacon.v1.MsgRegisterVrfKey',
        operator,
        public_key: base64(ed25519PublicKey(seed)),
        proof: base64(prove(seed, genesis.chain_id, address)),
      });
    });
}

function readAddress(text: string, prefix: string): Uint8Array {
  try {
    return createAddressCodec(prefix).account(text);
  } catch (error) {
    throw new OperatorError(`--operator: ${error instanceof Error ? error.message : String(error)}`);
  }
}
