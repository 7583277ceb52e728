import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sealedColumns } from '../../src/operations/sealed-columns.js';
import { type Service, startService } from '../support/service.js';

/** Bytes that are no sealed values: digests. */
const DIGEST = /(^|_)hash$/;

describe('the list of sealed columns', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ env: { RUN: 'web' } });
  });
  afterAll(() => service?.stop());

  it('names every column of bytes that is no digest, so that none is lost when its key is taken away', async () => {
    const columns = await service.db.query<{ table: string; column: string }>(
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1, 2`,
    );
    const sealed = columns
      .filter(({ column }) => !DIGEST.test(column))
      .map(({ table, column }) => `${table}.${column}`);
    expect(sealed.length).toBeGreaterThan(5);
    expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(sealed);
  });
});
