import { describe, expect, it } from 'vitest';
import { keyFor, sealer } from '../../../src/boxoffice/access/sealed.js';

const SECRET = 'a secret of the tests, long enough to be taken';
const plain = Buffer.from('JBSWY3DPEHPK3PXP');

describe('a sealed secret', () => {
  it('opens for the same purpose and row, and is never sealed twice alike', () => {
    const { seal, open } = sealer(SECRET, 'totp');
    const [one, two] = [seal(plain, 'ann'), seal(plain, 'ann')];
    expect(open(one, 'ann')).toEqual(plain);
    expect(open(two, 'ann')).toEqual(plain);
    expect(one.equals(two)).toBe(false);
    expect(one.includes(plain)).toBe(false);
  });

  it('does not open under another TOKEN_SECRET, for another purpose or as the secret of another row', () => {
    const sealed = sealer(SECRET, 'totp').seal(plain, 'ann');
    expect(sealer(`${SECRET}!`, 'totp').open(sealed, 'ann')).toBeUndefined();
    expect(sealer(SECRET, 'signing key').open(sealed, 'ann')).toBeUndefined();
    expect(sealer(SECRET, 'totp').open(sealed, 'bob')).toBeUndefined();
  });

  it('does not open once any bit of it was changed, or a part is missing', () => {
    const { seal, open } = sealer(SECRET, 'totp');
    const sealed = seal(plain, 'ann');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(open(changed, 'ann'), `byte ${at}`).toBeUndefined();
      expect(open(sealed.subarray(0, at), 'ann'), `the first ${at} bytes`).toBeUndefined();
    }
  });
});

it('keys of two purposes differ, and one purpose has the same key on every node', () => {
  expect(keyFor(SECRET, 'one').equals(keyFor(SECRET, 'two'))).toBe(false);
  expect(keyFor(SECRET, 'one').equals(keyFor(SECRET, 'one'))).toBe(true);
});
