import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { previousWorkingDay, slotsFrom } from '../../src/credentials/week.js';
import { answerTo } from './apply.js';
import { makeAccount, onDuty, signedIn } from './community.js';
import { eventually } from './poll.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

const MINUTE = 60_000;

/** Hears what happened, stage by stage, at which instant of the service's clock. */
export type Tell = (stage: string, what: string, at: Date) => void;

/** Wednesday of Grace's week; the walk begins here. */
export const WEEK_BEGINS = new Date('2026-11-18T10:30:00Z');

/**
 * The whole main job on a running service: from an application to the embedded feed. Throws where something that must
 * be so is not; `tell` hears each thing that was seen.
 */
export async function walkTheWeek(service: Service, tell: Tell): Promise<void> {
  const walk = new Walk(service, tell);
  await walk.begin();
  await walk.apply();
  await walk.decide();
  await walk.plan();
  await walk.confirm();
  await walk.beforeTheStart();
  await walk.outgoing();
  await walk.weekend();
  await walk.incoming();
  await walk.post();
  await walk.embed();
}

interface SeenPost {
  text: string;
  credit: { name: string };
  pictures: { description: string | null }[];
}

class Walk {
  private account!: Account;
  private olu!: Visitor;
  private priya!: Visitor;
  private readonly ada: Visitor;

  constructor(
    private readonly service: Service,
    private readonly tell: Tell,
  ) {
    this.ada = service.visitor();
  }

  async begin(): Promise<void> {
    this.account = await makeAccount(this.service);
    await onDuty(this.service, this.account, 'Grace');
    this.olu = await signedIn(this.service, 'Olu');
    this.priya = await signedIn(this.service, 'Priya');
    await this.ada.get('/nhs');
    must(this.ada.words.includes('Grace'), 'the account’s page says that Grace is on');
    await this.said('begin', 'Grace is on duty; the page /nhs says so');
  }

  async apply(): Promise<void> {
    await answerTo(this.ada, 'nhs');
    must(this.ada.words.includes('What a stroke ward sounds like'), 'the answers are shown to be checked');
    await this.ada.submit({}, '/apply/check');
    const letter = await this.service.letter('ada@example.org', /confirm/i);
    await this.ada.get(linkIn(letter.links, '/applications/verify/'));
    const [before] = await this.service.db.query<{ state: string }>(
      `SELECT state FROM applications WHERE email_key = 'ada@example.org'`,
    );
    must(before?.state === 'unverified', 'opening the link changes nothing');
    await this.ada.submit();
    must(this.ada.page.url.includes('/me/applications/'), 'the status page follows');
    await this.said('apply', 'Ada applied, a question a page, and confirmed her address by the letter’s button');
  }

  async decide(): Promise<void> {
    await this.olu.get('/team/nhs/applications');
    const path = /\/team\/nhs\/applications\/[0-9a-f-]{36}/.exec(this.olu.page.text)?.[0] ?? '';
    await this.olu.get(path);
    must(this.olu.words.includes('Ada Marsh'), 'Olu reads her application');
    await this.olu.submit({ verdict: 'accepted', note: 'A clear voice from the wards.' }, 'decisions');
    must((await this.letters(/accepted/)).length === 0, 'the letter waits for the undo time');
    await this.forward(11 * MINUTE);
    await this.service.letter('ada@example.org', /is accepted/);
    await this.said('decide', 'Olu accepted with a note; the letter left after the undo time');
  }

