// Writes blocks with evidence as CometBFT's RPC shows them and as the Cosmos SDK answers them over gRPC and REST, one JSON
// object a line: the vectors of chain/node/comet/testing.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cometbft/cometbft/crypto"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/crypto/secp256k1"
	"github.com/cometbft/cometbft/crypto/tmhash"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	cmtversion "github.com/cometbft/cometbft/proto/tendermint/version"
	coretypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"
	"github.com/cosmos/cosmos-sdk/client/grpc/cmtservice"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/jsonpb"
)

type vector struct {
	Name string `json:"name"`
	// Version of CometBFT, whose RPC names some fields otherwise from one release to the next.
	Comet string `json:"comet"`
	// Result of CometBFT's `block`.
	Rpc json.RawMessage `json:"rpc"`
	// GetBlockByHeightResponse of the SDK, hex.
	Grpc string `json:"grpc"`
	// The same as REST writes it.
	Rest string `json:"rest"`
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func hash(text string) []byte { return tmhash.Sum([]byte(text)) }

func blockID(text string) types.BlockID {
	return types.BlockID{Hash: hash(text), PartSetHeader: types.PartSetHeader{Total: uint32(len(text)), Hash: hash(text + " parts")}}
}

var start = time.Date(2026, 3, 4, 5, 6, 7, 8_000_009, time.UTC)

func header(height int64, app uint64) types.Header {
	return types.Header{
		Version: cmtversion.Consensus{Block: 11, App: app}, ChainID: "evidence-1", Height: height, Time: start,
		LastBlockID: blockID("last"), LastCommitHash: hash("commit"), DataHash: hash("data"), ValidatorsHash: hash("vals"),
		NextValidatorsHash: hash("next"), ConsensusHash: hash("consensus"), AppHash: hash("app"), LastResultsHash: hash("results"),
		EvidenceHash: hash("evidence"), ProposerAddress: crypto.AddressHash([]byte("proposer")),
	}
}

func keys(count int) []crypto.PubKey {
	list := []crypto.PubKey{}
	for i := 0; i < count; i++ {
		secret := []byte(fmt.Sprintf("key %d", i))
		if i%3 == 2 {
			list = append(list, secp256k1.GenPrivKeySecp256k1(secret).PubKey())
		} else {
			list = append(list, ed25519.GenPrivKeyFromSecret(secret).PubKey())
		}
	}
	return list
}

func validators(count int) []*types.Validator {
	list := []*types.Validator{}
	for i, key := range keys(count) {
		validator := types.NewValidator(key, int64(10+7*i))
		validator.ProposerPriority = int64(3 - 5*i)
		list = append(list, validator)
	}
	return list
}

func commit(height int64, round int32, vals []*types.Validator) *types.Commit {
	signatures := []types.CommitSig{}
	for i, validator := range vals {
		switch i % 3 {
		case 0:
			signatures = append(signatures, types.NewCommitSigAbsent())
		case 1:
			signatures = append(signatures, types.CommitSig{BlockIDFlag: types.BlockIDFlagNil, ValidatorAddress: validator.Address, Timestamp: start.Add(time.Nanosecond), Signature: hash("nil vote")})
		default:
			signatures = append(signatures, types.CommitSig{BlockIDFlag: types.BlockIDFlagCommit, ValidatorAddress: validator.Address, Timestamp: start.Add(time.Second), Signature: append(hash("a"), hash("b")...)})
		}
	}
	return &types.Commit{Height: height, Round: round, BlockID: blockID("signed"), Signatures: signatures}
}

func attack(height int64, count, byzantine int) *types.LightClientAttackEvidence {
	vals := validators(count)
	head := header(height, uint64(count-1))
	set := &types.ValidatorSet{Validators: vals}
	if count > 0 {
		set.Proposer = vals[count-1]
	}
	guilty := vals[:byzantine]
	return &types.LightClientAttackEvidence{
		ConflictingBlock: &types.LightBlock{
			SignedHeader: &types.SignedHeader{Header: &head, Commit: commit(height, int32(count-1), vals)},
			ValidatorSet: set,
		},
		CommonHeight: height - 3, ByzantineValidators: guilty, TotalVotingPower: int64(byzantine) * 1_000_000_007, Timestamp: start.Add(-time.Hour),
	}
}

func duplicate() *types.DuplicateVoteEvidence {
	vote := func(text string) *types.Vote {
		return &types.Vote{Type: 2, Height: 4, Round: 1, BlockID: blockID(text), Timestamp: start, ValidatorAddress: crypto.AddressHash([]byte("a")), ValidatorIndex: 3, Signature: hash(text)}
	}
	return &types.DuplicateVoteEvidence{VoteA: vote("a"), VoteB: vote("b"), TotalVotingPower: 99, ValidatorPower: 10, Timestamp: start}
}

func main() {
	nilHeader := attack(20, 4, 1)
	nilHeader.ConflictingBlock.SignedHeader.Header = nil
	nilCommit := attack(20, 4, 1)
	nilCommit.ConflictingBlock.SignedHeader.Commit = nil
	noSet := attack(20, 4, 1)
	noSet.ConflictingBlock.ValidatorSet = nil
	cases := []struct {
		name     string
		evidence types.EvidenceList
	}{
		{"one attacker of one", types.EvidenceList{attack(10, 1, 1)}},
		{"three attackers of seven, keys of two kinds", types.EvidenceList{attack(1_000_000_007, 7, 3)}},
		{"an attack of nobody, as a light client reports it", types.EvidenceList{attack(12, 4, 0)}},
		{"two attacks beside a double vote", types.EvidenceList{attack(12, 2, 1), duplicate(), attack(13, 5, 2)}},
		{"a double vote alone", types.EvidenceList{duplicate()}},
		{"an attack of no set", types.EvidenceList{attack(15, 0, 0)}},
		{"an attack without header", types.EvidenceList{nilHeader}},
		{"an attack without commit", types.EvidenceList{nilCommit}},
		{"an attack without set", types.EvidenceList{noSet}},
	}
	for _, each := range cases {
		block := &types.Block{Header: header(30, 0), Data: types.Data{Txs: types.Txs{[]byte("tx")}}, Evidence: types.EvidenceData{Evidence: each.evidence}, LastCommit: commit(29, 0, validators(3))}
		id := blockID("block")
		result := &coretypes.ResultBlock{BlockID: id, Block: block}
		proto := must(block.ToProto())
		protoID := id.ToProto()
		sdkHeader := cmtservice.Header{
			Version: proto.Header.Version, ChainID: proto.Header.ChainID, Height: proto.Header.Height, Time: proto.Header.Time,
			LastBlockId: proto.Header.LastBlockId, LastCommitHash: proto.Header.LastCommitHash, DataHash: proto.Header.DataHash,
			ValidatorsHash: proto.Header.ValidatorsHash, NextValidatorsHash: proto.Header.NextValidatorsHash, ConsensusHash: proto.Header.ConsensusHash,
			AppHash: proto.Header.AppHash, LastResultsHash: proto.Header.LastResultsHash, EvidenceHash: proto.Header.EvidenceHash,
			ProposerAddress: sdk.ConsAddress(proto.Header.ProposerAddress).String(),
		}
		response := &cmtservice.GetBlockByHeightResponse{BlockId: &protoID, Block: proto,
			SdkBlock: &cmtservice.Block{Header: sdkHeader, Data: proto.Data, Evidence: proto.Evidence, LastCommit: proto.LastCommit}}
		rest := must((&jsonpb.Marshaler{OrigName: true, EmitDefaults: true}).MarshalToString(response))
		line := vector{Name: each.name, Comet: version.TMCoreSemVer, Rpc: must(cmtjson.Marshal(result)), Grpc: hex.EncodeToString(must(response.Marshal())), Rest: rest}
		fmt.Println(string(must(json.Marshal(line))))
	}
}
