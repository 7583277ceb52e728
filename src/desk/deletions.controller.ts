import { Controller, Get, Param, Post } from '@nestjs/common';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { Deletions } from './deletions.service.js';
import { DeskPages } from './desk-pages.service.js';

/** Deleting one's own post at the network: a page that asks, and a button. */
@Controller(':account/desk/posts/:id/deletion')
@Allow('person')
export class DeletionsController {
  constructor(
    private readonly pages: DeskPages,
    private readonly deletions: Deletions,
  ) {}

  @Get()
  async ask(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Page> {
    const { account, turn } = await this.pages.sit(slug, who);
    const post = await this.deletions.one(turn, who.personId, id);
    return page('desk/pages/delete.njk', { title: 'Delete this post from X?', account, post });
  }

  @Post()
  async delete(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const { account, turn } = await this.pages.sit(slug, who);
    await this.deletions.ask(account, turn, who.personId, id);
    return redirect(`/${account.slug}/desk#went-out`);
  }
}
