import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file. Resolves when the new one is on disk; whatever happens before, the old one is there, whole. The new one is
 * readable by its owner only.
 *
 * @param owner in the place of whoever runs this.
 */
export async function writeDurably(
  path: string,
  text: string,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    // One that was left by a crash may be another's.
    await file.chmod(0o600);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  // A rename is on disk once its folder is.
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
