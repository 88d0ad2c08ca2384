#!/usr/bin/env node
import '../nodeVersion.ts';
import { Command, Help } from 'commander';
import { OperatorError } from '../chain/node/failure.ts';
import { QueryError } from '../sdk/query.ts';
import { addAppealCommand, addWithdrawCommand } from './commands/appeal.ts';
import { addAuditCommand, addLineageCommand } from './commands/audit.ts';
import { addBeaconCommand } from './commands/beacon.ts';
import { addClaimCommand } from './commands/claim.ts';
import { addContributeCommand } from './commands/contribute.ts';
import { addDisputeCommand } from './commands/dispute.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addObjectiveCommand } from './commands/objective.ts';
import { addRunCommand } from './commands/run.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addAppendCommand, addStreamCommand } from './commands/stream.ts';
import { addSupplyCommand } from './commands/supply.ts';
import { addTrainCommand } from './commands/train.ts';
import { addVerificationCommand } from './commands/verification.ts';
import { addWorkCommand } from './commands/work.ts';
import { TxFailed } from './session.ts';

const program = new Command('infinet')
  .description('Contribute data, train models that others can check, and see why they earned what they did.')
  .showHelpAfterError('(see --help)')
  .configureHelp({
    // Commander writes defaults as JSON, which has no big integers.
    optionDescription: (option) => {
      if (typeof option.defaultValue === 'bigint') option.defaultValueDescription ??= option.defaultValue.toString();
      return new Help().optionDescription(option);
    },
  });
addContributeCommand(program);
addAppendCommand(program);
addStreamCommand(program);
addWorkCommand(program);
addAppealCommand(program);
addWithdrawCommand(program);
addLineageCommand(program);
addAuditCommand(program);
addObjectiveCommand(program);
addTrainCommand(program);
addRunCommand(program);
addExplainCommand(program);
addClaimCommand(program);
addSupplyCommand(program);
addSimulateCommand(program);
addDisputeCommand(program);
addBeaconCommand(program);
addVerificationCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  const isExpected = error instanceof OperatorError || error instanceof QueryError || error instanceof TxFailed;
  const text = error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`infinet: ${text}\n`);
  process.exitCode = 1;
}
