import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { contributionQueries } from '../../sdk/queries.ts';
import { append } from '../contribute.ts';
import {
  type NodeFlags,
  print,
  type SignerFlags,
  sessionOf,
  wholeNumber,
  withNode,
  withQuerier,
  withSigner,
} from '../options.ts';
import { type FileFlags, manifestOfFile } from './contribute.ts';

interface Flags extends SignerFlags, FileFlags {
  readonly stream: bigint;
  readonly deposit: bigint;
}

export function addAppendCommand(program: Command): void {
  withSigner(program.command('append'))
    .summary('add records to a stream')
    .description(
      'Add a file of new records to a stream: any dataset begins one when it is appended to. The key is that of the ' +
        "stream's owner or of one of its devices; the file is measured and valued alone.",
    )
    .argument('<file>', 'the new records: CSV, JSON or NDJSON')
    .requiredOption('--stream <id>', 'id of the first contribution', wholeNumber)
    .requiredOption('--uri <uri...>', 'where verifiers fetch the file: http(s) or file')
    .option('--title <text>', 'a name for people (default: the name of the file)')
    .option('--media-type <type>', 'text/csv, application/json or application/x-ndjson', 'text/csv')
    .option('--deposit <amount>', 'in the smallest unit', wholeNumber, 1_000_000n)
    .action(async (file: string, flags: Flags) => {
      const session = await sessionOf(flags);
      try {
        const { contributionId, streamRoot, taskId, tx, version } = await append(session, flags.stream, {
          manifest: manifestOfFile(file, readFileSync(file), flags),
          deposit: { denom: flags.denom, amount: flags.deposit.toString() },
        });
        const where = { height: tx.height, tx: tx.hash };
        print({ contribution_id: contributionId, task_id: taskId, version, stream_root: streamRoot, ...where });
      } finally {
        session.close();
      }
    });
}

export function addStreamCommand(program: Command): void {
  const stream = program.command('stream').description('Streams of records and the devices that feed them.');
  withNode(stream.command('show'))
    .description('Show a stream: versions, size, Merkle root, devices.')
    .argument('<stream>', 'id of its first contribution', wholeNumber)
    .action(async (streamId: bigint, flags: NodeFlags) => {
      await withQuerier(flags, async (querier) => print(await querier.ask(contributionQueries.stream, { streamId })));
    });
  withSigner(stream.command('devices'))
    .description('Name the accounts that may append to an own stream, and do nothing else; none ends that.')
    .argument('<stream>', 'id of its first contribution', wholeNumber)
    .argument('[addresses...]', 'accounts of the devices')
    .action(async (streamId: bigint, addresses: string[], flags: SignerFlags) => {
      const session = await sessionOf(flags);
      try {
        const value = { contributor: session.address, streamId, devices: addresses.toSorted() };
        const tx = await session.send([{ typeUrl: '/infinet.contribution.v1.MsgSetStreamDevices', value }]);
        print({ stream_id: streamId, devices: value.devices, height: tx.height, tx: tx.hash });
      } finally {
        session.close();
      }
    });
}
