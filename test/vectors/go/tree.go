package main

import (
	"encoding/json"
	"math/rand"

	"cosmossdk.io/log"
	"github.com/cosmos/iavl"
	dbm "github.com/cosmos/iavl/db"
)

type treeLine struct {
	Version int64             `json:"version"`
	Ops     [][]string        `json:"ops"` // ["set", key, value] or ["remove", key]
	Root    string            `json:"root"`
	Present map[string]string `json:"present,omitempty"` // key to proof
	Absent  map[string]string `json:"absent,omitempty"`
}

// Every sixth version has no operation at all; now and then the tree is emptied.
func writeTree(o options, random *rand.Rand, lines *json.Encoder) error {
	tree := iavl.NewMutableTree(dbm.NewMemDB(), 0, false, log.NewNopLogger(), iavl.InitialVersionOption(o.initial))
	live := map[int]bool{}
	for v := 0; v < o.versions; v++ {
		line := treeLine{Ops: [][]string{}}
		count := random.Intn(o.ops + 1)
		if v%6 == 5 {
			count = 0
		}
		for i := 0; i < count; i++ {
			n := random.Intn(o.keys)
			if random.Intn(4) == 0 {
				if _, _, err := tree.Remove(keyOf(n)); err != nil {
					return err
				}
				delete(live, n)
				line.Ops = append(line.Ops, []string{"remove", text(keyOf(n))})
				continue
			}
			bytes := value(random)
			if _, err := tree.Set(keyOf(n), bytes); err != nil {
				return err
			}
			live[n] = true
			line.Ops = append(line.Ops, []string{"set", text(keyOf(n)), text(bytes)})
		}
		if v%97 == 96 {
			for n := 0; n < o.keys; n++ {
				if !live[n] {
					continue
				}
				if _, _, err := tree.Remove(keyOf(n)); err != nil {
					return err
				}
				delete(live, n)
				line.Ops = append(line.Ops, []string{"remove", text(keyOf(n))})
			}
		}
		root, version, err := tree.SaveVersion()
		if err != nil {
			return err
		}
		line.Version, line.Root = version, text(root)
		if o.proofs > 0 && v%o.proofs == 0 && len(live) > 0 {
			if err := prove(tree, version, o.keys, live, &line); err != nil {
				return err
			}
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func prove(tree *iavl.MutableTree, version int64, keys int, live map[int]bool, line *treeLine) error {
	saved, err := tree.GetImmutable(version)
	if err != nil {
		return err
	}
	line.Present, line.Absent = map[string]string{}, map[string]string{}
	for n := 0; n < keys; n++ {
		key, proofs, get := keyOf(n), line.Absent, saved.GetNonMembershipProof
		if live[n] {
			proofs, get = line.Present, saved.GetMembershipProof
		}
		proof, err := get(key)
		if err != nil {
			return err
		}
		bytes, err := proof.Marshal()
		if err != nil {
			return err
		}
		proofs[text(key)] = base(bytes)
	}
	return nil
}
