/** X's names for what is in no language (https://docs.x.com/x-api/fundamentals/data-dictionary): emoji, tags, links, mentions. */
const NONE = new Set(['und', 'zxx', 'art', 'qam', 'qct', 'qht', 'qme', 'qst']);
/** Names that X still uses, and what they are called now. */
const FORMER: Record<string, string> = { in: 'id', iw: 'he', ji: 'yi' };

/** What a network calls a text's language as a BCP 47 tag; null for English, which the pages are in, and for none. */
export function languageOf(lang: string | null): string | null {
  if (!lang || NONE.has(lang) || !/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(lang)) return null;
  return lang === 'en' ? null : (FORMER[lang] ?? lang);
}
