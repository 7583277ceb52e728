import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import { Networks } from '../networks/networks.service.js';
import { Invalid } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, formErrors, readForm, uploadOf } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { ProfileSettings } from './profile-settings.service.js';
import { houseProfile } from './words.js';

const key = (missing: string) => z.string(missing).trim().min(10, missing).max(200, 'This is too long for a key of X');
const keys = z.object({ token: key('Enter the access token'), secret: key('Enter the access token secret') });

/** Whether Baton sets the account's profile at each handover; for keepers alone. Keys are never shown again. */
@Controller('team/:account/profile')
@Allow('keeper')
export class ProfileSettingsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly networks: Networks,
    private readonly profileAccess: ProfileAccess,
    private readonly settings: ProfileSettings,
  ) {}

  @Get()
  async show(@Param('account') slug: string): Promise<Page> {
    return this.page(await this.accounts.bySlug(slug));
  }

  @Post('keys')
  async switchOn(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(keys, body);
    if (!posted.ok) return this.page(account, posted.errors);
    return this.answering(account, () => this.settings.switchOn(account, posted.data, who.personId));
  }

  @Post('keys/removal')
  async switchOff(@Param('account') slug: string, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    return this.answering(account, () => this.settings.switchOff(account, who.personId));
  }

  @Post('picture')
  async keepPicture(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const upload = uploadOf(body, 'picture');
    if (!upload) return this.page(account, formErrors([['picture', 'Choose a picture']]));
    if (upload.truncated) return this.page(account, formErrors([['picture', 'The picture must be smaller than 5 MB']]));
    return this.answering(account, () => this.settings.keepPicture(account, upload.bytes, who.personId));
  }

  @Post('picture/removal')
  async dropPicture(@Param('account') slug: string, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    return this.answering(account, () => this.settings.dropPicture(account, who.personId));
  }

  private async answering(account: Account, work: () => Promise<void>): Promise<Page | Redirect> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Invalid) return this.page(account, formErrors(Object.entries(error.fields)));
      throw error;
    }
    return redirect(`/team/${account.slug}/profile`);
  }

  private async page(account: Account, errors?: FormErrors): Promise<Page> {
    const { on, housePicture, putInAt } = await this.profileAccess.of(account.id);
    const data = {
      title: 'Profile at handovers',
      account,
      navigation: teamNavigation(account.slug, 'Handovers'),
      on,
      hasPicture: housePicture !== null,
      since: on && putInAt ? dateAndTime(account.zone, putInAt) : null,
      house: houseProfile(account),
      possible: this.networks.for(account.network).setsProfiles,
    };
    return page('handover/pages/profile.njk', errors ? { ...data, errors } : data, errors ? 422 : 200);
  }
}
