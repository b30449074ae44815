/** Codes of authenticator apps: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 s, which every app understands. */
import { generateSecret, generateURI, verifySync } from 'otplib';

const STEP_SECONDS = 30;
const ISSUER = 'Usher';
/** 160 bits, as RFC 4226 section 4 recommends. */
const SECRET_BYTES = 20;
const CODE = /^\d{6}$/;

/** In base 32, as apps take it. */
export function makeTotpSecret(): string {
  return generateSecret({ length: SECRET_BYTES });
}

/** What the QR code of an app has in it. */
export function totpUri(secret: string, email: string): string {
  return generateURI({ issuer: ISSUER, label: email, secret, period: STEP_SECONDS });
}

/** The digits of a code, without the spaces that apps show it with. Undefined: it is no such code. */
export function readTotpCode(typed: string): string | undefined {
  const code = typed.replace(/\s/g, '');
  return CODE.test(code) ? code : undefined;
}

/**
 * The step of a code that is right now, or was or will be one step from now, since clocks of phones drift.
 * @param lastStep the step of the last code that was taken: none of that step or before is right again.
 * @param nowMs milliseconds since 1970
 */
export function totpStep(secret: string, code: string, lastStep: number, nowMs: number): number | undefined {
  const epoch = Math.floor(nowMs / 1000);
  // otplib throws where the last step is after every step that it may look at: another node's clock was ahead.
  if (lastStep > Math.floor((epoch + STEP_SECONDS) / STEP_SECONDS)) return undefined;
  const found = verifySync({
    ...{ secret, token: code, epoch, period: STEP_SECONDS },
    ...{ epochTolerance: STEP_SECONDS, afterTimeStep: lastStep },
  });
  return found.valid && 'timeStep' in found ? found.timeStep : undefined;
}
