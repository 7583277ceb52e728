/**
 * One line of a CSV file (RFC 4180). A cell that a spreadsheet would take for a formula gets a leading apostrophe
 * (OWASP, CSV injection).
 */
export function csvLine(cells: string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