  async plan(): Promise<void> {
    const slot = await eventually(async () => {
      const [row] = await this.service.db.query<{ id: string }>(
        'SELECT id FROM slots WHERE account_id = $1 AND starts_at > $2 ORDER BY starts_at LIMIT 1',
        [this.account.id, await this.service.db.now()],
      );
      return row;
    });
    await this.olu.get(`/team/nhs/slots/${slot.id}`);
    const choice = await this.adasApplication();
    must(this.olu.page.text.includes(choice), 'the picker offers Ada');
    await this.olu.submit({ applicationId: choice }, 'proposals');
    const stint = await this.adasStint();
    await this.olu.get(`/team/nhs/stints/${stint}`);
    must(!this.olu.page.text.includes(`/stints/${stint}/approvals`), 'Olu, no approver, gets no button to approve');
    await this.priya.get(`/team/nhs/stints/${stint}`);
    await this.priya.submit({}, 'approvals');
    await this.said('plan', 'Olu proposed Ada for the next slot, Priya approved, the offer went out');
  }

  async confirm(): Promise<void> {
    const letter = await this.service.letter('ada@example.org', /yes or no/);
    await this.ada.get(linkIn(letter.links, '/offers/'));
    await this.ada.submit({ agree: 'yes' }, 'confirmation');
    must(this.ada.page.status === 422, 'the warning about abuse must be answered too');
    await this.ada.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    await this.service.letter('ada@example.org', /is confirmed/);
    const rota = await (await fetch(`${this.service.url}/nhs/rota.json`)).text();
    must(rota.includes('Ada'), 'rota.json shows what is confirmed');
    const calendar = await (await fetch(`${this.service.url}/nhs/rota.ics`)).text();
    must(calendar.includes('Ada'), 'rota.ics shows it too');
    await this.said(
      'confirm',
      'Ada read the dates, the agreement and the warning, and confirmed; the public rota shows it',
    );
  }

  async beforeTheStart(): Promise<void> {
    const [next] = await this.slots();
    await this.service.moveClock(new Date(previousWorkingDay(this.account.zone, next).getTime() + MINUTE));
    const letter = await this.service.letter('ada@example.org', /How to get to @NHS/);
    must(/read-only until then/.test(letter.text), 'the access letter says "read-only until then"');
    await this.said('access letter', 'The working day before, Ada was told how to sign in and exactly when');
  }

  async outgoing(): Promise<void> {
    const grace = await signedIn(this.service, 'Grace');
    await grace.get('/nhs/desk');
    const end = slotsFrom(this.account.zone, this.account.slotPattern, WEEK_BEGINS, 1)[0]?.endsAt as Date;
    await this.service.moveClock(end);
    await grace.submit({ text: 'One more before I go' }, 'publications');
    must(grace.page.status === 403, 'a form loaded before the end and posted after it is refused');
    must(grace.page.text.includes('One more before I go'), 'and its words are kept');
    await this.done(end);
    await this.service.letter('grace@example.org', /Thank you for curating/);
    await this.said(
      'Friday 18:00',
      'Grace’s form was refused, her words kept; closed, checked, rotated, restored, thanked',
    );
  }

  async weekend(): Promise<void> {
    const [start] = await this.slots();
    await this.service.moveClock(new Date(start.getTime() - 44 * 60 * MINUTE));
    await this.ada.get('/nhs');
    must(!/Grace/.test(this.ada.words.split('Next')[0] ?? ''), 'the weekend is house time');
    await this.said('weekend', 'Nobody’s turn is on: the house speaks');
  }

  async incoming(): Promise<void> {
    const [start] = await this.slots();
    await this.service.moveClock(start);
    await this.done(start);
    await this.ada.get('/nhs');
    must(/Ada/.test(this.ada.words), 'Ada is on');
    await this.said('Monday 08:00', 'Granted, profile pack made, announced, welcomed: Ada is on');
  }

