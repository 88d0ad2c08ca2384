/**
 * The native build of libsecp256k1. `@types/secp256k1` describes only the main file, which falls back silently to slow
 * JavaScript; this one throws on import where the native build is missing.
 */
declare module 'secp256k1/bindings.js' {
  const bindings: {
    /** 64-byte compact signature, 32-byte digest, public key. Throws on sizes or points that are none; false on high S. */
    ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
    ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { readonly signature: Uint8Array; readonly recid: number };
    publicKeyCreate(privateKey: Uint8Array, compressed?: boolean): Uint8Array;
  };
  export default bindings;
}
