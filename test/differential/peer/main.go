// A chain of Cosmos SDK 0.50.9 with the modules that are compared and no others: no rewards, no minting, no circuit
// breaker, whose hooks would read and write in the same txs. It serves ABCI over a socket and keeps nothing on disk.
package main

import (
	"fmt"
	"os"

	runtimev1alpha1 "cosmossdk.io/api/cosmos/app/runtime/v1alpha1"
	appv1alpha1 "cosmossdk.io/api/cosmos/app/v1alpha1"
	authmodulev1 "cosmossdk.io/api/cosmos/auth/module/v1"
	bankmodulev1 "cosmossdk.io/api/cosmos/bank/module/v1"
	consensusmodulev1 "cosmossdk.io/api/cosmos/consensus/module/v1"
	evidencemodulev1 "cosmossdk.io/api/cosmos/evidence/module/v1"
	feegrantmodulev1 "cosmossdk.io/api/cosmos/feegrant/module/v1"
	genutilmodulev1 "cosmossdk.io/api/cosmos/genutil/module/v1"
	slashingmodulev1 "cosmossdk.io/api/cosmos/slashing/module/v1"
	stakingmodulev1 "cosmossdk.io/api/cosmos/staking/module/v1"
	txconfigv1 "cosmossdk.io/api/cosmos/tx/config/v1"
	upgrademodulev1 "cosmossdk.io/api/cosmos/upgrade/module/v1"
	"cosmossdk.io/core/appconfig"
	"cosmossdk.io/depinject"
	"cosmossdk.io/log"
	pruningtypes "cosmossdk.io/store/pruning/types"
	_ "cosmossdk.io/x/evidence"
	_ "cosmossdk.io/x/feegrant/module"
	_ "cosmossdk.io/x/upgrade"
	abciserver "github.com/cometbft/cometbft/abci/server"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/server"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	_ "github.com/cosmos/cosmos-sdk/x/auth"
	_ "github.com/cosmos/cosmos-sdk/x/auth/tx/config"
	_ "github.com/cosmos/cosmos-sdk/x/bank"
	_ "github.com/cosmos/cosmos-sdk/x/consensus"
	_ "github.com/cosmos/cosmos-sdk/x/genutil"
	_ "github.com/cosmos/cosmos-sdk/x/slashing"
	_ "github.com/cosmos/cosmos-sdk/x/staking"
)

func permissions() []*authmodulev1.ModuleAccountPermission {
	return []*authmodulev1.ModuleAccountPermission{
		{Account: "fee_collector"},
		{Account: "distribution"},
		{Account: "mint", Permissions: []string{"minter"}},
		{Account: "bonded_tokens_pool", Permissions: []string{"burner", "staking"}},
		{Account: "not_bonded_tokens_pool", Permissions: []string{"burner", "staking"}},
		{Account: "gov", Permissions: []string{"burner"}},
		{Account: "transfer", Permissions: []string{"minter", "burner"}},
		{Account: "interchainaccounts"},
		{Account: "feeibc"},
		{Account: "mock"},
	}
}

func config() depinject.Config {
	blocked := []string{}
	for _, each := range permissions() {
		if each.Account != "gov" {
			blocked = append(blocked, each.Account)
		}
	}
	return appconfig.Compose(&appv1alpha1.Config{Modules: []*appv1alpha1.ModuleConfig{
		{Name: "runtime", Config: appconfig.WrapAny(&runtimev1alpha1.Module{
			AppName:       "peer",
			PreBlockers:   []string{"upgrade"},
			BeginBlockers: []string{"slashing", "evidence", "staking"},
			EndBlockers:   []string{"staking", "feegrant"},
			InitGenesis:   []string{"auth", "bank", "staking", "slashing", "genutil", "evidence", "feegrant", "upgrade", "consensus"},
			OverrideStoreKeys: []*runtimev1alpha1.StoreKeyConfig{
				{ModuleName: "auth", KvStoreKey: "acc"},
			},
		})},
		{Name: "auth", Config: appconfig.WrapAny(&authmodulev1.Module{Bech32Prefix: "cosmos", ModuleAccountPermissions: permissions()})},
		{Name: "bank", Config: appconfig.WrapAny(&bankmodulev1.Module{BlockedModuleAccountsOverride: blocked})},
		{Name: "staking", Config: appconfig.WrapAny(&stakingmodulev1.Module{})},
		{Name: "slashing", Config: appconfig.WrapAny(&slashingmodulev1.Module{})},
		{Name: "evidence", Config: appconfig.WrapAny(&evidencemodulev1.Module{})},
		{Name: "feegrant", Config: appconfig.WrapAny(&feegrantmodulev1.Module{})},
		{Name: "consensus", Config: appconfig.WrapAny(&consensusmodulev1.Module{})},
		{Name: "upgrade", Config: appconfig.WrapAny(&upgrademodulev1.Module{})},
		{Name: "genutil", Config: appconfig.WrapAny(&genutilmodulev1.Module{})},
		{Name: "tx", Config: appconfig.WrapAny(&txconfigv1.Config{})},
	}})
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: peer tcp://127.0.0.1:PORT CHAIN_ID")
		os.Exit(2)
	}
	var (
		builder  *runtime.AppBuilder
		registry codectypes.InterfaceRegistry
		cdc      codec.Codec
		txConfig client.TxConfig
	)
	supplied := depinject.Supply(log.NewNopLogger(), simtestutil.EmptyAppOptions{})
	must(depinject.Inject(depinject.Configs(config(), supplied), &builder, &registry, &cdc, &txConfig))
	app := builder.Build(dbm.NewMemDB(), nil,
		baseapp.SetChainID(os.Args[2]),
		baseapp.SetMinGasPrices("0stake"),
		baseapp.SetPruning(pruningtypes.NewPruningOptions(pruningtypes.PruningNothing)),
	)
	must(app.Load(true))
	app.RegisterTxService(client.Context{}.WithCodec(cdc).WithInterfaceRegistry(registry).WithTxConfig(txConfig).WithChainID(os.Args[2]))
	service, err := abciserver.NewServer(os.Args[1], "socket", server.NewCometABCIWrapper(app))
	must(err)
	must(service.Start())
	<-service.Quit()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
