const BROWSERS: [mark: RegExp, name: string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: [mark: RegExp, name: string][] = [
  [/iPhone/, 'an iPhone'],
  [/iPad/, 'an iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'a Chromebook'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'a Mac'],
  [/Linux/, 'Linux'],
];

/** "Chrome on Windows" from what a browser says of itself; a guess, for somebody to know their own devices by. */
export function deviceInWords(userAgent: string): string {
  const browser = nameOf(BROWSERS, userAgent) ?? 'A browser';
  const system = nameOf(SYSTEMS, userAgent);
  return system ? `${browser} on ${system}` : browser;
}

function nameOf(list: [RegExp, string][], userAgent: string): string | undefined {
  return list.find(([mark]) => mark.test(userAgent))?.[1];
}
