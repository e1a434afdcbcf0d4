import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64 } from '../table/encode.ts';
import { workspace } from '../table/workspace.ts';
import { judgeCall, readPayload, redacted, TooMuch } from './index.ts';

const judged = (command: string) =>
  judgeCall(
    { harness: 'claude', tool: 'Bash', input: { command }, folder: null, session: null },
    { around: workspace },
  );

/** Commands that are recognised as they stand. */
const plain = fc.constantFrom(
  'snow sql -q x',
  'snowsql -c prod -q x',
  'curl https://xy12345.snowflakecomputing.com/api',
  'dbt run',
  'python load.py',
  'cat ~/.snowflake/connections.toml',
);

const single = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** Each makes of a command another that runs it. */
const wrappings: readonly ((command: string) => string)[] = [
  (command) => `sh -c ${single(command)}`,
  (command) => `bash -lc ${single(command)}`,
  (command) => `eval ${single(command)}`,
  (command) => `echo ${base64(command)} | base64 -d | sh`,
  (command) => `bash <<'END${command.length}'\n${command}\nEND${command.length}`,
  (command) => `C=${single(command)}; eval "$C"`,
  (command) => `C=${single(command)}; bash -c "$C"`,
  (command) => `printf '%s' ${single(command)} | bash`,
  (command) => `true && ( ${command} )`,
  (command) => `{ ${command}; } > out.txt 2>&1`,
  (command) => `if test -f x; then ${command}; else true; fi`,
  (command) => `X=$(${command}); echo "$X"`,
  (command) => `f() { ${command}; }; f`,
  (command) => `cat > w.sh <<'END${command.length}'\n${command}\nEND${command.length}\nsh w.sh`,
  (command) => `cd . && ${command} | head -3`,
  (command) => `ssh host ${single(command)}`,
  (command) => `docker exec -i tools sh -c ${single(command)}`,
  (command) => `echo ${gzipSync(command).toString('base64')} | base64 -d | gunzip | sh`,
  (command) => `set -- ${single(command)}; eval "$1"`,
  (command) => `IFS= read -r -d '' C <<< ${single(command)}; eval "$C"`,
  (command) => `echo ${single(JSON.stringify({ run: command }))} | jq -r .run | sh`,
  (command) => `python3 -c ${single(`print(${JSON.stringify(command)})`)} | sh`,
];
const prefixes = ['sudo ', 'env A=1 ', 'nohup ', 'time ', 'timeout 30 ', 'command ', 'A=b '];

/** Quotes and escapes within the first word, which a shell takes away. */
const dressed = fc
  .tuple(plain, fc.nat(), fc.constantFrom('single', 'double', 'backslash', 'ansi'))
  .map(([command, at, how]) => {
    const [name = '', ...rest] = command.split(' ');
    const place = at % name.length;
    const letter = name[place]!;
    const code = letter.charCodeAt(0).toString(16).padStart(2, '0');
    const dress = {
      single: `'${letter}'`,
      double: `"${letter}"`,
      backslash: `\\${letter}`,
      ansi: `$'\\x${code}'`,
    }[how];
    return [name.slice(0, place) + dress + name.slice(place + 1), ...rest].join(' ');
  });

describe('an attempt that is recognised', () => {
  it('stays so when it is quoted, wrapped and prefixed', () => {
    fc.assert(
      fc.property(
        dressed,
        fc.constantFrom('', ...prefixes),
        fc.array(fc.constantFrom(...wrappings), { maxLength: 3 }),
        (command, prefix, layers) => {
          const whole = layers.reduce((inner, wrap) => wrap(inner), prefix + command);
          expect([whole, judged(whole)]).not.toEqual([whole, null]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('stays so when its name is put together from variables', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), (cut) => {
        const name = 'snowsql';
        expect(judged(`a=${name.slice(0, cut)}; b=${name.slice(cut)}; $a$b -q x`)).not.toBeNull();
        expect(judged(`a=${name.slice(0, cut)}; "\${a}${name.slice(cut)}" -q x`)).not.toBeNull();
      }),
    );
  });
});

describe('whatever it is given', () => {
  it('a payload is a call, another event, or unreadable: it never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const { type } = readPayload(text);
        let isObject = false;
        try {
          const value: unknown = JSON.parse(text);
          isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        } catch {
          // Then it must not pass as one.
        }
        expect(isObject || type === 'unreadable').toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('a command is judged, or is too much: nothing else is thrown', () => {
    const pieces = fc.constantFrom(
      'snow',
      ' ',
      '"',
      "'",
      '`',
      '$(',
      ')',
      '${',
      '}',
      '<<E',
      '\n',
      '|',
      ';',
      '&&',
      '\\',
      '{a,b}',
      '((',
      '[[',
      'case',
      'esac',
      'do',
      'for x in',
      'E\n',
      '=',
      '#',
      '\u0000',
      '\uD800',
      '$x',
      '<(',
      '>',
      '*',
      '~',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
        ),
        fc.constantFrom('bash', 'powershell', 'python_code'),
        (command, tool) => {
          expect(() => {
            try {
              judgeCall(
                {
                  harness: 'copilot',
                  tool,
                  input: { command, code: command, path: 'a', content: command },
                  folder: null,
                  session: null,
                },
                { around: workspace },
              );
            } catch (error) {
              if (!(error instanceof TooMuch)) throw error;
            }
          }).not.toThrow();
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('what is too deep is not let through', () => {
    const nested = `${'$('.repeat(2_000)}true${')'.repeat(2_000)}`;
    expect(() => judged(`${'eval '.repeat(30)}true`)).toThrow(TooMuch);
    expect(() => judged(`echo ${nested}`)).toThrow(TooMuch);
  });

  it('time that is up stops it', () => {
    const call = {
      harness: 'claude',
      tool: 'Bash',
      input: { command: 'true' },
      folder: null,
      session: null,
    } as const;
    expect(() => judgeCall(call, { around: workspace, isLate: () => true })).toThrow(TooMuch);
  });
});

describe('an excerpt for the record', () => {
  const secret = fc
    .tuple(
      fc.stringMatching(/^[A-Z][a-z]{3,8}$/),
      fc.stringMatching(/^[0-9]{2,6}$/),
      fc.stringMatching(/^[!%+_-][A-Za-z0-9]{4,20}$/),
    )
    .map((parts) => parts.join(''));

  it('has no secret', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom<(secret: string) => string>(
          (value) => `SNOWFLAKE_PASSWORD=${value} snow sql -q x`,
          (value) => `export SNOWFLAKE_PASSWORD="${value}"`,
          (value) => `usql snowflake://ada:${value}@xy12345/db`,
          (value) => `snow connection add --password ${value} --account xy`,
          (value) => `curl -u ada:${value} https://xy12345.snowflakecomputing.com/`,
          (value) => `curl -H "Authorization: Bearer ${value}" https://xy12345.snowflakecomputing.com/`,
          (value) => `python -c "connect(user='ada', password='${value}')"`,
          (value) => `python -c "connect({'password': '${value}'})"`,
          (value) => `snowsql <<< '${value}'`,
          (value) => `docker run -e SNOWFLAKE_TOKEN=${value} x`,
        ),
        (value, write) => {
          expect(redacted(write(value))).not.toContain(value);
        },
      ),
      { numRuns: 500 },
    );
  });
});
