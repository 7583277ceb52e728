import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One span of the rota. What lies between two slots is house time and has no row. No two of an account overlap. */
@Entity('slots')
export class Slot {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'text' }) kind: 'curator' | 'break';
  @Column({ type: 'timestamptz', name: 'starts_at' }) startsAt: Date;
  @Column({ type: 'timestamptz', name: 'ends_at' }) endsAt: Date;
  /** Why it is a break. */
  @Column({ type: 'text', nullable: true }) reason: string | null;
  /** The import that made it, for turns from before Baton. */
  @Column({ type: 'uuid', name: 'import_id', nullable: true }) importId: string | null;
}
