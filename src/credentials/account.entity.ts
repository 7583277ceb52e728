import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PostingHours, SlotPattern } from './week.js';

/** How long finished things are kept, in days. Asked at setup, never invented. */
export interface Retention {
  /** After an application was declined, withdrawn or never verified. */
  applications: number;
  /** After a stint has ended: what the curator told us. */
  curators: number;
  /** Letters' texts and addresses after they were sent. */
  letters: number;
}

/**
 * How a curator gets to act: from the desk, by the network's own Delegate feature, by checklist outside Baton, or with a
 * password (and codes) kept sealed in the vault.
 */
export type HandOverBy = 'desk' | 'delegate' | 'checklist' | 'sealed';

/** The shared social account and how its team runs it. */
@Entity('accounts')
export class Account {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'text' }) network: 'x';
  /** Without the @, as the network writes it. */
  @Column({ type: 'text' }) handle: string;
  /** The account's place in addresses, lower case. */
  @Column({ type: 'text' }) slug: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) about: string;
  /** IANA time zone of the rota. */
  @Column({ type: 'text' }) zone: string;
  @Column({ type: 'jsonb', name: 'slot_pattern' }) slotPattern: SlotPattern;
  @Column({ type: 'jsonb', name: 'posting_hours', nullable: true }) postingHours: PostingHours | null;
  /** `api`: desk and feed; `none`: neither, hand-over by checklist. */
  @Column({ type: 'text' }) connection: 'api' | 'none';
  @Column({ type: 'text', name: 'hand_over_by' }) handOverBy: HandOverBy;
  @Column({ type: 'smallint' }) seats: number;
  /** Whether an approver may approve what they proposed themselves. */
  @Column({ type: 'boolean', name: 'self_approval' }) selfApproval: boolean;
  /** The display name, bio line of the house, restored at the end of each stint. */
  @Column({ type: 'text', name: 'house_name' }) houseName: string;
  @Column({ type: 'text', name: 'house_bio' }) houseBio: string;
  @Column({ type: 'text' }) hashtag: string;
  @Column({ type: 'boolean', name: 'thanks_post' }) thanksPost: boolean;
  /** Whom a curator rings or writes to; shown in letters and on the desk. */
  @Column({ type: 'text', name: 'help_contact' }) helpContact: string;
  @Column({ type: 'jsonb' }) retention: Retention;
  @Column({ type: 'text', name: 'network_user_id', nullable: true }) networkUserId: string | null;
  /** Set while the whole programme is paused; every public page shows it. */
  @Column({ type: 'text', name: 'paused_message', nullable: true }) pausedMessage: string | null;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt: Date;
}
