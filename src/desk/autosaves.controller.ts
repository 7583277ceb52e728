import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow, Who } from '../web/allow.js';
import type { Principal } from '../web/principal.js';
import { DeskPages } from './desk-pages.service.js';
import { Drafts } from './drafts.service.js';
import { readWriting } from './form.service.js';

/** What the desk's page is told after it has saved by itself. */
interface Autosaved {
  /** Under which key and version it goes on; a new key where another window had changed the draft. */
  key: string;
  version: number;
  apart: boolean;
  /** The form was sent meanwhile: nothing was kept. */
  ended: boolean;
}

/** Keeps what is being written while somebody types, where the browser runs scripts. */
@Controller(':account/desk/drafts/autosaves')
@Allow('person')
export class AutosavesController {
  constructor(
    private readonly pages: DeskPages,
    private readonly drafts: Drafts,
  ) {}

  @Post()
  async save(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Autosaved> {
    const { account, turn } = await this.pages.sit(slug, who);
    const { writing } = await readWriting(body);
    if (await this.drafts.ended(writing.key)) return { key: writing.key, version: 0, apart: false, ended: true };
    const { draft, apart } = await this.drafts.save(account, turn, who.personId, writing);
    return { key: draft.id, version: draft.version, apart, ended: false };
  }
}
