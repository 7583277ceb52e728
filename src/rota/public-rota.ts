import { ICalCalendar, ICalEventTransparency } from 'ical-generator';

/** One turn as the public sees it. `role` is their own line about what they do, or empty. */
export type PublicTurn = {
  id: string;
  state: 'confirmed' | 'active' | 'ended';
  startsAt: Date;
  endsAt: Date;
  name: string;
  role: string;
  seat: number;
  revision: number;
  confirmedAt: Date;
};

type PublicAccount = { slug: string; handle: string; name: string; zone: string };

/**
 * The shape of `/:account/rota.json`, version 1; fields may be added, never changed. Instants are ISO 8601 in UTC and
 * half-open (`endsAt` is outside); `zone` is the IANA name of the zone in which the account lives.
 */
export type RotaJson = {
  version: 1;
  account: { slug: string; handle: string; name: string };
  zone: string;
  turns: { id: string; state: PublicTurn['state']; startsAt: string; endsAt: string; name: string; role: string }[];
};

export function rotaJson({ slug, handle, name, zone }: PublicAccount, turns: PublicTurn[]): RotaJson {
  return {
    version: 1,
    account: { slug, handle, name },
    zone,
    turns: turns.map((turn) => ({
      id: turn.id,
      state: turn.state,
      startsAt: turn.startsAt.toISOString(),
      endsAt: turn.endsAt.toISOString(),
      name: turn.name,
      role: turn.role,
    })),
  };
}

/**
 * The rota as an iCalendar (RFC 5545): times in UTC, a UID per turn that outlives a move, SEQUENCE its revision.
 * A turn that is cancelled or waits for a new answer is not in it. `url` is the account's page.
 */
export function rotaIcs(account: PublicAccount, turns: PublicTurn[], url: string): string {
  const calendar = new ICalCalendar({
    name: `@${account.handle}: who is curating`,
    prodId: { company: 'baton', product: 'rota', language: 'EN' },
    url,
    ttl: 60 * 60,
  });
  for (const turn of turns) {
    calendar.createEvent({
      id: `${turn.id}@${new URL(url).hostname}`,
      sequence: turn.revision,
      stamp: turn.confirmedAt,
      start: turn.startsAt,
      end: turn.endsAt,
      summary: `${turn.name} curates @${account.handle}`,
      description: turn.role || null,
      transparency: ICalEventTransparency.TRANSPARENT,
      url,
    });
  }
  return calendar.toString();
}
