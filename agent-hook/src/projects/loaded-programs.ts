import type { Finding } from '../finding.ts';
import { firstOf } from '../first-of.ts';
import { accountHostIn, namesRelay } from '../hosts.ts';
import { inside, type Looking, pathIn, type Scope } from '../looking.ts';
import type { Run } from '../shell/read-shell.ts';
import { nameOf } from '../commands/names.ts';
import { hasOption, optionOf } from '../commands/options.ts';
import { firstFile } from './first-file.ts';

/**
 * What a command loads without being an interpreter: the program that a build tool compiles and starts, the module that a server or a
 * scheduler is told of, and the file that tells a tool for databases where to connect.
 */
export function loadedBy({ argv }: Pick<Run, 'argv'>, looking: Looking, scope: Scope): Finding | null {
  if (hasOption(argv, '--help', '-h', '--version', '-V', '--list')) return null;
  const name = nameOf(argv[0] ?? '').replace(/^(mvn|gradle)w$/, '$1');
  return (
    connects(name, argv, looking, scope) ??
    compiled(name, argv, looking, scope) ??
    served(name, argv, looking, scope)
  );
}

/** Tools that connect to databases, and are told by a file to which. */
function connects(name: string, argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  if (/^(?:mvn|gradle)$/.test(name) && argv.some((word) => STARTS.test(word)))
    return firstOf(CONFIGURED, (path) => {
      const text = firstFile([path], looking, scope);
      return text === null ? null : connection(name, text, looking);
    });
  if (
    name === 'sqlmesh' &&
    argv.some((word) => /^(?:plan|run|audit|evaluate|fetchdf|migrate|info|test|ui)$/.test(word))
  ) {
    const folder = optionOf(argv, '-p', '--paths') ?? '.';
    const text = firstFile(
      [`${folder}/config.yaml`, `${folder}/config.yml`, `${folder}/config.py`],
      looking,
      scope,
    );
    return text === null ? null : connection(name, text, looking);
  }
  if (!CONNECTING.test(name)) return null;
  const files = [...argv.slice(1), `${name}.properties`, `${name}.conf`, `conf/${name}.conf`].flatMap(
    (word) => {
      const text = /\.\w{2,10}$/.test(word) ? firstFile([word.replace(/^[^=]*=/, '')], looking, scope) : null;
      return text === null ? [] : [text];
    },
  );
  return firstOf(files, (text) => connection(name, text, looking));
}

function connection(name: string, text: string, { around }: Looking): Finding | null {
  return ADDRESS.test(text) && (accountHostIn(text) !== null || !namesRelay(text, around.relays))
    ? { kind: 'client', evidence: `${name} with a connection to Snowflake` }
    : null;
}

/** Goals that start an application of a framework, and where that is told what it connects to. */
const STARTS = /^:?(?:spring-boot:run|bootRun|bootTestRun|quarkus:dev|quarkusDev|micronaut:run|mn:run|run)$/;
const CONFIGURED = ['', '-dev', '-local', '-prod', '-production', '-development'].flatMap((profile) =>
  ['yml', 'yaml', 'properties'].map((kind) => `src/main/resources/application${profile}.${kind}`),
);

const CONNECTING =
  /^(?:liquibase|flyway|soda|sling|embulk|meltano|gx|great_expectations|datacontract|benthos|redpanda-connect|telegraf|vector|logstash|fluent-bit|steampipe|cube|rill|connect-standalone|octosql|sqlline|dbeaver|dbeaver-cli|evidence|quary|recce|edr)$/;
const ADDRESS =
  /(?:jdbc:)?snowflake:\/\/|\b(?:type|driver|kind|plugin|connector|dialect|adapter)\b["']?\s*[:=]\s*["']?snowflake\b|snowflakecomputing\.(?:com|cn)/i;

/** The first file of a program that is compiled and started, where the tool or its words say which one that is. */
function compiled(name: string, argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  const words = argv.slice(1);
  if (/^(?:java|kotlin|scala)$/.test(name)) return javaClass(argv, looking, scope);
  if (!words.slice(0, 6).some((word) => /^(?::?run|exec:java|bootRun)$/.test(word))) return null;
  const there = {
    ...scope,
    folder: pathIn(
      scope,
      optionOf(argv, '--project', '--manifest-path', '-p')?.replace(
        /(?:Cargo\.toml|[\w.-]*\.\w{2}proj)$/,
        '',
      ) ?? '',
    ),
  };
  const main = words
    .map((word) => /^-Dexec\.mainClass=["']?([\w.]+)/.exec(word)?.[1])
    .find((found) => found !== undefined)
    ?.replaceAll('.', '/');
  const bin = optionOf(argv, '--bin', '--example') ?? 'main';
  const files: Readonly<Record<string, readonly string[]>> = {
    cargo: [`src/bin/${bin}.rs`, `examples/${bin}.rs`, 'src/main.rs'],
    dotnet: ['Program.cs', 'Program.fs', 'src/Program.cs'],
    swift: ['Sources/main.swift'],
    mvn: [`src/main/java/${main}.java`, `src/main/kotlin/${main}.kt`],
    gradle: ['src/main/java/Main.java', 'src/main/java/App.java', 'app/src/main/java/App.java'],
    sbt: ['src/main/scala/Main.scala'],
  };
  const text = firstFile(files[name] ?? [], looking, there);
  return text === null ? null : looking.code(text, inside(there));
}

/** A class by its name, where its source lies beside what was made of it. */
function javaClass(argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  const given = optionOf(argv, '-cp', '-classpath', '--class-path') ?? '';
  const roots = ['', ...SOURCES, ...given.split(/[:;]/).filter((each) => /^[\w./-]+$/.test(each))];
  return firstOf(
    argv
      .slice(1)
      .filter((word) => /^[A-Za-z_][\w.]{0,120}$/.test(word))
      .slice(0, 4),
    (word) => {
      const path = word.replace(/Kt$/, '').replaceAll('.', '/');
      const files = roots.flatMap((root) =>
        ['java', 'kt', 'scala'].map(
          (kind) => `${root === '' ? '' : `${root.replace(/\/$/, '')}/`}${path}.${kind}`,
        ),
      );
      const text = firstFile(files.slice(0, 40), looking, scope);
      return text === null ? null : looking.code(text, inside(scope));
    },
  );
}

const SOURCES = ['src', 'src/main/java', 'src/main/kotlin', 'src/main/scala', 'app/src/main/java'];

/** Servers, schedulers and workers: they are told of a module, or of a file. */
function served(name: string, argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  if (!SERVING.test(name)) return null;
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  return firstOf(words, (word) => {
    const path = word.replace(/:.*$/, '').replace(/\.py$/, '').replaceAll('.', '/');
    if (!/^[\w/-]{1,120}$/.test(path)) return null;
    const file = [`${path}.py`, `${path}/__init__.py`, `dags/${path}.py`, `src/${path}.py`];
    const text = firstFile(file, looking, scope);
    return text === null
      ? null
      : looking.code(text, { ...inside(scope), program: path.split('/').slice(0, -1).join('/') });
  });
}

const SERVING =
  /^(?:airflow|dagster|prefect|luigi|kedro|uvicorn|gunicorn|hypercorn|daphne|celery|rq|huey|dramatiq|flask|fastapi|locust|modal|chainlit|panel|voila|waitress-serve|granian|litestar|taskiq|procrastinate)$/;
