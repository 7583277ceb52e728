import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of what a curator agrees to. Versions are kept: a stint points at the one that was accepted. */
@Entity('agreements')
export class Agreement {
  @PrimaryColumn({ type: 'uuid', default: () => 'gen_random_uuid()' }) id: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId: string;
  @Column({ type: 'integer' }) version: number;
  /** Plain text; empty lines part paragraphs. */
  @Column({ type: 'text' }) text: string;
  @Column({ type: 'timestamptz', name: 'published_at' }) publishedAt: Date;
}
