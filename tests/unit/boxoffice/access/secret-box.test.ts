import { expect, it } from 'vitest';
import { SecretBox } from '../../../../src/boxoffice/access/secret-box.js';

const TOKEN_SECRET = 'a secret of the tests, long enough to be taken';
const secret = Buffer.from('a private key');

it('opens what it sealed, and never seals the same way twice', () => {
  const box = new SecretBox(TOKEN_SECRET, 'keys');
  const sealed = box.seal(secret, 'row 1');
  expect(new SecretBox(TOKEN_SECRET, 'keys').open(sealed, 'row 1')).toEqual(secret);
  expect(sealed.includes(secret)).toBe(false);
  expect(box.seal(secret, 'row 1')).not.toEqual(sealed);
});

it('opens nothing of another row, another purpose, another TOKEN_SECRET, or with a changed bit', () => {
  const box = new SecretBox(TOKEN_SECRET, 'keys');
  const sealed = box.seal(secret, 'row 1');
  expect(box.open(sealed, 'row 2')).toBeUndefined();
  expect(new SecretBox(TOKEN_SECRET, 'codes').open(sealed, 'row 1')).toBeUndefined();
  expect(new SecretBox(`${TOKEN_SECRET}.`, 'keys').open(sealed, 'row 1')).toBeUndefined();
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(box.open(changed, 'row 1')).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(box.open(sealed.subarray(0, length), 'row 1')).toBeUndefined();
  }
});
