import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A post that is not sent yet; it ends when it is queued. */
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
