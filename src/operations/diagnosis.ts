/** One line of the doctor: `bad` stops Baton's work, `look` does not yet. `todo` is what to do next. */
export interface Finding {
  how: 'ok' | 'look' | 'bad';
  /** What was looked at, e.g. `database` or `@NHS scopes`. */
  about: string;
  says: string;
  todo?: string;
}

const MARKS = { ok: 'ok  ', look: 'look', bad: 'BAD ' };
/** Signed calls are refused when clocks differ by more than some minutes; one-time links live for fifteen. */
const SKEW_LOOK_MS = 5_000;
const SKEW_BAD_MS = 60_000;

/** A line for a terminal. */
export function lineOf({ how, about, says, todo }: Finding): string {
  const text = `${MARKS[how]}  ${about.padEnd(22)} ${says}`;
  return todo ? `${text}\n${' '.repeat(29)}→ ${todo}` : text;
}

/** Zero when nothing is bad. */
export function exitCode(findings: Finding[]): number {
  return findings.some(({ how }) => how === 'bad') ? 1 : 0;
}

/** How far two clocks are apart; null where the other one could not be read. */
export function ofSkew(about: string, apartMs: number | null): Finding {
  if (apartMs === null) {
    return { how: 'look', about, says: 'could not be read', todo: 'Does this machine reach the network?' };
  }
  const apart = Math.abs(apartMs);
  const says = `${(apart / 1000).toFixed(1)} s apart from this process`;
  if (apart < SKEW_LOOK_MS) return { how: 'ok', about, says };
  return { how: apart < SKEW_BAD_MS ? 'look' : 'bad', about, says, todo: 'Set the clocks by NTP on every machine.' };
}
