import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { eventBody } from '@sluice/contract';
import { ATTEMPTED_CALLS, HARMLESS_CALLS } from '../../agent-hook/table/calls.ts';
import { noteModules } from '../support/loaded-modules.ts';
import { type Ran, runSluice } from '../support/run-sluice.ts';
import { SLUICE } from '../support/sluice-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { recordedPlace } from './recorded-place.ts';

const folder = temporaryFolder();
const newFolder = (): string => {
  const made = join(folder, randomUUID());
  mkdirSync(made);
  return made;
};

/** What the hook is run with: a home of its own, and no relay. */
function ownPlace() {
  const home = newFolder();
  const workspace = newFolder();
  const env = {
    HOME: home,
    SLUICE_HOOK_SPOOL: join(home, 'spool'),
    SLUICE_HOOK_CONFIG: join(home, 'hook.json'),
  };
  const kept = () =>
    existsSync(env.SLUICE_HOOK_SPOOL)
      ? readdirSync(env.SLUICE_HOOK_SPOOL).map((name) =>
          readFileSync(join(env.SLUICE_HOOK_SPOOL, name), 'utf8'),
        )
      : [];
  return { home, workspace, env, kept };
}

type Place = ReturnType<typeof ownPlace>;

async function hook(
  input: string | Uint8Array,
  { env, workspace }: Pick<Place, 'env' | 'workspace'>,
  more: { readonly env?: object; readonly node?: readonly string[]; readonly program?: string } = {},
): Promise<Ran> {
  const { SLUICE_URL: _url, SLUICE_TOKEN: _token, ...own } = process.env;
  const child = spawn(process.execPath, [...(more.node ?? []), more.program ?? SLUICE, 'hook'], {
    cwd: workspace,
    env: { ...own, ...env, ...more.env },
  });
  // It may have answered, and ended, before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}

/** As Copilot reads an answer, and as VS Code and Claude Code do. */
function decisions({ out }: Ran) {
  const answer = JSON.parse(out) as {
    permissionDecision: string;
    permissionDecisionReason: string;
    hookSpecificOutput: {
      hookEventName: string;
      permissionDecision: string;
      permissionDecisionReason: string;
    };
  };
  expect(answer.hookSpecificOutput).toMatchObject({
    hookEventName: 'PreToolUse',
    permissionDecision: answer.permissionDecision,
    permissionDecisionReason: answer.permissionDecisionReason,
  });
  return { decision: answer.permissionDecision, reason: answer.permissionDecisionReason };
}

const bash = (command: string) => JSON.stringify({ toolName: 'bash', toolArgs: JSON.stringify({ command }) });

describe('a payload', () => {
  const told = (names: readonly string[], calls: typeof ATTEMPTED_CALLS) =>
    calls.filter(({ name }) => names.includes(name));

  it.each(
    told(
      [
        'a terminal of VS Code',
        'bash of Copilot',
        'bash of Copilot, with JSON text',
        'powershell of Copilot',
        'Bash of Claude Code',
        'the same, in VS Code',
        'a patch as text',
      ],
      ATTEMPTED_CALLS,
    ),
  )('of $name that is an attempt is denied, with what to use instead, and kept', async ({ payload }) => {
    const place = ownPlace();
    writeFileSync(join(place.workspace, 'profiles.yml'), 'a:\n  outputs:\n    dev:\n      type: snowflake\n');
    const ran = await hook(JSON.stringify({ ...payload, cwd: place.workspace }), place);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(decisions(ran)).toMatchObject({
      decision: 'deny',
      reason: expect.stringContaining('`run_statement`') as string,
    });
    expect(place.kept()).toHaveLength(1);
  });

  it.each(
    told(
      ['Sluice’s own tool', 'a search of files', 'a list of a folder', 'text that is typed'],
      HARMLESS_CALLS,
    ),
  )('of $name is let pass without a word', async ({ payload }) => {
    const place = ownPlace();
    expect(await hook(JSON.stringify(payload), place)).toEqual({ code: 0, out: '', err: '' });
    expect(place.kept()).toEqual([]);
  });

  /** Of harnesses with events of their own: how each tells of a command. */
  const others = (command: string) => [
    {
      harness: 'gemini',
      payload: { hook_event_name: 'BeforeTool', tool_name: 'run_shell_command', tool_input: { command } },
    },
    {
      harness: 'cursor',
      payload: { hook_event_name: 'beforeShellExecution', command, workspace_roots: ['/w'] },
    },
    {
      harness: 'windsurf',
      payload: { agent_action_name: 'pre_run_command', tool_info: { command_line: command } },
    },
  ];

  it.each(others('snow sql -q x'))(
    'of $harness that is an attempt is stopped by the exit code, with the reason beside it',
    async ({ harness, payload }) => {
      const place = ownPlace();
      const ran = await hook(JSON.stringify(payload), place);
      expect(ran.code).toBe(2);
      expect(ran.err).toMatch(/`run_statement`/);
      expect(place.kept().map((kept) => (JSON.parse(kept) as { harness: string }).harness)).toEqual([
        harness,
      ]);
    },
  );

  it.each(others('git status'))('of $harness that is none is let pass', async ({ payload }) => {
    expect(await hook(JSON.stringify(payload), ownPlace())).toEqual({ code: 0, out: '', err: '' });
  });

  it.each([
    [
      'a file that Cursor reads',
      { hook_event_name: 'beforeReadFile', file_path: '/home/a/.snowflake/config.toml', content: '' },
    ],
    [
      'a server that Cursor asks',
      {
        hook_event_name: 'beforeMCPExecution',
        tool_name: 'query',
        tool_input: '{"sql":"select 1"}',
        command: 'uvx snowflake-labs-mcp',
      },
    ],
    [
      'a server that Windsurf asks',
      {
        agent_action_name: 'pre_mcp_tool_use',
        tool_info: { mcp_server_name: 'snowflake', mcp_tool_name: 'query', mcp_tool_arguments: {} },
      },
    ],
    [
      'a file that Windsurf writes',
      {
        agent_action_name: 'pre_write_code',
        tool_info: {
          file_path: '.env',
          edits: [{ old_string: '', new_string: 'SNOWFLAKE_PASSWORD=h7kPq2zLw9' }],
        },
      },
    ],
  ])('of %s past the relay is stopped', async (_, payload) => {
    expect((await hook(JSON.stringify(payload), ownPlace())).code).toBe(2);
  });

  it.each([
    { hook_event_name: 'beforeSubmitPrompt', prompt: 'snow sql' },
    { hook_event_name: 'BeforeModel' },
    { agent_action_name: 'post_run_command', tool_info: { command_line: 'snow sql -q x' } },
  ])('that tells of nothing about to run is let pass: %j', async (payload) => {
    expect(await hook(JSON.stringify(payload), ownPlace())).toEqual({ code: 0, out: '', err: '' });
  });

  it('of another point of an agent’s life is let pass', async () => {
    const ran = await hook(JSON.stringify({ hook_event_name: 'PostToolUse', tool_name: 'Bash' }), ownPlace());
    expect(ran).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('what cannot be judged is denied, and stopped by the exit code too', () => {
  it.each<readonly [string, string | Uint8Array]>([
    ['nothing', ''],
    ['no JSON', '{"toolName":"bash","toolArgs":'],
    ['a list', '[]'],
    ['no tool', '{"tool_input":{"command":"true"}}'],
    ['arguments that are a list', '{"tool_name":"Bash","tool_input":["true"]}'],
    ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0xfe, 0x22])],
    ['10 MB', bash('x'.repeat(10_000_000))],
    ['a command within a command within another', bash(`${'eval '.repeat(100)}true`)],
  ])('%s', async (_, input) => {
    const ran = await hook(input, ownPlace());
    expect(ran.code).toBe(2);
    expect(ran.err).not.toBe('');
    expect(decisions(ran)).toMatchObject({ decision: 'deny', reason: ran.err.trim() });
  });
});

describe('what stands in the workspace', () => {
  it('a script that uses a driver is read', async () => {
    const place = ownPlace();
    writeFileSync(join(place.workspace, 'q.py'), 'import snowflake.connector as s\ns.connect()\n');
    writeFileSync(join(place.workspace, 'r.py'), 'print("snowflake")\n');
    expect(decisions(await hook(bash('python q.py'), place)).reason).toContain('q.py');
    expect((await hook(bash('python r.py'), place)).out).toBe('');
    expect((await hook(bash('python none.py'), place)).out).toBe('');
  });

  it('a script that is there and cannot be read is not run', async () => {
    const place = ownPlace();
    symlinkSync('loop.py', join(place.workspace, 'loop.py'));
    expect(decisions(await hook(bash('python loop.py'), place)).decision).toBe('deny');
  });

  it('what the person’s connection says is the relay’s is let pass, and a variable of the agent’s is not believed', async () => {
    const place = ownPlace();
    mkdirSync(join(place.home, '.snowflake'));
    writeFileSync(
      join(place.home, '.snowflake/connections.toml'),
      '[sluice]\nhost = "relay.example.com"\n[prod]\naccount = "xy12345"\n',
    );
    writeFileSync(place.env.SLUICE_HOOK_CONFIG, JSON.stringify({ url: 'https://relay.example.com:8443' }));
    expect((await hook(bash('snow sql -q x -c sluice'), place)).out).toBe('');
    expect(decisions(await hook(bash('snow sql -q x -c prod'), place)).decision).toBe('deny');
    const own =
      'SLUICE_URL=https://xy12345.snowflakecomputing.com snow sql -q x --host xy12345.snowflakecomputing.com';
    expect(decisions(await hook(bash(own), place)).decision).toBe('deny');
  });
});

describe('the record', () => {
  let issuer: LocalIssuer;
  beforeAll(async () => {
    issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  });
  afterAll(() => issuer.close());

  it(
    'has an attempt that was stopped while no relay was there, without its secret',
    { timeout: 240_000 },
    async () => {
      const place = ownPlace();
      const secret = 'Tr0ub4dor-and-3';
      expect((await hook(bash(`SNOWFLAKE_PASSWORD=${secret} snow sql -q "select 1"`), place)).code).toBe(0);
      expect(place.kept().join('')).toContain('snow sql');
      expect(place.kept().join('')).not.toContain(secret);
      const alone = await runSluice(['hook', 'send'], { env: place.env });
      expect(alone).toMatchObject({ code: 1, out: '0 sent, 1 waiting\n', err: 'no relay is named\n' });

      const relay = await recordedPlace(folder, issuer);
      const env = { ...place.env, SLUICE_URL: relay.url };
      const bad = await runSluice(['hook', 'send'], { env: { ...env, SLUICE_TOKEN: 'none' } });
      expect(bad).toMatchObject({ code: 1, err: 'the relay answers 401\n' });
      expect(place.kept()).toHaveLength(1);

      const token = await issuer.tokenFor('ada');
      const sent = await runSluice(['hook', 'send'], { env: { ...env, SLUICE_TOKEN: token } });
      expect(sent).toEqual({ code: 0, out: '1 sent, 0 waiting\n', err: '' });
      expect(place.kept()).toEqual([]);

      const as = await relay.as('alan');
      const [found] = (await as('sessions', 'search', 'snow', '--json')).out.trim().split('\n');
      const { event } = JSON.parse(found!) as { event: { session: string; body: unknown } };
      expect(eventBody.parse(event.body)).toMatchObject({
        type: 'bypass_attempted',
        kind: 'credential',
        harness: 'copilot',
        tool: 'bash',
        excerpt: 'SNOWFLAKE_PASSWORD=••• snow sql -q "select 1"',
      });
      const shown = await runSluice(['sessions', 'show', event.session, '--data', relay.data]);
      expect(shown.out).toContain('bypass_attempted');
      expect(shown.out).toContain('ada');
      await expect
        .poll(async () => {
          const [since, before] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
          const query = `since=${since.toISOString()}&before=${before.toISOString()}&by=hour`;
          const headers = { authorization: `Bearer ${await issuer.decidingTokenFor('alan')}` };
          const answer = await fetch(`${relay.url}/api/overview?${query}`, { headers });
          const { activity } = (await answer.json()) as { activity: { bypassed: number }[] };
          return activity.reduce((sum, { bypassed }) => sum + bypassed, 0);
        })
        .toBe(1);
    },
  );

  it('is sent what was stopped by a process that nobody waits for', { timeout: 240_000 }, async () => {
    const place = ownPlace();
    const relay = await recordedPlace(folder, issuer);
    const env = { SLUICE_URL: relay.url, SLUICE_TOKEN: await issuer.tokenFor('ada') };
    expect(decisions(await hook(bash('snowsql -q x'), place, { env })).decision).toBe('deny');
    const as = await relay.as('alan');
    await expect
      .poll(async () => (await as('sessions', 'search', 'snowsql')).out, { timeout: 120_000 })
      .toContain('snowsql');
    await expect.poll(() => place.kept()).toEqual([]);
  });
});

describe('setting it up', () => {
  const inPlace = async (place: Place, ...args: readonly string[]) =>
    await runSluice(['hook', ...args], { env: place.env, cwd: place.workspace });
  const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

  it('writes what harnesses read, once, and keeps what else is there; taking it out leaves that', async () => {
    const place = ownPlace();
    mkdirSync(join(place.workspace, '.claude'));
    const settings = {
      permissions: { allow: ['Bash(ls)'] },
      hooks: {
        PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: './own.sh' }] }],
        Stop: [{ hooks: [{ type: 'command', command: './end.sh' }] }],
      },
    };
    writeFileSync(join(place.workspace, '.claude/settings.json'), JSON.stringify(settings));
    const dry = await inPlace(place, 'install', '--harness', 'copilot', 'claude', '--dry-run');
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain('"preToolUse"');
    expect(existsSync(join(place.workspace, '.github'))).toBe(false);
    expect(read(place.workspace, '.claude/settings.json')).toEqual(settings);

    expect((await inPlace(place, 'install', '--harness', 'copilot', 'claude')).code).toBe(0);
    const [first, second] = [
      readFileSync(join(place.workspace, '.github/hooks/sluice.json'), 'utf8'),
      readFileSync(join(place.workspace, '.claude/settings.json'), 'utf8'),
    ];
    const again = await inPlace(place, 'install', '--harness', 'copilot', 'claude');
    expect(again.out.match(/is as it should be/g)).toHaveLength(2);
    expect(readFileSync(join(place.workspace, '.github/hooks/sluice.json'), 'utf8')).toBe(first);
    expect(readFileSync(join(place.workspace, '.claude/settings.json'), 'utf8')).toBe(second);
    expect(JSON.parse(first)).toEqual({
      version: 1,
      hooks: {
        preToolUse: [
          {
            type: 'command',
            bash: 'sluice hook || exit 2',
            powershell: 'sluice hook; if (-not $?) { exit 2 }',
            timeoutSec: 30,
          },
        ],
      },
    });
    expect(JSON.parse(second)).toEqual({
      ...settings,
      hooks: {
        ...settings.hooks,
        PreToolUse: [
          ...settings.hooks.PreToolUse,
          { matcher: '*', hooks: [{ type: 'command', command: 'sluice hook || exit 2', timeout: 30 }] },
        ],
      },
    });

    expect((await inPlace(place, 'uninstall', '--harness', 'copilot', 'claude')).code).toBe(0);
    expect(existsSync(join(place.workspace, '.github/hooks/sluice.json'))).toBe(false);
    expect(read(place.workspace, '.claude/settings.json')).toEqual(settings);
    expect((await inPlace(place, 'uninstall')).out).toBe('there is no hook here\n');
  });

  it('for a person, needs nothing on the path, and what it writes denies', async () => {
    const place = ownPlace();
    const url = 'https://relay.example.com';
    expect((await inPlace(place, 'install', '--user', '--url', url)).code).toBe(0);
    expect(read(place.env.SLUICE_HOOK_CONFIG)).toEqual({ url });
    const { hooks } = read(place.home, '.copilot/hooks/sluice.json') as {
      hooks: { preToolUse: { bash: string }[] };
    };
    const child = spawn('sh', ['-c', hooks.preToolUse[0]!.bash], {
      cwd: place.workspace,
      env: { ...place.env, PATH: '/usr/bin:/bin' },
    });
    child.stdin.end(bash('snow sql -q x'));
    expect(decisions({ code: 0, out: await text(child.stdout), err: '' }).decision).toBe('deny');
  });

  it('a hook that is not installed stops the call', async () => {
    const child = spawn('/bin/sh', ['-c', 'sluice hook || exit 2'], {
      env: { PATH: '/nowhere' },
      stdio: 'ignore',
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(2);
  });

  it('leaves a file alone that it cannot read', async () => {
    const place = ownPlace();
    mkdirSync(join(place.workspace, '.claude'));
    writeFileSync(join(place.workspace, '.claude/settings.json'), '{ // mine\n}');
    const ran = await inPlace(place, 'install', '--harness', 'copilot', 'claude');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(existsSync(join(place.workspace, '.github'))).toBe(false);
    expect(readFileSync(join(place.workspace, '.claude/settings.json'), 'utf8')).toBe('{ // mine\n}');
  });

  it('the agent plugin is written for a relay', async () => {
    const place = ownPlace();
    const target = join(place.workspace, 'plugin');
    expect((await inPlace(place, 'plugin', target, '--url', 'https://relay.example.com')).code).toBe(0);
    expect(read(target, 'mcp.json')).toMatchObject({
      mcpServers: { sluice: { type: 'streamable-http', url: 'https://relay.example.com/mcp' } },
    });
    expect(readFileSync(join(target, 'skills/sluice/SKILL.md'), 'utf8')).toMatch(/^---\nname: sluice\n/);
    expect((await inPlace(place, 'plugin', target, '--url', 'https://relay.example.com')).code).toBe(2);
    const plain = await inPlace(place, 'plugin', `${target}2`, '--url', 'http://relay.example.com');
    expect(plain).toMatchObject({ code: 2, out: '' });
  });
});

it('loads nothing but what judges', async () => {
  const place = ownPlace();
  const notes = noteModules(join(folder, randomUUID()));
  const program = fileURLToPath(new URL('../../relay/bin/hook.ts', import.meta.url));
  await hook(bash('npm test'), place, { node: notes.args, env: notes.env, program });
  const loaded = notes.loaded().filter((url) => url.startsWith('file:'));
  expect(
    loaded.filter((url) => !/\/agent-hook\/|\/relay\/(?:bin|src\/cli\/hook)\/|\/unbash\//.test(url)),
  ).toEqual([]);
});
