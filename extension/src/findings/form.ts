/** How a file is read. */
export type Form =
  | 'lines'
  | 'tables'
  | 'yaml'
  | 'json'
  | 'notebook'
  | 'python'
  | 'javascript'
  | 'jvm'
  | 'go'
  | 'dotnet'
  | 'hcl'
  | 'code'
  | 'text'
  | 'key';

/** How a file of this path is read; null where it is none that could hold a connection. */
export function formOf(path: string): Form | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (isEnvironment(name)) return 'lines';
  if (/(?:^|\/)\.snowsql\/config$|(?:^|\/)snowsql\.cnf$/i.test(path)) return 'tables';
  const whole = WHOLE.get(name);
  if (whole !== undefined) return whole;
  if (/^(?:dockerfile|containerfile)(?:\.|$)|\.dockerfile$/.test(name)) return 'lines';
  const dot = name.lastIndexOf('.');
  return dot === -1 ? null : (EXTENSIONS.get(stripped(name)) ?? null);
}

/** `.env`, `.env.local`, `prod.env`, `.envrc`: looked at even where git ignores them, since it usually does. */
export function isEnvironment(name: string): boolean {
  return /^\.env(?:[._-].*|rc)?$|\.env(?:\.[\w-]+)?$|^env(?:\.[\w-]+)?$|^\.?secrets?\.env$/i.test(name);
}

/** `profiles.yml.example` is read as `profiles.yml`. */
function stripped(name: string): string {
  const bare = name.replace(/\.(?:example|sample|template|tmpl|tpl|dist|bak|old|orig|local|j2)$/, '');
  return bare.slice(bare.lastIndexOf('.') + 1);
}

const WHOLE = new Map<string, Form>([
  ['makefile', 'lines'],
  ['justfile', 'lines'],
  ['procfile', 'lines'],
  ['odbc.ini', 'tables'],
  ['.odbc.ini', 'tables'],
  ['jenkinsfile', 'jvm'],
]);

const EXTENSIONS = new Map<string, Form>(
  (
    [
      ['lines', 'env properties sh bash zsh fish ps1 bat cmd mk dockerfile'],
      ['tables', 'toml ini cfg cnf'],
      ['yaml', 'yml yaml'],
      ['json', 'json jsonc json5 code-workspace'],
      ['notebook', 'ipynb'],
      ['python', 'py pyi pyw'],
      ['javascript', 'js mjs cjs ts mts cts jsx tsx vue svelte'],
      ['jvm', 'java kt kts scala groovy gradle sc'],
      ['go', 'go'],
      ['dotnet', 'cs fs vb csx fsx'],
      ['hcl', 'tf tfvars hcl'],
      ['code', 'rb r rmd qmd php rs jl ex exs pl swift cpp cc h sql xml config conf'],
      ['text', 'md mdx rst txt adoc'],
      ['key', 'p8 pem key pkcs8'],
    ] as const
  ).flatMap(([form, endings]) => endings.split(' ').map((ending) => [ending, form] as const)),
);
