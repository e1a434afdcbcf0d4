/** What a patch adds, by file: of the form that models write, and of `diff -u`. */
export function patchedFiles(patch: string): readonly { readonly path: string; readonly added: string }[] {
  const files: { path: string; lines: string[] }[] = [];
  for (const line of patch.split('\n')) {
    const path =
      /^\*\*\* (?:Add|Update|Delete) File: (.+)$|^\*\*\* Move to: (.+)$|^\+\+\+ (?:b\/)?(\S+)/.exec(line);
    if (path !== null) files.push({ path: (path[1] ?? path[2] ?? path[3] ?? '').trim(), lines: [] });
    else if (line.startsWith('+')) files.at(-1)?.lines.push(line.slice(1));
  }
  return files.map(({ path, lines }) => ({ path, added: lines.join('\n') }));
}
