import { describe, expect, it } from '@jest/globals';
import { decoded, readSheet } from './sheet.js';

const cellsOf = (text: string) => {
  const sheet = readSheet(text);
  if ('problem' in sheet) throw new Error(sheet.problem);
  return sheet;
};

describe('a spreadsheet', () => {
  it('is read however it was saved: separators, quotes, line ends, a mark at the front', () => {
    const wanted = [{ line: 2, cells: { start: '5/1/2026', name: 'Ana, of Leeds', note: 'said "hello"' } }];
    for (const [between, end] of [
      [',', '\r\n'],
      [';', '\n'],
      ['\t', '\r\n'],
    ]) {
      const lines = [
        ['Week commencing', 'Curator', 'Notes'].join(between),
        ['5/1/2026', '"Ana, of Leeds"', '"said ""hello"""'].join(between),
      ];
      expect(cellsOf(`\ufeff${lines.join(end)}${end}`).rows).toEqual(wanted);
    }
  });

  it('may have lines before its headings, empty lines, and cells of several lines; lines are those of the file', () => {
    const text =
      'Rota of the account\n\nSTART DATE,End,"Curator\'s name",E-mail\n5/1/2026,9/1/2026,"Ana\nExample",ana@example.org\n,,,\n12/1/2026,,Bo,\n';
    const { rows, read, unread } = cellsOf(text);
    expect(rows.map(({ line, cells }) => [line, cells.name])).toEqual([
      [5, 'Ana\nExample'],
      [7, 'Bo'],
    ]);
    expect([read, unread]).toEqual([['START DATE', 'End', "Curator's name"], ['E-mail']]);
  });

  it('says what it lacks', () => {
    expect(readSheet('hello')).toEqual({ problem: expect.stringContaining('No line names the columns') });
    expect(readSheet('Curator,Handle\nAna,@ana')).toEqual({ problem: expect.stringContaining('Start') });
    expect(readSheet('Start,End\n5/1/2026,9/1/2026')).toEqual({ problem: expect.stringContaining('Curator') });
  });

  it('comes in the encodings of Excel', () => {
    expect(decoded(Buffer.from('Zoë', 'utf8'))).toBe('Zoë');
    expect(decoded(Buffer.from('Zoë', 'latin1'))).toBe('Zoë');
    expect(decoded(Buffer.from('\ufeffZoë', 'utf16le'))).toBe('Zoë');
  });
});
