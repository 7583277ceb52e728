import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { NewPoll } from '../networks/network.js';

/** A post that is not sent yet, or the first part of a thread; it ends when it is queued. */
@Entity('drafts')
export class Draft {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'uuid', name: 'stint_id' }) stintId: string;
  @Column({ type: 'uuid', name: 'person_id' }) personId: string;
  @Column({ type: 'text' }) text: string;
  @Column({ type: 'timestamptz', name: 'saved_at' }) savedAt: Date;
  /** Raised by each saving, so that two windows do not overwrite each other. */
  @Column({ type: 'integer' }) version: number;
  /** The page that saved it last, by a number of its own. */
  @Column({ type: 'uuid', name: 'saved_in', nullable: true }) savedIn: string | null;
  /** The network's id of the post that it answers. */
  @Column({ type: 'text', name: 'reply_to', nullable: true }) replyTo: string | null;
  /** What its first part asks; options as they are typed, perhaps only one yet. */
  @Column({ type: 'jsonb', nullable: true }) poll: NewPoll | null;
}

/** A later part of a thread that is not sent yet. */
@Entity('draft_parts')
export class DraftPart {
  @PrimaryColumn({ type: 'uuid', name: 'draft_id' }) draftId: string;
  /** From 2: the draft itself is the first. */
  @PrimaryColumn({ type: 'smallint' }) position: number;
  @Column({ type: 'text' }) text: string;
}

/** A picture or film of a draft. */
@Entity('draft_media')
export class DraftMedia {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'draft_id' }) draftId: string;
  /** Which part of the draft shows it, from 1. */
  @Column({ type: 'smallint' }) part: number;
  @Column({ type: 'smallint' }) position: number;
  /** Name in Files. */
  @Column({ type: 'text' }) file: string;
  @Column({ type: 'text' }) type: string;
  @Column({ type: 'integer' }) bytes: number;
  @Column({ type: 'text' }) description: string;
}

/** What a part is made of, whichever it is. */
export interface DraftedPart {
  text: string;
  media: DraftMedia[];
  /** Only a first part has one. */
  poll: NewPoll | null;
}
