import { Controller, Get, Param, Post } from '@nestjs/common';
import { Db } from '../../platform/database.service.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { Id } from '../../web/id.js';
import type { Principal } from '../../web/principal.js';
import { Checklists } from './checklists.service.js';
import { shownTask } from './view.js';

/** A curator's own checklist around a turn. */
@Controller('me/stints/:id/checklist')
@Allow('person')
export class OwnChecklistController {
  constructor(
    private readonly checklists: Checklists,
    private readonly db: Db,
  ) {}

  @Get()
  async look(@Id() id: string, @Who() { personId }: Principal): Promise<Page> {
    const { account, tasks } = await this.checklists.ofCurator(id, personId);
    const now = await this.db.now();
    return page('handover/pages/own-checklist.njk', {
      title: 'Your checklist',
      account,
      stintId: id,
      tasks: tasks.map((task) => shownTask(account, task, now)),
      done: tasks.filter(({ mark }) => mark).length,
    });
  }

  @Post(':key/done')
  async done(@Id() id: string, @Param('key') key: string, @Who() who: Principal): Promise<Redirect> {
    await this.checklists.mark(await this.tick(id, key, who), null);
    return redirect(`/me/stints/${id}/checklist`);
  }

  @Post(':key/undone')
  async undo(@Id() id: string, @Param('key') key: string, @Who() who: Principal): Promise<Redirect> {
    await this.checklists.unmark(await this.tick(id, key, who));
    return redirect(`/me/stints/${id}/checklist`);
  }

  private async tick(stintId: string, key: string, { personId }: Principal) {
    const { account } = await this.checklists.ofCurator(stintId, personId);
    return { accountId: account.id, stintId, key, doer: 'curator' as const, by: personId };
  }
}
