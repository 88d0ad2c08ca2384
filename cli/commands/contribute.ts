import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { ContributionKind } from '../../proto/generated/infinet/contribution/v1/kind.ts';
import { ContributionStatus, Visibility } from '../../proto/generated/infinet/contribution/v1/types.ts';
import { contentRoot } from '../../training/merkle.ts';
import { contribute, untilStatus } from '../contribute.ts';
import { csvSketch } from '../csvSketch.ts';
import { idList, print, type SignerFlags, say, sessionOf, wholeNumber, withSigner } from '../options.ts';

interface Flags extends SignerFlags {
  readonly objective: bigint;
  readonly uri: string[];
  readonly title?: string;
  readonly mediaType: string;
  readonly license: string;
  readonly deposit: bigint;
  readonly wait: boolean;
  readonly kind: 'data' | 'expertise';
  readonly parent: bigint[];
  readonly versionOf: bigint;
}

const kinds = {
  data: ContributionKind.CONTRIBUTION_KIND_DATA,
  expertise: ContributionKind.CONTRIBUTION_KIND_EXPERTISE,
};

const decided = [
  ContributionStatus.CONTRIBUTION_STATUS_ACCEPTED,
  ContributionStatus.CONTRIBUTION_STATUS_REJECTED,
  ContributionStatus.CONTRIBUTION_STATUS_FINAL,
];

export interface FileFlags {
  readonly uri: string[];
  readonly title?: string;
  readonly mediaType: string;
}

/** What the chain is told of a file; a table in CSV with the sketch that finds near-duplicates. */
export function manifestOfFile(file: string, bytes: Uint8Array, { mediaType, title, uri }: FileFlags) {
  return {
    contentRoot: contentRoot(bytes),
    sizeBytes: BigInt(bytes.length),
    mediaType,
    uris: uri,
    visibility: Visibility.VISIBILITY_PUBLIC,
    title: title ?? basename(file),
    sketch: mediaType === 'text/csv' ? csvSketch(Buffer.from(bytes).toString('utf8')) : [],
  };
}

export function addContributeCommand(program: Command): void {
  withSigner(program.command('contribute'))
    .summary('offer a dataset, or expertise for peers to score')
    .description(
      'Commit to a file by its content root, open the commitment in a later block, and wait until verifiers have measured it. ' +
        'The bytes stay with you: they must be served at the URIs.',
    )
    .argument('<file>', 'the dataset: CSV, JSON or NDJSON')
    .requiredOption('--objective <id>', 'what it is valued against', wholeNumber)
    .requiredOption('--uri <uri...>', 'where verifiers fetch the file: http(s) or file')
    .option('--title <text>', 'a name for people (default: the name of the file)')
    .option('--media-type <type>', 'text/csv, application/json or application/x-ndjson', 'text/csv')
    .option('--license <spdx>', 'SPDX expression', 'CC0-1.0')
    .option(
      '--deposit <amount>',
      'in the smallest unit; returned unless the data is fraudulent',
      wholeNumber,
      1_000_000n,
    )
    .addOption(new Option('--kind <kind>', 'what it is').choices(['data', 'expertise']).default('data'))
    .option('--parent <id...>', 'contributions that it was made from; their contributors share its reward', idList, [])
    .option('--version-of <id>', 'an own contribution that it is a new version of', wholeNumber, 0n)
    .option('--no-wait', 'return as soon as it is submitted')
    .action(async (file: string, flags: Flags) => {
      const bytes = readFileSync(file);
      const session = await sessionOf(flags);
      try {
        const submitted = await contribute(session, {
          kind: kinds[flags.kind],
          objectiveId: flags.objective,
          manifest: manifestOfFile(file, bytes, flags),
          parents: flags.parent.toSorted((a, b) => (a < b ? -1 : 1)),
          versionOf: flags.versionOf,
          license: flags.license,
          deposit: { denom: flags.denom, amount: flags.deposit.toString() },
        });
        const { contributionId, taskId, submit } = submitted;
        say(`contribution ${contributionId} is in block ${submit.height}, verification task ${taskId}`);
        if (!flags.wait)
          print({ contribution_id: contributionId, task_id: taskId, height: submit.height, tx: submit.hash });
        else print(await untilStatus(session, contributionId, decided, 600));
      } finally {
        session.close();
      }
    });
}
