import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readGoogleIssuer } from '../../../src/boxoffice/tickets/google-pass.js';
import { readPassSigner } from '../../../src/boxoffice/tickets/pass-signer.js';
import { readConfig } from '../../../src/config.js';
import { Cinema } from '../endpoints/cinema.js';
import { makeWalletFiles } from './wallet-files.js';

const made = await makeWalletFiles();
const { certificate, key, authority } = made.parts;
afterAll(() => made.remove());

const faultOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return String(error);
  }
  return '';
};

describe('the settings of wallets', () => {
  it('are refused where a wallet is half set', () => {
    const read = (environment: Record<string, string>) => () => readConfig({ NODE_ENV: 'test', ...environment });
    expect(read({ GOOGLE_WALLET_KEY: '/key.json' })).toThrow('GOOGLE_WALLET_ISSUER');
    expect(read({ GOOGLE_WALLET_ISSUER: '123' })).toThrow('GOOGLE_WALLET_KEY');
    expect(read({ APPLE_PASS_PASSPHRASE: 'open sesame' })).toThrow('APPLE_PASS_CERTIFICATES');
    expect(read({ APPLE_PASS_PASSPHRASE: 'open sesame' })).not.toThrow('sesame');
    expect(read({ GOOGLE_WALLET_KEY: '/key.json', GOOGLE_WALLET_ISSUER: 'mine' })).toThrow('GOOGLE_WALLET_ISSUER');
    expect(read({})().tickets.wallets).toEqual({ apple: undefined, google: undefined });
  });

  it('stop the start where a file cannot be read', async () => {
    const nowhere = join(made.directory, 'nowhere.pem');
    await expect(Cinema.open({ APPLE_PASS_CERTIFICATES: nowhere })).rejects.toThrow('APPLE_PASS_CERTIFICATES');
  });
});

describe('the file of a pass type', () => {
  it('needs the certificate, its key and the authority that issued it, and says what is not there', () => {
    expect(faultOf(() => readPassSigner(key + authority, undefined))).toContain('lacks a certificate of a pass type');
    expect(faultOf(() => readPassSigner(certificate + authority, undefined))).toContain('lacks its key');
    const lacksAuthority = 'lacks the certificate of Apple that issued it';
    expect(faultOf(() => readPassSigner(certificate + key, undefined))).toContain(lacksAuthority);
    expect(faultOf(() => readPassSigner(certificate + key + certificate, undefined))).toContain(lacksAuthority);
  });

  it('has the key of this certificate, with the right passphrase', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const other = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readPassSigner(certificate + other + authority, undefined)).toThrow('is not that of its certificate');
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' } as const;
    const locked = pair.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
    for (const passphrase of [undefined, 'sesame']) {
      expect(() => readPassSigner(certificate + locked + authority, passphrase)).toThrow('APPLE_PASS_PASSPHRASE');
    }
    // It is opened: what is wrong is that it is another certificate's.
    expect(() => readPassSigner(certificate + locked + authority, 'open sesame')).toThrow('is not that of its');
  });

  it('says which pass type of which team it is for', () => {
    expect(readPassSigner(authority + key + certificate, undefined)).toMatchObject({
      passTypeIdentifier: 'pass.org.example.cinema',
      teamIdentifier: 'TEAM123456',
    });
  });
});

describe('the key file of Google', () => {
  it('is one of a service account, and the fault of another has nothing of it', () => {
    const json = JSON.stringify({ client_email: 'a@b.example', private_key: 'secret' });
    for (const text of ['', 'secret', '{}', '{"private_key":"secret"}', json]) {
      const fault = faultOf(() => readGoogleIssuer('1', text));
      expect(fault).toContain('GOOGLE_WALLET_KEY');
      expect(fault).not.toContain('secret');
    }
    expect(readGoogleIssuer('1', made.google.file)).toMatchObject({ issuerId: '1' });
  });
});
