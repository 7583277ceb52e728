import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { pollInWords } from '../networks/poll.js';
import { Db } from '../platform/database.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { ApprovalDecisions } from './approval-decisions.service.js';
import { type Approval, Approvals } from './approvals.service.js';
import { Desk } from './desk.service.js';
import { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { lookView } from './look-view.js';
import { AnswerTargets } from './mentions/answer-targets.service.js';

const back = z.object({
  note: z
    .string('Say why')
    .trim()
    .min(1, 'Say why, so that it can be put right')
    .max(500, 'Keep it under 500 characters'),
});

const GONE = { problem: 'It answers a post that is gone, or is not kept any more. X would refuse it.' };

/** Posts that wait for a second pair of eyes, for organisers. */
@Controller('team/:account/approvals')
@Allow('organiser')
export class ApprovalsController {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly approvals: Approvals,
    private readonly decisions: ApprovalDecisions,
    private readonly drafts: Drafts,
    private readonly desk: Desk,
    private readonly targets: AnswerTargets,
  ) {}

  @Get()
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.page(slug, who, {});
  }

  @Post(':id/approvals')
  async approve(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.decisions.approve(account, id, who.personId);
    return redirect(`/team/${account.slug}/approvals`);
  }

  @Post(':id/returns')
  async sendBack(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(back, body);
    if (!posted.ok) {
      const text = posted.errors.fields.note?.text ?? '';
      const errors = { fields: { [`note-${id}`]: { text } }, list: [{ text, href: `#note-${id}` }] };
      return this.page(slug, who, { errors }, 422);
    }
    const account = await this.accounts.bySlug(slug);
    await this.decisions.sendBack(account, id, who.personId, posted.data.note);
    return redirect(`/team/${account.slug}/approvals`);
  }

  private async page(slug: string, who: Principal, more: object, status = 200): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const waiting = await this.approvals.waiting(account.id);
    const data = {
      title: 'Posts that wait for you',
      account,
      navigation: teamNavigation(account.slug, 'Messages'),
      waiting: await Promise.all(waiting.map((approval) => this.shown(account, approval, who))),
    };
    return page('desk/pages/approvals.njk', { ...data, ...more }, status);
  }

  /** The post, with what its author was warned of. */
  private async shown(account: Account, approval: Approval, who: Principal) {
    const draft = await this.db.manager.findOneByOrFail(Draft, { id: approval.draftId });
    const parts = await this.drafts.parts(draft);
    const answered = draft.replyTo ? await this.targets.of(account, draft.replyTo) : null;
    const time = (at: Date) => dateAndTime(account.zone, at, { zone: true });
    return {
      id: approval.id,
      target: draft.replyTo && (answered ?? GONE),
      author: approval.author,
      own: approval.authorId === who.personId,
      parts,
      look: lookView(parts, await this.desk.warnings(parts, draft.replyTo !== null), answered?.own === false),
      poll: draft.poll && pollInWords(draft.poll),
      due: approval.dueAt ? time(approval.dueAt) : null,
      until: time(approval.decideBy),
      reason: approval.reason,
    };
  }
}
