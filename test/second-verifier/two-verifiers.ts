import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

/** An export or a store, and the public keys (PEM files) that it is verified with. */
export interface Verified {
  readonly file: string;
  /** Of a store in PostgreSQL, whose configuration is `file`. */
  readonly url?: string;
  readonly keys: readonly string[];
  /** More arguments: checkpoints that were kept, witnesses that are demanded. */
  readonly more?: readonly string[];
  /** Of a store: one that a relay has made, whose schema it has to have. `sluice verify` knows what a relay makes. */
  readonly like?: string;
  /** For people: what it is, or what was done to it. */
  readonly what: string;
}

/** What each verifier says of an export: the verdict with all counts, or the first finding with its event. */
export interface Opinions {
  readonly what: string;
  readonly file: string;
  /** `sluice verify`. */
  readonly first: string;
  /** Ours, in Python. */
  readonly second: string;
}

const finding = z.object({
  what: z.string(),
  session: z.string().nullable(),
  seq: z.number().nullable(),
  why: z.string(),
  /** In a store. */
  position: z.number().nullish(),
});
const report = z.object({
  intact: z.boolean(),
  events: z.number(),
  redacted: z.number(),
  signedDecisions: z.number(),
  signedUnlessRevoked: z.number(),
  payloads: z.number(),
  unsigned: z.number(),
  attested: z.boolean(),
  uncompared: z.number(),
  voided: z.array(z.unknown()),
  removals: z.array(z.unknown()),
  problems: z.array(finding),
});

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A Python that has `cryptography`, or why there is none here. */
export async function findPython(): Promise<{ python: string } | { missing: string }> {
  for (const python of [here('../../.drivers/python/bin/python'), 'python3']) {
    const works = promisify(execFile)(python, ['-c', 'import cryptography']).then(
      () => true,
      () => false,
    );
    if ((python === 'python3' || existsSync(python)) && (await works)) return { python };
  }
  return { missing: 'no Python with `cryptography`: run `test/drivers/install`' };
}

/** Asks both verifiers about all exports, each in one process. */
export async function askBoth(python: string, exports: readonly Verified[]): Promise<readonly Opinions[]> {
  const [first, second] = await Promise.all([
    linesOf(
      process.execPath,
      [here('first-verifier.ts')],
      exports.map(({ url, file, ...given }) => ({
        ...given,
        file: url === undefined ? file : `--config=${file}`,
      })),
    ),
    linesOf(
      python,
      [here('verify.py'), '--batch'],
      exports.map(({ like, url, file, more = [], ...given }) => ({
        ...given,
        file: url ?? file,
        more: like === undefined ? more : [...more, '--like', like],
      })),
    ),
  ]);
  return exports.map(({ what, file }, index) => ({
    what,
    file,
    first: shown(first[index]),
    second: shown(second[index]),
  }));
}

/** For people: where the two do not say the same. */
export function disagreements(opinions: readonly Opinions[]): readonly string[] {
  return opinions
    .filter(({ first, second }) => first !== second)
    .map(
      ({ what, file, first, second }) =>
        `${what}\n  ${file}\n  sluice verify: ${first}\n  verify.py:     ${second}`,
    );
}

/** Verdict, first finding and its event; of an intact one, everything that was counted. */
function shown(line: string | undefined): string {
  const read = report.safeParse(line === undefined ? undefined : JSON.parse(line));
  if (!read.success) return `no report: ${line}`;
  const { problems, ...counted } = read.data;
  if (counted.intact) return JSON.stringify(counted);
  const [found] = problems;
  return found === undefined
    ? 'not intact, and nothing found'
    : `${found.what}, event ${found.session}/${found.seq}${found.position == null ? '' : ` at ${found.position}`}`;
}

async function linesOf(
  program: string,
  args: readonly string[],
  exports: readonly Verified[],
): Promise<readonly string[]> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(
    exports
      .map(({ file, keys, more = [] }) => {
        const given = keys.flatMap((key) => ['--key', key]);
        return `${JSON.stringify([file, ...given, ...more])}\n`;
      })
      .join(''),
  );
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  return lines;
}