  async post(): Promise<void> {
    const letter = await this.service.letter('ada@example.org', /You are live/);
    const ada = this.service.visitor();
    await ada.get(linkIn(letter.links, '/sign-in/'));
    await ada.submit();
    must(ada.page.url.includes('/nhs/desk'), 'the welcome letter leads to the desk');
    const picture = new Blob([new Uint8Array(await bluePng())], { type: 'image/png' });
    await ada.submit({ text: 'Hello from Ada 👋 #NHScurator', picture, description: '' }, 'publications');
    must(ada.page.status === 422 && ada.words.includes('Describe the picture'), 'a picture must be described');
    const [, field = ''] = /name="(describe-[^"]+)"/.exec(ada.page.text) ?? [];
    await ada.submit({ text: 'Hello from Ada 👋 #NHScurator', [field]: 'A small blue square' }, 'publications');
    must(ada.words.includes('Your post is on its way'), 'her post is taken');
    const published = async () => {
      const [row] = await this.service.db.query<{ provider_ref: string | null }>(
        `SELECT provider_ref FROM messages WHERE channel = 'post' AND data->>'text' LIKE 'Hello from Ada%'`,
      );
      return row?.provider_ref;
    };
    const post = await eventually(published, { within: 30_000 });
    await this.said('post', `Ada posted from the desk with a described picture; X has it as ${post}`);
  }

  async embed(): Promise<void> {
    const feed = await eventually(async () => {
      const answer = (await (await fetch(`${this.service.url}/nhs/posts.json`)).json()) as { posts: SeenPost[] };
      return answer.posts.find((post) => post.text.startsWith('Hello from Ada')) ?? null;
    });
    must(feed.credit.name === 'Ada Marsh' || feed.credit.name === 'Ada', 'the post is credited to her');
    must(feed.pictures[0]?.description === 'A small blue square', 'its picture keeps its description');
    for (const format of ['feed.json', 'feed.atom', 'feed.rss', 'embed.html']) {
      const text = await (await fetch(`${this.service.url}/nhs/${format}`)).text();
      must(text.includes('Hello from Ada'), `${format} shows it`);
    }
    await this.said('feed', 'Every form of the feed shows the post, credited to Ada');
  }

  /** The starts of the coming slots of the pattern, Ada's first. */
  private async slots(): Promise<[Date]> {
    const [, next] = slotsFrom(this.account.zone, this.account.slotPattern, WEEK_BEGINS, 2);
    if (!next) throw new Error('The pattern has no next slot');
    return [next.startsAt];
  }

  /** Waits until the handover at an instant is finished. */
  private async done(at: Date): Promise<void> {
    await eventually(
      async () => {
        const [row] = await this.service.db.query<{ done_at: Date | null }>(
          'SELECT done_at FROM boundaries WHERE account_id = $1 AND at = $2',
          [this.account.id, at],
        );
        return row?.done_at;
      },
      { within: 10_000 },
    );
  }

  private async adasApplication(): Promise<string> {
    const [row] = await this.service.db.query<{ id: string }>(
      `SELECT id FROM applications WHERE email_key = 'ada@example.org'`,
    );
    return row?.id ?? '';
  }

  private async adasStint(): Promise<string> {
    const [row] = await this.service.db.query<{ id: string }>(
      `SELECT s.id FROM stints s JOIN persons p ON p.id = s.person_id WHERE p.email_key = 'ada@example.org'`,
    );
    return row?.id ?? '';
  }

  private async letters(subject: RegExp): Promise<unknown[]> {
    return (await this.service.mail()).filter((mail) => mail.to.includes('ada@') && subject.test(mail.subject));
  }

  private async forward(ms: number): Promise<void> {
    await this.service.moveClock(new Date((await this.service.db.now()).getTime() + ms));
  }

  private async said(stage: string, what: string): Promise<void> {
    this.tell(stage, what, await this.service.db.now());
  }
}

function bluePng(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 64, channels: 3, background: '#005eb8' } })
    .png()
    .toBuffer();
}

function must(so: boolean, what: string): void {
  if (!so) throw new Error(`It is not so that ${what}`);
}

function linkIn(links: string[], part: string): string {
  const link = links.find((each) => each.includes(part));
  if (!link) throw new Error(`No link to ${part} among ${links.join(' ')}`);
  return new URL(link).pathname + new URL(link).search;
}
