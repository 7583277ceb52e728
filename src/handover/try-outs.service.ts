import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { NetworkCosts } from '../credentials/network-costs.service.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed } from '../platform/errors.js';
import type { HandoverAtWork } from './handover.js';
import { partsOf } from './profile.js';
import { ProfileLine } from './profile-line.service.js';
import type { RehearsedProfile } from './rehearsal.js';

/** The calls of a rehearsal, where the network is only the simulator. */
@Injectable()
export class TryOuts {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly db: Db,
    private readonly costs: NetworkCosts,
    private readonly networks: Networks,
    private readonly profileAccess: ProfileAccess,
    private readonly line: ProfileLine,
  ) {}

  /** Whether there is a simulator to try it against. */
  get simulated(): boolean {
    return this.runtime.simulatorUrl !== null;
  }

  async make(
    account: Account,
    { work, profiles }: { work: HandoverAtWork; profiles: RehearsedProfile[] },
  ): Promise<{ what: string; ended: string }[]> {
    if (!this.simulated) throw new NotAllowed('Only where the network is the simulator: X would show it to everybody.');
    const { on, housePicture } = await this.profileAccess.of(account.id);
    if (!on) return [];
    const network = this.networks.for(account.network);
    const before = await this.profileAccess.use(account.id, (access) => network.me(access));
    if (before.kind === 'done') {
      const { id } = before.value;
      await this.db.write((tx) => this.costs.count(tx, account, 'handover', 'user-read', [id]));
    }
    const tried = [];
    for (const profile of profiles.filter(({ calls }) => calls)) {
      for (const part of partsOf(housePicture)) {
        const outcome = await this.line.set(work, part, profile[part]);
        tried.push({ what: part, ended: outcome.kind === 'done' ? 'accepted' : outcome.detail });
      }
    }
    if (before.kind === 'done') {
      await this.line.set(work, 'name', before.value.name);
      await this.line.set(work, 'bio', before.value.bio);
      if (housePicture) await this.line.set(work, 'picture', housePicture);
    }
    return tried;
  }
}
