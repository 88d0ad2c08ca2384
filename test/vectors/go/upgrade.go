package main

import (
	"encoding/json"
	"math/rand"

	"cosmossdk.io/log"
	"cosmossdk.io/store/metrics"
	"cosmossdk.io/store/rootmulti"
	"cosmossdk.io/store/types"
	dbm "github.com/cosmos/cosmos-db"
)

type upgradeLine struct {
	Version int64      `json:"version"`
	Added   []string   `json:"added,omitempty"` // with this block
	Deleted []string   `json:"deleted,omitempty"`
	Writes  [][]string `json:"writes"` // [store, key, value], a deletion [store, key]
	AppHash string     `json:"app_hash"`
}

type change struct{ added, deleted []string }

// Opens the database anew at each upgrade, as software with other stores does.
func writeUpgrade(o options, random *rand.Rand, lines *json.Encoder) error {
	database := dbm.NewMemDB()
	names := []string{"acc", "bank", "mint"}
	third := o.versions / 3
	changes := map[int]change{
		third:     {added: []string{"gov", "authz", "empty"}, deleted: []string{"mint"}},
		2 * third: {added: []string{"zeta"}, deleted: []string{"authz"}},
	}
	store, keys := mount(database, names)
	if err := store.LoadLatestVersion(); err != nil {
		return err
	}
	for v := 1; v <= o.versions; v++ {
		turn := changes[v]
		if len(turn.added) > 0 {
			store, keys = mount(database, append(append([]string{}, names...), turn.added...))
			upgrades := &types.StoreUpgrades{Added: turn.added, Deleted: turn.deleted}
			if err := store.LoadLatestVersionAndUpgrade(upgrades); err != nil {
				return err
			}
			names = remaining(append(names, turn.added...), turn.deleted)
		}
		line := upgradeLine{Added: turn.added, Deleted: turn.deleted, Writes: [][]string{}}
		block := store.CacheMultiStore()
		for i := random.Intn(o.ops + 1); i > 0; i-- {
			name, key := names[random.Intn(len(names))], keyOf(random.Intn(o.keys))
			if name == "empty" {
				continue
			}
			state := block.GetKVStore(keys[name])
			if random.Intn(4) == 0 {
				state.Delete(key)
				line.Writes = append(line.Writes, []string{name, text(key)})
				continue
			}
			bytes := value(random)
			state.Set(key, bytes)
			line.Writes = append(line.Writes, []string{name, text(key), text(bytes)})
		}
		block.Write()
		// What FinalizeBlock answers, and what Commit saves, are one.
		working := text(store.WorkingHash())
		id := store.Commit()
		if working != text(id.Hash) {
			panic("the working hash is not the committed one")
		}
		line.Version, line.AppHash = id.Version, working
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func mount(database dbm.DB, names []string) (*rootmulti.Store, map[string]*types.KVStoreKey) {
	store := rootmulti.NewStore(database, log.NewNopLogger(), metrics.NewNoOpMetrics())
	keys := map[string]*types.KVStoreKey{}
	for _, name := range names {
		keys[name] = types.NewKVStoreKey(name)
		store.MountStoreWithDB(keys[name], types.StoreTypeIAVL, nil)
	}
	return store, keys
}

func remaining(names, deleted []string) []string {
	var left []string
	for _, name := range names {
		gone := false
		for _, other := range deleted {
			gone = gone || name == other
		}
		if !gone {
			left = append(left, name)
		}
	}
	return left
}
