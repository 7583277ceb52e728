import { Injectable } from '@nestjs/common';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import type { Outcome, ProfilePart } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Files } from '../platform/files.service.js';
import { profilePicture } from '../platform/picture.service.js';
import type { Tx } from '../platform/tx.js';
import type { HandoverAtWork } from './handover.js';
import { isOn } from './incoming.service.js';
import type { Part } from './profile.js';
import type { StepName } from './steps.js';
import { curatorProfile, houseProfile } from './words.js';

const NO_PICTURE: Outcome<never> = {
  kind: 'refused',
  why: 'media-refused',
  detail: 'The picture is no longer there, or cannot be read.',
};

/** What a profile shall show, and the call that sets it. */
@Injectable()
export class ProfileLine {
  constructor(
    private readonly networks: Networks,
    private readonly profileAccess: ProfileAccess,
    private readonly files: Files,
  ) {}

  /** What a part shall be, read when it is set: a text, or the name in Files of a picture. */
  async wanted(tx: Tx, { account, incoming }: HandoverAtWork, step: StepName, part: Part): Promise<string> {
    const on = step === 'profile' ? incoming.filter(isOn) : [];
    if (part === 'picture') {
      const { housePicture } = await this.profileAccess.of(account.id, tx);
      const [photo] = on.flatMap((turn) => turn.photo ?? []);
      return (on.length === 1 && photo) || housePicture || '';
    }
    return (on.length > 0 ? curatorProfile(account, on) : houseProfile(account))[part];
  }

  /** The one call. Never throws for what the network or the files do. */
  async set({ account }: HandoverAtWork, part: Part, value: string): Promise<Outcome<null>> {
    const change = await this.changeOf(part, value);
    if (!change) return NO_PICTURE;
    const network = this.networks.for(account.network);
    return this.profileAccess.use(account.id, (access) => network.setProfile(access, change));
  }

  private async changeOf(part: Part, value: string): Promise<ProfilePart | null> {
    if (part === 'name') return { name: value };
    if (part === 'bio') return { bio: value };
    const kept = value ? await this.files.read(value) : null;
    const bytes = kept && (await profilePicture(kept).catch(() => null));
    return bytes && { picture: { bytes, type: 'image/jpeg' } };
  }
}
