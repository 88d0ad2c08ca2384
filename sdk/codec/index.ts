/**
 * The one door to cosmjs-types: every Cosmos and CometBFT type of the project comes from here, so that no writer exists
 * without the mended varints. Namespaces follow the proto packages.
 */
import './mendRuntime.ts';
import './mendValidator.ts';

export * as auth from 'cosmjs-types/cosmos/auth/v1beta1/auth';
export * as authGenesis from 'cosmjs-types/cosmos/auth/v1beta1/genesis';
export * as authQuery from 'cosmjs-types/cosmos/auth/v1beta1/query';
export * as authTx from 'cosmjs-types/cosmos/auth/v1beta1/tx';
export * as bank from 'cosmjs-types/cosmos/bank/v1beta1/bank';
export * as bankGenesis from 'cosmjs-types/cosmos/bank/v1beta1/genesis';
export * as bankQuery from 'cosmjs-types/cosmos/bank/v1beta1/query';
export * as bankTx from 'cosmjs-types/cosmos/bank/v1beta1/tx';
export * as baseAbci from 'cosmjs-types/cosmos/base/abci/v1beta1/abci';
export * as baseNode from 'cosmjs-types/cosmos/base/node/v1beta1/query';
export * as baseQuery from 'cosmjs-types/cosmos/base/query/v1beta1/pagination';
export * as baseReflection from 'cosmjs-types/cosmos/base/reflection/v1beta1/reflection';
export * as baseTendermintQuery from 'cosmjs-types/cosmos/base/tendermint/v1beta1/query';
export * as coin from 'cosmjs-types/cosmos/base/v1beta1/coin';
export * as consensusQuery from 'cosmjs-types/cosmos/consensus/v1/query';
export * as consensusTx from 'cosmjs-types/cosmos/consensus/v1/tx';
export * as ed25519Keys from 'cosmjs-types/cosmos/crypto/ed25519/keys';
export * as multisigKeys from 'cosmjs-types/cosmos/crypto/multisig/keys';
export * as multisig from 'cosmjs-types/cosmos/crypto/multisig/v1beta1/multisig';
export * as secp256k1Keys from 'cosmjs-types/cosmos/crypto/secp256k1/keys';
export * as evidence from 'cosmjs-types/cosmos/evidence/v1beta1/evidence';
export * as evidenceQuery from 'cosmjs-types/cosmos/evidence/v1beta1/query';
export * as feegrant from 'cosmjs-types/cosmos/feegrant/v1beta1/feegrant';
export * as feegrantQuery from 'cosmjs-types/cosmos/feegrant/v1beta1/query';
export * as feegrantTx from 'cosmjs-types/cosmos/feegrant/v1beta1/tx';
export * as ics23 from 'cosmjs-types/cosmos/ics23/v1/proofs';
export * as slashingQuery from 'cosmjs-types/cosmos/slashing/v1beta1/query';
export * as slashing from 'cosmjs-types/cosmos/slashing/v1beta1/slashing';
export * as slashingTx from 'cosmjs-types/cosmos/slashing/v1beta1/tx';
export * as stakingGenesis from 'cosmjs-types/cosmos/staking/v1beta1/genesis';
export * as stakingQuery from 'cosmjs-types/cosmos/staking/v1beta1/query';
export * as staking from 'cosmjs-types/cosmos/staking/v1beta1/staking';
export * as stakingTx from 'cosmjs-types/cosmos/staking/v1beta1/tx';
export * as signing from 'cosmjs-types/cosmos/tx/signing/v1beta1/signing';
export * as txService from 'cosmjs-types/cosmos/tx/v1beta1/service';
export * as tx from 'cosmjs-types/cosmos/tx/v1beta1/tx';
export * as upgradeQuery from 'cosmjs-types/cosmos/upgrade/v1beta1/query';
export * as upgradeTx from 'cosmjs-types/cosmos/upgrade/v1beta1/tx';
export * as upgrade from 'cosmjs-types/cosmos/upgrade/v1beta1/upgrade';
export * as protoAny from 'cosmjs-types/google/protobuf/any';
export * as duration from 'cosmjs-types/google/protobuf/duration';
export * as timestamp from 'cosmjs-types/google/protobuf/timestamp';
export * as abci from 'cosmjs-types/tendermint/abci/types';
export * as cometCrypto from 'cosmjs-types/tendermint/crypto/keys';
export * as cometProof from 'cosmjs-types/tendermint/crypto/proof';
export * as cometP2p from 'cosmjs-types/tendermint/p2p/types';
export * as cometBlock from 'cosmjs-types/tendermint/types/block';
export * as cometParams from 'cosmjs-types/tendermint/types/params';
export * as cometTypes from 'cosmjs-types/tendermint/types/types';
export * as cometValidator from 'cosmjs-types/tendermint/types/validator';
export { ProtoReader as BinaryReader } from './protoReader.ts';
export { ProtoWriter as BinaryWriter } from './protoWriter.ts';
