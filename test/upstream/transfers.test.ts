import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clientProgram, goProgram, javaProgram, orSkip, pythonProgram } from '../drivers/other-drivers.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { signIn } from '../support/wire.ts';
import { firstOf } from './answers.ts';
import { startRelayBefore } from './relay.ts';
import { startS3 } from './s3.ts';
import { shopTables } from './shop.ts';
import { STAGE_KEY, stageScript, STORAGE } from './stage-script.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

/** Where files are while they pass: of nobody else's relays. */
let passing: string;
const { TMPDIR } = process.env;
beforeAll(async () => {
  passing = await mkdtemp(join(tmpdir(), 'sluice-passing-'));
  process.env['TMPDIR'] = passing;
});
afterAll(async () => {
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  await rm(passing, { recursive: true, force: true });
});

async function started(stage: Readonly<Record<string, unknown>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-transfers-'));
  const s3 = await startS3(STORAGE);
  const upstream = await startUpstream({
    script: firstOf(stageScript(s3, stage), tablesScript(shopTables(10))),
    holdMs: 500,
  });
  const relay = await startRelayBefore(upstream.url, { warm: 0 });
  onTestFinished(async () => {
    await relay.close();
    await upstream.close();
    await s3.close();
    await rm(folder, { recursive: true, force: true });
  });
  const token = await relay.tokenFor('ada');
  const ada = await connectDriver(relay.url, token);
  const grace = apiClient(relay.url, await relay.decidingTokenFor('grace'));
  /** Agrees to whatever is asked while something runs. */
  const agreeingTo = async <T>(work: Promise<T>) => {
    let isDone = false;
    const running = work.finally(() => (isDone = true));
    running.catch(() => {});
    const decided = new Set<string>();
    await expect
      .poll(
        async () => {
          const { approvals } = await grace.get<{ approvals: Parameters<typeof grace.decide>[0][] }>(
            '/api/approvals?state=pending',
          );
          for (const one of approvals.filter(({ id }) => !decided.has(id))) {
            decided.add(one.id);
            await grace.decide(one, 'approve', 'fine');
          }
          return isDone;
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    return { outcome: await running, asked: decided.size };
  };
  const agreed = async (sql: string) => {
    const { outcome, asked } = await agreeingTo(ada.run(sql));
    return { rows: outcome.rows, asked };
  };
  const put = async (name: string, content: string | Buffer, options = '', path = '') => {
    await writeFile(join(folder, name), content);
    return await agreed(`PUT file://${join(folder, name)} @~/${path} ${options}`);
  };
  return { folder, s3, upstream, relay, ada, token, grace, agreed, agreeingTo, put };
}

/** The driver's own: what it would make of a file that it had sent and got itself. */
const { EncryptUtil, EncryptionMetadata } = createRequire(import.meta.url)(
  'snowflake-sdk/dist/lib/file_transfer_agent/encrypt_util.js',
) as DriversEncryption;

interface DriversEncryption {
  readonly EncryptUtil: new () => {
    decryptFile(metadata: unknown, material: unknown, path: string, folder: string): Promise<string>;
    encryptFileStream(
      material: unknown,
      content: Buffer,
    ): Promise<{ encryptionMetadata: { key: string; iv: string; matDesc: string }; dataStream: Buffer }>;
  };
  readonly EncryptionMetadata: (key: string, iv: string, matDesc: string) => unknown;
}
const material = { queryStageMasterKey: STAGE_KEY, queryId: 'q', smkId: 1 };

describe('a file that a driver puts into a stage of the account', () => {
  it('goes there through the relay, as its own driver would have sent it, once people agree', async () => {
    const { folder, s3, put, upstream, relay, ada } = await started();
    const content = 'ID,NAME\n1,Tilda\n';
    const { rows, asked } = await put('people.csv', content, '', 'in/');
    expect(rows).toMatchObject([{ source: 'people.csv', target: 'people.csv.gz', status: 'UPLOADED' }]);
    // The driver asks anew for the place of each file: that is part of what people have agreed to.
    expect(asked).toBe(1);
    const object = s3.objects.get('bucket/stages/user/in/people.csv.gz')!;
    const {
      'x-amz-key': key,
      'x-amz-iv': iv,
      'x-amz-matdesc': matdesc,
      'sfc-digest': digest,
    } = object.metadata;
    expect(JSON.parse(matdesc!)).toEqual({
      queryId: upstream.executions.findLast(({ sql }) => sql.startsWith('PUT'))!.queryId,
      smkId: '92019676305867781',
      keySize: '128',
    });
    expect(object.bytes.includes(content)).toBe(false);
    const stored = join(folder, 'stored');
    await writeFile(stored, object.bytes);
    const plain = await new EncryptUtil().decryptFile(
      EncryptionMetadata(key!, iv!, matdesc!),
      material,
      stored,
      tmpdir(),
    );
    const packed = await readFile(plain);
    await rm(plain);
    expect(gunzipSync(packed).toString()).toBe(content);
    expect(digest).toBe(createHash('sha256').update(packed).digest('base64'));
    // What the account gave for it is nowhere that anybody sees.
    const own = apiClient(relay.url, await relay.tokenFor('ada'));
    const { sessions } = await own.get<{ sessions: { session: string }[] }>('/api/sessions');
    const events = await own.events(sessions[0]!.session);
    expect(events.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({
        what: 'file_received',
        detail: {
          name: 'people.csv.gz',
          bytes: String(packed.length),
          sha256: createHash('sha256').update(packed).digest('hex'),
        },
      }),
    );
    expect(JSON.stringify(events)).not.toMatch(secrets);
    await ada.close();
    await expect.poll(async () => await leftBehind()).toEqual([]);
  });

  it('is as it was where there is one of its name, unless it says that it may be another', async () => {
    const { s3, put } = await started();
    const options = 'AUTO_COMPRESS = FALSE';
    await put('a.csv', 'first', options);
    const before = s3.objects.get('bucket/stages/user/a.csv');
    // Other drivers say that they have skipped it; this one says what it was told.
    await expect(put('a.csv', 'second', options)).rejects.toThrow(/412/);
    expect(s3.objects.get('bucket/stages/user/a.csv')).toBe(before);
    expect((await put('a.csv', 'third', `${options} OVERWRITE = TRUE`)).rows).toMatchObject([
      { status: 'UPLOADED' },
    ]);
    expect(s3.objects.get('bucket/stages/user/a.csv')).not.toBe(before);
  });

  it('is sent again where storage stumbles', async () => {
    const { s3, put } = await started();
    s3.faults.push(503, 500);
    expect((await put('a.csv', 'x', 'OVERWRITE = TRUE')).rows).toMatchObject([{ status: 'UPLOADED' }]);
    expect(s3.requests.map(({ status }) => status)).toEqual([503, 500, 200]);
  });

  it('is told where to go by an answer that has nothing of the account’s storage in it', async () => {
    const { s3, relay, token, grace } = await started();
    s3.objects.set('bucket/stages/user/a.csv', { bytes: Buffer.from(''), metadata: {} });
    const wire = await signIn(relay.url, token);
    for (const sql of ['PUT file:///tmp/a.csv @~', 'GET @~/a.csv file:///tmp/']) {
      let answer = await wire.query(sql);
      await grace.decide(await nextPending(grace), 'approve', 'fine');
      while (answer.code === '333333') answer = await wire.get(String(answer.data?.['getResultUrl']));
      expect(answer.success).toBe(true);
      const text = JSON.stringify(answer);
      expect(text).toContain(`${relay.url}/stages/files/`);
      expect(text).not.toMatch(secrets);
      expect(text).not.toContain(s3.host);
    }
  });

  it('is refused where no rule has it asked about, and by people, before the account hears of it', async () => {
    const { folder, upstream, relay, ada, grace } = await started();
    await writeFile(join(folder, 'a.csv'), 'x');
    const puts = () => upstream.executions.filter(({ sql }) => /^(?:put|get)/i.test(sql));
    const mallory = await connectDriver(relay.url, await relay.tokenFor('alan'));
    expect(await errorOf(mallory.run(`PUT file://${folder}/a.csv @~`))).toMatchObject({ code: '003001' });
    await mallory.close();
    const running = errorOf(ada.run(`PUT file://${folder}/a.csv @~`));
    await grace.decide(await nextPending(grace), 'deny', 'not there');
    expect((await running)?.message).toContain('not there');
    expect(puts()).toEqual([]);
  });

  it.each(['GCS', 'AZURE'])(
    'is not taken for a stage whose files are elsewhere: %s',
    async (locationType) => {
      const { put } = await started({ locationType });
      await expect(put('a.csv', 'x')).rejects.toThrow(/only S3/);
    },
  );
});

describe('a file that a driver gets from a stage of the account', () => {
  async function stored(content: Buffer) {
    const parts = await started();
    const { encryptionMetadata, dataStream } = await new EncryptUtil().encryptFileStream(
      { ...material },
      content,
    );
    const { key, iv, matDesc } = encryptionMetadata;
    const metadata = {
      'x-amz-key': key,
      'x-amz-iv': iv,
      'x-amz-matdesc': matDesc,
      'sfc-digest': createHash('sha256').update(content).digest('base64'),
    };
    const place = 'bucket/stages/user/out/data_0_0_0.csv.gz';
    parts.s3.objects.set(place, { bytes: dataStream, metadata });
    return { ...parts, place };
  }

  it('comes through the relay, once people agree, and is what was put there', async () => {
    const content = gzipSync('1,Tilda\n');
    const { folder, agreed, s3, ada, relay } = await stored(content);
    const { rows, asked } = await agreed(`GET @~/out file://${folder}/`);
    expect(rows).toMatchObject([{ file: 'out/data_0_0_0.csv.gz', status: 'DOWNLOADED' }]);
    expect(asked).toBe(1);
    expect(await readFile(join(folder, 'data_0_0_0.csv.gz'))).toEqual(content);
    // However often its client asks for it.
    expect(s3.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
    const own = apiClient(relay.url, await relay.tokenFor('ada'));
    const { sessions } = await own.get<{ sessions: { session: string }[] }>('/api/sessions');
    const events = await own.events(sessions[0]!.session);
    expect(events.map(({ body }) => body)).toContainEqual(expect.objectContaining({ what: 'file_sent' }));
    expect(JSON.stringify(events)).not.toMatch(secrets);
    await ada.close();
    await expect.poll(async () => await leftBehind()).toEqual([]);
  });

  it.each<[string, (object: { bytes: Buffer; metadata: Record<string, string> }) => void]>([
    ['other content', (object) => (object.metadata['sfc-digest'] = 'AAAA')],
    ['a part of it', (object) => (object.bytes = object.bytes.subarray(0, 16))],
    ['no key', (object) => delete object.metadata['x-amz-key']],
  ])('is not given out where there is %s', async (_title, change) => {
    const { folder, agreed, s3, place } = await stored(gzipSync('x'.repeat(100)));
    const { bytes, metadata } = s3.objects.get(place)!;
    const changed = { bytes, metadata: { ...metadata } };
    change(changed);
    s3.objects.set(place, changed);
    const { rows } = await agreed(`GET @~/out file://${folder}/`).catch(() => ({ rows: [] }));
    expect(rows.map(({ status }) => status)).not.toContain('DOWNLOADED');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe.each([
  ['the Python connector', pythonProgram],
  ['the Python connector, version 4', () => clientProgram('connector-4', 'python/conversation.py')],
  ['the Python connector, version 3', () => clientProgram('connector-3', 'python/conversation.py')],
  ['gosnowflake', goProgram],
  ['JDBC', javaProgram],
] as const)('%s', (_, open) => {
  it('sends a file to a stage of the account and gets it back', async (test) => {
    const { command, args } = orSkip(await open(), test);
    const { relay, token, s3, agreeingTo } = await started();
    const port = new URL(relay.url).port;
    const { outcome, asked } = await agreeingTo(run(command, [...args, 'files', port, token]));
    expect(JSON.parse(outcome.stdout)).toEqual({ files: [null, '1,one\n2,two\n'] });
    expect(asked).toBe(2);
    const [object] = [...s3.objects]
      .filter(([name]) => name.endsWith('/rows.csv.gz'))
      .map(([, each]) => each);
    expect(gunzipped(object!.bytes)).toBeNull();
  }, 120_000);
});

const run = promisify(execFile);

/** What is packed in it; null when nothing is, since it is encrypted. */
function gunzipped(bytes: Buffer): string | null {
  try {
    return gunzipSync(bytes).toString();
  } catch {
    return null;
  }
}

const secrets = new RegExp(
  [STORAGE.secret, STORAGE.token, STORAGE.id, STAGE_KEY].map((each) => RegExp.escape(each)).join('|'),
);

/** Files that have passed, and are still there. */
async function leftBehind(): Promise<readonly string[]> {
  const folders = (await readdir(passing)).filter((name) => name.startsWith('sluice-stages-'));
  return (await Promise.all(folders.map(async (name) => await readdir(join(passing, name))))).flat();
}
