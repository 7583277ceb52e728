import { Secret, TOTP, URI } from 'otpauth';

/** A code for the second factor, and for how many seconds it is the one that counts. */
export interface Code {
  code: string;
  seconds: number;
}

/**
 * The seed as it is kept: an otpauth URI, from one (RFC 6238 as authenticator apps read it) or from the letters and
 * digits that a network shows below its QR code. Null when it is neither.
 */
export function seedOf(text: string): string | null {
  try {
    if (!text.startsWith('otpauth:')) return fromLetters(text.replace(/[\s-]/g, '').toUpperCase());
    const read = URI.parse(text);
    return read instanceof TOTP && read.secret.bytes.length >= 10 ? read.toString() : null;
  } catch {
    return null;
  }
}

/** The code of a kept seed at an instant of real time, which is the network's. */
export function codeAt(seed: string, real: Date): Code {
  const totp = URI.parse(seed);
  if (!(totp instanceof TOTP)) throw new Error('This seed is not one for codes by time');
  const timestamp = real.getTime();
  return { code: totp.generate({ timestamp }), seconds: Math.ceil(totp.remaining({ timestamp }) / 1000) };
}

/** X and the common apps show 80 bits or more; anything shorter is a slip of the hand. */
function fromLetters(letters: string): string | null {
  if (!/^[A-Z2-7]{16,128}=*$/.test(letters)) return null;
  return new TOTP({ label: 'account', secret: Secret.fromBase32(letters) }).toString();
}
