import { base32nopad } from '@scure/base';
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { toNull, type CellMask, type ColumnShape } from './cell.ts';
import type { MaskingKeys } from './keys.ts';
import type { Remembering } from './remembered.ts';
import { inJsonString, redact } from './simple-masks.ts';

/**
 * Replaces values with tokens. Equal values get equal tokens, so masked columns still join and group; without the key,
 * the value cannot be determined. A text token is `tok_`, up to 16 characters of HMAC-SHA256 and 4 more that prove that
 * this relay made it. A number's token is a number of at most 15 digits, exact in every driver; it carries no proof.
 */
export function tokenMask(
  domain: string,
  column: ColumnShape,
  keys: MaskingKeys,
  remembering: Remembering,
): CellMask {
  const key = createSecretKey(keys.token);
  const redacted = redact(column);
  switch (column.type) {
    case 'text':
      return column.length !== null && column.length < SHORTEST
        ? redacted
        : textToken(domain, column.length, key, remembering);
    case 'variant': {
      const text = inJsonString(textToken(domain, null, key, remembering), redacted);
      const number = numberToken(domain, { precision: 15, scale: 0 }, key, remembering);
      return (cell) => (NUMBER.test(cell) ? number(cell) : text(cell));
    }
    case 'fixed':
    case 'real':
    case 'decfloat':
      return numberToken(domain, column, key, remembering);
    case 'binary': {
      const bytes = Math.min(column.length ?? 32, 32);
      return (cell) =>
        mac(key, domain, cell)
          .toString('hex')
          .slice(0, 2 * bytes)
          .toUpperCase();
    }
    case 'boolean':
    case 'date':
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
    case 'object':
    case 'array':
      // Types with so few values could be enumerated, so a token would not hide them. Documents are masked by path.
      return toNull;
    default:
      return column.type satisfies never;
  }
}

/** How many different token-like texts one statement may hold. Checking each costs a few HMACs. */
const MOST_LOOKALIKES = 1_000;

/**
 * Returns a function that finds out whether a text contains a token made with this key. Use one function for all texts
 * of one statement: beyond `MOST_LOOKALIKES` different token-like texts, further ones count as tokens unchecked.
 */
export function tokenFinder(keys: MaskingKeys): (text: string) => boolean {
  const key = createSecretKey(keys.token);
  const seen = new Set<string>();
  return (text) => {
    for (const [, run] of text.toLowerCase().matchAll(TOKEN)) {
      if (seen.has(run!)) continue;
      if (seen.size >= MOST_LOOKALIKES) return true;
      seen.add(run!);
      // Other letters may follow the token, so try every length that a token can have.
      for (let body = run!.length - PROOF; body >= SHORTEST_BODY; body--) {
        if (proofOf(run!.slice(0, body), key) === run!.slice(body, body + PROOF)) return true;
      }
    }
    return false;
  };
}

const PREFIX = 'tok_';
const BODY = 16;
const PROOF = 4;
/** With a shorter body than this (40 bits), different values would get the same token. */
const SHORTEST_BODY = 8;
const SHORTEST = PREFIX.length + SHORTEST_BODY + PROOF;
const TOKEN = /tok_([a-z2-7]{12,20})/g;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Columns and parts of documents with the same domain share a cache, because they have many values in common. */
function textToken(
  domain: string,
  length: number | null,
  key: KeyObject,
  remembering: Remembering,
): CellMask {
  const body = Math.min(BODY, (length ?? Infinity) - PREFIX.length - PROOF);
  return remembering(`text ${body} ${domain}`, (cell) => {
    const characters = base32(mac(key, domain, cell)).slice(0, body);
    return `${PREFIX}${characters}${proofOf(characters, key)}`;
  });
}

function numberToken(
  domain: string,
  { precision, scale }: Pick<ColumnShape, 'precision' | 'scale'>,
  key: KeyObject,
  remembering: Remembering,
): CellMask {
  const digits = Math.min(precision ?? 15, 15);
  const fraction = scale ?? 0;
  return remembering(`number ${digits}.${fraction} ${domain}`, (cell) => {
    const normal = normalNumber(cell);
    if (normal === null) return null;
    const number = mac(key, domain, normal).readBigUInt64BE() % 10n ** BigInt(digits);
    const padded = number.toString().padStart(fraction + 1, '0');
    return fraction === 0 ? padded : `${padded.slice(0, -fraction)}.${padded.slice(-fraction)}`;
  });
}

/** Normalises a number: `1.50`, `01.5` and `1.5` are the same value. Returns null for anything else. */
function normalNumber(cell: string): string | null {
  if (!NUMBER.test(cell)) return null;
  if (/[eE]/.test(cell)) return String(Number(cell));
  const [whole, fraction = ''] = cell.split('.');
  let digits = fraction.length;
  while (digits > 0 && fraction.charAt(digits - 1) === '0') digits--;
  const trimmed = fraction.slice(0, digits);
  return `${whole!.replace(/^(-?)0+(?=\d)/, '$1')}${trimmed === '' ? '' : `.${trimmed}`}`;
}

/** The domain's length comes first, so that different pairs of domain and value never give the same input. */
function mac(key: KeyObject, domain: string, value: string): Buffer {
  return createHmac('sha256', key).update(`${domain.length}:${domain}:${value}`).digest();
}

function proofOf(body: string, key: KeyObject): string {
  return base32(createHmac('sha256', key).update(`proof:${body}`).digest()).slice(0, PROOF);
}

/** Base32 of RFC 4648 in lower case, with as many characters as a token needs. */
function base32(bytes: Uint8Array): string {
  return base32nopad.encode(bytes.subarray(0, 10)).toLowerCase();
}
