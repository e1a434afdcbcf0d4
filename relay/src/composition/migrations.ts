import { approvalMigrations } from '../approval/index.ts';
import { classificationMigrations } from '../classification/index.ts';
import { deliveryMigrations } from '../delivery/index.ts';
import { identityMigrations } from '../identity/index.ts';
import { recordingMigrations } from '../recording/index.ts';
import { sessionMigrations } from '../session/index.ts';
import { usageMigrations } from '../usage/index.ts';

/** Every part's tables. */
export const migrations = {
  ...recordingMigrations,
  ...sessionMigrations,
  ...identityMigrations,
  ...approvalMigrations,
  ...deliveryMigrations,
  ...classificationMigrations,
  ...usageMigrations,
};
