import { accessSync, constants } from 'node:fs';

export function isReadable(path: string): boolean {
  return mayAccess(path, constants.R_OK);
}

/** Whether this user may, and the file is there. @param mode of `fs.constants`. */
export function mayAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
