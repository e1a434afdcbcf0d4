import { createHash } from 'node:crypto';
import { type Cell, type CellMask, type ColumnMask, type ColumnShape, each, toNull } from './cell.ts';
import { type Cmac, createCmac, MAC_BYTES } from './cmac.ts';
import type { MaskingKeys } from './keys.ts';
import { isNullIn, redact, textIn } from './simple-masks.ts';

/**
 * Replaces values with tokens. Equal values get equal tokens, so masked columns still join and group; without the key,
 * the value cannot be determined. A text token is `tok_`, up to 16 characters of AES-CMAC and 4 more that prove that
 * this relay made it. A number's token is a number of at most 15 digits, exact in every driver; it carries no proof.
 */
export function tokenMask(domain: string, column: ColumnShape, keys: MaskingKeys): ColumnMask {
  const mac = valueMac(domain, keys);
  const redacted = redact(column);
  switch (column.type) {
    case 'text':
      return column.length !== null && column.length < SHORTEST
        ? each(redacted)
        : textTokens(column.length, mac, keys);
    case 'variant':
      return variantTokens(
        textTokens(null, mac, keys),
        numberTokens({ precision: 15, scale: 0 }, mac),
        redacted,
      );
    case 'fixed':
    case 'real':
    case 'decfloat':
      return numberTokens(column, mac);
    case 'binary': {
      const bytes = Math.min(column.length ?? MAC_BYTES, MAC_BYTES);
      return each((cell) =>
        Buffer.from(mac([cell]))
          .toString('hex', 0, bytes)
          .toUpperCase(),
      );
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
      return each(toNull);
    default:
      return column.type satisfies never;
  }
}

/** How many different token-like texts one statement may hold. Checking each takes a few MACs. */
const MOST_LOOKALIKES = 1_000;

/**
 * Returns a function that finds out whether a text contains a token made with this key. Use one function for all texts
 * of one statement: beyond `MOST_LOOKALIKES` different token-like texts, further ones count as tokens unchecked.
 */
export function tokenFinder(keys: MaskingKeys): (text: string) => boolean {
  const proofs = createCmac(keys.token, PROOFS);
  const seen = new Set<string>();
  return (text) => {
    for (const [, run] of text.toLowerCase().matchAll(TOKEN)) {
      if (seen.has(run!)) continue;
      if (seen.size >= MOST_LOOKALIKES) return true;
      // Other letters may follow the token, so try every length that a token can have.
      const lengths = Array.from(
        { length: run!.length - SHORTEST + PREFIX.length + 1 },
        (_, more) => SHORTEST_BODY + more,
      );
      const made = base32(proofs(lengths.map((length) => run!.slice(0, length))), PROOF);
      if (lengths.some((length, index) => made[index] === run!.slice(length, length + PROOF))) return true;
      seen.add(run!);
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

function textTokens(length: number | null, mac: Cmac, keys: MaskingKeys): ColumnMask {
  const characters = Math.min(BODY, (length ?? Infinity) - PREFIX.length - PROOF);
  const proofs = createCmac(keys.token, PROOFS);
  const token = Buffer.from(PREFIX.padEnd(PREFIX.length + characters + PROOF));
  return ofValues((values) => {
    const bodies = base32(mac(values), characters);
    const made = proofs(bodies);
    return bodies.map((body, index) => {
      token.write(body, PREFIX.length, 'latin1');
      writeBase32(made, index * MAC_BYTES, token, PREFIX.length + characters, PROOF);
      return token.toString('latin1');
    });
  });
}

function numberTokens({ precision, scale }: Pick<ColumnShape, 'precision' | 'scale'>, mac: Cmac): ColumnMask {
  const digits = Math.min(precision ?? 15, 15);
  const fraction = scale ?? 0;
  const numbers = ofValues((values) => {
    const macs = Buffer.from(mac(values).buffer);
    return values.map((_, index) => {
      const number = macs.readBigUInt64BE(index * MAC_BYTES) % 10n ** BigInt(digits);
      const padded = number.toString().padStart(fraction + 1, '0');
      return fraction === 0 ? padded : `${padded.slice(0, -fraction)}.${padded.slice(-fraction)}`;
    });
  });
  return (cells) => numbers(cells.map((cell) => (cell === null ? null : normalNumber(cell))));
}

/** Of the texts and numbers among JSON values. */
function variantTokens(texts: ColumnMask, numbers: ColumnMask, otherwise: CellMask): ColumnMask {
  return (cells) => {
    const values = cells.map((cell) => (cell === null ? null : textIn(cell)));
    const ofTexts = texts(values);
    // Null of what is no number.
    const ofNumbers = numbers(cells);
    return cells.map((cell, index) => {
      if (cell === null || isNullIn(cell)) return cell;
      if (values[index] !== null) return JSON.stringify(ofTexts[index]);
      return ofNumbers[index] ?? otherwise(cell);
    });
  };
}

/** Normalises a number: `1.50`, `01.5` and `1.5` are the same value. Returns null for anything else. */
function normalNumber(cell: string): string | null {
  if (!NUMBER.test(cell)) return null;
  if (/[eE]/.test(cell)) return String(Number(cell));
  const [whole, fraction = ''] = cell.split('.');
  let digits = fraction.length;
  while (fraction.charAt(digits - 1) === '0') digits--;
  const trimmed = fraction.slice(0, digits);
  return `${whole!.replace(/^(-?)0+(?=\d)/, '$1')}${trimmed === '' ? '' : `.${trimmed}`}`;
}

/** Of the cells that are not null. */
function ofValues(tokens: (values: readonly string[]) => readonly string[]): ColumnMask {
  return (cells) => {
    if (!cells.includes(null)) return tokens(cells as readonly string[]);
    const made = tokens(cells.filter((cell) => cell !== null));
    let next = 0;
    return cells.map((cell): Cell => (cell === null ? null : made[next++]!));
  };
}

/** MACs of values, under a key for each domain. Of long values, their digests are taken: blocks are chained one by one. */
function valueMac(domain: string, { token }: MaskingKeys): Cmac {
  const [short, long] = [
    createCmac(token, `value of ${domain}`),
    createCmac(token, `digest of a value of ${domain}`),
  ];
  return (values) => {
    if (!values.some((value) => value.length > LONG)) return short(values);
    const macs = values.map((value) =>
      value.length > LONG ? long([createHash('sha256').update(value).digest('hex')]) : short([value]),
    );
    return Buffer.concat(macs);
  };
}

/** UTF-16 units. */
const LONG = 256;

/** What the key of the characters that prove a token is for. */
const PROOFS = 'proof of a token';

/**
 * The beginning of each MAC in Base32 (RFC 4648) in lower case.
 * @param length characters; each shows five bits.
 */
function base32(macs: Uint8Array, length: number): string[] {
  const texts: string[] = [];
  const text = Buffer.alloc(length);
  for (let mac = 0; mac < macs.length; mac += MAC_BYTES) {
    writeBase32(macs, mac, text, 0, length);
    texts.push(text.toString('latin1', 0, length));
  }
  return texts;
}

function writeBase32(macs: Uint8Array, mac: number, text: Uint8Array, start: number, length: number): void {
  for (let index = 0; index < length; index += 1) {
    const bit = index * 5;
    const at = mac + (bit >> 3);
    const two = (macs[at]! << 8) | macs[at + 1]!;
    text[start + index] = ALPHABET.charCodeAt((two >> (11 - (bit & 7))) & 31);
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
