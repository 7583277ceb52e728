import type { z } from 'zod';

/** What a posted form turned out to be. `values` is what to show again; `errors` maps a field to its sentence. */
export type Posted<T> =
  | { ok: true; data: T; values: Record<string, unknown> }
  | { ok: false; errors: FormErrors; values: Record<string, unknown> };

/** Field name → sentence; templates use `errors.field`, the summary uses `list`. */
export interface FormErrors {
  fields: Record<string, { text: string }>;
  list: { text: string; href: string }[];
}

/** Reads a posted form by its schema; nothing that was typed is lost. */
export function readForm<T extends z.ZodType>(schema: T, body: unknown): Posted<z.output<T>> {
  const values = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const parsed = schema.safeParse(values, { error: inWords });
  if (parsed.success) return { ok: true, data: parsed.data, values };
  const messages = parsed.error.issues.map((issue) => [String(issue.path[0] ?? 'form'), issue.message] as const);
  return { ok: false, errors: formErrors(messages), values };
}

/** For what a schema has no sentence for: what no browser sends, but a program may. */
function inWords({ input }: { input?: unknown }): string {
  if (input === undefined) return 'Fill this in';
  return Array.isArray(input) ? 'Give one answer here, not several' : 'Enter this in another way';
}

/** Builds the summary and the field messages; the first message of a field wins. */
export function formErrors(messages: Iterable<readonly [field: string, message: string]>): FormErrors {
  const fields: FormErrors['fields'] = {};
  for (const [field, text] of messages) fields[field] ??= { text };
  const list = Object.entries(fields).map(([field, { text }]) => ({ text, href: `#${field}` }));
  return { fields, list };
}

/** A file that came with a form. `truncated` says that it was larger than allowed. */
export interface Upload {
  filename: string;
  bytes: Buffer;
  /** Where a film lies that was too large for memory (`bytes` are then empty); it is gone when the answer is sent. */
  path: string | null;
  truncated: boolean;
}

/** The file of a field, or null when none was chosen. */
export function uploadOf(body: unknown, field: string): Upload | null {
  return uploadsOf(body, field)[0] ?? null;
}

/** The files of a field that takes several, in order. */
export function uploadsOf(body: unknown, field: string): Upload[] {
  const values = [(body as Record<string, unknown> | undefined)?.[field]].flat();
  return values.filter(isUpload).filter(({ bytes, path, truncated }) => bytes.length > 0 || path !== null || truncated);
}

function isUpload(value: unknown): value is Upload {
  return typeof value === 'object' && value !== null && Buffer.isBuffer((value as Upload).bytes);
}
