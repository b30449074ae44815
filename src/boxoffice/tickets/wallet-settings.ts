import { z } from 'zod';

/** The settings of wallets; their files hold secrets, so that the environment names them only. */
export const walletSettings = {
  /** A PEM file: the certificate of a pass type, its key, and the certificate of Apple that issued it. Absent: no Apple passes. */
  APPLE_PASS_CERTIFICATES: z.string().optional(),
  /** Of the key in that file, where it has one. */
  APPLE_PASS_PASSPHRASE: z.string().optional(),
  /** The JSON key file of a service account that may use the Google Wallet API. Absent: no Google passes. */
  GOOGLE_WALLET_KEY: z.string().optional(),
  /** The number of the issuer account in Google's console. */
  GOOGLE_WALLET_ISSUER: z
    .string()
    .regex(/^\d{1,25}$/, { error: 'is the issuer id in the Google Pay & Wallet Console: digits only' })
    .optional(),
};

const environment = z.object(walletSettings);

export interface WalletConfig {
  readonly apple: { readonly file: string; readonly passphrase: string | undefined } | undefined;
  readonly google: { readonly file: string; readonly issuerId: string } | undefined;
}

/** @throws Error where a wallet is half set. */
export function walletConfig(env: z.infer<typeof environment>): WalletConfig {
  const { APPLE_PASS_CERTIFICATES: certificates, APPLE_PASS_PASSPHRASE: passphrase } = env;
  const { GOOGLE_WALLET_KEY: key, GOOGLE_WALLET_ISSUER: issuerId } = env;
  if (certificates === undefined && passphrase !== undefined) {
    throw new Error('APPLE_PASS_PASSPHRASE is set without APPLE_PASS_CERTIFICATES: set both, or neither.');
  }
  if ((key === undefined) !== (issuerId === undefined)) {
    throw new Error('Google Wallet is half set: set GOOGLE_WALLET_KEY and GOOGLE_WALLET_ISSUER, or neither.');
  }
  return {
    apple: certificates === undefined ? undefined : { file: certificates, passphrase },
    google: key === undefined || issuerId === undefined ? undefined : { file: key, issuerId },
  };
}
