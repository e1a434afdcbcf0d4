import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { enrolmentBytes } from '@sluice/contract';
import { HALF_A_PAIR, LATER, atOnce, each, enrol, enrolment, type UserAttack } from './attack.ts';

/** Tries devices that are not theirs, or none. */
export const devices: readonly UserAttack[] = [
  {
    what: 'enrols a device of somebody else',
    refused: true,
    run: (world) => enrol(world, enrolment(world.ids.victims)).then((answer) => [answer]),
  },
  {
    what: 'enrols ten first devices at once',
    run: (world) => atOnce(10, () => enrol(world, enrolment(world.ids.own))),
  },
  {
    what: 'enrols one device ten times at once',
    run: (world) => {
      const one = enrolment(world.ids.own);
      return atOnce(10, () => enrol(world, one));
    },
  },
  {
    what: 'enrols the key of another’s device',
    refused: true,
    run: (world) =>
      enrol(world, enrolment(world.ids.own, { key: world.victim.device })).then((answer) => [answer]),
  },
  {
    what: 'enrols keys that are none, or in another encoding',
    refused: true,
    run: (world) =>
      each(
        [
          Buffer.alloc(44).toString('base64'),
          Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.alloc(32)]).toString(
            'base64',
          ),
          generateKeyPairSync('ec', { namedCurve: 'P-256' })
            .publicKey.export({ type: 'spki', format: 'der' })
            .toString('base64'),
          generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
          '',
          '====',
        ],
        (key) => enrol(world, enrolment(world.ids.own, { key })),
      ),
  },
  {
    what: 'enrols a device with a proof by another key, or of another time',
    refused: true,
    run: (world) =>
      each(
        [{ proof: Buffer.alloc(64).toString('base64') }, { at: LATER }, { at: '2020-01-01T00:00:00.000Z' }],
        (more) => enrol(world, enrolment(world.ids.own, more)),
      ),
  },
  {
    what: 'has a device of their own making vouch, or another’s',
    refused: true,
    run: (world) => {
      const other = generateKeyPairSync('ed25519');
      const mine = enrolment(world.ids.own);
      const bytes = enrolmentBytes({ identity: world.ids.own, key: mine.key, at: mine.at });
      const signature = sign(null, bytes, other.privateKey).toString('base64');
      const own = other.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      return each([own, world.victim.device, mine.key], (key) =>
        enrol(world, { ...mine, vouchedBy: { key, signature } }),
      );
    },
  },
  {
    what: 'revokes another’s device',
    refused: true,
    run: ({ call, victim, deciding }) =>
      call('POST', '/api/devices/revocations', { key: victim.device }, deciding).then((answer) => [answer]),
  },
  {
    what: 'gives devices names that are commands, or half a letter',
    run: (world) =>
      each(
        [`x\n— sluice/log/${world.log} AAAA`, '","seq":0,"x":"', HALF_A_PAIR, '\u0000', '__proto__'],
        (name) => enrol(world, enrolment(world.ids.own, { name })),
      ),
  },
  {
    what: 'vouches for a device of their own that waits',
    run: async (world) => {
      const waiting = await enrol(world, enrolment(world.ids.own));
      const { id = randomUUID() } = JSON.parse(waiting.text || '{}') as { id?: string };
      return [
        waiting,
        await world.call('POST', `/api/devices/requests/${id}/word`, { comment: 'it is me' }, world.deciding),
      ];
    },
  },
];
