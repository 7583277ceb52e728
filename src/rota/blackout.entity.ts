import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A period in which no curator (or nobody) may act. Its hold carries its id as `cause_id`. */
@Entity('blackouts')
export class Blackout {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'text' }) title: string;
  @Column({ type: 'text' }) scope: 'curators' | 'everyone';
  @Column({ type: 'timestamptz', name: 'starts_at' }) startsAt: Date;
  /** Null until further notice. */
  @Column({ type: 'timestamptz', name: 'ends_at', nullable: true }) endsAt: Date | null;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid', name: 'made_by' }) madeBy: string;
  @Column({ type: 'timestamptz', name: 'made_at' }) madeAt: Date;
  /** When it was taken back before it began. */
  @Column({ type: 'timestamptz', name: 'removed_at', nullable: true }) removedAt: Date | null;
}
