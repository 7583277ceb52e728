import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { lockAccess } from '../credentials/grants.service.js';
import { NetworkCosts } from '../credentials/network-costs.service.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import type { Access, Keys } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { preparePicture } from '../platform/picture.service.js';
import type { Tx } from '../platform/tx.js';

/** Switching on and off that Baton sets an account's profile, and the picture that it goes back to. */
@Injectable()
export class ProfileSettings {
  constructor(
    private readonly db: Db,
    private readonly networks: Networks,
    private readonly profileAccess: ProfileAccess,
    private readonly costs: NetworkCosts,
    private readonly files: Files,
    private readonly audit: Audit,
  ) {}

  /** Keeps the account's keys after the network has said whose they are. Throws Invalid with a sentence for the field. */
  async switchOn(account: Account, access: Keys, by: string): Promise<void> {
    await this.demandOwn(account, access);
    await this.act(account, by, 'profile.switched-on', (tx) => this.profileAccess.put(tx, account.id, access, by));
  }

  async switchOff(account: Account, by: string): Promise<void> {
    await this.act(account, by, 'profile.switched-off', (tx) => this.profileAccess.remove(tx, account.id));
  }

  /** The picture of the house. Throws Invalid when it is none. */
  async keepPicture(account: Account, bytes: Buffer, by: string): Promise<void> {
    const file = await this.files.keep((await preparePicture(bytes, 'picture')).bytes);
    await this.act(account, by, 'profile.picture-kept', (tx) => this.profileAccess.keepPicture(tx, account.id, file));
  }

  /** From now on Baton leaves the picture of the profile as it is. */
  async dropPicture(account: Account, by: string): Promise<void> {
    await this.act(account, by, 'profile.picture-dropped', (tx) =>
      this.profileAccess.keepPicture(tx, account.id, null),
    );
  }

  private async demandOwn(account: Account, access: Access): Promise<void> {
    const outcome = await this.networks.for(account.network).me(access);
    if (outcome.kind === 'refused') throw wrong('X does not accept these keys. Make new ones and enter both');
    if (outcome.kind !== 'done') throw wrong('X could not be asked whose keys these are. Nothing was kept: try again');
    const { id, handle } = outcome.value;
    await this.db.write((tx) => this.costs.count(tx, account, 'handover', 'user-read', [id]));
    const own = account.networkUserId
      ? id === account.networkUserId
      : handle.toLowerCase() === account.handle.toLowerCase();
    if (!own) throw wrong(`These are the keys of @${handle}, not of @${account.handle}`);
  }

  private async act(
    account: Account,
    by: string,
    verb: `profile.${string}`,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lockAccess(account.id)], async (tx) => {
      await work(tx);
      const subject = { kind: 'account', id: account.id };
      await this.audit.record(tx, { accountId: account.id, actor: { kind: 'person', id: by }, verb, subject });
    });
  }
}

function wrong(sentence: string): Invalid {
  return new Invalid(sentence, { token: sentence });
}
