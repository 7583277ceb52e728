import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Answers } from './question.js';

export type ApplicationState =
  | 'draft'
  | 'unverified'
  | 'waiting'
  | 'on-hold'
  | 'accepted'
  | 'declined'
  | 'withdrawn'
  | 'erased';

/** Somebody's wish to curate. Until its address is verified it belongs to nobody. */
@Entity('applications')
export class Application {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'uuid', name: 'person_id', nullable: true }) personId: string | null;
  @Column({ type: 'text' }) state: ApplicationState;
  @Column({ type: 'integer' }) revision: number;
  /** Hash of the token in the applicant's cookie. */
  @Column({ type: 'bytea', name: 'draft_hash', nullable: true }) draftHash: Buffer | null;
  @Column({ type: 'text', nullable: true }) email: string | null;
  @Column({ type: 'text', name: 'email_key', nullable: true }) emailKey: string | null;
  @Column({ type: 'text', name: 'handle_key', nullable: true }) handleKey: string | null;
  @Column({ type: 'jsonb' }) answers: Answers;
  /** Health information, sealed by the vault for purpose `health-information` and this row's id. */
  @Column({ type: 'bytea', nullable: true }) health: Buffer | null;
  /** Name in Files. */
  @Column({ type: 'text', name: 'photo_file', nullable: true }) photoFile: string | null;
  @Column({ type: 'timestamptz', name: 'created_at' }) createdAt: Date;
  @Column({ type: 'timestamptz', name: 'submitted_at', nullable: true }) submittedAt: Date | null;
  @Column({ type: 'timestamptz', name: 'verified_at', nullable: true }) verifiedAt: Date | null;
  /** When it was declined, withdrawn or erased: the retention clock. */
  @Column({ type: 'timestamptz', name: 'ended_at', nullable: true }) endedAt: Date | null;
}

export const HEALTH = 'health-information';
