/**
 * What somebody sent, with every text in it such that PostgreSQL takes it: without U+0000, which no keyboard types, and
 * without half surrogate pairs. Files and anything else that is no text, list or plain object stay as they are.
 */
export function plainText(given: unknown): unknown {
  if (typeof given === 'string') return given.toWellFormed().replaceAll('\u0000', '');
  if (Array.isArray(given)) return given.map(plainText);
  if (!isPlain(given)) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plainText(value)]));
}

/** Of no class. The server's own forms and addresses have a prototype that is empty and no object's. */
function isPlain(given: unknown): given is Record<string, unknown> {
  if (typeof given !== 'object' || given === null) return false;
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The parameters of an address, where U+0000 may not vanish: it would make one address of two. */
export function plainAddress(given: unknown): unknown {
  if (!isPlain(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, String(value).replaceAll('\u0000', '\ufffd')]),
  );
}
