import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A post that is not sent yet, or the first part of a thread; it ends when it is queued. */
@Entity('drafts')
export class Draft {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'uuid', name: 'stint_id' }) stintId: string;
  @Column({ type: 'uuid', name: 'person_id' }) personId: string;
  @Column({ type: 'text' }) text: string;
  /** Name in Files. */
  @Column({ type: 'text', name: 'picture_file', nullable: true }) pictureFile: string | null;
  @Column({ type: 'text', name: 'picture_type', nullable: true }) pictureType: string | null;
  @Column({ type: 'text', name: 'picture_description' }) pictureDescription: string;
  @Column({ type: 'timestamptz', name: 'saved_at' }) savedAt: Date;
}

/** A later part of a thread that is not sent yet. */
@Entity('draft_parts')
export class DraftPart {
  @PrimaryColumn({ type: 'uuid', name: 'draft_id' }) draftId: string;
  /** From 2: the draft itself is the first. */
  @PrimaryColumn({ type: 'smallint' }) position: number;
  @Column({ type: 'text' }) text: string;
  @Column({ type: 'text', name: 'picture_file', nullable: true }) pictureFile: string | null;
  @Column({ type: 'text', name: 'picture_type', nullable: true }) pictureType: string | null;
  @Column({ type: 'text', name: 'picture_description' }) pictureDescription: string;
}

/** What a part is made of, whichever it is. */
export type DraftedPart = Pick<DraftPart, 'text' | 'pictureFile' | 'pictureType' | 'pictureDescription'>;
