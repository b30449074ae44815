import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** What signs passes of Apple Wallet: PEM texts, and who the certificate was issued to. */
export interface PassSigner {
  readonly wwdr: string;
  readonly signerCert: string;
  readonly signerKey: string;
  readonly passTypeIdentifier: string;
  readonly teamIdentifier: string;
  /** The end of the certificate in milliseconds since 1970: from then on phones refuse new passes. */
  readonly expiresAt: number;
}

/**
 * Reads a PEM file of three blocks in any order. Apple writes the pass type into the user id (UID) of the subject, and the team
 * into its unit (OU): a pass that says other ones is refused by phones, so these are read and not set.
 * @throws Error with a sentence for the operator; it has no part of the key.
 */
export function readPassSigner(pem: string, passphrase: string | undefined): PassSigner {
  const blocks = pem.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  const certificates = blocks.flatMap((block) => certificateOf(block) ?? []);
  const signer = certificates.find((each) => subjectOf(each, 'UID')?.startsWith('pass.'));
  const authority = signer && certificates.find((each) => each !== signer && signer.checkIssued(each));
  const key = blocks.find((block) => block.includes('PRIVATE KEY-----'));
  if (!signer || !authority || !key) {
    const lacks = !signer
      ? 'a certificate of a pass type'
      : authority
        ? 'its key'
        : 'the certificate of Apple that issued it';
    throw new Error(
      `APPLE_PASS_CERTIFICATES lacks ${lacks}. It needs three things in one PEM file: the certificate of a pass type, its key, and the certificate of Apple that issued it.`,
    );
  }
  const privateKey = keyOf(key, passphrase);
  if (!signer.checkPrivateKey(privateKey)) {
    throw new Error('The key in APPLE_PASS_CERTIFICATES is not that of its certificate.');
  }
  return {
    wwdr: authority.toString(),
    signerCert: signer.toString(),
    // As PKCS #1, and without its passphrase: the library that signs passes reads no other encryption than an old one.
    signerKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    passTypeIdentifier: subjectOf(signer, 'UID') ?? '',
    teamIdentifier: subjectOf(signer, 'OU') ?? '',
    expiresAt: Date.parse(signer.validTo),
  };
}

function certificateOf(block: string): X509Certificate | undefined {
  if (!block.startsWith('-----BEGIN CERTIFICATE-----')) return undefined;
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

function keyOf(key: string, passphrase: string | undefined): KeyObject {
  let read: KeyObject | undefined;
  try {
    read = createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    read = undefined;
  }
  if (read?.asymmetricKeyType === 'rsa') return read;
  throw new Error(
    read
      ? 'The key in APPLE_PASS_CERTIFICATES is not an RSA key.'
      : 'The key in APPLE_PASS_CERTIFICATES cannot be read. Is APPLE_PASS_PASSPHRASE its passphrase?',
  );
}

function subjectOf({ subject }: X509Certificate, name: string): string | undefined {
  return new RegExp(`^${name}=(.+)$`, 'm').exec(subject)?.[1];
}
