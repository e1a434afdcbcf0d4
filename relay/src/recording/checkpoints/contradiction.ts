import { SluiceError } from '../../errors.ts';

/** The store does not hold what the relay appended or signed. Nothing is signed, exported or run from then on. */
export function contradiction(why: string): SluiceError {
  return contradicted(
    why,
    'nothing runs until this is settled: keep the store as it is for those who look into it, and restore a copy; see docs/witnesses.md, "When the record is contradicted"',
  );
}

/** What nobody has shown to be a relay's own may be of an earlier version of the relay, which showed it of nothing. */
export function unproven(why: string): SluiceError {
  return contradicted(
    why,
    'if this is the first start of this version, on a store that an earlier one was killed on: `sluice accept-loss` takes such events as they are, and says so on the record; otherwise somebody has added them: see docs/witnesses.md, "Who wrote it"',
  );
}

/** The store holds less than the relay appended or signed, as after a damaged disk or an old copy. */
export function loss(why: string): SluiceError {
  return contradicted(
    why,
    'restore a newer copy if there is one; if there is none, `sluice accept-loss` puts the loss on the record; see docs/witnesses.md, "When events are lost"',
  );
}

function contradicted(why: string, advice: string): SluiceError {
  return new SluiceError('record_contradicted', `the store does not hold what was recorded: ${why}`, {
    advice,
  });
}
