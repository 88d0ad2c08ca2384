// Writes what the Go libraries that this chain's store has to agree with compute, as JSON lines: one line a version or block.
//
//	vectors iavl -seed 1 -versions 300     a tree of cosmos/iavl: operations, root, proofs
//	vectors upgrade -seed 1 -blocks 30     a multistore of the Cosmos SDK whose stores come and go: writes, app hash
//
// Keys, values and hashes are hex, proofs the protobuf bytes of ics23.CommitmentProof in base64.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
)

type options struct {
	seed     int64
	versions int
	ops      int
	keys     int
	proofs   int
	initial  uint64
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: vectors iavl|upgrade [flags]")
		os.Exit(2)
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.Int64Var(&o.seed, "seed", 1, "seed of the operations")
	flags.IntVar(&o.versions, "versions", 300, "versions or blocks")
	flags.IntVar(&o.ops, "ops", 40, "operations a version, at most")
	flags.IntVar(&o.keys, "keys", 400, "size of the key space")
	flags.IntVar(&o.proofs, "proofs", 10, "prove every key of the space every so many versions (0: never)")
	flags.Uint64Var(&o.initial, "initial", 0, "initial version of the tree (0: none)")
	_ = flags.Parse(os.Args[2:])
	random, lines := rand.New(rand.NewSource(o.seed)), json.NewEncoder(os.Stdout)
	switch os.Args[1] {
	case "iavl":
		must(writeTree(o, random, lines))
	case "upgrade":
		must(writeUpgrade(o, random, lines))
	default:
		fmt.Fprintln(os.Stderr, "no such vectors:", os.Args[1])
		os.Exit(2)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Keys of different lengths, many of them the beginning of another one.
func keyOf(n int) []byte {
	key := []byte{byte(n % 5), byte(n / 7)}
	for i := 0; i < n%4; i++ {
		key = append(key, byte(n>>i))
	}
	return append(key, byte(n), byte(n>>8))
}

func value(random *rand.Rand) []byte {
	bytes := make([]byte, 1+random.Intn(70))
	random.Read(bytes)
	return bytes
}

func text(bytes []byte) string { return hex.EncodeToString(bytes) }

func base(bytes []byte) string { return base64.StdEncoding.EncodeToString(bytes) }
