/** An address as it is compared: trimmed, NFC, lower case. Two spellings of one address are one person. */
export function emailKey(address: string): string {
  return address.trim().normalize('NFC').toLowerCase();
}

/** A handle as it is compared and stored: without the @, lower case for comparing. */
export function handleKey(handle: string): string {
  return handle.trim().replace(/^@/, '').toLowerCase();
}
