import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { budgetWarning } from '../credentials/budget.js';
import { NetworkBudgets } from '../credentials/network-budgets.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { type Page, page, type Redirect } from '../web/answer.js';
import { formErrors } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { Approvals } from './approvals.service.js';
import { Desk } from './desk.service.js';
import { DeskSettings } from './desk-settings.service.js';
import { deskView, EMPTY, partsView, type Typed } from './desk-view.js';
import type { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { Faces } from './faces.service.js';
import { readWriting } from './form.service.js';
import { lookView } from './look-view.js';
import { AnswerTargets } from './mentions/answer-targets.service.js';
import { Notes } from './notes/notes.service.js';
import { notesView } from './notes/notes-view.js';
import { isOnDuty } from './on-duty.js';
import { Plans } from './plans/plans.service.js';
import { pollView } from './poll-form.js';
import { PostNumbers } from './post-numbers.js';
import type { Turn } from './turn.js';
import { Uploads } from './uploads.service.js';
import { waitingView } from './waiting-view.js';

const CHANGED_ELSEWHERE =
  'This draft was changed in another window. What you wrote here is kept as a draft of its own; the other is as it was. Read it through, then go on with one of them.';

/** What is shown in place of a post that is not kept any more. */
const GONE = { problem: 'The post that you answer is gone, or is not kept here any more. X would refuse the answer.' };

const NOT_NOW = { problem: 'You can read and answer mentions while it is your turn.' };

/** Somebody at their desk. */
export interface Sitting {
  account: Account;
  turn: Turn;
  who: Principal;
}

/** The desk's page, and what every form of it begins with. */
@Injectable()
export class DeskPages {
  constructor(
    private readonly accounts: Accounts,
    private readonly desk: Desk,
    private readonly drafts: Drafts,
    private readonly uploads: Uploads,
    private readonly budgets: NetworkBudgets,
    private readonly numbers: PostNumbers,
    private readonly approvals: Approvals,
    private readonly rules: DeskSettings,
    private readonly targets: AnswerTargets,
    private readonly notes: Notes,
    private readonly plans: Plans,
    private readonly faces: Faces,
  ) {}

  /** Throws NotFound where the account has no desk, NotAllowed for somebody who never had a turn. */
  async sit(slug: string, who: Principal): Promise<Sitting> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no desk: it is handed over by checklist.');
    return { account, who, turn: await this.desk.turn(account.id, who.personId) };
  }

  /** The same for somebody who is on duty; throws NotAllowed with this sentence for anybody else. */
  async sitOnDuty(slug: string, who: Principal, otherwise: string): Promise<Sitting> {
    const sitting = await this.sit(slug, who);
    if (!isOnDuty(await this.desk.ask(sitting.account, sitting.turn))) throw new NotAllowed(otherwise);
    return sitting;
  }

  /** Reads the form and keeps it as a draft before anything can go wrong; then goes on. */
  async keep(
    sitting: Sitting,
    body: unknown,
    then: (draft: Draft) => Promise<Page | Redirect>,
  ): Promise<Page | Redirect> {
    const { writing, problems } = await readWriting(body);
    const { draft, apart } = await this.drafts.save(sitting.account, sitting.turn, sitting.who.personId, writing);
    if (apart) return this.page(sitting, draft, { refusal: CHANGED_ELSEWHERE, typed: body }, 409);
    if (problems.length > 0) return this.page(sitting, draft, { errors: formErrors(problems), typed: body }, 422);
    return then(draft);
  }

  /** The page with a draft in its form, or an empty form. */
  async page(
    { account, turn, who }: Sitting,
    draft: Draft | null,
    more: { typed?: unknown; reply?: string; [name: string]: unknown },
    status = 200,
  ): Promise<Page> {
    const [answer, drafts, posts, budget, approvals, rules] = await Promise.all([
      this.desk.ask(account, turn),
      this.drafts.of(turn, who.personId),
      this.desk.posts(turn),
      this.budgets.today(account.id),
      this.approvals.ofTurn(turn),
      this.rules.of(account.id),
    ]);
    const networkIds = posts.flatMap(({ providerRef }) => providerRef ?? []);
    const numbers = await this.numbers.of(account.id, networkIds);
    const parts = draft ? await this.drafts.parts(draft) : [];
    const shown = parts.length > 0 ? parts : [EMPTY];
    const before = await this.notes.before(account, turn);
    const replyTo = draft ? draft.replyTo : (more.reply ?? null);
    const onDuty = isOnDuty(answer);
    const target = replyTo && onDuty ? await this.targets.of(account, replyTo) : null;
    const data = {
      look: lookView(shown, await this.desk.warnings(shown, replyTo !== null), target?.own === false),
      face: await this.faces.of(account, turn),
      replyTo,
      target: replyTo && (target ?? (onDuty ? GONE : NOT_NOW)),
      onDuty,
      notesBefore: before && notesView(before, account.zone),
      uploads: await this.uploads.of(turn),
      title: `Desk of @${account.handle}`,
      account,
      stintId: turn.stintId,
      key: draft?.id ?? randomUUID(),
      draft,
      version: draft?.version ?? 0,
      window: randomUUID(),
      drafts: drafts.filter(({ id }) => id !== draft?.id && !approvals.some(({ draftId }) => draftId === id)),
      waiting: waitingView(account.zone, approvals),
      plan: { own: (await this.plans.of(turn))?.text, asked: rules.plan, open: turn.state !== 'ended' },
      parts: partsView(parts, (more.typed ?? {}) as Typed),
      poll: pollView(draft?.poll ?? null),
      budget: budgetWarning(budget),
      mayAddPart: parts.length < settings.threadParts,
      ...deskView(account, turn, answer, posts, numbers),
      ...more,
    };
    return page('desk/pages/desk.njk', data, status);
  }
}
