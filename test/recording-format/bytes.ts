import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** RFC 8785 for what a record holds. Call it only after a shape check: it recurs, and shapes bound the depth. */
export function jcs(value: unknown): string {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new Error('half a surrogate pair');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (Object.is(value, -0) || !Number.isFinite(value)) throw new Error('a number that JCS does not write');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    // JavaScript's default sort compares UTF-16 code units, as RFC 8785 wants.
    const names = Object.keys(value).sort();
    const read = value as Readonly<Record<string, unknown>>;
    return `{${names.map((name) => `${jcs(name)}:${jcs(read[name])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hexHash = (...parts: readonly (Uint8Array | string)[]): string => sha256(...parts).toString('hex');

/** An Ed25519 public key from SubjectPublicKeyInfo, and its fingerprint. */
export function publicKey(spki: Uint8Array): { readonly key: KeyObject; readonly fingerprint: string } {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return { key, fingerprint: hexHash(spki) };
}

export const signed = (bytes: string, key: KeyObject, signature: Uint8Array): boolean =>
  verify(null, Buffer.from(bytes), key, signature);

const leaf = (hash: string): Buffer => sha256(Buffer.of(0), Buffer.from(hash, 'hex'));
const node = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** RFC 9162, section 2.1.3.2, letter for letter: the root that a proof leads to, undefined when it leads nowhere. */
export function rootOf(
  hash: string,
  position: number,
  size: number,
  proof: readonly string[],
): string | undefined {
  if (position >= size) return undefined;
  let fn = BigInt(position);
  let sn = BigInt(size) - 1n;
  let root = leaf(hash);
  for (const sibling of proof) {
    if (sn === 0n) return undefined;
    if ((fn & 1n) === 1n || fn === sn) {
      root = node(Buffer.from(sibling, 'hex'), root);
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      root = node(root, Buffer.from(sibling, 'hex'));
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? root.toString('hex') : undefined;
}

/** A tree that grows leaf by leaf: the roots of the full subtrees, biggest first. */
export function growingTree(): { add: (hash: string) => void; root: () => string } {
  const full: { readonly size: number; readonly root: Buffer }[] = [];
  return {
    add(hash) {
      let newest = { size: 1, root: leaf(hash) };
      for (let last = full.at(-1); last?.size === newest.size; last = full.at(-1)) {
        newest = { size: newest.size * 2, root: node(last.root, newest.root) };
        full.pop();
      }
      full.push(newest);
    },
    root: () =>
      full
        .map((tree) => tree.root)
        .reduceRight<Buffer | undefined>((right, left) => (right ? node(left, right) : left), undefined)
        ?.toString('hex') ?? hexHash(''),
  };
}
