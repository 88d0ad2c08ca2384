import { ensure, fail } from '../../chain/errors.ts';
import { handle, type QueryRoute, query } from '../../chain/message.ts';
import type { Module } from '../../chain/module.ts';
import type { AddressCodec } from '../../sdk/address.ts';
import { upgrade, upgradeQuery } from '../../sdk/codec/index.ts';
import { upgradeErrors } from './errors.ts';
import { UpgradeKeeper, type UpgradeKeeperDeps } from './keeper.ts';
import { msgCancelUpgrade, msgSoftwareUpgrade } from './messages.ts';
import { UpgradeState, upgradeStore } from './state.ts';

export interface UpgradeDeps extends Omit<UpgradeKeeperDeps, 'state'> {
  readonly addresses: AddressCodec;
  /** Address that may plan upgrades: the account of the module `gov`. */
  readonly authority: Uint8Array;
}

/** The door of upgrade: halts the chain at a height, and migrates the state when the new software runs. */
export function createUpgrade({ addresses, authority, ...deps }: UpgradeDeps): {
  module: Module;
  keeper: UpgradeKeeper;
} {
  const keeper = new UpgradeKeeper({ ...deps, state: new UpgradeState() });
  const expected = addresses.accountText(authority);
  const requireAuthority = (sender: string) =>
    ensure(sender === expected, upgradeErrors.wrongAuthority, `expected ${expected} got ${sender}`);
  return {
    keeper,
    module: {
      name: 'upgrade',
      stores: [upgradeStore],
      messages: [
        handle(msgSoftwareUpgrade, (ctx, message) => {
          requireAuthority(message.authority);
          keeper.schedule(ctx, message.plan ?? upgrade.Plan.fromPartial({}));
          return {};
        }),
        handle(msgCancelUpgrade, (ctx, message) => {
          requireAuthority(message.authority);
          keeper.cancel(ctx);
          return {};
        }),
      ],
      queries: upgradeQueries(keeper, expected),
      preBlock: (ctx) => keeper.preBlock(ctx),
      initGenesis: (ctx) => {
        keeper.initVersions(ctx);
        return [];
      },
      exportGenesis: () => ({}),
    },
  };
}

function upgradeQueries(keeper: UpgradeKeeper, authority: string): QueryRoute[] {
  const service = '/cosmos.upgrade.v1beta1.Query';
  const q = upgradeQuery;
  return [
    query(`${service}/CurrentPlan`, q.QueryCurrentPlanRequest, q.QueryCurrentPlanResponse, (ctx) => ({
      plan: keeper.plan(ctx),
    })),
    query(`${service}/AppliedPlan`, q.QueryAppliedPlanRequest, q.QueryAppliedPlanResponse, (ctx, { name }) => ({
      height: keeper.doneHeight(ctx, name),
    })),
    // IBC is not here yet: no upgraded client was ever stored.
    query(
      `${service}/UpgradedConsensusState`,
      q.QueryUpgradedConsensusStateRequest,
      q.QueryUpgradedConsensusStateResponse,
      () => ({ upgradedConsensusState: new Uint8Array() }),
    ),
    query(
      `${service}/ModuleVersions`,
      q.QueryModuleVersionsRequest,
      q.QueryModuleVersionsResponse,
      (ctx, { moduleName }) => {
        const versions = keeper.versions(ctx).map(([name, version]) => ({ name, version }));
        const moduleVersions = versions.filter(({ name }) => moduleName === '' || name === moduleName);
        if (moduleName !== '' && moduleVersions.length === 0) {
          fail(upgradeErrors.noModuleVersion, `x/upgrade: QueryModuleVersions module ${moduleName} not found`);
        }
        return { moduleVersions };
      },
    ),
    query(`${service}/Authority`, q.QueryAuthorityRequest, q.QueryAuthorityResponse, () => ({ address: authority })),
  ];
}
