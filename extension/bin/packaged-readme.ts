/** Pictures of the README lie beside the other documents' in the repository, and in no package. */
const PICTURE = /^!\[[^\]]*\]\(\.\.\/docs\/screenshots\/([\w-]+\.png)\)\n\n?/gm;

/**
 * The README as it is packaged: marketplaces and editors show pictures by https alone.
 *
 * @param pictures where those of `docs/screenshots` have been published; null has them left out, since none would be shown.
 * @throws RangeError for another address than one of https.
 */
export function packagedReadme(readme: string, pictures: string | null): string {
  if (pictures === null) return readme.replaceAll(PICTURE, '');
  if (!URL.canParse(pictures) || new URL(pictures).protocol !== 'https:')
    throw new RangeError(`pictures are shown by https alone: \`${pictures}\` is no such address`);
  const at = pictures.replace(/\/*$/, '/');
  return readme.replaceAll(PICTURE, (line, name: string) =>
    line.replace(`../docs/screenshots/${name}`, `${at}${name}`),
  );
}
