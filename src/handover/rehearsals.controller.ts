import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { Allow } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { Id } from '../web/id.js';
import { teamNavigation } from '../web/team-navigation.js';
import { HandoverPages } from './handover-pages.service.js';
import { stepWords, waitWords, whoToWhom } from './handover-view.js';
import { missingIn, type RehearsedStep, rehearsedLetters, rehearsedPosts, rehearsedProfiles } from './rehearsal.js';
import { type Rehearsal, Rehearsals } from './rehearsals.service.js';
import { TryOuts } from './try-outs.service.js';

/** What a coming handover would do, step by step, before it does. */
@Controller('team/:account/handovers/:id/rehearsal')
@Allow('organiser', 'keeper')
export class RehearsalsController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly accounts: Accounts,
    private readonly rehearsals: Rehearsals,
    private readonly tryOuts: TryOuts,
    private readonly pages: HandoverPages,
  ) {}

  @Get()
  async show(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return this.page(account, await this.rehearsals.rehearse(account, id));
  }

  @Post()
  async tryOut(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const tried = await this.rehearsals.againstSimulator(account, id);
    return this.page(account, await this.rehearsals.rehearse(account, id), tried);
  }

  private async page(account: Account, rehearsal: Rehearsal, tried?: { what: string; ended: string }[]): Promise<Page> {
    const { work, at, steps, messages, profiles, failure } = rehearsal;
    const posts = rehearsedPosts(account, messages);
    const { readiness } = await this.pages.one(account, work.id, false);
    return page('handover/pages/rehearsal.njk', {
      title: `Rehearsal: ${whoToWhom(work)}`,
      account,
      navigation: teamNavigation(account.slug, 'Handovers'),
      id: work.id,
      when: dateAndTime(account.zone, at, { zone: true }),
      steps: steps.map(shownStep),
      letters: rehearsedLetters(messages, this.runtime.publicUrl),
      posts,
      profiles: rehearsedProfiles(profiles),
      missing: [
        ...readiness.filter(({ ready }) => !ready).map(({ text }) => text),
        ...missingIn([...work.outgoing, ...work.incoming], posts, profiles, failure),
      ],
      simulated: this.tryOuts.simulated,
      tried,
    });
  }
}

function shownStep({ name, state, outcome, waitsFor, byHand }: RehearsedStep) {
  const waits = waitsFor ? waitWords[waitsFor] : 'Waits for the step before it.';
  const done = byHand ? `${outcome} A person does this.` : outcome;
  return { title: stepWords[name], done: state === 'done', text: state === 'done' ? done : waits };
}
