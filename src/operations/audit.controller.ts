import { Controller, Get, Param, Query } from '@nestjs/common';
import { Audit, type Entry } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { Allow } from '../web/allow.js';
import { Bytes, type Page, page } from '../web/answer.js';
import { csvLine } from '../web/csv.js';
import { teamNavigation } from '../web/team-navigation.js';

const PAGE = 50;
const ALL = 1_000_000;

/** Who did what to which, when; for the team to read and to take away. */
@Controller('team/:account')
export class AuditController {
  constructor(
    private readonly accounts: Accounts,
    private readonly audit: Audit,
    private readonly db: Db,
  ) {}

  @Get('audit')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async show(@Param('account') slug: string, @Query('before') before?: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const cursor = /^\d{1,18}$/.test(before ?? '') ? before : undefined;
    const entries = await this.audit.read(account.id, PAGE, cursor);
    const [names, broken] = await Promise.all([this.names(entries), this.audit.broken(account.id)]);
    return page('operations/pages/audit.njk', {
      title: 'Audit log',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      broken,
      older: entries.length === PAGE ? entries.at(-1)?.seq : null,
      entries: entries.map((entry) => ({
        ...entry,
        when: dateAndTime(account.zone, entry.at),
        who: whoOf(entry, names),
        what: entry.verb.replace('.', ' ').replaceAll('-', ' '),
        words: Object.values(entry.particulars ?? {}).filter((value) => typeof value === 'string'),
      })),
    });
  }

  @Get('audit.csv')
  @Allow('organiser', 'approver', 'keeper')
  async download(@Param('account') slug: string): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    const entries = (await this.audit.read(account.id, ALL)).reverse();
    const names = await this.names(entries);
    const head = csvLine(['number', 'instant', 'who', 'what', 'subject', 'subject id', 'detail', 'words']);
    const lines = entries.map((entry) =>
      csvLine([
        entry.seq,
        entry.at.toISOString(),
        whoOf(entry, names),
        entry.verb,
        entry.subjectKind,
        entry.subjectId,
        JSON.stringify(entry.detail),
        entry.particulars ? JSON.stringify(entry.particulars) : '',
      ]),
    );
    return new Bytes(`${head}${lines.join('')}`, 'text/csv; charset=utf-8', {
      'content-disposition': `attachment; filename="audit-${account.slug}.csv"`,
      'cache-control': 'no-store',
    });
  }

  private async names(entries: Entry[]): Promise<Map<string, string>> {
    const ids = [...new Set(entries.map((entry) => entry.actorId).filter((id) => id !== null))];
    const rows = await this.db.query<{ id: string; name: string }>('SELECT id, name FROM persons WHERE id = ANY($1)', [
      ids,
    ]);
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}

function whoOf(entry: Entry, names: Map<string, string>): string {
  if (entry.actorKind === 'system') return 'Baton';
  return names.get(entry.actorId ?? '') ?? 'Somebody not signed in';
}
