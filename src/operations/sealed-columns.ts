import { HEALTH } from '../applications/application.entity.js';

/** Where sealed values lie. A new column of them must be added here, or it would be lost when its key is taken away. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The column whose value is the `id` that the value is sealed for. */
  id: string;
  /** The purpose that it is sealed for, as SQL over the row. */
  purpose: string;
}

export const sealedColumns: SealedColumn[] = [
  { table: 'network_tokens', column: 'access_secret', id: 'account_id', purpose: `'network-token'` },
  { table: 'network_tokens', column: 'access_token', id: 'account_id', purpose: `'network-token'` },
  { table: 'network_tokens', column: 'refresh_token', id: 'account_id', purpose: `'network-token'` },
  { table: 'account_profiles', column: 'access_token', id: 'account_id', purpose: `'profile-key'` },
  { table: 'account_profiles', column: 'access_secret', id: 'account_id', purpose: `'profile-key'` },
  { table: 'secrets', column: 'sealed', id: 'id', purpose: `'account-' || kind` },
  { table: 'webhooks', column: 'address', id: 'id', purpose: `'webhook-address'` },
  { table: 'webhooks', column: 'signing_key', id: 'id', purpose: `'webhook-signing-key'` },
  { table: 'applications', column: 'health', id: 'id', purpose: `'${HEALTH}'` },
];

/** Of a sealed value: the version of the key that wraps it (see `Vault` for the layout). */
export const versionIn = (column: string): string =>
  `convert_from(substring(${column} FROM 3 FOR get_byte(${column}, 1)), 'UTF8')`;

/** A column may be empty where there is nothing to keep. */
export const holdsOne = (column: string): string => `length(${column}) > 2`;
