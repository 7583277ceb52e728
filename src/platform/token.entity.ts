import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A one-time link: only its hash is kept. */
@Entity('one_time_tokens')
export class OneTimeToken {
  @PrimaryColumn({ type: 'bytea' }) hash: Buffer;
  /** What it is for, e.g. `verify-application`; a link of another purpose opens nothing. */
  @Column({ type: 'text' }) purpose: string;
  /** The id of what it is about. */
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'timestamptz', name: 'expires_at' }) expiresAt: Date;
  @Column({ type: 'timestamptz', name: 'used_at', nullable: true }) usedAt: Date | null;
}
