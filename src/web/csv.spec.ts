import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.js';

describe('a line of CSV', () => {
  it('quotes what holds commas, quotes and line ends', () => {
    expect(csvLine(['a', 'b,c', 'say "hi"', 'two\nlines'])).toBe('a,"b,c","say ""hi""","two\nlines"\r\n');
  });

  it.each(['=1+1', '+44', '-2', '@SUM(A1)', '\tx', '\n=1+1', '＝1+1', '＠SUM(A1)'])(
    'lets no spreadsheet take %p for a formula',
    (cell) => {
      expect(csvLine([cell])).toContain(`'${cell}`);
    },
  );
});
