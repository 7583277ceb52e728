import { Injectable } from '@nestjs/common';
import { Invalid, NotAllowed } from '../platform/errors.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { formErrors } from '../web/form.js';
import { answeredIn, keptBackBy, warningsView } from './answered.js';
import { problemsOfAll } from './compose.js';
import { Desk } from './desk.service.js';
import { DeskPages, type Sitting } from './desk-pages.service.js';
import type { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { momentOf, whenIn } from './schedule.js';
import { toSend } from './warnable.js';

const SENT_BEFORE =
  'This form was sent before. What you changed since is kept here as a draft: read it through and post it anew.';

/** From the desk's form to the outbox: kept as a draft, looked through, and queued for now or for later. */
@Injectable()
export class Sending {
  constructor(
    private readonly pages: DeskPages,
    private readonly desk: Desk,
    private readonly drafts: Drafts,
  ) {}

  /** Posts what the form holds now. */
  now(sitting: Sitting, body: unknown): Promise<Page | Redirect> {
    return this.pages.keep(sitting, body, (draft) => this.send(sitting, body, draft, null, {}));
  }

  /** Queues what the form holds for the time that it names. */
  later(sitting: Sitting, body: unknown): Promise<Page | Redirect> {
    const when = whenIn(body);
    return this.pages.keep(sitting, body, async (draft) => {
      const moment = momentOf(sitting.account.zone, when);
      if ('at' in moment) return this.send(sitting, body, draft, moment.at, { when });
      const more = { when: { ...when, twice: moment.twice }, errors: formErrors([['when-day', moment.problem]]) };
      return this.pages.page(sitting, draft, more, 422);
    });
  }

  private async send(
    sitting: Sitting,
    body: unknown,
    draft: Draft,
    at: Date | null,
    more: object,
  ): Promise<Page | Redirect> {
    const parts = toSend(await this.drafts.parts(draft));
    const problems = problemsOfAll(parts);
    if (problems.length > 0) return this.pages.page(sitting, draft, { ...more, errors: formErrors(problems) }, 422);
    const [answered, found] = [answeredIn(body), await this.desk.warnings(parts, draft.replyTo !== null)];
    if (keptBackBy(found, answered).length > 0)
      return this.pages.page(sitting, draft, { ...more, warnings: warningsView(found, answered) }, 422);
    return this.queue(sitting, draft, { at, reason: answered.reason }, more);
  }

  private async queue(
    sitting: Sitting,
    draft: Draft,
    how: { at: Date | null; reason: string },
    more: object,
  ): Promise<Page | Redirect> {
    const { account, turn, who } = sitting;
    try {
      const apart = await this.desk.publish(account, turn, who.personId, draft.id, how);
      if (apart === 'waits') return redirect(`/${account.slug}/desk?sent=waits`);
      if (!apart) return redirect(`/${account.slug}/desk?sent=${how.at ? 'later' : 'yes'}`);
      const kept = await this.drafts.one(account.id, apart.keptAs, who.personId);
      return this.pages.page(sitting, kept, { refusal: SENT_BEFORE }, 409);
    } catch (error) {
      if (error instanceof Invalid)
        return this.pages.page(sitting, draft, { ...more, errors: formErrors(Object.entries(error.fields)) }, 422);
      if (!(error instanceof NotAllowed)) throw error;
      return this.pages.page(sitting, draft, { ...more, refusal: error.message }, 403);
    }
  }
}
