/** Why PostgreSQL gave up, told from what it printed. `retry`: the same start may well work in a moment. */
export type PostgresFailure = {
  reason: 'full' | 'port' | 'owned' | 'memory' | 'other';
  retry: boolean;
  sentence: string;
};

/** @param folder the folder that holds the cluster, only named in the sentence
 *  @param printed what initdb or postgres wrote in this one run */
export function explainPostgresFailure(folder: string, printed: string): PostgresFailure {
  if (/No space left on device|Disk quota exceeded|Check free disk space|wrote only \d+ of \d+ bytes/.test(printed)) {
    return { reason: 'full', retry: false, sentence: diskFull(folder) };
  }
  if (/Address already in use|could not create any TCP\/IP sockets/.test(printed)) {
    return { reason: 'port', retry: false, sentence: 'The port for PostgreSQL is taken by another program.' };
  }
  if (/lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(printed)) {
    return { reason: 'owned', retry: true, sentence: `A former PostgreSQL server still uses ${folder}.` };
  }
  if (/Cannot allocate memory|could not (create|map|resize|open) .*shared memory/.test(printed)) {
    const sentence = `There is too little memory to start PostgreSQL: ${lastWord(printed)}`;
    return { reason: 'memory', retry: false, sentence };
  }
  return { reason: 'other', retry: false, sentence: lastWord(printed) };
}

export function diskFull(folder: string): string {
  return `The disk that holds ${folder} is full; free some space and start again.`;
}

export function damaged(folder: string, detail: string): string {
  return `The data in ${folder} is damaged and PostgreSQL cannot start from it (${detail}); bring back a backup, or move the folder away to start empty.`;
}

/** The last thing it complained of, without time stamp and process id; the text is one line. */
function lastWord(printed: string): string {
  const lines = printed.split('\n').filter((line) => line.trim() !== '');
  const complaint =
    lines.findLast((line) => /\b(PANIC|FATAL|error):/.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
  return complaint.replace(/^.*?\b(?:PANIC|FATAL|error):\s*/, '').trim();
}
