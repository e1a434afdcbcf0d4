/** The value of an option, in any form that it may be written in: `-a x`, `-ax`, `--account x`, `--account=x`. */
export function optionOf(argv: readonly string[], ...names: readonly string[]): string | null {
  for (const [index, word] of argv.entries()) {
    for (const name of names) {
      if (word === name) return argv[index + 1] ?? '';
      if (name.startsWith('--') && word.startsWith(`${name}=`)) return word.slice(name.length + 1);
      if (
        !name.startsWith('--') &&
        word.startsWith(name) &&
        word.length > name.length &&
        !word.startsWith('--')
      )
        return word.slice(name.length).replace(/^=/, '');
    }
  }
  return null;
}

export function hasOption(argv: readonly string[], ...names: readonly string[]): boolean {
  return argv.some((word) => names.includes(word));
}

/** The words that are no options; values of options are among them. */
export function operandsOf(argv: readonly string[]): readonly string[] {
  return argv.slice(1).filter((word) => !word.startsWith('-'));
}
